"""The app that owns users, access rules, the state machine, audit, background work, reference data and totals."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _install_guards(**kwargs: object) -> None:
    """An altered table loses its triggers on SQLite, so they are looked after at the end of every migration."""
    from django.db import connections

    from operations.models.guards import install_guards

    connection = connections[str(kwargs["using"])]
    if "operations_auditentry" in connection.introspection.table_names():
        install_guards(connection)


class OperationsConfig(AppConfig):
    name = "operations"
    label = "operations"
    verbose_name = _("Operations")

    def ready(self) -> None:
        import_module("operations.tasks")  # kinds of job and handlers of messages register themselves
        post_migrate.connect(_install_guards, sender=self, dispatch_uid="operations.guards")
