"""The way of a list that one state sent another for checking: one table, with counts and days, never a name.

    (create) → sent → received → answered
                 └───────┴→ withdrawn by the sender, with a reason

The sender's information centre, or the head of its national headquarters, sends and withdraws; the partner's confirms
the receipt, records what became of the entries as of a day, and answers. Outcomes add up to the entries, what is still
being checked included. No step lies in the future or before the one that it follows.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from operations.domain import entry
from operations.domain.access import standing
from operations.domain.entry import Entry
from operations.domain.errors import BadInput, Problem, Stale
from operations.domain.list_notices import tell
from operations.domain.moments import moscow_date
from operations.domain.screening import screened, text_problems
from operations.domain.submission_workflow import posts
from operations.domain.transitions import Attempt, Transition, Who, Workflow
from operations.models import Agency, Category, ListOutcome, ListVerification, MemberState, Participation

Status = ListVerification.Status
CENTRE = "information_centre"
OUTCOMES = "list_outcome"
PENDING = "PENDING"
MOST_ENTRIES = 10_000_000
_NUMBER = re.compile(r"(?=.*[0-9])[\w№#/.,() -]+")


# --- who ---


def list_states(user: Any, at: dt.datetime) -> frozenset[int]:
    """The states for which the person keeps lists on that day: whose centre the person serves, or which are headed."""
    day = moscow_date(at)
    kept: dict[dt.date, frozenset[int]] = user.__dict__.setdefault("_list_states", {})
    if day not in kept:
        seen = standing(user, at)
        served = [agency for agency, unit in posts(user, at) if unit is None] if seen.agencies else []
        centres = Agency.objects.filter(pk__in=served, kind__code=CENTRE).values_list("state_id", flat=True)
        kept[day] = seen.headed_states | frozenset(centres if served else ())
    return kept[day]


SENDER = Who(
    lambda attempt: attempt.subject.sent_by_id in list_states(attempt.actor, attempt.at),
    _("the information centre of the state that sends the list, or the head of its national headquarters"),
)
PARTNER = Who(
    lambda attempt: attempt.subject.received_by_id in list_states(attempt.actor, attempt.at),
    _("the information centre of the state that checks the list, or the head of its national headquarters"),
)


# --- what is given ---


def _number(value: Any) -> str:
    """A registration number: no name, no personal number, nothing that looks like one."""
    number: str = entry.text(longest=60, single_line=True)(value)
    if number and (not _NUMBER.fullmatch(number) or any(True for _one in text_problems(number))):
        raise entry.Refused(
            "not_a_list_number",
            _("Give the registration number of the list, as 12/345-2026: letters, digits and / - . №; no name."),
        )
    return number


SENDING = (
    Entry(name="received_by", take=entry.row_of(MemberState.objects.all), is_required=True),
    Entry(name="number", take=_number, is_required=True),
    Entry(name="entries", take=entry.count(least=1, most=MOST_ENTRIES), is_required=True),
    Entry(name="sent_on", take=entry.day, is_required=True),
    Entry(name="due_date", take=entry.day),
)
RECEIPT = (Entry(name="received_on", take=entry.day, is_required=True),)
ANSWER = (Entry(name="answered_on", take=entry.day, is_required=True),)


def outcome_categories() -> list[Category]:
    """The outcomes in the order of the catalogue, what is still being checked last."""
    return list(Category.objects.filter(breakdown__code=OUTCOMES).order_by("position"))


def _outcome_entries(categories: Iterable[Category]) -> tuple[Entry, ...]:
    counted = (
        Entry(name=category.code, take=entry.count(most=MOST_ENTRIES), is_required=True) for category in categories
    )
    return (Entry(name="as_of", take=entry.day, is_required=True), *counted)


def _refuse(problems: Iterable[Problem]) -> None:
    found = list(problems)
    if found:
        raise BadInput(found)


def _in_order(field: str, day: dt.date | None, *, after: dt.date | None, at: dt.datetime) -> Iterator[Problem]:
    """A day is not in the future and not before the step that it follows."""
    if day is None:
        return
    if day > moscow_date(at):
        yield Problem(code="in_the_future", field=field, message=_("This day is still to come."))
    if after is not None and day < after:
        yield Problem(
            code="before_previous_step",
            field=field,
            message=_("This is before the step that it follows (%(day)s).") % {"day": after.isoformat()},
        )


# --- needs ---


def _sender_takes_part(attempt: Attempt) -> Iterable[Problem]:
    row: ListVerification = attempt.subject
    if row.operation.is_historical or not _takes_part(row, row.sent_by_id):
        yield Problem(code="not_taking_part", message=_("Lists are kept for the states that take part."))


def _takes_part(row: ListVerification, state_id: int) -> bool:
    return Participation.objects.filter(operation=row.operation_id, state=state_id, takes_part=True).exists()


def _has_outcomes(attempt: Attempt) -> Iterable[Problem]:
    if not attempt.subject.outcomes.exists():
        yield Problem(code="no_outcomes", message=_("Record first what became of the entries."))


# --- asks ---


def _reasoned(attempt: Attempt) -> Iterable[Problem]:
    if not str(attempt.given.get("reason") or "").strip():
        yield Problem(code="required", field="reason", message=_("Give the reason."))


# --- effects ---


def _check_revision(attempt: Attempt) -> None:
    row, revision = attempt.subject, attempt.given.get("revision")
    if revision is not None and revision != row.revision:
        raise Stale(current=row)
    row.revision += 1


def _send(attempt: Attempt) -> None:
    row: ListVerification = attempt.subject
    columns, _sets = entry.take(SENDING, attempt.given["values"], is_new=True)
    _fill(row, columns, attempt)
    row.entered_by, row.entered_at = attempt.actor, attempt.at
    row.save()
    tell(row, to=row.received_by_id, what="sent", at=attempt.at)


def _change(attempt: Attempt) -> None:
    _check_revision(attempt)
    columns, _sets = entry.take(SENDING, attempt.given["values"], is_new=False)
    _fill(attempt.subject, columns, attempt)


def _fill(row: ListVerification, columns: Mapping[str, Any], attempt: Attempt) -> None:
    for name, value in columns.items():
        setattr(row, name, value)
    _refuse(_wrong_with(row, attempt.at))
    attempt.noted["on"] = row.sent_on.isoformat()


def _wrong_with(row: ListVerification, at: dt.datetime) -> Iterator[Problem]:
    if row.received_by_id == row.sent_by_id:
        yield Problem(code="own_state", field="received_by", message=_("A list goes to another state."))
    elif not _takes_part(row, row.received_by_id):
        yield Problem(
            code="not_taking_part", field="received_by", message=_("This state does not take part in the operation.")
        )
    yield from _in_order("sent_on", row.sent_on, after=None, at=at)
    if row.due_date is not None and row.due_date < row.sent_on:
        yield Problem(code="due_before_sent", field="due_date", message=_("It cannot be due before it was sent."))
    same = ListVerification.objects.filter(operation=row.operation_id, sent_by=row.sent_by_id, number=row.number)
    if same.exclude(pk=row.pk).exists():
        yield Problem(code="taken", field="number", message=_("This state has sent a list of that number already."))


def _confirm_receipt(attempt: Attempt) -> None:
    row: ListVerification = attempt.subject
    _check_revision(attempt)
    columns, _sets = entry.take(RECEIPT, attempt.given["values"], is_new=True)
    day = columns["received_on"]
    _refuse(_in_order("received_on", day, after=row.sent_on, at=attempt.at))
    row.received_on = day
    attempt.noted["on"] = day.isoformat()


def _record_outcomes(attempt: Attempt) -> None:
    row: ListVerification = attempt.subject
    _check_revision(attempt)
    categories = outcome_categories()
    columns, _sets = entry.take(_outcome_entries(categories), attempt.given["values"], is_new=True)
    day = columns["as_of"]
    counts = {category.code: columns[category.code] for category in categories}
    replaced = {outcome.category_id: outcome for outcome in row.outcomes.filter(as_of=day)}
    _refuse(_wrong_with_outcomes(row, day, counts, attempt, is_corrected=bool(replaced)))
    for category in categories:
        outcome = replaced.get(category.pk) or ListOutcome(verification=row, category=category, as_of=day)
        outcome.entries = counts[category.code]
        outcome.entered_by, outcome.entered_at = attempt.actor, attempt.at
        outcome.save()
    attempt.noted["on"] = day.isoformat()
    attempt.noted["outcomes"] = counts


def _wrong_with_outcomes(
    row: ListVerification, day: dt.date, counts: Mapping[str, int], attempt: Attempt, *, is_corrected: bool
) -> Iterator[Problem]:
    yield from _in_order("as_of", day, after=row.received_on, at=attempt.at)
    given = sum(counts.values())
    if given != row.entries:
        yield Problem(
            code="does_not_add_up",
            field="outcomes",
            message=_(
                "The outcomes add up to %(sum)s and the list has %(entries)s entries. Those still being checked "
                "count too."
            )
            % {"sum": given, "entries": row.entries},
        )
    if (is_corrected or row.status == Status.ANSWERED) and not str(attempt.given.get("reason") or "").strip():
        yield Problem(
            code="required",
            field="reason",
            message=_("Say why: these outcomes were recorded, or the list was answered, before."),
        )


def _answer(attempt: Attempt) -> None:
    row: ListVerification = attempt.subject
    _check_revision(attempt)
    columns, _sets = entry.take(ANSWER, attempt.given["values"], is_new=True)
    day, newest = columns["answered_on"], row.outcomes.order_by("-as_of").first()
    problems = list(_in_order("answered_on", day, after=newest.as_of if newest else row.received_on, at=attempt.at))
    pending = row.outcomes.filter(as_of=newest.as_of, category__code=PENDING).first() if newest else None
    if pending is not None and pending.entries and not str(attempt.given.get("reason") or "").strip():
        problems.append(
            Problem(
                code="pending_unexplained",
                field="reason",
                message=_("%(count)s entries are still being checked: record their outcome, or explain.")
                % {"count": pending.entries},
            )
        )
    _refuse(problems)
    row.answered_on = day
    attempt.noted["on"] = day.isoformat()
    tell(row, to=row.sent_by_id, what="answered", at=attempt.at)


def _withdraw(attempt: Attempt) -> None:
    _check_revision(attempt)
    attempt.noted["on"] = moscow_date(attempt.at).isoformat()
    tell(attempt.subject, to=attempt.subject.received_by_id, what="withdrawn", at=attempt.at)


LIST = Workflow(
    ListVerification,
    Transition(
        name="create", label=_("Record a list that was sent"), who=SENDER, needs=(_sender_takes_part,), effect=_send
    ),
    Transition(
        name="change",
        label=pgettext_lazy("list", "Correct the entry"),
        who=SENDER,
        sources=frozenset({Status.SENT}),
        effect=_change,
    ),
    Transition(
        name="confirm_receipt",
        label=_("Confirm the receipt"),
        who=PARTNER,
        sources=frozenset({Status.SENT}),
        target=Status.RECEIVED,
        effect=_confirm_receipt,
    ),
    Transition(
        name="record_outcomes",
        label=_("Record the outcomes"),
        who=PARTNER,
        sources=frozenset({Status.RECEIVED, Status.ANSWERED}),
        asks=(screened("reason"),),
        effect=_record_outcomes,
    ),
    Transition(
        name="answer",
        label=pgettext_lazy("list", "Answer the list"),
        who=PARTNER,
        sources=frozenset({Status.RECEIVED}),
        target=Status.ANSWERED,
        needs=(_has_outcomes,),
        asks=(screened("reason"),),
        effect=_answer,
    ),
    Transition(
        name="withdraw",
        label=pgettext_lazy("list", "Withdraw the list"),
        who=SENDER,
        sources=frozenset({Status.SENT, Status.RECEIVED}),
        target=Status.WITHDRAWN,
        asks=(_reasoned, screened("reason")),
        effect=_withdraw,
    ),
)
