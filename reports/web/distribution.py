"""Where documents go: the recipients that the headquarters keep, the copies of a report sent to them, its downloads."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from operations.domain.access import refusal, standing, visible_to
from operations.domain.errors import ListedProblems, NotAllowed, Stale
from operations.models import Job, Language
from operations.web.doors import row_or_404
from operations.web.drawn_forms import DrawnForm, hidden, line, ticks
from operations.web.tags import label
from reports.domain import distribution as domain
from reports.domain import reports as verbs
from reports.domain.titles import title_of
from reports.models import Dispatch, Document, Download, Recipient, Report
from reports.web.report_pages import actor_of, found_report

PER_PAGE = 50


def _insist_on_headquarters(request: HttpRequest) -> None:
    if not standing(request.user, timezone.now()).is_headquarters:
        raise NotAllowed


# --- recipients ---


@require_safe
def recipients(request: HttpRequest) -> HttpResponse:
    """The offices that get copies, with what each gets."""
    _insist_on_headquarters(request)
    rows = visible_to(Recipient, request.user, at=timezone.now()).order_by("-is_active", "name_ru")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    names = dict(domain.kinds_of_report())
    entries = [{"recipient": row, "kinds": [names[code] for code in row.definitions if code in names]} for row in page]
    return render(request, "reports/recipients.html", {"page": page, "entries": entries})


@require_http_methods(["GET", "HEAD", "POST"])
def new_recipient(request: HttpRequest) -> HttpResponse:
    """Enters a recipient."""
    refused = refusal(Recipient(), "create", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    initial = {"language": Language.RU, "edition": Document.Edition.PUBLIC, "is_active": True}
    return _filled_in(request, Recipient(), initial=initial, heading=_("Add a recipient"))


@require_http_methods(["GET", "HEAD", "POST"])
def recipient(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes a recipient, or sets it to rest; nothing of what was sent is touched."""
    row: Recipient = row_or_404(Recipient, request, pk=pk)
    initial = {one.name: getattr(row, one.name) for one in domain.ENTRIES} | {"revision": row.revision}
    return _filled_in(request, row, initial=initial, heading=_("Change the recipient"))


def _filled_in(request: HttpRequest, row: Recipient, *, initial: dict[str, Any], heading: str) -> HttpResponse:
    form = DrawnForm(request.POST if request.method == "POST" else None, initial=initial)
    form.fields.update(_fields(is_new=row.pk is None))
    status = 422
    if request.method == "POST":
        values = form.typed()
        revision = values.pop("revision", "")
        who: dict[str, Any] = {"actor": actor_of(request), "at": timezone.now()}
        try:
            if row.pk is None:
                domain.add_recipient(values=values, **who)
            else:
                domain.change_recipient(recipient=row, values=values, revision=_whole(revision), **who)
        except ListedProblems as error:
            form.refuse(error)
        except Stale as error:
            form.add_error(None, str(error.message))
            form.retype(revision=error.current.revision)
            status = 409
        else:
            messages.success(request, _("Saved."))
            return redirect("reports:recipients")
    context = {"form": form, "heading": heading, "recipient": row}
    return render(request, "reports/recipient.html", context, status=status if form.errors else 200)


def _fields(*, is_new: bool) -> dict[str, forms.Field]:
    editions = _("The full edition goes as a numbered copy that names its recipient; the public one when it is public.")
    fields: dict[str, forms.Field] = {
        "name_ru": line(_("Name"), required=True),
        "name_en": line(_("Name"), required=True),
        "email": line(_("E-mail"), required=True, type="email", autocomplete="off"),
        "language": forms.ChoiceField(label=_("Language"), choices=Language.choices),
        "edition": forms.ChoiceField(label=_("Edition"), choices=Document.Edition.choices, help_text=editions),
        "definitions": ticks(_("Kinds of report"), domain.kinds_of_report(), hint=_("None ticked: all of them.")),
        "is_active": forms.BooleanField(label=_("Gets copies"), required=False),
    }
    return fields if is_new else {**fields, "revision": hidden()}


def _whole(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


# --- a report's copies and downloads ---


@require_http_methods(["GET", "HEAD", "POST"])
def distribution(request: HttpRequest, pk: int) -> HttpResponse:
    """What was sent to whom, who fetched a file by which door; copies are sent from here."""
    report = found_report(request, pk)
    _insist_on_headquarters(request)
    form = DrawnForm(request.POST if request.method == "POST" else None)
    sent = list(_dispatches(report, request))
    form.fields["recipients"] = ticks(_("Recipients"), _choices(report, sent))
    if request.method == "POST":
        given = [_whole(one) for one in form.typed()["recipients"]]
        try:
            new = verbs.send_copies(report=report, recipients=given, actor=actor_of(request), at=timezone.now())
        except ListedProblems as error:
            form.refuse(error)
        else:
            count = len(new)
            text = ngettext(
                "%(count)s copy is being drawn and sent.", "%(count)s copies are being drawn and sent.", count
            )
            messages.success(request, text % {"count": count})
            return redirect("reports:distribution", pk=report.pk)
    downloads = (
        visible_to(Download, request.user, at=timezone.now())
        .filter(document__snapshot__report=report)
        .select_related("document", "user")
        .order_by("-at", "-pk")
    )
    context = {
        "report": report,
        "operation": report.operation,
        "name": title_of(report),
        "form": form,
        "may_send": refusal(report, "send", request.user, at=timezone.now()) is None,
        "has_choices": bool(form.fields["recipients"].choices),  # type: ignore[attr-defined]
        "has_recipients": bool(domain.recipients_of(report)),
        "not_sent": sum(one.sent_at is None for one in sent),
        "sent": _with_jobs(sent, request),
        "page": Paginator(downloads, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "reports/distribution.html", context, status=422 if form.errors else 200)


def _dispatches(report: Report, request: HttpRequest) -> Any:
    rows = visible_to(Dispatch, request.user, at=timezone.now()).filter(approval__snapshot__report=report)
    return rows.select_related("requested_by", "document").order_by("copy_number", "pk")


def _with_jobs(sent: list[Dispatch], request: HttpRequest) -> list[dict[str, Any]]:
    """Each copy with the job that draws it, as long as it is not drawn; whoever asked for it may try again."""
    undrawn = [one.pk for one in sent if one.document_id is None]
    jobs = Job.objects.filter(kind=domain.SEND_JOB, arguments__dispatch_id__in=undrawn) if undrawn else []
    by_dispatch = {job.arguments["dispatch_id"]: job for job in jobs}
    mine = set(visible_to(Job, request.user, at=timezone.now()).filter(pk__in=[one.pk for one in by_dispatch.values()]))
    return [
        {"dispatch": one, "job": job, "may_retry": job in mine} for one in sent for job in (by_dispatch.get(one.pk),)
    ]


def _choices(report: Report, sent: list[Dispatch]) -> list[tuple[str, str]]:
    """The recipients who have no copy yet."""
    have = {(one.recipient_id, one.edition) for one in sent}
    rows = [row for row in domain.recipients_of(report) if (row.pk, row.edition) not in have]
    return [(str(row.pk), f"{label(row)} ({row.get_edition_display()}, {row.email})") for row in rows]
