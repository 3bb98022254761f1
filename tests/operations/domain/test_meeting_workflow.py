"""The record of meetings: the whole table of acts, corrections until the signature, and who follows a decision up."""

import datetime as dt
from typing import Any

import pytest
from django.db.models import Model

from operations.domain import chair_terms, meeting_waiting, meetings, task_forces
from operations.domain.access import refusal, standing
from operations.domain.decisions import is_overdue
from operations.domain.errors import BadInput, NotAllowed, NotFound, Stale, Unmet
from operations.domain.meetings import MEETING_WORKFLOW
from operations.domain.moments import moscow_date, moscow_moment
from operations.models import AgendaItem, AuditEntry, ChairTerm, Decision, Meeting, Notice
from tests.factories.minutes import AT, recorded_meeting, signed_meeting
from tests.factories.people import Cast, make_council_chair, make_officer, make_user
from tests.factories.reference import make_agency

pytestmark = pytest.mark.django_db

CLERKS = {"planner", "hq_chair", "assistant"}
EVERYBODY = {"planner", "hq_chair", "council_chair", "named_head", "other_head", "officer", "assistant", "observer"}
EVERYBODY |= {"administrator"}
#: Who may do what with the record before and after the signature; the chair of the headquarters chaired the meeting.
TABLE: dict[str, tuple[set[str], set[str]]] = {
    "create": (CLERKS, CLERKS),
    "change": (CLERKS, set()),
    "add_item": (CLERKS, set()),
    "add_attendance": (CLERKS, set()),
    "decide": (CLERKS, set()),
    "change_part": (CLERKS, set()),
    "move_part": (CLERKS, set()),
    "remove_part": (CLERKS, set()),
    "account": (CLERKS | {"named_head"}, CLERKS | {"named_head"}),
    "elect_chair": ({"hq_chair"}, {"hq_chair"}),
    "sign": ({"hq_chair"}, set()),
}


def people(cast: Cast) -> dict[str, Model]:
    """The decision of the meeting names Kazakhstan and no other state."""
    return {
        "planner": cast.planner,
        "hq_chair": cast.hq_chair,
        "council_chair": cast.council_chair,
        "named_head": cast.heads["KZ"],
        "other_head": cast.heads["RU"],
        "officer": make_officer(make_agency()),
        "assistant": cast.assistant,
        "observer": cast.observer,
        "administrator": cast.administrator,
    }


@pytest.mark.parametrize("is_signed", [False, True])
def test_every_act_by_every_role_before_and_after_the_signature_is_what_the_literal_table_says(
    cast: Cast, is_signed: bool
) -> None:
    meeting = (signed_meeting if is_signed else recorded_meeting)(cast, body="COUNCIL", number=28)
    assert set(MEETING_WORKFLOW.names()) == set(TABLE)
    everybody = people(cast)
    assert set(everybody) == EVERYBODY
    for name, allowed in TABLE.items():
        for role, person in everybody.items():
            refused = refusal(meeting, name, person, at=AT)
            if role in allowed[is_signed]:
                assert refused is None, (name, role)
            elif role in allowed[0]:
                assert isinstance(refused, Unmet), (name, role)
            else:
                assert isinstance(refused, NotAllowed), (name, role)


# --- corrections ---


def correct(meeting: Meeting, kind: str, row: Any, cast: Cast, **values: Any) -> Any:
    given: dict[str, Any] = {"kind": kind, "row": row.pk, "revision": row.revision, "values": values}
    return meetings.correct_part(meeting=meeting, actor=cast.assistant, at=AT, **given)


def remove(meeting: Meeting, kind: str, row: Any, cast: Cast) -> None:
    given: dict[str, Any] = {"kind": kind, "row": row.pk, "revision": row.revision}
    meetings.remove_part(meeting=meeting, actor=cast.planner, at=AT, **given)


def test_each_part_of_the_record_is_corrected_and_the_trail_keeps_what_stood_there(cast: Cast) -> None:
    meeting = recorded_meeting(cast)
    item, present = meeting.agenda.get(), meeting.attendances.get()
    decision = item.decisions.first()
    correct(meeting, "item", item, cast, title_ru="О плане")
    correct(meeting, "attendance", present, cast, name_ru="А. Б. Ахметова", state="", body="IHQ")
    changed = correct(meeting, "decision", decision, cast, due_date="2026-04-01", responsible_states=["AM", "KZ"])
    assert meeting.agenda.get().title_ru == "О плане"
    assert meeting.agenda.get().heard_ru == "Доклад о замечаниях государств"
    assert (meeting.attendances.get().body.code, meeting.attendances.get().state) == ("IHQ", None)
    assert (changed.revision, changed.due_date) == (2, dt.date(2026, 4, 1))
    assert {state.code for state in changed.responsible_states.all()} == {"AM", "KZ"}
    trail = AuditEntry.objects.filter(act="meeting.change_part").order_by("sequence").values_list("data", flat=True)
    assert "О согласовании плана" in trail[0]
    assert len(trail) == 3


def test_the_second_of_two_corrections_of_one_part_gets_the_first(cast: Cast) -> None:
    meeting = recorded_meeting(cast)
    item = meeting.agenda.get()
    correct(meeting, "item", item, cast, title_ru="Первая правка")
    with pytest.raises(Stale) as caught:
        correct(meeting, "item", item, cast, title_ru="Вторая правка")
    assert caught.value.current.title_ru == "Первая правка"


def test_what_goes_leaves_no_gap_and_an_item_with_decisions_stays(cast: Cast) -> None:
    meeting = recorded_meeting(cast)
    item = meeting.agenda.get()
    with pytest.raises(BadInput) as caught:
        remove(meeting, "item", item, cast)
    assert [problem.code for problem in caught.value.problems] == ["has_decisions"]
    remove(meeting, "decision", item.decisions.first(), cast)
    assert [row.position for row in item.decisions.all()] == [1]
    remove(meeting, "decision", item.decisions.get(), cast)
    remove(meeting, "item", item, cast)
    remove(meeting, "attendance", meeting.attendances.get(), cast)
    assert not AgendaItem.objects.exists()


def move(meeting: Meeting, kind: str, row: Any, to: int | str, cast: Cast) -> None:
    meetings.move_part(meeting=meeting, kind=kind, row=row.pk, to=to, actor=cast.planner, at=AT)


def test_items_and_decisions_are_put_in_another_order_among_their_own(cast: Cast) -> None:
    meeting = recorded_meeting(cast)
    first = meeting.agenda.get()
    second = meetings.add_agenda_item(meeting=meeting, values={"title_ru": "О сроках"}, actor=cast.planner, at=AT)
    third = meetings.add_agenda_item(meeting=meeting, values={"title_ru": "Разное"}, actor=cast.planner, at=AT)

    def order() -> list[int]:
        return list(meeting.agenda.values_list("pk", flat=True))

    move(meeting, "item", third, 1, cast)
    assert order() == [third.pk, first.pk, second.pk]
    move(meeting, "item", third, "9999", cast)
    assert order() == [first.pk, second.pk, third.pk]
    noted, agreed = first.decisions.last(), first.decisions.first()
    move(meeting, "decision", noted, 1, cast)
    assert list(first.decisions.all()) == [noted, agreed]
    assert list(meeting.agenda.values_list("position", flat=True)) == [1, 2, 3]
    assert AuditEntry.objects.filter(act="meeting.move_part").count() == 3


@pytest.mark.parametrize(("kind", "to"), [("item", "0"), ("item", "x"), ("item", "²"), ("item", ""), ("attendance", 1)])
def test_a_place_that_is_none_and_rows_without_an_order_are_refused(cast: Cast, kind: str, to: int | str) -> None:
    meeting = recorded_meeting(cast)
    row = {"item": meeting.agenda.get(), "attendance": meeting.attendances.get()}[kind]
    with pytest.raises(BadInput) as caught:
        move(meeting, kind, row, to, cast)
    assert [problem.field for problem in caught.value.problems] == ["to"]


def test_a_part_of_another_meeting_is_not_found(cast: Cast) -> None:
    meeting, other = recorded_meeting(cast), recorded_meeting(cast, number=2)
    with pytest.raises(NotFound):
        correct(meeting, "item", other.agenda.get(), cast, title_ru="Чужой вопрос")


@pytest.mark.parametrize("values", [{"state": "", "body": ""}, {"name_ru": "  "}, {"state": "XX"}])
def test_a_correction_is_checked_like_a_new_part(cast: Cast, values: dict[str, str]) -> None:
    meeting = recorded_meeting(cast)
    with pytest.raises(BadInput):
        correct(meeting, "attendance", meeting.attendances.get(), cast, **values)
    assert meeting.attendances.get().name_ru == "А. Б. Ахметов"


# --- follow-up ---


def tell(decision: Decision, actor: Any, **values: str) -> Decision:
    return meetings.report_on_decision(
        decision=decision, revision=decision.revision, values={"progress": "done", **values}, actor=actor, at=AT
    )


def test_the_head_of_a_named_state_accounts_for_its_decision_and_for_no_other(cast: Cast) -> None:
    named, noted = signed_meeting(cast).agenda.get().decisions.all()
    assert tell(named, cast.heads["KZ"], account_ru="Исполнено").progress == "done"
    with pytest.raises(NotAllowed):
        tell(noted, cast.heads["KZ"])
    with pytest.raises(NotAllowed):
        tell(named, cast.heads["RU"])


def test_the_heads_of_a_task_forces_two_states_account_for_what_it_has_to_do(cast: Cast) -> None:
    names = {"name_ru": "Рабочая группа", "name_en": "Task force", "states": ["RU", "TJ"]}
    force = task_forces.create_task_force(values=names, actor=cast.planner, at=AT)
    item = recorded_meeting(cast).agenda.get()
    values = {"text_ru": "Сверить списки", "responsible_bodies": [force.code]}
    decision = meetings.record_decision(item=item, values=values, actor=cast.planner, at=AT)
    with pytest.raises(NotAllowed):
        tell(decision, cast.heads["KZ"])
    assert tell(decision, cast.heads["TJ"]).progress == "done"


def test_a_decision_is_overdue_from_the_day_after_it_was_due_by_moscow(cast: Cast) -> None:
    decision = recorded_meeting(cast).agenda.get().decisions.first()
    assert not is_overdue(decision, at=moscow_moment(dt.date(2026, 3, 2), 23, 59))
    assert is_overdue(decision, at=moscow_moment(dt.date(2026, 3, 3)))
    assert not is_overdue(tell(decision, cast.planner), at=moscow_moment(dt.date(2026, 3, 3)))


def waiting(person: Any, provider: Any, at: dt.datetime = AT) -> list[tuple[str, bool]]:
    person.__dict__.pop("_standing", None)
    return [(item.kind, item.is_late) for item in provider(person, standing(person, at), at)]


def test_open_decisions_wait_for_the_heads_that_they_name_and_late_ones_say_so(cast: Cast) -> None:
    decision = signed_meeting(cast).agenda.get().decisions.first()
    later = moscow_moment(dt.date(2026, 3, 3))
    assert waiting(cast.heads["KZ"], meeting_waiting.decisions_to_carry_out) == [("decision", False)]
    assert waiting(cast.heads["KZ"], meeting_waiting.decisions_to_carry_out, later) == [("decision", True)]
    for person in (cast.heads["RU"], cast.planner, cast.assistant, cast.observer):
        assert waiting(person, meeting_waiting.decisions_to_carry_out) == []
    tell(decision, cast.planner)
    assert waiting(cast.heads["KZ"], meeting_waiting.decisions_to_carry_out) == []


@pytest.mark.parametrize(("body", "who"), [("IHQ", "planner"), ("COUNCIL", "assistant")])
def test_what_a_body_has_to_do_waits_for_its_staff(cast: Cast, body: str, who: str) -> None:
    item = recorded_meeting(cast).agenda.get()
    values = {"text_ru": "Подготовить предложения", "responsible_bodies": [body]}
    meetings.record_decision(item=item, values=values, actor=cast.planner, at=AT)
    assert waiting(getattr(cast, who), meeting_waiting.decisions_to_carry_out) == [("decision", False)]


def test_minutes_wait_for_whoever_chaired_the_meeting_until_they_are_signed(cast: Cast) -> None:
    meeting = recorded_meeting(cast)
    kind = meeting_waiting.SIGNATURE
    assert waiting(cast.hq_chair, meeting_waiting.minutes_to_sign) == [(kind, False)]
    assert waiting(cast.hq_chair, meeting_waiting.minutes_to_sign, AT - dt.timedelta(days=1)) == []
    assert waiting(cast.planner, meeting_waiting.minutes_to_sign) == []
    meetings.sign_minutes(meeting=meeting, reauthenticated=True, actor=cast.hq_chair, at=AT)
    assert waiting(cast.hq_chair, meeting_waiting.minutes_to_sign) == []


def test_the_signature_tells_the_heads_of_the_states_that_have_something_to_do(cast: Cast) -> None:
    meeting = signed_meeting(cast)
    notice = Notice.objects.get(topic="minutes.decisions")
    assert (notice.user, notice.address) == (cast.heads["KZ"], f"/meetings/{meeting.pk}/")


# --- elections ---


def test_terms_never_overlap_and_nobody_records_an_election_of_his_own(cast: Cast) -> None:
    ChairTerm.objects.all().delete()
    meeting = recorded_meeting(cast, body="COUNCIL", number=28)
    make_user("first"), make_user("second")
    term = {"holder": "first", "state": "KG", "from_date": "2026-03-01", "until_date": "2027-02-28"}

    def elect(**values: str) -> ChairTerm:
        return meetings.elect_chair(meeting=meeting, values=term | values, actor=cast.hq_chair, at=AT)

    assert elect().elected_at == meeting
    for values, code in (
        ({"holder": "second", "from_date": "2027-02-28", "until_date": "2028-01-01"}, "overlap"),
        ({"holder": "second", "from_date": "2028-02-01", "until_date": "2028-01-01"}, "end_before_start"),
        ({"holder": "hq-chair", "from_date": "2028-01-01", "until_date": "2028-12-31"}, "own_election"),
    ):
        with pytest.raises(BadInput) as caught:
            elect(**values)
        assert [problem.code for problem in caught.value.problems] == [code]
    assert elect(holder="second", from_date="2027-03-01", until_date="2028-02-29").from_date == dt.date(2027, 3, 1)


def test_a_chair_who_leaves_early_has_the_term_ended_from_today_on_and_a_successor_is_elected(cast: Cast) -> None:
    ChairTerm.objects.all().delete()
    today = moscow_date(AT)
    term = make_council_chair("first", from_date=today.replace(month=1), until_date=today.replace(year=2028))
    term = ChairTerm.objects.get(holder=term)

    def end(day: dt.date | str, comment: str = "Перешёл на другую работу", actor: Any = cast.hq_chair) -> ChairTerm:
        values = {"until_date": day, "comment": comment}
        return chair_terms.end_term(term=term, revision=term.revision, values=values, actor=actor, at=AT)

    for day, comment, field in (
        (today - dt.timedelta(days=1), "Раньше", "until_date"),
        (term.until_date, "Тот же день", "until_date"),
        ("2026-02-30", "Нет такого дня", "until_date"),
        (today, "  ", "comment"),
    ):
        with pytest.raises(BadInput) as caught:
            end(day, comment)
        assert [problem.field for problem in caught.value.problems] == [field]
    for person in (cast.planner, cast.assistant, cast.administrator, term.holder):
        with pytest.raises(NotAllowed):
            end(today, actor=person)
    with pytest.raises(Stale):
        values = {"until_date": today, "comment": "Другая правка"}
        chair_terms.end_term(term=term, revision=7, values=values, actor=cast.hq_chair, at=AT)
    assert end(today).until_date == today
    term.refresh_from_db()
    with pytest.raises(Unmet):
        end(today)
    meeting = recorded_meeting(cast, body="COUNCIL", number=28)
    make_user("second")
    after = {"from_date": today + dt.timedelta(days=1), "until_date": dt.date(2028, 1, 1)}
    elected = {"holder": "second", "state": "KG", **after}
    assert meetings.elect_chair(meeting=meeting, values=elected, actor=cast.hq_chair, at=AT).holder.username == "second"
