"""The app that owns the explorer, comparison, disclosure control, charts, snapshots and documents."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    label = "reports"
    verbose_name = _("Reports")
