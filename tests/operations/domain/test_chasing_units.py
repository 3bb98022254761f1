"""Who sees the returns of units, how a second officer chases and accepts them, and how many queries 83 of them take."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from operations.domain.access import may, refusal, visible_to
from operations.domain.chase_list import chase_list
from operations.domain.errors import NotAllowed, Unmet
from operations.domain.machine import perform
from operations.domain.reporting_calendar import came_before_the_end
from operations.domain.returns import (
    bulk_accept,
    explain_breach,
    return_submission,
    roll_up_return,
    save_draft,
    start_return,
    submit_return,
)
from operations.domain.roll_up import summing
from operations.domain.unit_reminders import TOPIC
from operations.domain.unit_returns import rolled_up
from operations.domain.units import add_units
from operations.domain.waiting import waiting_for
from operations.models import Notice, PeriodKind, Return, Submission
from tests.factories.people import make_head, make_officer, make_user
from tests.factories.reporting import cells, figures, make_story
from tests.factories.units import UnitStory, make_unit_story, put_accepted, unit_rows

pytestmark = pytest.mark.django_db
Status = Submission.Status


def rolled(told: UnitStory, **options) -> Submission:
    story = told.story
    return roll_up_return(expected_return=story.again(), actor=story.officer, at=story.at, **options)


def type_in(told: UnitStory, draft: Submission, values) -> Submission:
    inputs = figures(told.story.expected_return, values, rest=None)
    return save_draft(submission=draft, figures=inputs, revision=None, actor=told.story.officer, at=told.story.at)


def test_a_units_officer_sees_the_own_units_return_alone():
    told = make_unit_story()
    story, north = told.story, told.officers["north"]
    told.submit("south")
    assert set(visible_to(Return, north, at=story.at)) == {told.owed("north")}
    assert not visible_to(Submission, north, at=story.at).exists()
    assert set(visible_to(Return, story.officer, at=story.at)) == set(Return.objects.all())


def test_nobody_outside_the_agency_sees_a_units_return_and_the_head_sees_what_was_accepted():
    told = make_unit_story()
    story = told.story
    told.submit("south")
    accepted = told.accept("north")
    for person in (story.head, story.planner, story.hq_chair):
        assert set(visible_to(Return, person, at=story.at)) == {story.expected_return}
    assert set(visible_to(Submission, story.head, at=story.at)) == {accepted}
    assert not visible_to(Submission, make_head("BY"), at=story.at).exists()
    assert not visible_to(Submission, story.planner, at=story.at).exists()
    assert isinstance(refusal(accepted, "correct", story.head, at=story.at), NotAllowed)


# --- the chase list ---


def test_the_chase_list_says_how_each_unit_stands_and_whom_to_call():
    told = make_unit_story("a", "b", "c", "d", "e")
    story = told.story
    told.accept("a")
    told.submit("b")
    returned = told.submit("c")
    return_submission(submission=returned, comment="Check", actor=story.second_officer, at=story.at)
    start_return(expected_return=told.owed("d"), actor=told.officers["d"], at=story.at)
    found = {row.unit.code: row for row in chase_list(story.expected_return, user=story.second_officer, at=story.at)}
    assert {code: row.status for code, row in found.items()} == {
        "a": "accepted",
        "b": "submitted",
        "c": "returned",
        "d": "draft",
        "e": "due",
        "central": "due",
    }
    assert list(found)[-1] == "central"
    assert found["e"].officers == (told.officers["e"],)
    assert found["central"].officers == (story.officer, story.second_officer)
    assert {code for code, row in found.items() if row.may_decide} == {"b"}
    late = {row.unit.code: row for row in chase_list(story.expected_return, user=story.head, at=story.late)}
    assert (late["d"].status, late["e"].status, late["e"].is_late) == ("missing", "missing", True)
    assert not any(row.may_decide for row in late.values())


def test_whoever_entered_some_of_a_units_return_is_no_second_officer_for_it():
    told = make_unit_story()
    story = told.story
    draft = start_return(expected_return=told.owed("north"), actor=told.officers["north"], at=story.at)
    draft = save_draft(
        submission=draft, figures=figures(told.owed("north")), revision=None, actor=story.officer, at=story.at
    )
    submission = submit_return(submission=draft, actor=told.officers["north"], at=story.at)
    for person, expected in ((story.officer, False), (story.second_officer, True)):
        (row,) = [
            one for one in chase_list(story.expected_return, user=person, at=story.at) if one.unit.code == "north"
        ]
        assert row.may_decide is expected
        assert may(submission, "accept", person, at=story.at) is expected


def test_clean_returns_are_accepted_in_bulk_and_broken_ones_are_left():
    told = make_unit_story("a", "b", "c")
    story = told.story
    clean, own = told.submit("a"), told.submit("central")
    draft = start_return(expected_return=told.owed("b"), actor=told.officers["b"], at=story.at)
    draft = save_draft(
        submission=draft,
        figures=figures(told.owed("b"), {"ADM01": 5}),
        revision=None,
        actor=told.officers["b"],
        at=story.at,
    )
    explain_breach(submission=draft, rule="R05", reason="Earlier protocols", actor=told.officers["b"], at=story.at)
    broken = submit_return(submission=draft, actor=told.officers["b"], at=story.at)
    decided = bulk_accept(submissions=[clean, own, broken], actor=story.officer, at=story.at)
    refused = {found.submission.pk: found.refusal for found in decided}
    assert refused[clean.pk] is None
    assert isinstance(refused[own.pk], NotAllowed), "he entered it himself"
    assert isinstance(refused[broken.pk], Unmet)


def test_a_unit_may_send_before_the_period_ends_and_still_be_accepted_in_bulk():
    told = make_unit_story("a", period_kind=PeriodKind.FOLLOW_UP)
    story = told.story
    story.period.end_date = story.period.due_at.date()  # a follow-up return falls due on the last day of its period
    story.period.save()
    early = told.submit("a")
    assert came_before_the_end(early)
    [decided] = bulk_accept(submissions=[early], actor=story.second_officer, at=story.at)
    assert decided.refusal is None


def test_a_reminder_reaches_the_officers_of_silent_units_once_a_day():
    told = make_unit_story("a", "b", "c")
    story = told.story
    told.submit("a")
    make_user("second-b", "agency_officer", agency=story.agency, unit=told.units["b"])
    told.officers["c"].memberships.all().delete()

    def remind():
        return perform(story.agency, "remind_units", actor=story.officer, at=story.at, period=story.period)

    reminded = remind()
    assert (reminded.people, [unit.code for unit in reminded.without_officers]) == (2, ["c"])
    assert set(Notice.objects.filter(topic=TOPIC).values_list("user__username", flat=True)) == {"unit-b", "second-b"}
    assert remind().people == 0
    with pytest.raises(NotAllowed):
        perform(story.agency, "remind_units", actor=told.officers["b"], at=story.at, period=story.period)


def test_my_work_leads_the_second_officer_to_the_chase_list_and_the_units_officer_to_the_return():
    from operations.domain import return_waiting, unit_waiting  # noqa: F401 - they register themselves

    told = make_unit_story()
    story = told.story
    told.submit("north")
    mine = waiting_for(story.officer, at=story.at)
    assert [item.subject for item in mine if item.kind == "unit.decide"] == [story.expected_return]
    assert {item.subject for item in mine if item.kind == "return.enter"} == {
        story.expected_return,
        told.owed("central"),
    }
    (south,) = waiting_for(told.officers["south"], at=story.at)
    assert south.subject == told.owed("south")
    assert waiting_for(told.officers["north"], at=story.at) == []


# --- 83 units ---


@pytest.fixture
def many() -> UnitStory:
    """83 units and the central office, 61 of them accepted."""
    story = make_story()
    codes = [f"d{number:02}" for number in range(83)]
    add_units(agency=story.agency, units=unit_rows(*codes), actor=story.officer, at=story.at)
    units = {unit.code: unit for unit in story.agency.units.all()}
    clerk = make_officer(story.agency, username="clerk", unit=units["d00"])
    put_accepted(story, [units[code] for code in codes[:61]], {"ACT03": 2, "ACT04": 10}, by=clerk)
    return UnitStory(story, units, {})


def test_61_of_83_units_are_summed_and_read_in_a_constant_number_of_queries(many: UnitStory):
    story = many.story
    draft = rolled(many)
    assert cells(draft)["ACT03.TOTAL"] == 122
    found = rolled_up(story.expected_return, draft)
    assert (found.coverage.counted, found.coverage.expected) == (61, 83)
    with CaptureQueriesContext(connection) as reading:
        assert len(chase_list(story.expected_return, user=story.officer, at=story.at)) == 84
    assert len(reading) <= 7
    with CaptureQueriesContext(connection) as again:
        summing(story.expected_return, draft)
    assert len(again) <= 9


def test_summing_83_units_takes_no_query_for_each_of_them(many: UnitStory):
    with CaptureQueriesContext(connection) as large:
        rolled(many)
    assert len(large) < 90
