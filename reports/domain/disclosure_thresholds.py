"""The thresholds of disclosure control as the Council decided them: which hold on a day, and how a decision is entered.

Until a decision is entered the thresholds of the methodology hold: 5, and 10 for citizenship × state × stage. A
decision holds from its day on and never backwards, so that an edition already made stays explicable.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from operations.domain import access, audit, entry
from operations.domain.entry import Entry
from operations.domain.errors import BadInput, NotAllowed, Problem
from operations.domain.moments import moscow_date
from operations.domain.screening import text_problems
from operations.models import Body, Decision, Role, User
from reports.domain.cells import Text, both
from reports.domain.disclosure_tables import Limits
from reports.models import DisclosureMethod, DisclosureThresholds


@dataclass(frozen=True)
class Thresholds:
    """What holds on a day; `row` is the decision, None while there is none."""

    limits: Limits
    method: str
    rounding_base: int
    reference: Text
    row: DisclosureThresholds | None = None

    @property
    def rounding_bases(self) -> tuple[int, int]:
        """What rounding goes by: in most parts of a publication, and in those that hold citizenship by stage."""
        return self.limits.rounding_bases(self.rounding_base)


METHODOLOGY = Thresholds(
    limits=Limits(),
    method=DisclosureMethod.SUPPRESSION,
    rounding_base=5,
    reference=both(
        ru="методология системы, решение Совета не внесено", en="the methodology; no Council decision entered"
    ),
)


def thresholds_on(day: dt.date) -> Thresholds:
    """The thresholds in force on a day."""
    row = DisclosureThresholds.objects.filter(effective_from__lte=day).order_by("-effective_from").first()
    if row is None:
        return METHODOLOGY
    return Thresholds(
        limits=Limits(fine_cell=row.fine_cell, citizenship_cell=row.citizenship_cell),
        method=row.method,
        rounding_base=row.rounding_base,
        reference=both(ru=row.reference_ru, en=row.reference_en),
        row=row,
    )


def may_set_thresholds(user: Any, *, at: dt.datetime) -> bool:
    """The chair of the headquarters enters what the Council decided."""
    return Role.HQ_CHAIR in access.standing(user, at).roles


def council_decisions() -> QuerySet[Decision]:
    """Decisions of the Coordination Council, the latest first: what thresholds may rest on."""
    rows = Decision.objects.filter(item__meeting__body__kind=Body.Kind.COUNCIL)
    return rows.select_related("item__meeting").order_by("-item__meeting__held_on", "item__position", "position")


_CELL = entry.whole(least=3, most=100)
_REFERENCE = entry.text(longest=300, single_line=True)
ENTRIES = (
    Entry(name="effective_from", take=entry.day, is_required=True),
    Entry(name="reference_ru", take=_REFERENCE, is_required=True),
    Entry(name="reference_en", take=_REFERENCE, is_required=True),
    Entry(name="decision", take=entry.row_of(council_decisions, key="pk")),
    Entry(name="method", take=entry.choice(DisclosureMethod), is_required=True),
    Entry(name="fine_cell", take=_CELL, is_required=True),
    Entry(name="citizenship_cell", take=_CELL, is_required=True),
    Entry(name="rounding_base", take=_CELL, is_required=True),
)


def enter_thresholds(*, values: Mapping[str, Any], actor: User, at: dt.datetime) -> DisclosureThresholds:
    """`set_thresholds` from what was typed; raises the same."""
    columns: dict[str, Any] = {"effective_from": moscow_date(at), "reference_ru": "", "reference_en": ""}
    if may_set_thresholds(actor, at=at):
        columns, _sets = entry.take(ENTRIES, values, is_new=True)
    return set_thresholds(**columns, actor=actor, at=at)


def set_thresholds(
    *,
    effective_from: dt.date,
    reference_ru: str,
    reference_en: str,
    actor: User,
    at: dt.datetime,
    decision: Decision | None = None,
    method: str = DisclosureMethod.SUPPRESSION,
    fine_cell: int = 5,
    citizenship_cell: int = 10,
    rounding_base: int = 5,
) -> DisclosureThresholds:
    """Enters a decision of the Council. The chair of the headquarters does. Raises `NotAllowed`, `BadInput`."""
    if not may_set_thresholds(actor, at=at):
        refused = NotAllowed()
        audit.record_refusal(act="disclosure.thresholds", subject=None, actor=actor, at=at, error=refused)
        raise refused
    row = DisclosureThresholds(
        effective_from=effective_from,
        decision=decision,
        reference_ru=reference_ru.strip(),
        reference_en=reference_en.strip(),
        method=method,
        fine_cell=fine_cell,
        citizenship_cell=citizenship_cell,
        rounding_base=rounding_base,
        entered_by=actor,
        entered_at=at,
    )
    problems = list(_problems(row, moscow_date(at)))
    if problems:
        raise BadInput(problems)
    with transaction.atomic():
        row.save(force_insert=True)
        audit.record(
            act="disclosure.thresholds",
            subject=row,
            actor=actor,
            at=at,
            data={"fine": fine_cell, "citizenship": citizenship_cell, "method": str(method), "base": rounding_base},
        )
    return row


def _problems(row: DisclosureThresholds, today: dt.date) -> list[Problem]:
    found = []
    for field in ("reference_ru", "reference_en"):
        if not getattr(row, field):
            message = _("Name the decision of the Council in both languages.")
            found.append(Problem(code="required", field=field, message=message))
        found.extend(problem for problem in text_problems(getattr(row, field), field=field) if problem.blocks)
    if row.effective_from < today:
        message = _("Thresholds hold from today on or later: editions already made stay as they are.")
        found.append(Problem(code="in_the_past", field="effective_from", message=message))
    elif DisclosureThresholds.objects.filter(effective_from=row.effective_from).exists():
        message = _("Thresholds from this day on have been entered already.")
        found.append(Problem(code="not_unique", field="effective_from", message=message))
    if row.method not in DisclosureMethod.values:
        found.append(Problem(code="unknown", field="method", message=_("There is no such method.")))
    for field in ("fine_cell", "rounding_base"):
        if not 3 <= getattr(row, field) <= 100:
            message = _("A threshold is from 3 to 100.")
            found.append(Problem(code="out_of_range", field=field, message=message))
    if not row.fine_cell <= row.citizenship_cell <= 100:
        message = _("The threshold for citizenship is not below the other one, and not above 100.")
        found.append(Problem(code="out_of_range", field="citizenship_cell", message=message))
    return found
