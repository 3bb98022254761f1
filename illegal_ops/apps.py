"""The project as an installed app, so that its static files, translations and commands are found."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IllegalOpsConfig(AppConfig):
    name = "illegal_ops"
    verbose_name = _("Site")
