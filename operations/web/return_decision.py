"""The page on which a return is decided: everything that a decision rests on, and the two ways it can go."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from operations.domain import return_waiting
from operations.domain.access import refusal
from operations.domain.comments import Thread, threads_of
from operations.domain.outlier_history import unusual_figures
from operations.domain.reporting_calendar import came_before_the_end, delay
from operations.domain.return_layout import CellKey, Layout, layout_of
from operations.domain.standing_figures import beside
from operations.domain.wording import money_text, number_text
from operations.models import Figure, Query, Submission
from operations.web import addresses
from operations.web.breaches import breach_steps, shown_breaches
from operations.web.return_forms import CommentForm, SendBackForm
from operations.web.return_grid import cell_name
from operations.web.return_parts import RETURNS, frame, of_return
from operations.web.returns import compared_with_before, found_return, newest_of
from operations.web.tags import reader_language
from operations.web.unusual_words import methods

addresses.register_work(
    return_waiting.TO_DECIDE, lambda row: reverse("operations:return-decide", args=[row.expected_return_id])
)


@dataclass(frozen=True)
class Compared:
    """A figure beside those of the last submission and of the period before, with the changes in words."""

    name: str
    address: str
    depth: int
    currency: str | None
    figure: Figure | None
    last: Figure | None
    last_change: str
    before: Figure | None
    before_change: str
    year_before: Figure | None
    is_unusual: bool
    said: int


@require_safe
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """What is looked at before a submission is accepted or sent back, for whoever decides on it."""
    expected_return = found_return(request, pk)
    submission, now = newest_of(expected_return), timezone.now()
    submission.expected_return = expected_return
    refused = refusal(submission, "accept", request.user, at=now)
    if refused is not None:
        raise refused
    layout, currency = layout_of(expected_return.form), expected_return.agency.state.currency
    figures = _figures(submission)
    unusual = unusual_figures(submission)
    threads = threads_of(expected_return)
    rows = _compared(layout, figures, submission, unusual={one.key for one in unusual.figures}, said=threads)
    history = expected_return.submissions.select_related("entered_by", "submitted_by", "on_behalf_of", "decided_by")
    return render(
        request,
        "operations/returns/decide.html",
        {
            **frame(expected_return.period.operation, RETURNS),
            **of_return(expected_return),
            "submission": submission,
            "delay": delay(expected_return),
            "history": history.order_by("-number"),
            "rows": rows,
            "shown": _columns(rows),
            "is_early": came_before_the_end(submission),
            "is_first": submission.submitted_at == expected_return.first_submitted_at,
            "compared": compared_with_before(layout, submission, currency),
            "breaches": shown_breaches(submission, None, layout=layout, figures=figures, currency=currency),
            "breach_steps": breach_steps(expected_return, layout, currency),
            "unusual": unusual,
            "currency": currency,
            "threads": len(threads),
            "comments": sum(len(thread.comments) for thread in threads.values()),
            "flagged": sum(thread.flagged for thread in threads.values()),
            "queries": Query.objects.filter(expected_return=expected_return).exclude(status=Query.Status.SETTLED),
            "accept_form": CommentForm(auto_id="accept_%s"),
            "return_form": SendBackForm(auto_id="return_%s"),
            **methods(),
        },
    )


def _figures(submission: Submission | None) -> dict[CellKey, Figure]:
    rows = Figure.objects.filter(submission=submission) if submission is not None else []
    return {(row.indicator_id, row.category_id): row for row in rows}


def _compared(
    layout: Layout,
    figures: Mapping[CellKey, Figure],
    submission: Submission,
    *,
    unusual: set[CellKey],
    said: Mapping[CellKey | None, Thread],
) -> list[Compared]:
    """Each indicator's own figure in the order of the form."""
    last = _figures(submission.predecessor)
    shown = beside(submission.expected_return)
    before, year_before = shown.figures, shown.year_before_figures
    currency = submission.expected_return.agency.state.currency
    rows = []
    for line in layout.lines:
        key = (line.indicator.pk, layout.total.pk)
        money = currency if line.indicator.is_money else None
        rows.append(
            Compared(
                cell_name(layout, key),
                layout.address(key),
                line.depth,
                money,
                figures.get(key),
                last.get(key),
                _change(last.get(key), figures.get(key), money),
                before.get(key),
                _change(before.get(key), figures.get(key), money),
                year_before.get(key),
                any(one[0] == line.indicator.pk for one in unusual),
                len(said[key].comments) if key in said else 0,
            )
        )
    return rows


def _columns(rows: list[Compared]) -> dict[str, bool]:
    """Which columns have anything to say: the first stage of a new operation has no period before it."""
    return {
        "notes": any(row.figure is not None and row.figure.note for row in rows),
        "before": any(row.before is not None for row in rows),
        "year_before": any(row.year_before is not None for row in rows),
    }


def _change(old: Figure | None, new: Figure | None, currency: str | None) -> str:
    """The difference of two numbers with its sign; nothing where either is none, or where nothing changed."""
    if old is None or new is None or old.value is None or new.value is None or old.value == new.value:
        return ""
    language, change = reader_language(), new.value - old.value
    if currency:
        return money_text(change, currency=currency, language=language, signed=True)
    return number_text(change, language=language, signed=True)
