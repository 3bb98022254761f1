"""A dispatch belongs to an approval and has a copy's number; nothing had been dispatched before."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0005_redrawn_documents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.DeleteModel(name="Dispatch"),
        migrations.AlterModelOptions(name="download", options={"ordering": ["-at", "-pk"]}),
        migrations.AddField(
            model_name="recipient",
            name="revision",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="recipient",
            name="changed_at",
            field=models.DateTimeField(auto_now=True, default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="Dispatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_ru", models.CharField(max_length=300)),
                ("name_en", models.CharField(max_length=300)),
                ("email", models.EmailField(max_length=254)),
                ("language", models.CharField(choices=[("ru", "Russian"), ("en", "English")], max_length=2)),
                (
                    "edition",
                    models.CharField(choices=[("full", "Full edition"), ("public", "Public edition")], max_length=6),
                ),
                ("copy_number", models.PositiveSmallIntegerField(default=0)),
                ("requested_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approval",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dispatches", to="reports.approval"
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispatches",
                        to="reports.document",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dispatches", to="reports.recipient"
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"verbose_name_plural": "dispatches", "ordering": ["-requested_at", "name_ru"]},
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.UniqueConstraint(
                fields=("approval", "recipient", "edition"), name="one_dispatch_per_recipient"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("copy_number__gt", 0)),
                fields=("approval", "copy_number"),
                name="copy_number_unique_in_approval",
            ),
        ),
    ]
