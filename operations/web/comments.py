"""Pages of what is said about figures: the threads of a return, one cell through all submissions, what waits."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from operations.domain import (
    comment_waiting,  # noqa: F401 - registers the flags that wait for people, for “my work”
    comments,
    queries,
)
from operations.domain.access import refusal, visible_to
from operations.domain.errors import BadInput, NotFound
from operations.domain.return_layout import CellKey, Layout, UnknownCell, layout_of
from operations.domain.statistics import participating_states
from operations.models import Comment, Figure, Operation, Return
from operations.web import addresses
from operations.web.doors import row_or_404
from operations.web.drawn_forms import DrawnForm, lines, tick
from operations.web.return_grid import cell_name
from operations.web.return_parts import (
    FOLLOW_UPS,
    RETURNS,
    cell_field,
    frame,
    of_return,
    refuse_words,
    screening_field,
)
from operations.web.returns import FULL, found_return, reader

PAGE = 50
SETTLED = "settled"

addresses.register(Comment, lambda row: reverse("operations:return-comments", args=[row.submission.expected_return_id]))


@require_http_methods(["GET", "POST"])
def return_comments(request: HttpRequest, pk: int) -> HttpResponse:
    """The threads of a return, or (`?cell=`) the one of a cell with its figure in every submission; and the form."""
    expected_return = found_return(request, pk)
    layout, now = layout_of(expected_return.form), timezone.now()
    chosen = (request.POST if request.method == "POST" else request.GET).get("cell", "")
    key = _key(layout, request.GET.get("cell", ""))
    may_write = comments.may_comment(expected_return, request.user, at=now)
    form = _form(request, layout, chosen)
    if request.method == "POST":
        done = _say(request, expected_return, form)
        if done is not None:
            return done
    threads = comments.threads_of(expected_return)
    shown = [key] if key is not None else sorted(threads, key=lambda one: (one is not None, one or (0, 0)))
    return render(
        request,
        "operations/comments/threads.html",
        {
            **frame(expected_return.period.operation, RETURNS),
            **of_return(expected_return),
            "cell": None if key is None else _cell(expected_return, layout, key),
            "threads": [_thread(request, layout, one, threads[one]) for one in shown if one in threads],
            "form": form if may_write else None,
            "may_ask": queries.may_ask(expected_return, request.user, at=now),
        },
        status=422 if form.errors else 200,
    )


def _key(layout: Layout, address: str) -> CellKey | None:
    if not address:
        return None
    try:
        return layout.named(address)
    except UnknownCell as unknown:
        raise NotFound from unknown


def _form(request: HttpRequest, layout: Layout, chosen: str) -> DrawnForm:
    is_sent = request.method == "POST"
    form = DrawnForm(request.POST if is_sent else None, initial={"cell": chosen})
    form.fields["cell"] = cell_field(layout, chosen)
    form.fields["text"] = lines(pgettext("thread", "Comment"), required=True)
    form.fields["needs_follow_up"] = tick(
        _("Needs a follow-up"), hint=_("The flag stays until it is settled; those who answer for the figures are told.")
    )
    if is_sent and "screening_reason" in request.POST:
        form.fields["screening_reason"] = screening_field()
    return form


def _say(request: HttpRequest, expected_return: Return, form: DrawnForm) -> HttpResponse | None:
    """Carries the comment out; None where it was refused, and the page is shown again with what was typed."""
    values = form.typed()
    flag = values.pop("needs_follow_up", "")
    try:
        said = comments.comment_on(
            expected_return=expected_return,
            needs_follow_up=bool(flag),
            actor=reader(request),
            at=timezone.now(),
            **values,
        )
    except BadInput as error:
        refuse_words(form, error)
        return None
    messages.success(request, _("The comment is kept."))
    cell = request.GET.get("cell", "")
    query = f"?cell={cell}" if cell and cell == values.get("cell") else ""
    return redirect(reverse("operations:return-comments", args=[expected_return.pk]) + f"{query}#comment-{said.pk}")


def _thread(request: HttpRequest, layout: Layout, key: CellKey | None, thread: comments.Thread) -> dict[str, Any]:
    """A thread with the flags that the reader may settle."""
    now = timezone.now()
    return {
        "address": "" if key is None else layout.address(key),
        "name": _("The return as a whole") if key is None else cell_name(layout, key),
        "flagged": thread.flagged,
        "comments": [
            {
                "comment": comment,
                "is_flagged": comments.is_flagged(comment),
                "may_settle": comments.is_flagged(comment) and refusal(comment, "settle", request.user, at=now) is None,
            }
            for comment in thread.comments
        ],
    }


def _cell(expected_return: Return, layout: Layout, key: CellKey) -> dict[str, Any]:
    """A cell in every submission of the return, the newest first."""
    figures = Figure.objects.filter(submission__expected_return=expected_return, indicator=key[0], category=key[1])
    known = {figure.submission_id: figure for figure in figures}
    submissions = expected_return.submissions.order_by("-number")
    return {
        "name": cell_name(layout, key),
        "address": layout.address(key),
        "currency": expected_return.agency.state.currency if layout.by_id[key[0]].indicator.is_money else None,
        "vintages": [{"submission": one, "figure": known.get(one.pk)} for one in submissions],
    }


@require_http_methods(["GET", "POST"])
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the flag of a comment down, with a word on what came of it."""
    comment: Comment = row_or_404(_rows(), request, pk=pk)
    refused = refusal(comment, "settle", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    expected_return = comment.submission.expected_return
    form = DrawnForm(request.POST if request.method == "POST" else None)
    form.fields["note"] = lines(_("What came of it"))
    if request.method == "POST":
        if "screening_reason" in request.POST:
            form.fields["screening_reason"] = screening_field()
        try:
            comments.settle_comment(comment=comment, actor=reader(request), at=timezone.now(), **form.typed())
        except BadInput as error:
            refuse_words(form, error)
        else:
            messages.success(request, _("The follow-up is settled."))
            return redirect(reverse("operations:return-comments", args=[expected_return.pk]) + f"#comment-{comment.pk}")
    context = {
        **frame(expected_return.period.operation, FOLLOW_UPS),
        **of_return(expected_return),
        "form": form,
        "query": {"text": comment.text},
        "heading": _("Settle a follow-up"),
        "says": _("The flag is taken down. The comment and your words stay on record."),
        "back": reverse("operations:return-comments", args=[expected_return.pk]),
        "button": _("Settle"),
    }
    return render(request, "operations/returns/words.html", context, status=422 if form.errors else 200)


@require_safe
def follow_ups(request: HttpRequest, slug: str) -> HttpResponse:
    """The flagged comments of an operation that the reader sees, the oldest first; on request those settled."""
    operation = row_or_404(Operation, request, slug=slug)
    now = timezone.now()
    rows: QuerySet[Comment] = visible_to(_rows(), request.user, at=now).filter(
        submission__expected_return__period__operation=operation, needs_follow_up=True
    )
    chosen = {name: request.GET.get(name, "") for name in ("state", "status")}
    page = Paginator(_narrowed(rows, chosen), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "operations/comments/follow_ups.html",
        {
            **frame(operation, FOLLOW_UPS),
            "page": page,
            "rows": list(page.object_list),
            "open": comments.flagged(rows).count(),
            "chosen": chosen,
            "query": "".join(f"&{name}={text}" for name, text in chosen.items() if text.isascii() and text.isalpha()),
            "states": participating_states(operation),
            "statuses": [("", _("To follow up")), (SETTLED, pgettext("comment", "Settled")), ("all", _("All"))],
        },
    )


def _rows() -> QuerySet[Comment]:
    related = [f"submission__expected_return__{name}" for name in FULL]
    return Comment.objects.select_related(*related, "indicator", "category__breakdown", "written_by", "settled_by")


def _narrowed(rows: QuerySet[Comment], chosen: Mapping[str, str]) -> QuerySet[Comment]:
    if chosen["state"] and "\x00" not in chosen["state"]:
        rows = rows.filter(submission__expected_return__agency__state__code=chosen["state"])
    if chosen["status"] == SETTLED:
        rows = rows.filter(settled_at__isnull=False)
    elif chosen["status"] != "all":
        rows = comments.flagged(rows)
    return rows.order_by(F("settled_at").asc(nulls_first=True), "written_at", "pk")
