"""Pages of the verification of lists: the register of an operation, one list with its steps, a step to take."""

from collections.abc import Mapping

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from operations.domain import (
    list_waiting,
    lists,
    machine,
)
from operations.domain.access import visible_to
from operations.domain.derived_figures import PENDING, derived_account, derived_indicators, differing_returns
from operations.domain.errors import NotFound
from operations.domain.list_workflow import outcome_categories
from operations.domain.statistics import participating_states
from operations.models import ListVerification, Operation, Return, Submission
from operations.web import addresses
from operations.web.doors import row_or_404
from operations.web.exchange import LISTS, frame, live_operation
from operations.web.returns import found_return

PAGE = 50
Status = ListVerification.Status

addresses.register(ListVerification, lambda row: reverse("operations:list", args=[row.pk]))
addresses.register_work(list_waiting.REGISTER, lambda row: reverse("operations:lists", args=[row.slug]))


@require_safe
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """The lists of an operation that the reader sees: the sums by pair of states, and list by list."""
    operation = live_operation(request, slug)
    now = timezone.now()
    rows = visible_to(ListVerification, request.user, at=now).filter(operation=operation)
    chosen = {name: request.GET.get(name, "") for name in ("from", "to", "status")}
    page = Paginator(_narrowed(rows, chosen), PAGE).get_page(request.GET.get("page"))
    found, categories = list(page.object_list), outcome_categories()
    codes = [category.code for category in categories]
    outcomes = lists.newest_outcomes(found)
    query = "".join(f"&{name}={value}" for name, value in chosen.items() if value.isascii() and value.isalpha())
    return render(
        request,
        "operations/lists/register.html",
        {
            **frame(request, operation, LISTS),
            "pairs": [
                {"sum": pair, "counts": [_of_pair(pair, code) for code in codes]}
                for pair in lists.pair_sums(rows, at=now)
            ],
            "categories": categories,
            "page": page,
            "rows": [
                {"list": row, "outcomes": outcomes[row.pk], "step": lists.next_step(row, at=now)} for row in found
            ],
            "chosen": chosen,
            "query": query,
            "states": participating_states(operation),
            "statuses": Status.choices,
            "may_send": lists.may_send(operation, request.user, at=now),
            "differing": differing_returns(_derived_returns(operation, request)),
        },
    )


def _of_pair(pair: lists.PairSum, code: str) -> int:
    """Entries with the outcome; what is being checked includes the lists of which nothing was told yet."""
    return pair.pending if code == PENDING else pair.counts.get(code, 0)


def _narrowed(rows: QuerySet[ListVerification], chosen: Mapping[str, str]) -> QuerySet[ListVerification]:
    lookups = {"from": "sent_by__code", "to": "received_by__code", "status": "status"}
    wanted = {lookups[name]: value for name, value in chosen.items() if value and "\x00" not in value}
    return rows.filter(**wanted).select_related("sent_by", "received_by").order_by("-sent_on", "-pk")


def _derived_returns(operation: Operation, request: HttpRequest) -> QuerySet[Return]:
    """The accepted returns of information centres that the reader sees."""
    rows: QuerySet[Return] = visible_to(Return, request.user, at=timezone.now())
    return rows.filter(
        period__operation=operation,
        form__indicators__is_derived=True,
        unit__isnull=True,
        submissions__status=Submission.Status.ACCEPTED,
    ).select_related("period", "agency__state")


@require_safe
def verification(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: what it is, who owes the next step, its outcomes by day, and every step that was taken."""
    row, now, categories = found_list(request, pk), timezone.now(), outcome_categories()
    offered = [
        {
            "name": offer.transition.name,
            "label": offer.transition.label,
            "url": reverse("operations:list-act", args=[row.pk, offer.transition.name.replace("_", "-")]),
            "allowed": offer.is_allowed,
            "refusal": offer.refusal,
        }
        for offer in machine.available(row, request.user, at=now)
        if offer.transition.name != "create"
    ]
    return render(
        request,
        "operations/lists/list.html",
        {
            **frame(request, row.operation, LISTS),
            "list": row,
            "step": lists.next_step(row, at=now),
            "newest": lists.newest_outcomes([row])[row.pk],
            "categories": categories,
            "history": [
                {"as_of": as_of, "counts": [counts.get(category.pk) for category in categories]}
                for as_of, counts in lists.outcome_history(row)
            ],
            "steps": lists.steps(row),
            "offered": offered,
            "primary": "confirm_receipt" if row.status == Status.SENT else "record_outcomes",
        },
    )


def found_list(request: HttpRequest, pk: int) -> ListVerification:
    found: ListVerification = row_or_404(
        ListVerification.objects.select_related("operation", "sent_by", "received_by"), request, pk=pk
    )
    return found


# --- the lists behind a return ---


@require_safe
def behind_return(request: HttpRequest, pk: int) -> HttpResponse:
    """The lists that INF04 and INF05 of a return come from, and whether the accepted figures still follow them."""
    expected_return = found_return(request, pk)
    if not derived_indicators(expected_return):
        raise NotFound
    newest = expected_return.submissions.order_by("-number").first()
    account = derived_account(expected_return, newest)
    categories = [category for category in outcome_categories() if category.code != PENDING]
    behind = [
        {"list": counted.row, "received": received, "checked": [checked.get(one.pk, 0) for one in categories]}
        for counted, received, checked in (account.derived.lists if account is not None else ())
    ]
    return render(
        request,
        "operations/lists/behind_return.html",
        {
            "operation": expected_return.period.operation,
            "expected_return": expected_return,
            "period": expected_return.period,
            "submission": newest,
            "account": account,
            "categories": categories,
            "behind": behind,
        },
    )
