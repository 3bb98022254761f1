from typing import Any

from django.db import migrations


def keep_accounts(apps: Any, schema_editor: Any) -> None:
    """What was said of a measure as a whole becomes the account of the headquarters."""
    measures = apps.get_model("operations", "Measure").objects.exclude(
        progress="not_started", account_ru="", account_en=""
    )
    accounts = apps.get_model("operations", "MeasureAccount").objects
    for measure in measures.select_related("objective__plan"):
        accounts.create(
            measure=measure,
            state=None,
            progress=measure.progress,
            account_ru=measure.account_ru,
            account_en=measure.account_en,
            given_by_id=measure.objective.plan.created_by_id,
            given_at=measure.changed_at,
        )


class Migration(migrations.Migration):
    dependencies = [("operations", "0006_return_deadlines")]

    operations = [
        migrations.RunPython(keep_accounts, migrations.RunPython.noop),
        migrations.RemoveField(model_name="measure", name="progress"),
        migrations.RemoveField(model_name="measure", name="account_ru"),
        migrations.RemoveField(model_name="measure", name="account_en"),
    ]
