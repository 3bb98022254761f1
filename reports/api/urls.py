"""Addresses of the programming interface of the reports app, by noun."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from reports.api import flows, published, reports, thresholds

router = SimpleRouter()

# reports, their frozen data and their files
router.register("reports", reports.Reports, basename="api-reports")
router.register("snapshots", reports.Snapshots, basename="api-snapshots")
router.register("documents", reports.Documents, basename="api-documents")

# published figures
router.register("published-figures", published.PublishedFigures, basename="api-published-figures")

# what public editions hide
router.register("disclosure-thresholds", thresholds.Thresholds, basename="api-disclosure-thresholds")

# flows and their forecasts
router.register("flow-observations", flows.FlowObservations, basename="api-flow-observations")
router.register("forecasts", flows.Forecasts, basename="api-forecasts")

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("flows/", flows.Flows.as_view({"get": "list"}, basename="api-flows"), name="api-flows-list"),
]
