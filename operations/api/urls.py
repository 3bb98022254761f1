"""Addresses of the programming interface of the operations app, by noun. Each noun has a block of its own.

The router makes a route for every method that a viewset has (`list`, `retrieve`, `create`, transitions).
"""

from django.urls import URLPattern, URLResolver
from rest_framework.routers import SimpleRouter

from operations.api import catalogue, ledger, tokens

router = SimpleRouter()

# the catalogue
router.register("states", catalogue.States, basename="api-states")
router.register("agencies", catalogue.Agencies, basename="api-agencies")
router.register("indicators", catalogue.Indicators, basename="api-indicators")

# the ledger: audit trail and jobs
router.register("audit", ledger.AuditTrail, basename="api-audit")
router.register("jobs", ledger.Jobs, basename="api-jobs")

# tokens
router.register("tokens", tokens.Tokens, basename="api-tokens")

urlpatterns: list[URLPattern | URLResolver] = router.urls
