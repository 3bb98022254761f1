"""Versions of a plan: a frozen text with its hash, and any two texts of the plan side by side.

The text of the draft can be compared as well, by whoever may read it, and so can last year's plan in force.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from operations.domain import plan_earlier, plans
from operations.domain.errors import NotFound
from operations.domain.plan_alignment import aligned
from operations.domain.plan_content import Content, frozen_content, shown_content
from operations.domain.plan_reading import Reading
from operations.models import Plan, PlanVersion
from operations.web.drawn_forms import DrawnForm, select
from operations.web.plan_changes import Comparison, compared
from operations.web.plans import plan_or_404, readable_versions
from operations.web.tags import label, reader_language, short_day

DRAFT, LAST_YEAR = "draft", "last-year"
_WRITTEN = (Plan.Status.DRAFT, Plan.Status.RETURNED)


@dataclass(frozen=True, kw_only=True)
class PlanText:
    """One of the texts that can be compared: a version, the draft, or last year's plan in force."""

    code: str
    name: str
    content: Callable[[], Content]
    version: PlanVersion | None = None


@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A frozen version: its text, its hash, and what changed since another one (the one before unless chosen)."""
    row = plan_or_404(request, slug)
    readable = readable_versions(row, request)
    shown = next((one for one in readable if one.number == number), None)
    if shown is None:
        raise NotFound
    others = [one for one in readable if one.pk != shown.pk]
    against = _chosen(others, request.GET.get("against", ""), number)
    content = frozen_content(shown)
    form = DrawnForm(initial={"against": against.number if against else ""})
    form.fields["against"] = select(_("Compare with version"), [(v.number, v.number) for v in others])
    plan_earlier.remember(shown, user=request.user, at=timezone.now())
    return render(
        request,
        "operations/plans/version.html",
        {
            "operation": row.operation,
            "plan": row,
            "version": shown,
            "reading": Reading(content, language=reader_language()),
            "against": against,
            "comparison": form if others else None,
            "found": since_version(against, content) if against else None,
        },
    )


@require_safe
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Any two texts of the plan: versions, the draft, and on the older side last year's plan."""
    row = plan_or_404(request, slug)
    texts = _texts(row, request)
    newer = _text(texts, request.GET.get("newer", "")) or _latest(texts)
    older = _text(texts, request.GET.get("older", "")) or _earlier(texts, newer)
    if newer.code == LAST_YEAR:
        raise NotFound
    form = DrawnForm(initial={"older": older.code if older else "", "newer": newer.code})
    form.fields["older"] = select(_("Earlier text"), [(text.code, text.name) for text in texts])
    form.fields["newer"] = select(_("Later text"), [(text.code, text.name) for text in texts if text.code != LAST_YEAR])
    context = {"operation": row.operation, "plan": row, "form": form, "older": older, "newer": newer}
    if older is not None:
        content, before = newer.content(), older.content()
        before = aligned(before, content) if older.code == LAST_YEAR else before
        context["found"] = compared("", before, content)
    return render(request, "operations/plans/compare.html", context)


def since_version(earlier: PlanVersion, content: Content, heading: str = "") -> Comparison:
    """What changed since an earlier version of the same plan."""
    return compared(heading, frozen_content(earlier), content)


def since_last_year(earlier: PlanVersion, content: Content) -> Comparison:
    """What changed since the plan of another year, whose rows are found again by where they were copied from."""
    heading = _("Changes since the plan of %(year)s") % {"year": earlier.plan.operation.year}
    return compared(heading, aligned(frozen_content(earlier), content), content)


def _texts(row: Plan, request: HttpRequest) -> list[PlanText]:
    """From the oldest to the newest."""
    now = timezone.now()
    texts = []
    before = plan_earlier.last_years_version(row, user=request.user, at=now)
    if before is not None:
        texts.append(_of_version(LAST_YEAR, label(before.plan.operation, "title"), before))
    for one in readable_versions(row, request):
        name = _("Version %(number)s of %(day)s") % {"number": one.number, "day": short_day(one.frozen_at)}
        in_force = one.pk == row.in_force_version_id
        words = _("in force")
        texts.append(_of_version(str(one.number), f"{name}, {words}" if in_force else name, one))
    if row.status in _WRITTEN and plans.sees_working_text(request.user, row, at=now):
        texts.append(PlanText(code=DRAFT, name=_("The draft as it stands"), content=lambda: shown_content(row)))
    return texts


def _of_version(code: str, name: str, one: PlanVersion) -> PlanText:
    return PlanText(code=code, name=name, content=lambda: frozen_content(one), version=one)


def _text(texts: list[PlanText], code: str) -> PlanText | None:
    """The text that was asked for; asked for one that is not there, nothing is."""
    found = next((text for text in texts if text.code == code), None)
    if code and found is None:
        raise NotFound
    return found


def _latest(texts: list[PlanText]) -> PlanText:
    own = [text for text in texts if text.code != LAST_YEAR]
    if not own:
        raise NotFound
    return own[-1]


def _earlier(texts: list[PlanText], newer: PlanText) -> PlanText | None:
    """The text just before, unless another is chosen."""
    place = texts.index(newer)
    return texts[place - 1] if place else next((text for text in texts[1:]), None)


def _chosen(others: list[PlanVersion], asked: str, number: int) -> PlanVersion | None:
    named: Any = next((version for version in others if str(version.number) == asked), None)
    if asked and named is None:
        raise NotFound
    earlier = [version for version in others if version.number < number]
    return named or (earlier[-1] if earlier else None)
