"""Pages of the queries of the headquarters: the list of an operation, one query with all that was said, its steps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from operations.domain import machine, queries, query_waiting
from operations.domain.access import refusal, visible_to
from operations.domain.errors import BadInput, NotFound, Stale
from operations.domain.moments import moscow_date
from operations.domain.query_workflow import Status
from operations.domain.return_layout import layout_of
from operations.domain.statistics import participating_states
from operations.models import Figure, Operation, Query, Submission
from operations.web import addresses
from operations.web.doors import row_or_404
from operations.web.drawn_forms import DrawnForm, date, hidden, lines
from operations.web.return_grid import cell_name
from operations.web.return_parts import QUERIES, STALE, cell_field, frame, of_return, refuse_words, screening_field
from operations.web.returns import FULL, found_return, reader

PAGE = 50
OVERDUE = "overdue"
RELATED = tuple(f"expected_return__{name}" for name in FULL)

addresses.register(Query, lambda row: reverse("operations:query", args=[row.pk]))
addresses.register_work(
    query_waiting.TO_ANSWER, lambda row: reverse("operations:queries", args=[row.slug]) + f"?status={Status.OPEN}"
)
addresses.register_work(
    query_waiting.TO_SETTLE, lambda row: reverse("operations:queries", args=[row.slug]) + f"?status={Status.ANSWERED}"
)


@require_safe
def query_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The queries of an operation that the reader sees, those that wait longest first."""
    operation = row_or_404(Operation, request, slug=slug)
    now = timezone.now()
    rows: QuerySet[Query] = visible_to(Query, request.user, at=now).filter(expected_return__period__operation=operation)
    chosen = {name: request.GET.get(name, "") for name in ("state", "status")}
    shown = _narrowed(rows, chosen).select_related(*RELATED, "indicator", "category", "asked_by")
    ordered = shown.order_by(F("settled_at").asc(nulls_first=True), "due_date", "pk")
    page = Paginator(ordered, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "operations/queries/list.html",
        {
            **frame(operation, QUERIES),
            "page": page,
            "rows": [{"query": row, "is_overdue": queries.is_overdue(row, at=now)} for row in page.object_list],
            "counted": queries.counted(rows, at=now),
            "chosen": chosen,
            "query": "".join(f"&{name}={text}" for name, text in chosen.items() if text.isascii() and text.isalpha()),
            "states": participating_states(operation),
            "statuses": [*Status.choices, (OVERDUE, _("Overdue"))],
        },
    )


def _narrowed(rows: QuerySet[Query], chosen: Mapping[str, str]) -> QuerySet[Query]:
    if chosen["state"] and "\x00" not in chosen["state"]:
        rows = rows.filter(expected_return__agency__state__code=chosen["state"])
    if chosen["status"] == OVERDUE:
        return queries.overdue(rows, at=timezone.now())
    return rows.filter(status=chosen["status"]) if chosen["status"] and "\x00" not in chosen["status"] else rows


@require_safe
def query(request: HttpRequest, pk: int) -> HttpResponse:
    """One query: what it is about, what was said, and what the reader can do."""
    row, now = _found(request, pk), timezone.now()
    expected_return = row.expected_return
    offered = [
        {
            "name": offer.transition.name,
            "label": offer.transition.label,
            "url": reverse("operations:query-act", args=[row.pk, offer.transition.name.replace("_", "-")]),
            "allowed": offer.is_allowed,
            "refusal": offer.refusal,
        }
        for offer in machine.available(row, request.user, at=now, only=list(ACTS))
    ]
    return render(
        request,
        "operations/queries/query.html",
        {
            **frame(expected_return.period.operation, QUERIES),
            **of_return(expected_return),
            "query": row,
            "cell": _cell(row),
            "turns": row.turns.select_related("said_by"),
            "is_overdue": queries.is_overdue(row, at=now),
            "offered": offered,
        },
    )


def _found(request: HttpRequest, pk: int) -> Query:
    rows = Query.objects.select_related(*RELATED, "indicator", "category", "asked_by")
    found: Query = row_or_404(rows, request, pk=pk)
    return found


def _cell(row: Query) -> dict[str, Any] | None:
    """The cell that the query is about, with its accepted figure as it stands now."""
    if row.indicator is None or row.category_id is None:
        return None
    layout = layout_of(row.expected_return.form)
    key = (row.indicator.pk, row.category_id)
    figure = Figure.objects.filter(
        submission__expected_return=row.expected_return,
        submission__status=Submission.Status.ACCEPTED,
        indicator=key[0],
        category=key[1],
    ).first()
    return {
        "name": cell_name(layout, key),
        "address": layout.address(key),
        "figure": figure,
        "currency": row.expected_return.agency.state.currency if row.indicator.is_money else None,
    }


# --- asking ---


@require_http_methods(["GET", "POST"])
def new_query(request: HttpRequest, pk: int) -> HttpResponse:
    """A query on an accepted return, or on one of its cells."""
    expected_return = found_return(request, pk)
    refused = refusal(Query(expected_return=expected_return), "create", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    is_sent = request.method == "POST"
    given = request.POST if is_sent else request.GET
    layout = layout_of(expected_return.form)
    form = DrawnForm(given if is_sent else None, initial={"cell": given.get("cell", "")})
    form.fields["cell"] = cell_field(layout, given.get("cell", ""))
    form.fields.update({"text": lines(_("Question"), required=True), "due_date": _due_field()})
    if is_sent:
        if "screening_reason" in request.POST:
            form.fields["screening_reason"] = screening_field()
        try:
            row = queries.ask_query(
                expected_return=expected_return, actor=reader(request), at=timezone.now(), **form.typed()
            )
        except BadInput as error:
            refuse_words(form, error)
        else:
            messages.success(request, _("The query is sent; the agency and the head of its state are told."))
            return redirect("operations:query", pk=row.pk)
    context = {
        **frame(expected_return.period.operation, QUERIES),
        **of_return(expected_return),
        "form": form,
        "heading": _("Query of the headquarters"),
        "says": _("The query changes no figure. The agency answers, and corrects the return where a figure is wrong."),
        "back": reverse("operations:return", args=[pk]),
        "button": _("Send the query"),
    }
    return render(request, "operations/returns/words.html", context, status=422 if form.errors else 200)


def _due_field() -> forms.Field:
    hint = _("Today or later, by the date in Moscow (today is %(day)s).") % {
        "day": moscow_date(timezone.now()).isoformat()
    }
    return date(_("Answer by"), required=True, hint=hint)


# --- the steps ---


@dataclass(frozen=True, kw_only=True)
class Act:
    """A step on a page of its own: its words, its fields and the verb."""

    heading: Any
    says: Any
    button: Any
    done: Any
    verb: Callable[..., Query]
    label: Any
    has_day: bool = False
    is_optional: bool = False


ACTS: dict[str, Act] = {
    "answer": Act(
        heading=gettext_lazy("Answer a query"),
        says=gettext_lazy("The answer changes no figure. Where one is wrong, correct the return as well."),
        button=gettext_lazy("Answer"),
        done=gettext_lazy("The answer is sent to the headquarters."),
        verb=queries.answer_query,
        label=gettext_lazy("Answer"),
    ),
    "settle": Act(
        heading=gettext_lazy("Settle a query"),
        says=gettext_lazy("Nothing more is asked. What was said stays on record."),
        button=gettext_lazy("Settle"),
        done=gettext_lazy("The query is settled."),
        verb=queries.settle_query,
        label=gettext_lazy("Closing words"),
        is_optional=True,
    ),
    "ask_again": Act(
        heading=gettext_lazy("Ask again"),
        says=gettext_lazy("The answer was not enough: put the next question. What was said before stays on record."),
        button=gettext_lazy("Ask again"),
        done=gettext_lazy("The question is sent."),
        verb=queries.ask_again,
        label=gettext_lazy("Question"),
        has_day=True,
    ),
}


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """A step of a query: what it asks for, and then the step."""
    row, name = _found(request, pk), act.replace("-", "_")
    step = ACTS.get(name)
    if step is None:
        raise NotFound
    refused = refusal(row, name, request.user, at=timezone.now())
    if refused is not None:
        raise refused
    form = DrawnForm(request.POST if request.method == "POST" else None, initial={"revision": row.revision})
    is_optional = step.is_optional and row.status == Status.ANSWERED
    form.fields["text"] = lines(step.label, required=not is_optional)
    if step.has_day:
        form.fields["due_date"] = _due_field()
    if "screening_reason" in request.POST:
        form.fields["screening_reason"] = screening_field()
    form.fields["revision"] = hidden()
    status = 422
    if request.method == "POST":
        values = form.typed()
        revision = values.pop("revision")
        number = int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 10 else -1
        try:
            step.verb(query=row, revision=number, actor=reader(request), at=timezone.now(), **values)
        except BadInput as error:
            refuse_words(form, error)
        except Stale as error:
            form.add_error(None, str(STALE))
            form.retype(revision=error.current.revision)
            status = 409
        else:
            messages.success(request, step.done)
            return redirect("operations:query", pk=pk)
    context = {
        **frame(row.expected_return.period.operation, QUERIES),
        **of_return(row.expected_return),
        "form": form,
        "query": row,
        "heading": step.heading,
        "says": step.says,
        "back": reverse("operations:query", args=[pk]),
        "button": step.button,
    }
    return render(request, "operations/returns/words.html", context, status=status if form.errors else 200)
