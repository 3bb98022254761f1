"""Addresses of the pages of the operations app, by noun."""

from django.urls import URLPattern, URLResolver, path

from operations.web import home, ledger

app_name = "operations"

urlpatterns: list[URLPattern | URLResolver] = [
    # first pages
    path("", home.my_work, name="my-work"),
    path("operations/", home.operations, name="operations"),
    path("operations/<slug:slug>/", home.operation, name="operation"),
    # the ledger: audit trail and jobs
    path("audit/", ledger.audit, name="audit"),
    path("jobs/", ledger.jobs, name="jobs"),
    path("jobs/<uuid:pk>/", ledger.job, name="job"),
    path("jobs/<uuid:pk>/cancel/", ledger.cancel_job, name="job-cancel"),
]
