"""The exchange of the demonstration year: lists between the states, complaints, a task force, registers told every day.

Every state sends a list and checks another's; most are answered, some late, one is withdrawn, one waits. The rights
bodies keep accounts of two quarters; two states keep a task force with a meeting; the registers are told four times on
the last day, one of them too late and one not at all.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from illegal_ops.demonstration.numbers import WEIGHTS, amount, chance
from illegal_ops.demonstration.story import People, Story
from operations.domain import complaints, lists, meetings, registers, task_forces
from operations.models import (
    Agency,
    Body,
    ComplaintAccount,
    Figure,
    ListVerification,
    MemberState,
    Operation,
    ReportingPeriod,
    Submission,
)

YEAR = 2026
#: Sender, partner, number, entries, sent, received, then the days on which outcomes were told, answered (month, day).
Day = tuple[int, int]


@dataclass(frozen=True)
class Told:
    """A list of the story: who sent it to whom, and how far it came."""

    sender: str
    partner: str
    number: str
    entries: int
    sent: Day
    received: Day | None = None
    outcomes: tuple[Day, ...] = ()
    answered: Day | None = None
    withdrawn: str = ""


LISTS = (
    Told("RU", "TJ", "14/1-Д", 12_400, (3, 2), (3, 5), ((4, 20), (6, 15)), (6, 25)),
    Told("RU", "KG", "14/2-Д", 8_150, (3, 2), (3, 6), ((5, 12), (6, 29)), (7, 3)),
    Told("KZ", "KG", "3-Д", 1_320, (4, 6), (4, 9), ((5, 28),), (5, 29)),
    Told("KZ", "RU", "4-Д", 2_070, (6, 1), (6, 4), ((6, 26), (8, 10)), (8, 12)),
    Told("BY", "AM", "21-Д", 240, (6, 3), (6, 8), ((7, 15),), (7, 16)),
    Told("AM", "RU", "9-Д", 310, (6, 8), (6, 10), ((7, 20), (8, 13)), (8, 14)),
    Told("KG", "RU", "5-Д", 1_900, (6, 15), (6, 17), ((8, 3),)),
    Told("KG", "KZ", "6-Д", 760, (7, 6), (7, 8), ((9, 14), (10, 20)), (10, 22)),
    Told("TJ", "RU", "31-Д", 5_400, (7, 13), (7, 15), ((9, 1), (10, 12))),
    Told("TJ", "BY", "32-Д", 95, (7, 13), withdrawn="Список направлен повторно под другим номером."),
    Told("TJ", "BY", "33-Д", 90, (7, 20), (7, 22), ((8, 11),), (8, 12)),
    Told("BY", "KZ", "22-Д", 410, (10, 26), (10, 28)),
    Told("AM", "KZ", "10-Д", 130, (11, 2)),
)
#: How many days the partner has to answer.
TERM = dt.timedelta(days=70)
#: Per mille of the entries with each outcome once everything is checked.
SHARES = {"LEFT": 520, "SETTLED": 170, "NO_STATUS": 130, "NOT_FOUND": 120, "CITIZENSHIP": 35, "ERROR": 25}
EXPLANATION = "По части записей ожидаются сведения третьего государства."
#: The channels in the order of their weight: how many complaints of a quarter come by each.
CHANNELS = {"ombudsman": 5, "prosecutor": 3, "agency": 7, "consulate": 2}
TASK_FORCE = {
    "name_ru": "Рабочая группа России и Таджикистана по сверке списков (демонстрационная)",
    "name_en": "Task force of Russia and Tajikistan on the verification of lists (demonstration)",
    "short_ru": "Рабочая группа РФ – РТ",
    "short_en": "Task force RU – TJ",
    "states": ["RU", "TJ"],
}
DECISIONS: tuple[Mapping[str, Any], ...] = (
    {
        "text_ru": "Завершить проверку записей без установленного результата.",
        "text_en": "To finish checking the entries without an established outcome.",
        "responsible_states": ["RU", "TJ"],
        "due_date": "2026-10-30",
    },
    {
        "text_ru": "Согласовать единый порядок нумерации списков.",
        "text_en": "To agree one way of numbering lists.",
        "responsible_states": ["RU"],
        "due_date": "2026-12-15",
    },
)


class ExchangeStory:
    """Tells the exchange of one operation."""

    def __init__(self, *, story: Story, people: People, operation: Operation, until: dt.datetime) -> None:
        self.story, self.people, self.operation, self.until = story, people, operation, until
        self.states = {state.code: state for state in MemberState.objects.all()}

    def tell(self) -> None:
        for told in LISTS:
            self._tell_list(told)
        for quarter, day in ((2, dt.date(YEAR, 7, 13)), (3, dt.date(YEAR, 10, 12))):
            self.story.on(day, 15, lambda at, quarter=quarter: self._keep_complaints(f"Q{quarter}", at))  # type: ignore[misc]
        for code, more in (("RU", 0), ("KZ", 2)):
            self._on((10, 2), 11, lambda at, code=code, more=more: self._keep_like_return(code, more, at))  # type: ignore[misc]
        self.story.on(dt.date(YEAR, 5, 20), 10, self._create_task_force)
        self.story.on(dt.date(YEAR, 9, 16), 15, self._meet)
        self.story.on(dt.date(YEAR, 10, 5), 12, self._account)
        self._on((8, 20), 10, self._check_again)
        self._on((9, 30), 22, lambda at: self._tell_registers(at, (0,)))
        self.story.at(self.until - dt.timedelta(minutes=5), lambda at: self._tell_registers(at, (50, 34, 13, 9, 5, 1)))

    # --- lists ---

    def _tell_list(self, told: Told) -> None:
        self._on(told.sent, 10, lambda at: self._send(told, at))
        if told.withdrawn:
            self._on((told.sent[0], told.sent[1] + 3), 11, lambda at: self._withdraw(told, at))
        if told.received is not None:
            self._on(told.received, 12, lambda at: self._receive(told, at))
        for place, day in enumerate(told.outcomes, start=1):
            self._on(day, 14, lambda at, place=place: self._record(told, place, at))  # type: ignore[misc]
        if told.answered is not None:
            self._on(told.answered, 16, lambda at: self._answer(told, at))

    def _on(self, day: Day, hour: int, happening: Any) -> None:
        self.story.on(dt.date(YEAR, *day), hour, happening)

    def _officer(self, state: str) -> Any:
        return self.people.officer(f"{state.lower()}-information-centre")

    def _list(self, told: Told) -> ListVerification:
        return ListVerification.objects.get(
            operation=self.operation, sent_by=self.states[told.sender], number=told.number
        )

    def _send(self, told: Told, at: dt.datetime) -> None:
        values = {
            "received_by": told.partner,
            "number": told.number,
            "entries": told.entries,
            "sent_on": at.date(),
            "due_date": at.date() + TERM,
        }
        lists.send_list(
            operation=self.operation,
            sent_by=self.states[told.sender],
            values=values,
            actor=self._officer(told.sender),
            at=at,
        )

    def _receive(self, told: Told, at: dt.datetime) -> None:
        lists.confirm_receipt(
            verification=self._list(told), received_on=at.date(), actor=self._officer(told.partner), at=at
        )

    def _record(self, told: Told, place: int, at: dt.datetime) -> None:
        lists.record_outcomes(
            verification=self._list(told),
            as_of=at.date(),
            counts=_counts(told, place),
            actor=self._officer(told.partner),
            at=at,
        )

    def _answer(self, told: Told, at: dt.datetime) -> None:
        reason = EXPLANATION if _counts(told, len(told.outcomes))["PENDING"] else ""
        lists.answer_list(
            verification=self._list(told),
            answered_on=at.date(),
            reason=reason,
            actor=self.people.head(told.partner),
            at=at,
        )

    def _withdraw(self, told: Told, at: dt.datetime) -> None:
        lists.withdraw_list(
            verification=self._list(told), reason=told.withdrawn, actor=self._officer(told.sender), at=at
        )

    def _check_again(self, at: dt.datetime) -> None:
        """Some entries that were not found have left after all: the accepted figure of the quarter is behind."""
        told = LISTS[1]
        counts = _counts(told, len(told.outcomes))
        counts["LEFT"] += 40
        counts["NOT_FOUND"] -= 40
        lists.record_outcomes(
            verification=self._list(told),
            as_of=at.date(),
            counts=counts,
            reason="Получены дополнительные сведения о выезде.",
            actor=self._officer(told.partner),
            at=at,
        )

    # --- complaints ---

    def _keep_complaints(self, code: str, at: dt.datetime) -> None:
        period = ReportingPeriod.objects.select_related("operation").get(operation=self.operation, code=code)
        bodies = Agency.objects.filter(kind__code="rights_body").select_related("state", "kind")
        for agency in bodies.order_by("pk"):
            complaints.keep_accounts(
                agency=agency,
                period=period,
                rows=_complaints(agency, period),
                revision=0,
                actor=self.people.officer(agency.code),
                at=at,
            )

    def _keep_like_return(self, state: str, more: int, at: dt.datetime) -> None:
        """The account of the second stage as the rights return has it, or with some complaints more."""
        agency = Agency.objects.select_related("state", "kind").get(code=f"{state.lower()}-rights-body")
        period = ReportingPeriod.objects.select_related("operation").get(operation=self.operation, code="S2-FINAL")
        figures = Figure.objects.filter(
            submission__expected_return__agency=agency,
            submission__expected_return__period=period,
            submission__status=Submission.Status.ACCEPTED,
            indicator__code__in=("RGT01", "RGT02"),
        )
        values = {
            (row.indicator.code, row.category.code): row.value or 0
            for row in figures.select_related("indicator", "category")
        }
        left = values["RGT02", "TOTAL"]
        rows: dict[complaints.Key, dict[str, int]] = {}
        for subject in complaints.subjects():
            received = values.get(("RGT01", subject), 0) + (more if subject == "FORCE" else 0)
            examined = min(left, received)
            left -= examined
            counted = {"carried_over": 0, "received": received, "examined": examined, "pending": received - examined}
            rows[subject, "ombudsman"] = counted
        complaints.keep_accounts(
            agency=agency, period=period, rows=rows, revision=0, actor=self.people.officer(agency.code), at=at
        )

    # --- the task force ---

    def _create_task_force(self, at: dt.datetime) -> None:
        task_forces.create_task_force(values=TASK_FORCE, actor=self.people["hq-chair"], at=at)

    def _body(self) -> Body:
        return Body.objects.get(kind=Body.Kind.TASK_FORCE)

    def _meet(self, at: dt.datetime) -> None:
        who: dict[str, Any] = {"actor": self.people["hq-chair"], "at": at}
        facts = {
            "body": self._body().code,
            "number": 901,
            "held_on": at.date(),
            "operation": self.operation.slug,
            "place_ru": "Условный город",
            "place_en": "A fictional city",
            "chaired_by": "head-ru",
        }
        meeting = meetings.create_meeting(values=facts, **who)
        said = {"title_ru": "О ходе сверки списков", "title_en": "Progress of the verification of lists"}
        item = meetings.add_agenda_item(meeting=meeting, values=said, **who)
        first, _second = [meetings.record_decision(item=item, values=values, **who) for values in DECISIONS]
        done = {"progress": "done", "account_ru": "Проверка завершена.", "account_en": "The checking is finished."}
        meetings.report_on_decision(decision=first, revision=first.revision, values=done, **who)

    def _account(self, at: dt.datetime) -> None:
        for days, numbers in (
            (((6, 1), (6, 30)), (0, 9, 4, 5)),
            (((7, 1), (9, 30)), (5, 11, 13, 3)),
        ):
            first, last = (dt.date(YEAR, *day) for day in days)
            values = {"start_date": first, "end_date": last, **dict(zip(task_forces.COUNTS, numbers, strict=True))}
            task_forces.account_for_task_force(
                body=self._body(), operation=self.operation, values=values, actor=self.people.head("TJ"), at=at
            )

    # --- the registers ---

    def _tell_registers(self, at: dt.datetime, hours: tuple[int, ...]) -> None:
        """The readings of so many hours before; Armenia's system has been silent for hours, Tajikistan's for days."""
        silent = {"AM": 9, "TJ": 50} if len(hours) > 1 else {}
        for code, state in self.states.items():
            for before in hours:
                if before >= silent.get(code, 0):
                    registers.keep_reading(
                        state=state,
                        as_of=at.replace(minute=0) - dt.timedelta(hours=before),
                        persons=_stock(code) + chance(code, "register") % 90 - before,
                        actor=self.people.officer(f"{code.lower()}-migration-authority"),
                        at=at,
                    )


def _stock(state: str) -> int:
    """What the returns of the third quarter say, so that the feed and the official stock are near each other."""
    kinds = ("internal_affairs", "migration_authority")
    return sum(amount("MIG03", state=state, kind=kind, period="Q3") for kind in kinds)


def _counts(told: Told, place: int) -> dict[str, int]:
    """The outcomes told the `place`-th time: they grow, and the last time little or nothing is left."""
    is_last = told.answered is not None and place == len(told.outcomes)
    checked = told.entries if is_last and told.number != "14/1-Д" else told.entries * (5 * place) // 11
    if is_last and told.number == "14/1-Д":
        checked = told.entries * 97 // 100
    counts = {code: checked * share // 1000 for code, share in SHARES.items()}
    counts["LEFT"] += checked - sum(counts.values())
    return {**counts, "PENDING": told.entries - checked}


def _complaints(agency: Agency, period: ReportingPeriod) -> dict[complaints.Key, dict[str, int]]:
    """A row for every subject that somebody complained of, going on from what was pending a quarter before."""
    base = complaints.base_of(agency, period)
    rows: dict[complaints.Key, dict[str, int]] = {}
    for subject in complaints.subjects():
        for channel in ComplaintAccount.Channel.values:
            place = (agency.code, period.code, subject, channel)
            most = CHANNELS[channel] * WEIGHTS[agency.state.code] // 4
            carried = base.pending.get((subject, channel), 0)
            received = chance(*place) % (most + 1)
            examined = (carried + received) * (650 + chance(*place, "examined") % 350) // 1000
            rows[subject, channel] = {
                "carried_over": carried,
                "received": received,
                "examined": examined,
                "pending": carried + received - examined,
            }
    return rows
