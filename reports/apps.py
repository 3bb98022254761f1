"""The app that owns the explorer, comparison, disclosure control, charts, snapshots and documents."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

#: What registers itself at import: row gates, the workflow table, "my work", kinds of job.
REGISTRIES = (
    "domain.gates",
    "domain.distribution",
    "domain.report_workflow",
    "domain.flow_observations",
    "domain.forecasts",
    "domain.published_figures",
    "domain.waiting_reports",
    "tasks",
)


class ReportsConfig(AppConfig):
    name = "reports"
    label = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        guards = import_module("operations.models.guards")
        guards.guard(table="reports_snapshot", prefix="snapshot", says="frozen data are never changed")
        guards.guard(table="reports_approval", prefix="approval", says="an approval is never changed")
        for module in REGISTRIES:
            import_module(f"reports.{module}")
        import_module("reports.domain.definitions").load()
