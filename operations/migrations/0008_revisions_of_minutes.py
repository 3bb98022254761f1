import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("operations", "0007_measure_accounts")]

    operations = [
        operation
        for name in ("agendaitem", "attendance")
        for operation in (
            migrations.AddField(
                model_name=name,
                name="revision",
                field=models.PositiveIntegerField(default=1),
            ),
            migrations.AddField(
                model_name=name,
                name="changed_at",
                field=models.DateTimeField(auto_now=True, default=django.utils.timezone.now),
                preserve_default=False,
            ),
        )
    ]
