"""How broken rules are shown: what each says, both sides with their places, the answer, and the history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from operations.domain.breach_history import Side, sides, steps_of
from operations.domain.checks import Findings, is_same
from operations.domain.return_layout import CellKey, Layout
from operations.domain.rules import Broken
from operations.models import Breach, CellState, Figure, Return, Rule, Submission
from operations.web.tags import label


@dataclass(frozen=True)
class ShownSide:
    """One side of a broken rule: what it comes to, and the places that it reads."""

    value: int
    side: Side
    currency: str | None


@dataclass(frozen=True)
class ShownBreach:
    """A broken rule on the page: what it says, both sides, and the answer given so far."""

    broken: Broken
    breach: Breach | None
    message: str
    is_answered: bool
    blocks: bool
    sides: tuple[ShownSide, ShownSide]

    @property
    def is_weakened(self) -> bool:
        """Whether of an equality only “not more than” was asked, since a figure that it reads is withheld."""
        figures = [place.figure for shown in self.sides for place in shown.side.places]
        is_withheld = any(figure is not None and figure.state == CellState.WITHHELD for figure in figures)
        return self.broken.rule.operator == "==" and is_withheld


def shown_breaches(
    submission: Submission | None,
    findings: Findings | None,
    *,
    layout: Layout,
    figures: Mapping[CellKey, Figure],
    currency: str,
) -> list[ShownBreach]:
    """The rules broken now (of a draft), or the breaches kept with a submission."""
    if submission is None:
        return []
    kept = {breach.rule_id: breach for breach in submission.breaches.select_related("rule", "answered_by")}
    if findings is None:
        broken = [
            Broken(breach.rule, breach.left_value, breach.right_value, ())
            for breach in kept.values()
            if breach.status != Breach.Status.FIXED
        ]
    else:
        broken = list(findings.broken)
    return [_shown(found, kept.get(found.rule.pk), layout, figures, currency) for found in broken]


def _shown(
    broken: Broken, breach: Breach | None, layout: Layout, figures: Mapping[CellKey, Figure], currency: str
) -> ShownBreach:
    holds = breach is not None and is_same(breach, broken)
    answered = (Breach.Status.WAIVED, Breach.Status.EXPLAINED)
    left, right = sides(broken.rule, layout, figures)
    return ShownBreach(
        broken,
        breach,
        str(label(broken.rule, "message")),
        bool(holds and breach is not None and breach.status in answered),
        broken.rule.severity == Rule.Severity.BLOCK,
        (
            ShownSide(broken.left, left, currency if left.is_money else None),
            ShownSide(broken.right, right, currency if right.is_money else None),
        ),
    )


def breach_steps(expected_return: Return, layout: Layout, currency: str) -> list[dict[str, Any]]:
    """The history of every breach of a return, with the currency of each side that is money."""
    return [_step(step, layout, currency) for step in steps_of(expected_return)]


def _step(step: Any, layout: Layout, currency: str) -> dict[str, Any]:
    left, right = _currencies(step.breach.rule, layout, currency)
    return {"step": step, "left_currency": left, "right_currency": right}


def _currencies(rule: Rule, layout: Layout, currency: str) -> Iterable[str | None]:
    return [currency if side.is_money else None for side in sides(rule, layout, {})]


def breaches_by_return(submissions: Iterable[Submission]) -> dict[int, int]:
    """By return, how many rules these submissions break, explained or waived ones too: one query."""
    rows = Breach.objects.filter(submission__in=[one.pk for one in submissions]).exclude(status=Breach.Status.FIXED)
    return dict(rows.order_by().values_list("submission__expected_return").annotate(count=Count("pk")))
