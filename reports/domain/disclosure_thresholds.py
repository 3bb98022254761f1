"""The thresholds of disclosure control as the Council decided them: which hold on a day, and how a decision is entered.

Until a decision is entered the thresholds of the methodology hold: 5, and 10 for citizenship × state × stage. A
decision holds from its day on and never backwards, so that an edition already made stays explicable.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from operations.domain import access, audit
from operations.domain.errors import BadInput, NotAllowed, Problem
from operations.domain.moments import moscow_date
from operations.domain.screening import text_problems
from operations.models import Decision, Role, User
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
    if Role.HQ_CHAIR not in access.standing(actor, at).roles:
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
