"""Task forces that two states keep for hard cases: a `Body` of two states, its accounts, and what its meetings decided.

The headquarters create a task force; its meetings and decisions are recorded like any others. The heads of its states,
or the headquarters, account for the questions before it: carried over + taken up = settled + still open.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from operations.domain import creation, entry, machine
from operations.domain.access import ANY_HEADQUARTERS, EVERYTHING, Standing, scope, standing
from operations.domain.entry import Entry
from operations.domain.errors import BadInput, Problem, Stale
from operations.domain.moments import moscow_date
from operations.domain.transitions import Attempt, Transition, Who, Workflow
from operations.models import Body, Decision, MemberState, Operation, TaskForceAccount, User

STATES_OF_A_TASK_FORCE = 2
MOST = 10_000_000
COUNTS = ("carried_over", "taken_up", "settled", "still_open")


def _line(longest: int) -> entry.Taker:
    return entry.text(longest=longest, single_line=True)


BODY = (
    Entry(name="name_ru", take=_line(300), is_required=True),
    Entry(name="name_en", take=_line(300), is_required=True),
    Entry(name="short_ru", take=_line(60)),
    Entry(name="short_en", take=_line(60)),
    Entry(name="states", take=entry.rows_of(MemberState.objects.all), is_required=True, is_set=True),
)
NAMES = tuple(one for one in BODY if not one.is_set)
ACCOUNT = (
    Entry(name="start_date", take=entry.day, is_required=True),
    Entry(name="end_date", take=entry.day, is_required=True),
    *(Entry(name=name, take=entry.count(most=MOST), is_required=True) for name in COUNTS),
    Entry(name="note_ru", take=entry.text(longest=2000)),
    Entry(name="note_en", take=entry.text(longest=2000)),
)


# --- who, and which rows ---


def _own(seen: Standing) -> frozenset[int]:
    return seen.headed_states | seen.agency_states


@scope(TaskForceAccount)
def _accounts(seen: Standing, user: Any) -> Q:
    return EVERYTHING if seen.sees_all_states else Q(body__in=Body.objects.filter(states__in=_own(seen)))


def task_forces(user: Any, *, at: dt.datetime) -> QuerySet[Body]:
    """The task forces that the person sees: those of the own state, or all for whoever looks across states."""
    rows = Body.objects.filter(kind=Body.Kind.TASK_FORCE)
    seen = standing(user, at)
    if seen.sees_all_states:
        return rows
    return rows.filter(pk__in=Body.objects.filter(states__in=_own(seen)).values("pk"))


def _keeps(attempt: Attempt) -> bool:
    seen = standing(attempt.actor, attempt.at)
    if seen.is_headquarters:
        return True
    body: Body = attempt.subject.body
    return bool(seen.headed_states) and body.states.filter(pk__in=seen.headed_states).exists()


KEEPS = Who(_keeps, _("the heads of the states of the task force, or staff of the International Headquarters"))


# --- effects ---


def _fill(row: Any, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def _create_body(attempt: Attempt) -> None:
    body: Body = attempt.subject
    columns, sets = entry.take(BODY, attempt.given["values"], is_new=True)
    states = sets.get("states", [])
    if len(states) != STATES_OF_A_TASK_FORCE:
        raise BadInput([Problem(code="two_states", field="states", message=_("A task force has two states."))])
    _fill(body, columns)
    body.kind, body.code = Body.Kind.TASK_FORCE, _free_code(states)
    body.save()
    body.states.set(states)


def _free_code(states: Iterable[MemberState]) -> str:
    """`TF-KZ-RU`, with a number where the two states have several."""
    stem = "-".join(["TF", *sorted(state.code for state in states)])
    taken = set(Body.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(code for code in (stem, *(f"{stem}-{number}" for number in range(2, 1000))) if code not in taken)


def _change_body(attempt: Attempt) -> None:
    columns, _sets = entry.take(NAMES, attempt.given["values"], is_new=False)
    _fill(attempt.subject, columns)


def _is_task_force(attempt: Attempt) -> Iterable[Problem]:
    if attempt.subject.kind != Body.Kind.TASK_FORCE:
        yield Problem(code="wrong_body", message=_("This body comes from the reference data and is not changed here."))


def _create_account(attempt: Attempt) -> None:
    row: TaskForceAccount = attempt.subject
    columns, _sets = entry.take(ACCOUNT, attempt.given["values"], is_new=True)
    _take_account(row, columns, attempt)
    row.save()


def _change_account(attempt: Attempt) -> None:
    row: TaskForceAccount = attempt.subject
    if attempt.given.get("revision") != row.revision:
        raise Stale(current=row)
    columns, _sets = entry.take(ACCOUNT, attempt.given["values"], is_new=False)
    row.revision += 1
    _take_account(row, columns, attempt)


def _take_account(row: TaskForceAccount, columns: Mapping[str, Any], attempt: Attempt) -> None:
    _fill(row, columns)
    problems = list(_wrong_with(row, attempt.at))
    if problems:
        raise BadInput(problems)
    row.entered_by, row.entered_at = attempt.actor, attempt.at


def _wrong_with(row: TaskForceAccount, at: dt.datetime) -> Iterator[Problem]:
    if row.end_date < row.start_date:
        yield Problem(code="end_before_start", field="end_date", message=_("The end is before the start."))
    if row.end_date > moscow_date(at):
        yield Problem(code="in_the_future", field="end_date", message=_("This day is still to come."))
    others = TaskForceAccount.objects.filter(body=row.body_id, operation=row.operation_id).exclude(pk=row.pk)
    overlapping = others.filter(start_date__lte=row.end_date, end_date__gte=row.start_date).first()
    if overlapping is not None:
        message = _("There is an account from %(first)s to %(last)s: two accounts never share a day.")
        days = {"first": overlapping.start_date, "last": overlapping.end_date}
        yield Problem(code="overlap", field="start_date", message=message % days)
    came, went = row.carried_over + row.taken_up, row.settled + row.still_open
    if came != went:
        message = _(
            "Carried over and taken up make %(came)s, settled and still open make %(went)s: they have to be equal."
        )
        yield Problem(code="unbalanced", field="still_open", message=message % {"came": came, "went": went})
    before = others.filter(end_date__lt=row.start_date).order_by("-end_date").first()
    if before is not None and before.still_open != row.carried_over and not (row.note_ru or row.note_en):
        message = _(
            "%(count)s questions were still open before. Carry over as many, or explain the difference in the note."
        )
        yield Problem(code="carried_over_differs", field="carried_over", message=message % {"count": before.still_open})


TASK_FORCE = Workflow(
    Body,
    Transition(name="create", label=_("Create a task force"), who=ANY_HEADQUARTERS, effect=_create_body),
    Transition(
        name="change",
        label=_("Rename the task force"),
        who=ANY_HEADQUARTERS,
        needs=(_is_task_force,),
        effect=_change_body,
    ),
    status_field="",
)
TASK_FORCE_ACCOUNT = Workflow(
    TaskForceAccount,
    Transition(name="create", label=_("Account for the task force"), who=KEEPS, effect=_create_account),
    Transition(name="change", label=_("Correct the account"), who=KEEPS, effect=_change_account),
    status_field="",
)


# --- the verbs ---


def create_task_force(*, values: Mapping[str, Any], actor: User, at: dt.datetime) -> Body:
    """`values`: names in both languages, short names, and the codes of two states."""
    return creation.create(Body(), actor=actor, at=at, values=dict(values))


def rename_task_force(*, body: Body, values: Mapping[str, Any], actor: User, at: dt.datetime) -> Body:
    renamed: Body = machine.perform(body, "change", actor=actor, at=at, values=dict(values))
    return renamed


def account_for_task_force(
    *, body: Body, operation: Operation, values: Mapping[str, Any], actor: User, at: dt.datetime
) -> TaskForceAccount:
    """`values`: start_date, end_date, carried_over, taken_up, settled, still_open, and a note in both languages."""
    row = TaskForceAccount(body=body, operation=operation)
    return creation.create(row, actor=actor, at=at, values=dict(values))


def change_task_force_account(
    *, account: TaskForceAccount, revision: int, values: Mapping[str, Any], actor: User, at: dt.datetime
) -> TaskForceAccount:
    changed: TaskForceAccount = machine.perform(
        account, "change", actor=actor, at=at, revision=revision, values=dict(values)
    )
    return changed


# --- reading ---


def accounts_of(body: Body, operation: Operation) -> QuerySet[TaskForceAccount]:
    """The accounts in the order of time."""
    return TaskForceAccount.objects.filter(body=body, operation=operation).order_by("start_date")


def last_open(body: Body, operation: Operation) -> int:
    """What the next account carries over: what was still open at the end of the last one."""
    last = accounts_of(body, operation).last()
    return 0 if last is None else last.still_open


def decisions_of(body: Body) -> QuerySet[Decision]:
    """What its meetings decided, the latest meeting first."""
    rows = Decision.objects.filter(item__meeting__body=body).select_related("item__meeting")
    return rows.prefetch_related("responsible_states", "responsible_bodies").order_by(
        "-item__meeting__held_on", "item__position", "position"
    )


def last_accounts(bodies: Iterable[Body], operation: Operation) -> dict[int, TaskForceAccount]:
    """By task force, its newest account in the operation. One query."""
    rows = TaskForceAccount.objects.filter(body__in=list(bodies), operation=operation).order_by("start_date")
    return {row.body_id: row for row in rows}


def open_decisions(bodies: Iterable[Body]) -> dict[int, int]:
    """By task force, how many decisions of its meetings are still to be carried out. One query."""
    rows = Decision.objects.filter(item__meeting__body__in=list(bodies), progress=Decision.Progress.OPEN)
    counted = rows.order_by().values("item__meeting__body").annotate(count=Count("pk"))
    return dict(counted.values_list("item__meeting__body", "count"))
