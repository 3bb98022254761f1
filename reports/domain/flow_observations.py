"""Flows of months and quarters from before the returns: headquarters enter them with their source, and correct them.

What is typed is a list, one month or quarter in a line (`2019-05 120 400`), all of one source. A correction leaves the
old observation as it was and puts a new one beside it, which supersedes it.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from operations.domain import audit, creation, entry, machine
from operations.domain.access import ANY_HEADQUARTERS
from operations.domain.entry import Entry, Refused
from operations.domain.errors import BadInput, Problem
from operations.domain.figures import BadNumber, parse_count
from operations.domain.moments import moscow_date
from operations.domain.transitions import Attempt, Transition, Workflow
from operations.models import Indicator, MemberState, User
from reports.domain.flow_periods import Slot
from reports.domain.flow_series import INDICATORS
from reports.models import FlowObservation, Frequency

#: More lines at once are a mistake in pasting: ten years of months.
MOST_LINES = 240
_LINE = re.compile(r"(\S+?)[\s:;=,]+(.+)")

SOURCE = (
    Entry(name="source_title", take=entry.text(longest=300, single_line=True), is_required=True),
    Entry(name="source_url", take=entry.web_address),
    Entry(name="source_date", take=entry.text(longest=100, single_line=True)),
)
ENTRIES = (
    Entry(name="indicator", take=entry.row_of(lambda: Indicator.objects.filter(code__in=INDICATORS)), is_required=True),
    Entry(name="state", take=entry.row_of(MemberState.objects.all), is_required=True),
    Entry(name="frequency", take=entry.choice(Frequency), is_required=True),
    Entry(name="lines", take=entry.text(), is_required=True),
    *SOURCE,
)
CORRECTION = (Entry(name="value", take=entry.count(), is_required=True), *SOURCE)


def _stands(attempt: Attempt) -> Iterable[Problem]:
    if attempt.subject.is_superseded:
        yield Problem(code="superseded", message=_("This has been corrected already: correct the newer one."))


def _typed_correction(attempt: Attempt) -> Iterable[Problem]:
    try:
        entry.take(CORRECTION, attempt.given["values"], is_new=True)
    except BadInput as error:
        yield from error.problems


def _supersede(attempt: Attempt) -> FlowObservation:
    old: FlowObservation = attempt.subject
    columns, _sets = entry.take(CORRECTION, attempt.given["values"], is_new=True)
    FlowObservation.objects.filter(pk=old.pk).update(is_superseded=True)
    old.is_superseded = True
    fresh = FlowObservation(
        indicator=old.indicator,
        state=old.state,
        frequency=old.frequency,
        start_date=old.start_date,
        end_date=old.end_date,
        is_demonstration=old.is_demonstration,
        entered_by=attempt.actor,
        entered_at=attempt.at,
        **columns,
    )
    fresh.save(force_insert=True)
    attempt.noted.update(before=old.value, after=fresh.value, by=fresh.pk)
    return fresh


WORKFLOW = Workflow(
    FlowObservation,
    Transition(name="create", label=_("Enter a flow"), who=ANY_HEADQUARTERS),
    Transition(
        name="correct",
        label=_("Correct the flow"),
        who=ANY_HEADQUARTERS,
        needs=(_stands,),
        asks=(_typed_correction,),
        effect=_supersede,
    ),
    status_field="",
)


def enter_observations(
    *, values: Mapping[str, Any], actor: User, at: dt.datetime, is_demonstration: bool = False
) -> list[FlowObservation]:
    """Enters all lines or none. `values`: indicator, state, frequency, lines, source_title, source_url, source_date.

    Raises `NotAllowed`, or `BadInput` with every line that cannot be taken.
    """
    creation.ensure_allowed(FlowObservation(), actor=actor, at=at)
    columns, _sets = entry.take(ENTRIES, values, is_new=True)
    rows = [
        FlowObservation(
            start_date=slot.start,
            end_date=slot.end,
            value=value,
            is_demonstration=is_demonstration,
            entered_by=actor,
            entered_at=at,
            **columns,
        )
        for slot, value in _slots(columns.pop("lines"), columns["frequency"])
    ]
    with transaction.atomic():
        audit.take_chain_lock()  # from here on nobody else enters the same month
        problems = [*_not_over(rows, moscow_date(at)), *_taken(rows)]
        if problems:
            raise BadInput(problems)
        FlowObservation.objects.bulk_create(rows)
        entered = {_code(row): row.value for row in rows}
        audit.record(
            act="flowobservation.create",
            subject=rows[0],
            actor=actor,
            at=at,
            data={"indicator": rows[0].indicator.code, "source": rows[0].source_title, "entered": entered},
        )
    return rows


def enter_observation(*, values: Mapping[str, Any], actor: User, at: dt.datetime) -> FlowObservation:
    """Enters the number of one month or quarter. `values`: `period` and `value`, and the rest as above, without lines.

    Raises the same; what is wrong with the line is told of the period.
    """
    given = dict(values)
    period, value = given.pop("period", ""), given.pop("value", "")
    creation.ensure_allowed(FlowObservation(), actor=actor, at=at)
    if Slot.written(period, given.get("frequency", "")) is None:
        example = "2019-05" if given.get("frequency") == Frequency.MONTH else "2019-Q2"
        message = _("Write the period as the frequency has it, for example %(period)s.") % {"period": example}
        raise BadInput([Problem(code="not_a_period", field="period", message=message)])
    try:
        [row] = enter_observations(values={**given, "lines": f"{period} {value}"}, actor=actor, at=at)
    except BadInput as error:
        moved = [replace(one, field="period") if one.field == "lines" else one for one in error.problems]
        raise BadInput(moved) from None
    return row


def _not_over(rows: Sequence[FlowObservation], today: dt.date) -> Iterator[Problem]:
    for row in rows:
        if row.end_date >= today:
            yield _problem("in_the_future", _("%(period)s is not over yet.") % {"period": _code(row)})


def _taken(rows: Sequence[FlowObservation]) -> Iterator[Problem]:
    first = rows[0]
    standing = FlowObservation.objects.filter(
        indicator=first.indicator, state=first.state, frequency=first.frequency, is_superseded=False
    )
    taken = set(standing.values_list("start_date", flat=True))
    for row in rows:
        if row.start_date in taken:
            message = _("%(period)s is entered already: correct it instead.") % {"period": _code(row)}
            yield _problem("taken", message)


def slot_of(row: FlowObservation) -> Slot:
    return Slot(row.start_date, 1 if row.frequency == Frequency.MONTH else 3)


def _code(row: FlowObservation) -> str:
    return slot_of(row).code


def correct_observation(
    *, observation: FlowObservation, values: Mapping[str, Any], actor: User, at: dt.datetime
) -> FlowObservation:
    """The observation that supersedes the old one. `values`: value, source_title, source_url, source_date."""
    fresh: FlowObservation = machine.perform(observation, "correct", actor=actor, at=at, values=dict(values))
    return fresh


def _slots(text: str, frequency: str) -> list[tuple[Slot, int]]:
    """Each line's month or quarter and its number. Raises `BadInput` with every line that cannot be read."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_LINES:
        raise BadInput([_problem("too_many", _("At most %(most)s lines at once.") % {"most": MOST_LINES})])
    found: dict[Slot, int] = {}
    problems = []
    for number, line in lines:
        try:
            slot, value = _line(line.strip(), frequency)
            if slot in found:
                raise Refused("repeated", _("this month or quarter stands in another line, too."))
            found[slot] = value
        except Refused as refused:
            message = _("Line %(number)s: %(reason)s") % {"number": number, "reason": refused.message}
            problems.append(_problem(refused.code, message))
    if problems:
        raise BadInput(problems)
    return sorted(found.items())


def _line(line: str, frequency: str) -> tuple[Slot, int]:
    parts = _LINE.fullmatch(line)
    slot = Slot.written(parts[1], frequency) if parts is not None else None
    if parts is None or slot is None:
        example = "2019-05 120400" if frequency == Frequency.MONTH else "2019-Q2 120400"
        raise Refused("not_a_line", _("write the period and its number, for example %(line)s.") % {"line": example})
    try:
        value = parse_count(parts[2])
    except BadNumber as error:
        raise Refused(error.code, error.message) from None
    assert value is not None  # noqa: S101 - there is something in it
    return slot, value


def _problem(code: str, message: Any) -> Problem:
    return Problem(code=code, field="lines", message=message)
