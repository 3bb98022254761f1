"""The reporting units of an agency: adding, naming and retiring them, and the returns that each of them owes.

A unit is never deleted: a retired one owes nothing more, and what it reported stays. An agency that has units has one
line of its own beside them, the central office, for what no unit reports. Every return of the agency, official or of
the situation, expects one of each active unit; these are accepted inside the agency and never counted outside it.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from operations.domain import entry, machine
from operations.domain.access import EVERYTHING, RIGHTS_BODY, Standing, scope, standing
from operations.domain.entry import Entry, Refused
from operations.domain.errors import BadInput, Problem, WrongState
from operations.domain.transitions import Attempt, Transition, Who, Workflow
from operations.domain.unit_reminders import Reminded, remind
from operations.models import Agency, Operation, Return, Role, Unit, User

MOST_UNITS = 500
CENTRAL_OFFICE = {"code": "central", "name_ru": "Центральный аппарат", "name_en": "Central office"}
_CODE = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")
# one statement of many rows: 83 units owe thousands of returns in a year
_BATCH = 500


@scope(Unit)
def _seen_units(seen: Standing, user: Any) -> Q:
    """How an agency is divided is its own and its state's matter; the administrator keeps the lists with it."""
    if seen.is_system or Role.ADMINISTRATOR in seen.roles:
        return EVERYTHING
    own = Q(agency__in=seen.agencies) | Q(pk__in=seen.units)
    return own | (Q(agency__state__in=seen.headed_states) & ~Q(agency__kind__code=RIGHTS_BODY))


def keeps_units_of(user: Any, agency: Agency, at: dt.datetime) -> bool:
    """An officer of the agency as a whole, or the administrator."""
    seen = standing(user, at)
    return seen.is_system or Role.ADMINISTRATOR in seen.roles or agency.pk in seen.agencies


def reads_units_of(user: Any, agency: Agency, at: dt.datetime) -> bool:
    """Whether the person may see how each unit stands: the agency's officers, and the head to whom its return goes."""
    seen = standing(user, at)
    of_head = agency.state_id in seen.headed_states and agency.kind.code != RIGHTS_BODY
    return seen.is_system or agency.pk in seen.agencies or of_head


def agencies_with_units(user: Any, *, at: dt.datetime) -> QuerySet[Agency]:
    """The agencies whose units the person keeps or may look at, each with how many active `units_count` it has."""
    seen = standing(user, at)
    own = Q(pk__in=seen.agencies)
    if Role.ADMINISTRATOR in seen.roles:
        own = EVERYTHING
    divided = Unit.objects.order_by().values("agency")
    of_state = Q(state__in=seen.headed_states, pk__in=divided) & ~Q(kind__code=RIGHTS_BODY)
    rows = Agency.objects.filter(own | of_state).select_related("state", "kind")
    plain = Q(units__is_active=True, units__is_central_office=False)
    return rows.annotate(units_count=Count("units", filter=plain))


def _agency_of(attempt: Attempt) -> Agency:
    found: Agency = attempt.subject if isinstance(attempt.subject, Agency) else attempt.subject.agency
    return found


KEEPS_UNITS = Who(
    lambda attempt: keeps_units_of(attempt.actor, _agency_of(attempt), attempt.at),
    _("an officer of the agency as a whole, or the administrator"),
)
CHASES_UNITS = Who(
    lambda attempt: attempt.subject.pk in standing(attempt.actor, attempt.at).agencies,
    _("an officer of the agency as a whole"),
)


# --- what is typed ---


def unit_code(value: Any) -> str:
    """A code of Latin letters, digits, points and hyphens: agencies' own systems name their units by it."""
    text: str = entry.text(longest=40, single_line=True)(value)
    if text and not _CODE.fullmatch(text):
        raise Refused("bad_code", _("A code has Latin letters and digits, with hyphens or points between them."))
    return text


_NAME = entry.text(longest=200, single_line=True)
NAME_ENTRIES = (Entry(name="name_ru", take=_NAME, is_required=True), Entry(name="name_en", take=_NAME))
UNIT_ENTRIES = (
    Entry(name="code", take=unit_code, is_required=True),
    *NAME_ENTRIES,
    Entry(name="is_central_office", take=entry.truth),
)


def _new_units(agency: Agency, rows: Sequence[Mapping[str, Any]]) -> list[Unit]:
    """The units that the rows describe, unsaved; raises `BadInput` with every fault of every row."""
    if not rows:
        raise BadInput([Problem(code="required", field="units", message=_("Name at least one unit."))])
    if len(rows) > MOST_UNITS:
        text = _("At most %(limit)s units at once.") % {"limit": MOST_UNITS}
        raise BadInput([Problem(code="too_many_rows", field="units", message=text)])
    problems: list[Problem] = []
    made: list[tuple[int, Unit]] = []
    for place, row in enumerate(rows):
        try:
            columns, _sets = entry.take(UNIT_ENTRIES, row, is_new=True)
        except BadInput as error:
            problems += [_at(place, problem) for problem in error.problems]
        else:
            made.append((place, Unit(agency=agency, **columns)))
    problems += _clashes(agency, made)
    if problems:
        raise BadInput(sorted(problems, key=lambda problem: _place_of(problem.field)))
    return [unit for _place, unit in made]


def _at(place: int, problem: Problem) -> Problem:
    return Problem(code=problem.code, field=f"units.{place}.{problem.field}", message=problem.message)


def _place_of(field: str) -> int:
    return int(field.split(".")[1])


def _clashes(agency: Agency, made: Iterable[tuple[int, Unit]]) -> Iterable[Problem]:
    """Codes that are there already or given twice (whatever the case), and a second central office."""
    present = list(Unit.objects.filter(agency=agency))
    taken = {unit.code.casefold() for unit in present}
    places: dict[str, list[int]] = defaultdict(list)
    for place, unit in made:
        places[unit.code.casefold()].append(place)
        if unit.code.casefold() in taken:
            text = _("The agency has a unit with the code %(code)s already.") % {"code": unit.code}
            yield Problem(code="taken", field=f"units.{place}.code", message=text)
    for code, twice in places.items():
        for place in twice if len(twice) > 1 else ():
            text = _("The code %(code)s is given twice.") % {"code": code}
            yield Problem(code="duplicate", field=f"units.{place}.code", message=text)
    offices = [place for place, unit in made if unit.is_central_office]
    if len(offices) + any(unit.is_central_office for unit in present) > 1:
        for place in offices:
            only = _("An agency has one line for its central office.")
            yield Problem(code="one_central_office", field=f"units.{place}.is_central_office", message=only)


# --- what the acts do ---


def _add(attempt: Attempt) -> list[Unit]:
    """Adds the units, the line of the central office with the first of them, and the returns that they owe."""
    agency: Agency = attempt.subject
    units = _new_units(agency, attempt.given["units"])
    has_office = agency.units.filter(is_central_office=True).exists()
    if not has_office and not any(unit.is_central_office for unit in units):
        units.append(Unit(agency=agency, is_central_office=True, **_free_central_office(agency, units)))
    Unit.objects.bulk_create(units, batch_size=_BATCH)
    attempt.noted["returns_expected"] = _expect(Q(agency=agency), at=attempt.at)
    return list(agency.units.filter(code__in=[unit.code for unit in units]))


def _free_central_office(agency: Agency, units: Iterable[Unit]) -> dict[str, str]:
    taken = {unit.code.casefold() for unit in (*agency.units.all(), *units)}
    code = CENTRAL_OFFICE["code"]
    return {**CENTRAL_OFFICE, "code": f"{code}-office" if code in taken else code}


def _rename(attempt: Attempt) -> None:
    unit: Unit = attempt.subject
    columns, _sets = entry.take(NAME_ENTRIES, attempt.given["values"], is_new=False)
    attempt.noted["before"] = {"name_ru": unit.name_ru, "name_en": unit.name_en}
    for name, value in columns.items():
        setattr(unit, name, value)


def _retire(attempt: Attempt) -> None:
    """What is not due yet and nobody has begun is not expected any more; what was due stays, also as missing."""
    unit: Unit = attempt.subject
    unit.is_active = False
    owed = Return.objects.filter(unit=unit, submissions__isnull=True, queries__isnull=True, due_at__gt=attempt.at)
    gone = list(owed.values_list("pk", flat=True))
    Return.objects.filter(pk__in=gone).delete()
    attempt.noted["returns_dropped"] = len(gone)


def _restore(attempt: Attempt) -> None:
    unit: Unit = attempt.subject
    unit.is_active = True
    unit.save(update_fields=["is_active"])
    attempt.noted["returns_expected"] = _expect(Q(agency=unit.agency_id), at=attempt.at)


def _is_active(attempt: Attempt) -> Iterable[Problem]:
    if not attempt.subject.is_active:
        raise WrongState(_("The unit is retired already."))
    return ()


def _is_retired(attempt: Attempt) -> Iterable[Problem]:
    if attempt.subject.is_active:
        raise WrongState(_("The unit is active."))
    return ()


def _is_not_needed(attempt: Attempt) -> Iterable[Problem]:
    """The central office goes last: units without it would leave no line for what none of them reports."""
    unit: Unit = attempt.subject
    others = Unit.objects.filter(agency=unit.agency_id, is_active=True).exclude(pk=unit.pk)
    if unit.is_central_office and others.exists():
        yield Problem(
            code="central_office_needed",
            message=_("The line of the central office stays as long as the agency has other units."),
        )


def _has_its_office(attempt: Attempt) -> Iterable[Problem]:
    unit: Unit = attempt.subject
    offices = Unit.objects.filter(agency=unit.agency_id, is_central_office=True, is_active=True)
    if not unit.is_central_office and not offices.exists():
        yield Problem(code="central_office_first", message=_("Restore the line of the central office first."))


AGENCY = Workflow(
    Agency,
    Transition(name="add_units", label=_("Add units"), who=KEEPS_UNITS, effect=_add),
    Transition(name="remind_units", label=_("Remind the units"), who=CHASES_UNITS, effect=remind),
    status_field="",
)

UNIT = Workflow(
    Unit,
    Transition(name="rename", label=_("Rename"), who=KEEPS_UNITS, effect=_rename),
    Transition(name="retire", label=_("Retire"), who=KEEPS_UNITS, needs=(_is_active, _is_not_needed), effect=_retire),
    Transition(
        name="restore", label=_("Restore"), who=KEEPS_UNITS, needs=(_is_retired, _has_its_office), effect=_restore
    ),
    status_field="",
)


# --- the verbs ---


def add_units(*, agency: Agency, units: Iterable[Mapping[str, Any]], actor: User, at: dt.datetime) -> list[Unit]:
    """Adds units, each {code, name_ru, name_en, is_central_office}, all or none; answers those added.

    The first units bring the line of the central office with them unless it is among them. `BadInput` lists the faults
    of all rows, each at `units.N.field`.
    """
    added: list[Unit] = machine.perform(agency, "add_units", actor=actor, at=at, units=[dict(row) for row in units])
    return added


def rename_unit(*, unit: Unit, values: Mapping[str, Any], actor: User, at: dt.datetime) -> Unit:
    """`values`: name_ru, name_en. The code stays: other systems know the unit by it."""
    changed: Unit = machine.perform(unit, "rename", actor=actor, at=at, values=dict(values))
    return changed


def retire_unit(*, unit: Unit, actor: User, at: dt.datetime) -> Unit:
    """The unit owes nothing that is not due yet; its returns stay. `Unmet` for a central office that is needed."""
    changed: Unit = machine.perform(unit, "retire", actor=actor, at=at)
    return changed


def restore_unit(*, unit: Unit, actor: User, at: dt.datetime) -> Unit:
    """The unit owes the returns of the periods that have not closed."""
    changed: Unit = machine.perform(unit, "restore", actor=actor, at=at)
    return changed


def remind_units(*, expected_return: Return, actor: User, at: dt.datetime) -> Reminded:
    """Reminds the officers of every unit that has submitted nothing for the agency's return; each once a day."""
    reminded: Reminded = machine.perform(
        expected_return.agency, "remind_units", actor=actor, at=at, period=expected_return.period
    )
    return reminded


# --- the returns that units owe ---


def expect_unit_returns(operation: Operation, *, at: dt.datetime) -> int:
    """Makes the returns that active units owe in an operation and that are not there; answers how many.

    A unit owes what its agency owes, on the same form and by the same moments; what has closed by `at` it never owed.
    """
    return _expect(Q(period__operation=operation), at=at)


def _expect(whose: Q, *, at: dt.datetime) -> int:
    divided = Unit.objects.filter(is_active=True).order_by().values("agency")
    owed = Return.objects.filter(whose, unit__isnull=True, closes_at__gt=at, agency__in=divided)
    rows = list(owed.values_list("period_id", "agency_id", "form_id", "due_at", "closes_at"))
    agencies = {row[1] for row in rows}
    units: dict[int, list[int]] = defaultdict(list)
    for pk, agency in Unit.objects.filter(agency__in=agencies, is_active=True).values_list("pk", "agency_id"):
        units[agency].append(pk)
    present = Return.objects.filter(unit__agency__in=agencies, period__in={row[0] for row in rows})
    there = set(present.values_list("period_id", "unit_id"))
    missing = [
        Return(period_id=period, agency_id=agency, unit_id=unit, form_id=form, due_at=due, closes_at=closes)
        for period, agency, form, due, closes in rows
        for unit in units[agency]
        if (period, unit) not in there
    ]
    Return.objects.bulk_create(missing, batch_size=_BATCH)
    return len(missing)
