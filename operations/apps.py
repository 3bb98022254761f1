"""The app that owns users, access rules, the state machine, audit, background work, reference data and totals."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "operations"
    label = "operations"
    verbose_name = _("Operations")
