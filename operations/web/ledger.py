"""Pages of the audit trail and of background jobs."""

import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from operations.domain import jobs as job_domain
from operations.domain import site_alerts
from operations.domain.access import standing, visible_to
from operations.domain.errors import NotFound
from operations.models import AuditEntry, Job, Role
from operations.web import addresses
from operations.web.doors import row_or_404

addresses.register(Job, lambda row: reverse("operations:job", args=[row.pk]))
addresses.register_work(site_alerts.ALERT, lambda row: site_alerts.ADDRESS)


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """The audit trail, newest first, to those who may read it."""
    now = timezone.now()
    if not standing(request.user, now).roles & {Role.ADMINISTRATOR, Role.HQ_CHAIR}:
        raise NotFound
    entries = visible_to(AuditEntry, request.user, at=now).order_by("-sequence")
    act = request.GET.get("act", "")[:60].replace("\x00", "")
    if act:
        entries = entries.filter(act=act)
    page = Paginator(entries, 50).get_page(request.GET.get("page"))
    return render(request, "operations/audit.html", {"page": page, "act": act})


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """Background jobs: the administrator's are everybody's, anybody else's are their own."""
    rows = visible_to(Job, request.user, at=timezone.now()).select_related("requested_by")
    return render(request, "operations/jobs.html", {"page": Paginator(rows, 30).get_page(request.GET.get("page"))})


@require_safe
def job(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One job with its progress; the page asks again by itself while the job runs."""
    row = row_or_404(Job.objects.select_related("requested_by"), request, pk=pk)
    is_part = bool(request.headers.get("HX-Request"))
    template = "operations/_job.html" if is_part else "operations/job.html"
    on_its_page = request.headers.get("HX-Current-URL", "").split("?")[0].endswith(request.path)
    context = {"job": row, "may_be_retried": job_domain.may_be_retried(row), "on_its_page": on_its_page}
    if not is_part:
        context["wanted_on"] = addresses.page_of_job(row, request.user, at=timezone.now())
    return render(request, template, context)


@require_POST
def cancel_job(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Stops a job at its next step."""
    row = row_or_404(Job, request, pk=pk)
    job_domain.cancel(job=row, at=timezone.now())
    return redirect("operations:job", pk=row.pk)


@require_POST
def retry_job(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asks once more for a job that has failed or was cancelled."""
    row = row_or_404(Job, request, pk=pk)
    job_domain.retry(job=row, at=timezone.now())
    return redirect("operations:job", pk=row.pk)
