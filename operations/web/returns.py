"""Pages of returns: the list of an operation, one return with its grid and history, one vintage of it."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from operations.domain import (
    machine,
    return_waiting,  # noqa: F401 - registers what waits for people, for “my work”
)
from operations.domain.access import standing, visible_to
from operations.domain.checks import shown_findings
from operations.domain.clean_returns import wanting_a_look
from operations.domain.comments import flagged_by_return
from operations.domain.completeness import completeness, last_statuses, return_status
from operations.domain.errors import DomainError, ListedProblems, NotFound, Problem, WrongState
from operations.domain.imports import may_import
from operations.domain.queries import waiting_by_return
from operations.domain.reporting_calendar import (
    came_before_the_end,
    closed_refusal,
    delay,
    is_running,
    reopening_of,
)
from operations.domain.return_layout import Layout, layout_of
from operations.domain.standing_figures import beside
from operations.domain.submission_workflow import decides_on
from operations.domain.unit_returns import rolled_up
from operations.domain.units import reads_units_of
from operations.models import (
    Indicator,
    MemberState,
    Operation,
    PeriodKind,
    ReportingPeriod,
    Return,
    Submission,
    User,
)
from operations.web import addresses
from operations.web.breaches import breaches_by_return, shown_breaches
from operations.web.controls import Problem as ListedProblem
from operations.web.doors import row_or_404
from operations.web.exchange import beside_return
from operations.web.return_grid import STATUSES, Grid, Posted, changes, unsaved
from operations.web.return_parts import RETURNS, frame, of_return
from operations.web.said import said_about

PAGE = 50
# of what stands in the way of an act, the page lists so many points beside its button
MOST_LISTED = 5
FULL = "period__operation", "period__stage", "agency__state", "agency__kind", "unit", "form"
# acts that need nothing but a press of the button
PRESSED = {"start"}
# acts that have their place on the page: beside the grid, beside the units, beside a broken rule
ACT_URLS = {"save_draft", "roll_up", "explain_breach", "waive_breach"}

addresses.register(
    ReportingPeriod,
    lambda row: reverse("operations:returns", args=[row.operation.slug]) + f"?period={row.code}",
)
addresses.register(Return, lambda row: reverse("operations:return", args=[row.pk]))
addresses.register(Submission, lambda row: reverse("operations:return", args=[row.expected_return_id]))


@dataclass(frozen=True)
class ListedReturn:
    """A row of the list; what wants a look is counted: rules broken, comments to follow up, queries not settled."""

    expected_return: Return
    status: str
    last: str
    delay: int | None
    submission: Submission | None
    may_decide: bool
    breaches: int
    flagged: int
    queries: int
    look: Problem | None

    @property
    def is_early(self) -> bool:
        return self.submission is not None and came_before_the_end(self.submission)


def reader(request: HttpRequest) -> User:
    """Who reads and acts; whoever has not signed in was sent to the sign-in page before."""
    user: Any = request.user
    return user


@require_safe
def returns(request: HttpRequest, slug: str) -> HttpResponse:
    """The returns of an operation by period and agency, as far as the reader may see them.

    An agency's units have lists of their own, one for each period; a unit's officer finds the unit's returns here.
    """
    operation = row_or_404(Operation, request, slug=slug)
    now = timezone.now()
    listed = Q(unit__isnull=True) | Q(unit__in=standing(request.user, now).units)
    rows = visible_to(Return, request.user, at=now).filter(listed, period__operation=operation)
    chosen = {name: request.GET.get(name, "") for name in ("state", "period", "kind", "indicator")}
    shown = (
        _narrowed(rows, chosen)
        .select_related(*FULL)
        .order_by("period__due_at", "period__code", "agency__state__short_ru", "agency__kind_id", "unit_id")
    )
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    query = "".join(f"&{name}={value}" for name, value in chosen.items() if value.isascii() and value)
    return render(
        request,
        "operations/returns/list.html",
        {
            **frame(operation, RETURNS),
            "page": page,
            "rows": _listed(page.object_list, request.user, now),
            "chosen": chosen,
            "query": query,
            "states": MemberState.objects.filter(pk__in=rows.order_by().values("agency__state")),
            "periods": ReportingPeriod.objects.filter(operation=operation).order_by("due_at"),
            "kinds": PeriodKind.choices,
            "indicator": _indicator(chosen["indicator"], request),
            "measures": completeness(operation, at=now, returns=rows),
            "may_import": may_import(request.user, at=now),
            "sees_all_states": standing(request.user, now).sees_all_states,
        },
    )


def _indicator(code: str, request: HttpRequest) -> Indicator | None:
    """The indicator that the list is narrowed to: only the returns whose form asks for it."""
    rows: Any = visible_to(Indicator, request.user, at=timezone.now())
    found: Indicator | None = rows.filter(code=code).first() if code and "\x00" not in code else None
    return found


def _narrowed(rows: Any, chosen: dict[str, str]) -> Any:
    lookups = {"state": "agency__state__code", "period": "period__code", "kind": "period__kind"}
    lookups["indicator"] = "form__indicators__code"
    wanted = {lookups[name]: value for name, value in chosen.items() if value and "\x00" not in value}
    return rows.filter(**wanted)


def _listed(rows: Any, user: Any, now: Any) -> list[ListedReturn]:
    found = list(rows)
    last = last_statuses(Return.objects.filter(pk__in=[row.pk for row in found]))
    keys = [row.pk for row in found]
    submitted = Submission.objects.filter(expected_return__in=keys, status=Submission.Status.SUBMITTED)
    waiting = {row.expected_return_id: row for row in submitted.select_related("expected_return__period")}
    looks = wanting_a_look(waiting.values())
    breaches, flagged, queries = breaches_by_return(waiting.values()), flagged_by_return(keys), waiting_by_return(keys)
    return [
        ListedReturn(
            row,
            return_status(row, last.get(row.pk), at=now),
            last.get(row.pk, ""),
            delay(row),
            waiting.get(row.pk),
            row.pk in waiting and decides_on(user, row, now),
            breaches.get(row.pk, 0),
            flagged.get(row.pk, 0),
            queries.get(row.pk, 0),
            looks.get(waiting[row.pk].pk) if row.pk in waiting else None,
        )
        for row in found
    ]


@require_safe
def return_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One return: its grid while it is a draft, its figures afterwards, what can be done, its history."""
    return show_return(request, found_return(request, pk))


def found_return(request: HttpRequest, pk: int) -> Return:
    """The return of an address, with everything that its page shows of it."""
    found: Return = row_or_404(Return.objects.select_related(*FULL), request, pk=pk)
    return found


def show_return(
    request: HttpRequest,
    expected_return: Return,
    *,
    posted: Posted | None = None,
    error: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a return; after a refused act with its problems and with what was typed."""
    now = timezone.now()
    history = list(
        expected_return.submissions.select_related("entered_by", "submitted_by", "on_behalf_of", "decided_by")
    )
    submission = history[-1] if history else None
    if submission is not None:
        submission.expected_return = expected_return
    layout = layout_of(expected_return.form)
    offered = _offered(expected_return, submission, request.user, now)
    is_editable = any(offer["name"] == "save_draft" for offer in offered)
    problems = list(error.problems) if isinstance(error, ListedProblems) else [error] if error is not None else []
    findings = shown_findings(submission) if submission is not None and is_editable else None
    cell_errors = {problem.field: str(problem.message) for problem in problems if hasattr(problem, "field")}
    currency = expected_return.agency.state.currency
    shown_beside = beside(expected_return)
    grid = Grid(layout, submission, currency=currency, beside=shown_beside, posted=posted, errors=cell_errors)
    return render(
        request,
        "operations/returns/return.html",
        {
            **beside_return(expected_return, submission, layout),
            **of_return(expected_return),
            "submission": submission,
            "history": history[::-1],
            "compared": compared_with_before(layout, submission, currency) if not is_editable else [],
            "groups": grid.groups(),
            "shown": grid.shown() if is_editable else "",
            "beside": shown_beside,
            "statuses": STATUSES,
            "unsaved": [] if is_editable or posted is None else unsaved(layout, posted),
            "is_editable": is_editable,
            "breaches": shown_breaches(submission, findings, layout=layout, figures=grid.figures, currency=currency),
            **said_about(request.user, expected_return, submission, layout),
            "offered": [offer for offer in offered if offer["name"] not in ACT_URLS],
            "may": {offer["name"] for offer in offered},
            "closed": _closed(expected_return, submission, now),
            "reopening": reopening_of(expected_return, at=now),
            "units": rolled_up(expected_return, submission) if expected_return.unit_id is None else None,
            "reads_units": reads_units_of(request.user, expected_return.agency, now),
            "status": return_status(expected_return, submission.status if submission else None, at=now),
            "problems": [*problems, *_typed_problems(posted)],
            "doubtful": any(getattr(problem, "code", "") == "looks_personal" for problem in problems),
        },
        status=status,
    )


def _offered(expected_return: Return, submission: Submission | None, user: Any, now: Any) -> list[dict[str, Any]]:
    """What the reader can do now, in the words of the components, with the first of what stands in the way."""
    found = machine.available(expected_return, user, at=now)
    if submission is not None:
        found = [
            *machine.available(submission, user, at=now),
            *_on_accepted(expected_return, submission, user, now),
            *found,
        ]
    offered = []
    for offer in found:
        name = offer.transition.name
        if name == "reopen_period" and closed_refusal(expected_return, at=now) is None:
            continue
        offered.append(
            {
                "name": name,
                "label": offer.transition.label,
                "url": reverse("operations:return-act", args=[expected_return.pk, name.replace("_", "-")]),
                "allowed": offer.is_allowed,
                "posts": name in PRESSED,
                "refusal": _in_short(offer.refusal),
            }
        )
    if any(offer["name"] == "accept" for offer in offered):
        offered.insert(
            0,
            {
                "name": "decide",
                "label": _("Look through and decide"),
                "url": reverse("operations:return-decide", args=[expected_return.pk]),
                "allowed": True,
                "posts": False,
                "refusal": None,
            },
        )
    is_correction = submission is not None and submission.is_correction
    if not is_correction and any(offer["name"] in ("start", "save_draft") for offer in offered):
        offered.append(_nil(expected_return, submission, now))
    return offered


def _nil(expected_return: Return, submission: Submission | None, now: Any) -> dict[str, Any]:
    """One press, where it replaces nothing that was entered and the period is over; else a page asks first."""
    is_empty = submission is None or not submission.figures.exists()
    return {
        "name": "nil",
        "label": _("Nil return: nothing to report"),
        "url": reverse("operations:return-act", args=[expected_return.pk, "nil"]),
        "allowed": True,
        "posts": is_empty and not is_running(expected_return.period, at=now),
        "refusal": None,
    }


def _on_accepted(expected_return: Return, newest: Submission, user: Any, now: Any) -> list[machine.Availability]:
    """A correction starts from the accepted submission, which may stand behind a newer one that was sent back."""
    if newest.status == Submission.Status.ACCEPTED:
        return []
    accepted = expected_return.submissions.filter(status=Submission.Status.ACCEPTED).first()
    return [] if accepted is None else machine.available(accepted, user, at=now, only=["correct"])


def _in_short(refusal: DomainError | None) -> DomainError | None:
    """The first of a long list of what is missing, and how many more there are."""
    if not isinstance(refusal, ListedProblems) or len(refusal.problems) <= MOST_LISTED:
        return refusal
    left = len(refusal.problems) - MOST_LISTED
    more = ngettext("and %(count)s point more", "and %(count)s points more", left) % {"count": left}
    return ListedProblems([*refusal.problems[:MOST_LISTED], Problem(code="more", message=more)])


def _closed(expected_return: Return, submission: Submission | None, now: Any) -> WrongState | None:
    """Why nothing can be entered now, where something still would be."""
    if submission is not None and (submission.status != Submission.Status.DRAFT or submission.predecessor_id):
        return None
    return closed_refusal(expected_return, at=now)


def compared_with_before(layout: Layout, submission: Submission | None, currency: str) -> list[Any]:
    if submission is None or submission.predecessor is None:
        return []
    return changes(layout, submission.predecessor, submission, currency=currency)


def _typed_problems(posted: Posted | None) -> list[ListedProblem]:
    """The errors of cells, as lines of the summary that lead to them."""
    if posted is None:
        return []
    return [
        ListedProblem(text=f"{address.removesuffix('.TOTAL')}: {message}", href=f"#{address}")
        for address, message in posted.errors.items()
    ]


def newest_of(expected_return: Return) -> Submission:
    """The submission that acts are about: the newest."""
    newest = expected_return.submissions.order_by("-number").first()
    if newest is None:
        raise NotFound
    return newest
