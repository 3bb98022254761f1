"""Addresses of the programming interface of the operations app, by noun. Each noun has a block of its own.

The router makes a route for every method that a viewset has (`list`, `retrieve`, `create`, transitions).
"""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from operations.api import (
    agreements,
    catalogue,
    comments,
    complaints,
    completeness,
    imports,
    ledger,
    lists,
    meeting_parts,
    meetings,
    money,
    operations,
    periods,
    plan_rows,
    plans,
    queries,
    registers,
    returns,
    task_forces,
    tokens,
    totals,
    units,
)

router = SimpleRouter()

# the catalogue
router.register("states", catalogue.States, basename="api-states")
router.register("agencies", catalogue.Agencies, basename="api-agencies")
router.register("indicators", catalogue.Indicators, basename="api-indicators")

# operations, their plans and the rows of these, agreements, meetings
router.register("operations", operations.Operations, basename="api-operations")
router.register("plans", plans.Plans, basename="api-plans")
for _noun, _resource in plan_rows.RESOURCES.items():
    router.register(_noun, _resource, basename=f"api-{_noun}")
router.register("agreements", agreements.Agreements, basename="api-agreements")
router.register("meetings", meetings.Meetings, basename="api-meetings")
router.register("agenda-items", meeting_parts.AgendaItems, basename="api-agenda-items")
router.register("attendances", meeting_parts.Attendances, basename="api-attendances")
router.register("decisions", meeting_parts.Decisions, basename="api-decisions")
router.register("chair-terms", meeting_parts.ChairTerms, basename="api-chair-terms")

# returns, the calendar they follow, what they add up to, and imports
router.register("periods", periods.Periods, basename="api-periods")
router.register("holidays", periods.Holidays, basename="api-holidays")
router.register("reopenings", periods.Reopenings, basename="api-reopenings")
router.register("returns", returns.Returns, basename="api-returns")
router.register("queries", queries.Queries, basename="api-queries")
router.register("comments", comments.Comments, basename="api-comments")
router.register("units", units.Units, basename="api-units")
router.register("imports", imports.Imports, basename="api-imports")

# money
router.register("exchange-rates", money.ExchangeRates, basename="api-exchange-rates")

# the exchange: lists, task forces, the feed of the registers of controlled persons
router.register("lists", lists.Lists, basename="api-lists")
router.register("task-forces", task_forces.TaskForces, basename="api-task-forces")
router.register("task-force-accounts", task_forces.TaskForceAccounts, basename="api-task-force-accounts")
router.register("register-readings", registers.RegisterReadings, basename="api-register-readings")

# the ledger: audit trail and jobs
router.register("audit", ledger.AuditTrail, basename="api-audit")
router.register("jobs", ledger.Jobs, basename="api-jobs")

# tokens
router.register("tokens", tokens.Tokens, basename="api-tokens")

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    # lists whose rows have no address of their own
    path(
        "complaint-accounts/",
        complaints.ComplaintAccounts.as_view({"get": "list", "post": "create"}, basename="api-complaint-accounts"),
        name="api-complaint-accounts-list",
    ),
    path("money/", money.Moneys.as_view({"get": "list"}, basename="api-money"), name="api-money-list"),
    path("totals/", totals.Totals.as_view({"get": "list"}, basename="api-totals"), name="api-totals-list"),
    path(
        "completeness/",
        completeness.Completenesses.as_view({"get": "list"}, basename="api-completeness"),
        name="api-completeness-list",
    ),
    path(
        "completeness/information-bank/",
        completeness.InformationBank.as_view({"get": "list"}, basename="api-information-bank"),
        name="api-information-bank-list",
    ),
]
