"""Reminders of returns: seven days and one day before a return is due, and once when it is overdue.

Officers are told of each return that they owe. What is overdue is told to those to whom it goes as well, in one notice
for a period and state: to the head of the national headquarters, or (rights returns, which never pass a national head)
to the headquarters. A situation report opens a day before it is due and has the second reminder only.

The clock asks every hour. That nobody is told twice is read from the notices themselves: a topic names the kind of
reminder and the day that is due, so a deadline that is moved brings its own reminders. A period that has closed is
waited for no more.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from operations.domain.access import RIGHTS_BODY
from operations.domain.moments import moscow_date
from operations.domain.notices import notify
from operations.domain.period_names import return_and_whose, return_name
from operations.domain.wording import in_language, moment_text
from operations.models import Membership, Notice, Operation, Participation, Return, Role, User

SEVEN_DAYS, ONE_DAY, OVERDUE = "return.due_7", "return.due_1", "return.overdue"
FIRST_REMINDER = 7
_WORDS = {
    SEVEN_DAYS: ("Срок представления {moment}: {what}", "Due {moment}: {what}"),
    ONE_DAY: ("Завтра истекает срок ({moment}): {what}", "Due tomorrow ({moment}): {what}"),
    OVERDUE: ("Срок истёк {moment}, не представлено: {what}", "Overdue since {moment}: {what}"),
}
#: Instead of tomorrow's words, where the reminder is late: the period opened today, or nothing ran yesterday.
_TODAY = ("Сегодня истекает срок ({moment}): {what}", "Due today ({moment}): {what}")
_TOGETHER = (
    "Срок истёк {moment}, не представлено донесений: {count}. {what}",
    "Overdue since {moment}: {count} returns. {what}",
)
LANGUAGES = ("ru", "en")


@dataclass(frozen=True)
class Reminder:
    """One notice to write to some people: its topic says which reminder of which deadline it is."""

    topic: str
    address: str
    subjects: tuple[str, str]
    people: frozenset[int]


def remind_of_returns(*, at: dt.datetime) -> int:
    """Writes the reminders that are due and were not written yet; answers how many notices that were."""
    operations = Operation.objects.filter(periods__closes_at__gte=at - dt.timedelta(days=1)).distinct()
    return sum(_remind_of(pk, at=at) for pk in operations.values_list("pk", flat=True))


@transaction.atomic
def _remind_of(pk: int, *, at: dt.datetime) -> int:
    """The reminders of one operation; whoever comes second waits for the lock and finds them written."""
    Operation.objects.select_for_update().get(pk=pk)
    wanted = list(_wanted(pk, at))
    since = at - dt.timedelta(days=60)
    known = Notice.objects.filter(topic__in={one.topic for one in wanted}, created_at__gte=since)
    told = set(known.values_list("user_id", "topic", "address"))
    users = User.objects.in_bulk({person for one in wanted for person in one.people})
    written = 0
    for one in wanted:
        people = [users[key] for key in sorted(one.people) if (key, one.topic, one.address) not in told]
        russian, english = one.subjects
        notify(people, topic=one.topic, subject_ru=russian, subject_en=english, address=one.address, at=at)
        written += len(people)
    return written


def awaited_returns(operation: int, *, at: dt.datetime) -> QuerySet[Return]:
    """What is open and not submitted, of agencies and units of the states that take part."""
    taking_part = Participation.objects.filter(operation=operation, takes_part=True, state=OuterRef("agency__state_id"))
    return Return.objects.filter(
        Exists(taking_part),
        period__operation=operation,
        period__opens_at__lte=at,
        closes_at__gte=at,
        first_submitted_at__isnull=True,
    ).select_related("period__operation", "agency__state", "agency__kind", "unit")


def kind_of_reminder(row: Return, *, at: dt.datetime) -> str | None:
    """Which reminder is due now, by the dates in Moscow; None when it is too early for any."""
    if at > row.due_at:
        return OVERDUE
    days = (moscow_date(row.due_at) - moscow_date(at)).days
    if days <= 1:
        return ONE_DAY
    return SEVEN_DAYS if days <= FIRST_REMINDER else None


def _wanted(operation: int, at: dt.datetime) -> Iterator[Reminder]:
    officers, heads, headquarters = _people(at)
    overdue: dict[tuple[int, int, bool, dt.datetime], list[Return]] = defaultdict(list)
    horizon = at + dt.timedelta(days=FIRST_REMINDER + 1)
    for row in awaited_returns(operation, at=at).filter(due_at__lte=horizon).order_by("due_at", "pk"):
        kind = kind_of_reminder(row, at=at)
        if kind is None:
            continue
        yield _of_officers(row, kind, officers.get((row.agency_id, row.unit_id), frozenset()), at=at)
        if kind == OVERDUE and row.unit_id is None:
            is_rights = row.agency.kind.code == RIGHTS_BODY
            overdue[row.period_id, row.agency.state_id, is_rights, row.due_at].append(row)
    for (_period, state, is_rights, _due), rows in overdue.items():
        yield _of_deciders(rows, headquarters if is_rights else heads.get(state, frozenset()))


def _people(
    at: dt.datetime,
) -> tuple[Mapping[tuple[int, int | None], frozenset[int]], Mapping[int, frozenset[int]], frozenset[int]]:
    """Officers by agency and unit, heads by state, and the planners of the headquarters, as they serve that day."""
    held = Membership.objects.on(moscow_date(at)).filter(user__is_active=True)
    officers: dict[tuple[int, int | None], set[int]] = defaultdict(set)
    heads: dict[int, set[int]] = defaultdict(set)
    headquarters: set[int] = set()
    for role, user, state, agency, unit in held.values_list("role", "user_id", "state_id", "agency_id", "unit_id"):
        if role == Role.AGENCY_OFFICER:
            officers[agency, unit].add(user)
        elif role == Role.NATIONAL_HEAD:
            heads[state].add(user)
        elif role == Role.HQ_PLANNER:
            headquarters.add(user)
    return _frozen(officers), _frozen(heads), frozenset(headquarters)


def _frozen(found: Mapping) -> dict:  # type: ignore[type-arg]  # whatever the keys are
    return {key: frozenset(people) for key, people in found.items()}


def _of_officers(row: Return, kind: str, people: frozenset[int], *, at: dt.datetime) -> Reminder:
    is_today = kind == ONE_DAY and moscow_date(row.due_at) == moscow_date(at)
    what = [return_and_whose(row, language=language) for language in LANGUAGES]
    subjects = _subjects(_TODAY if is_today else _WORDS[kind], row, what)
    return Reminder(_topic(kind, row), f"/returns/{row.pk}/", subjects, people)


def _of_deciders(rows: list[Return], people: Iterable[int]) -> Reminder:
    first = rows[0]
    state, operation = first.agency.state, first.period.operation
    what = []
    for language, whose, title in zip(
        LANGUAGES, (state.short_ru, state.short_en), (operation.title_ru, operation.title_en), strict=True
    ):
        with in_language(language):
            what.append(f"{return_name(first.period)}, {whose}. {title}")
    subjects = _subjects(_TOGETHER, first, what, count=len(rows))
    address = f"/operations/{operation.slug}/returns/?period={first.period.code}&state={state.code}"
    return Reminder(_topic(OVERDUE, first), address, subjects, frozenset(people))


def _topic(kind: str, row: Return) -> str:
    return f"{kind}:{moscow_date(row.due_at):%Y-%m-%d}"


def _subjects(words: tuple[str, str], row: Return, what: list[str], **more: int) -> tuple[str, str]:
    russian, english = (
        text.format(what=name, moment=moment_text(row.due_at, language=language), **more)[:300]
        for language, text, name in zip(LANGUAGES, words, what, strict=True)
    )
    return russian, english
