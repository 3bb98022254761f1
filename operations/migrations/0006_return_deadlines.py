from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, OuterRef, Q, Subquery


def copy_from_period(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Returns that are there had the common moments of their period."""
    period = apps.get_model("operations", "ReportingPeriod").objects.filter(pk=OuterRef("period_id"))
    apps.get_model("operations", "Return").objects.update(
        due_at=Subquery(period.values("due_at")[:1]), closes_at=Subquery(period.values("closes_at")[:1])
    )


class Migration(migrations.Migration):
    """Each return carries its own deadline: holidays differ from state to state."""

    dependencies = [
        ("operations", "0005_results_room"),
    ]

    operations = [
        migrations.AddField("return", "due_at", models.DateTimeField(null=True)),
        migrations.AddField("return", "closes_at", models.DateTimeField(null=True)),
        migrations.RunPython(copy_from_period, migrations.RunPython.noop),
        migrations.AlterField("return", "due_at", models.DateTimeField()),
        migrations.AlterField("return", "closes_at", models.DateTimeField()),
        migrations.AddConstraint(
            "return",
            models.CheckConstraint(condition=Q(due_at__lte=F("closes_at")), name="return_moments_in_order"),
        ),
    ]
