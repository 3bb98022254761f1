"""The parts of a meeting's record: who was present, the items of the agenda, and what was decided on each.

They are added one by one, corrected, put in another order and taken out until the minutes are signed. Two people who
correct the same part meet at its revision, and the second gets `Stale` with the part as it stands.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from operations.domain import entry
from operations.domain.entry import Entry
from operations.domain.errors import BadInput, NotFound, Problem, Stale
from operations.domain.transitions import Attempt
from operations.models import AgendaItem, Attendance, Body, Decision, Meeting, MemberState


def _line(longest: int) -> entry.Taker:
    return entry.text(longest=longest, single_line=True)


ITEM_ENTRIES = (
    Entry(name="title_ru", take=_line(500), is_required=True),
    Entry(name="title_en", take=_line(500)),
    *(Entry(name=f"{stem}_{language}", take=entry.text()) for stem in ("heard", "spoke") for language in ("ru", "en")),
)
ATTENDANCE_ENTRIES = (
    Entry(name="state", take=entry.row_of(MemberState.objects.all)),
    Entry(name="body", take=entry.row_of(Body.objects.all)),
    Entry(name="name_ru", take=entry.text(longest=150, single_line=True, is_contact=True), is_required=True),
    Entry(name="name_en", take=entry.text(longest=150, single_line=True, is_contact=True)),
    Entry(name="post_ru", take=_line(300)),
    Entry(name="post_en", take=_line(300)),
)
DECISION_ENTRIES = (
    Entry(name="text_ru", take=entry.text(), is_required=True),
    Entry(name="text_en", take=entry.text()),
    Entry(name="responsible_states", take=entry.rows_of(MemberState.objects.all), is_set=True),
    Entry(name="responsible_bodies", take=entry.rows_of(Body.objects.all), is_set=True),
    Entry(name="due_date", take=entry.day),
)


@dataclass(frozen=True, kw_only=True)
class PartKind:
    """A kind of part: what it takes, the parts of a meeting, and the ones that it is numbered among."""

    name: str
    entries: tuple[Entry, ...]
    rows: Callable[[Meeting], models.QuerySet[Any]]
    numbered_among: Callable[[Any], models.QuerySet[Any]] | None = None


KINDS: Mapping[str, PartKind] = {
    kind.name: kind
    for kind in (
        PartKind(name="attendance", entries=ATTENDANCE_ENTRIES, rows=lambda meeting: meeting.attendances.all()),
        PartKind(
            name="item",
            entries=ITEM_ENTRIES,
            rows=lambda meeting: meeting.agenda.all(),
            numbered_among=lambda row: AgendaItem.objects.filter(meeting=row.meeting_id),
        ),
        PartKind(
            name="decision",
            entries=DECISION_ENTRIES,
            rows=lambda meeting: Decision.objects.filter(item__meeting=meeting),
            numbered_among=lambda row: Decision.objects.filter(item=row.item_id),
        ),
    )
}


# --- effects ---


def add_item(attempt: Attempt) -> AgendaItem:
    return _added(AgendaItem(meeting=attempt.subject), KINDS["item"], attempt)  # type: ignore[no-any-return]


def add_attendance(attempt: Attempt) -> Attendance:
    return _added(Attendance(meeting=attempt.subject), KINDS["attendance"], attempt)  # type: ignore[no-any-return]


def decide(attempt: Attempt) -> Decision:
    item: AgendaItem = attempt.given["item"]
    if item.meeting_id != attempt.subject.pk:
        raise NotFound
    return _added(Decision(item=item), KINDS["decision"], attempt)  # type: ignore[no-any-return]


def change_part(attempt: Attempt) -> Any:
    """Changes what is given of one part and keeps the rest."""
    kind = KINDS[attempt.given["kind"]]
    row = _part(kind, attempt)
    columns, sets = entry.take(kind.entries, attempt.given["values"], is_new=False)
    attempt.noted["before"] = {name: _shown(getattr(row, name)) for name in columns}
    row.revision += 1
    return _stored(row, columns, sets)


def remove_part(attempt: Attempt) -> None:
    """Takes a part out; an item of the agenda goes when nothing is decided on it."""
    kind = KINDS[attempt.given["kind"]]
    row = _part(kind, attempt)
    problems = list(_still_needed(row))
    if problems:
        raise BadInput(problems)
    attempt.noted["before"] = {
        field.attname: _shown(getattr(row, field.attname)) for field in row._meta.concrete_fields
    }
    siblings = kind.numbered_among(row) if kind.numbered_among else None
    try:
        row.delete()
    except models.ProtectedError:
        message = _("Something else in the system rests on this decision; it stays in the record.")
        raise BadInput([Problem(code="in_use", message=message)]) from None
    if siblings is not None:
        _number(siblings.order_by("position", "pk"))


def move_part(attempt: Attempt) -> Any:
    """Puts an item or a decision at a place (counted from 1) of its list; beyond the end means the end.

    A place says nothing of a part's words, so the revision stays: an order and a correction do not get in each other's
    way.
    """
    kind = KINDS[attempt.given["kind"]]
    if kind.numbered_among is None:
        raise BadInput([Problem(code="not_ordered", field="to", message=_("These rows have no order of their own."))])
    row = _found(kind, attempt)
    try:
        place = entry.whole(most=9999)(attempt.given.get("to"))
    except entry.Refused as refused:
        raise BadInput([Problem(code=refused.code, field="to", message=refused.message)]) from None
    if place is None:
        raise BadInput([Problem(code="required", field="to", message=_("Name the place, counted from 1."))])
    siblings = list(kind.numbered_among(row).exclude(pk=row.pk).order_by("position", "pk"))
    siblings.insert(min(place - 1, len(siblings)), row)
    attempt.noted["before"] = {"position": row.position}
    _number(siblings)
    return row


def _number(rows: Iterable[Any]) -> None:
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            row.position = position
            type(row)._default_manager.filter(pk=row.pk).update(position=position)


def _added(row: Any, kind: PartKind, attempt: Attempt) -> Any:
    columns, sets = entry.take(kind.entries, attempt.given["values"], is_new=True)
    if kind.numbered_among is not None:
        last = kind.numbered_among(row).aggregate(last=models.Max("position"))["last"] or 0
        row.position = last + 1
    stored = _stored(row, columns, sets)
    attempt.noted["row"] = stored.pk
    return stored


def _found(kind: PartKind, attempt: Attempt) -> Any:
    row = kind.rows(attempt.subject).filter(pk=attempt.given["row"]).first()
    if row is None:
        raise NotFound
    return row


def _part(kind: PartKind, attempt: Attempt) -> Any:
    row = _found(kind, attempt)
    if attempt.given.get("revision") != row.revision:
        raise Stale(current=row)
    return row


def _stored(row: Any, columns: Mapping[str, Any], sets: Mapping[str, list[Any]]) -> Any:
    for name, value in columns.items():
        setattr(row, name, value)
    if isinstance(row, Attendance) and row.state is None and row.body is None:
        raise BadInput([Problem(code="required", field="state", message=_("Name the state or the body."))])
    row.save()
    for name, rows in sets.items():
        getattr(row, name).set(rows)
    return row


def _still_needed(row: Any) -> Iterable[Problem]:
    if isinstance(row, AgendaItem) and row.decisions.exists():
        yield Problem(code="has_decisions", message=_("Remove what was decided on this item first."))


def _shown(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value
