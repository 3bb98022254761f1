"""Summing units' returns into the agency's: what a sum says, what is left out, and what a second summing may change."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from operations.domain import totals
from operations.domain.access import may, refusal, visible_to
from operations.domain.errors import BadInput, NotAllowed, NotFound, Unmet, WrongState
from operations.domain.machine import perform
from operations.domain.return_layout import layout_of
from operations.domain.returns import (
    accept_submission,
    bulk_accept,
    correct_return,
    explain_breach,
    return_submission,
    roll_up_return,
    save_draft,
    start_return,
    submit_return,
)
from operations.domain.roll_up import summing
from operations.domain.unit_reminders import TOPIC
from operations.domain.unit_returns import chase_list, rolled_up
from operations.domain.units import add_units
from operations.domain.waiting import waiting_for
from operations.models import AuditEntry, CellState, Indicator, Notice, Return, Submission, Total
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


def test_the_agencys_draft_is_the_sum_of_the_units_and_of_the_central_office():
    told = make_unit_story()
    told.accept("north", {"ACT03": 5})
    told.accept("south", {"ACT03": 7})
    told.accept("central", {"ACT03": 1})
    draft = rolled(told)
    assert (draft.status, cells(draft)["ACT03.TOTAL"]) == (Status.DRAFT, 13)
    assert draft.unit_submissions.count() == 3
    assert draft.rolled_up_at == told.story.at


def test_a_missing_unit_is_named_and_is_no_zero():
    told = make_unit_story("north", "south", "east")
    told.accept("north", {"ACT03": 5})
    told.submit("south", {"ACT03": 7})
    draft = rolled(told)
    assert cells(draft)["ACT03.TOTAL"] == 5
    found = rolled_up(told.story.expected_return, draft)
    assert found is not None
    assert (found.coverage.counted, found.coverage.expected, found.coverage.central_office) == (1, 3, False)
    assert [unit.code for unit in found.coverage.missing] == ["east", "south", "central"]
    entry = AuditEntry.objects.get(act="submission.roll_up")
    noted = json.loads(entry.data)
    assert list(noted["unit_submissions"]) == ["north"]
    assert noted["missing"] == ["east", "south", "central"]


def test_where_some_units_give_no_figure_the_sum_of_the_others_says_so():
    told = make_unit_story("north", "south", "east")
    told.accept("north", {"ACT03": 5, "ACT04": "not_applicable", "ACT02": "not_applicable", "WNT01": "withheld"})
    told.accept("south", {"ACT03": "not_available", "ACT04": 4, "ACT02": "not_applicable", "WNT01": "not_available"})
    told.accept("east", {"ACT03": "withheld", "ACT04": 3, "ACT02": "not_applicable", "WNT01": "not_applicable"})
    draft = rolled(told)
    found = {figure.indicator.code: figure for figure in draft.figures.select_related("indicator")}
    assert (found["ACT03"].state, found["ACT03"].value) == (CellState.VALUE, 5)
    assert "2 of 3" in found["ACT03"].note
    assert "2 из 3" in found["ACT03"].note
    assert (found["ACT04"].value, found["ACT04"].note) == (7, "")
    assert (found["ACT02"].state, found["ACT02"].value) == (CellState.NOT_APPLICABLE, None)
    assert found["WNT01"].state == CellState.WITHHELD


def test_a_breakdown_is_summed_only_where_every_unit_with_cases_gave_it():
    told = make_unit_story("north", "south")
    told.accept("north", {"ACT03": 5, **sites(told, "north", 5)})
    told.accept("south", {"ACT03": 0})
    whole = cells(rolled(told))
    assert sum(value for address, value in whole.items() if address.startswith("ACT03.site_type:")) == 5
    told.accept("central", {"ACT03": 2})
    again = cells(rolled(told))
    assert again["ACT03.TOTAL"] == 7
    assert not [address for address in again if address.startswith("ACT03.site_type:")]


def sites(told: UnitStory, code: str, first: int) -> dict[str, int]:
    layout = layout_of(told.owed(code).form)
    dimension = layout.by_code["ACT03"].dimensions[0]
    return {
        f"ACT03.{dimension.breakdown.code}:{category.code}": first if not place else 0
        for place, category in enumerate(dimension.categories)
    }


def test_a_level_is_never_added_up_and_what_was_typed_there_stays():
    told = make_unit_story()
    told.accept("north", {"ACT03": 5, "ACT01": 9})
    Indicator.objects.filter(code="ACT01").update(kind="level", over_space="none")
    draft = rolled(told)
    assert "ACT01.TOTAL" not in cells(draft)
    type_in(told, draft, {"ACT01": 4})
    assert cells(rolled(told))["ACT01.TOTAL"] == 4
    found = summing(told.story.expected_return, draft)
    assert "ACT01" in [line.indicator.code for line in found.to_enter]


def test_a_highest_number_over_units_is_the_highest_of_theirs():
    told = make_unit_story()
    Indicator.objects.filter(code="ACT01").update(over_space="max")
    told.accept("north", {"ACT01": 9})
    told.accept("south", {"ACT01": 4})
    assert cells(rolled(told))["ACT01.TOTAL"] == 9


def test_summing_again_takes_the_corrections_of_units_and_tells_what_changed():
    told = make_unit_story()
    story = told.story
    told.accept("north", {"ACT03": 5})
    draft = rolled(told)
    told.accept("south", {"ACT03": 2})
    correction = correct_return(
        expected_return=told.owed("north"), reason="Counted twice", actor=told.officers["north"], at=story.at
    )
    save_draft(
        submission=correction,
        figures=figures(told.owed("north"), {"ACT03": 4}, rest=None),
        revision=None,
        actor=told.officers["north"],
        at=story.at,
    )
    correction = submit_return(submission=correction, actor=told.officers["north"], at=story.at)
    assert rolled_up(story.expected_return, draft).moved == (told.units["south"],), "not accepted yet"
    accept_submission(submission=correction, actor=story.second_officer, at=story.at)
    assert set(rolled_up(story.expected_return, draft).moved) == {told.units["north"], told.units["south"]}
    changes = [change for change in summing(story.expected_return, draft).changes if change.is_move]
    assert [(change.before[1], change.after.value, change.is_typed) for change in changes] == [(5, 6, False)]
    assert cells(rolled(told))["ACT03.TOTAL"] == 6
    assert rolled_up(story.expected_return, draft).moved == ()


def test_a_figure_typed_over_a_sum_is_replaced_only_when_it_is_confirmed():
    told = make_unit_story()
    told.accept("north", {"ACT03": 5})
    draft = type_in(told, rolled(told), {"ACT03": 50})
    told.accept("south", {"ACT03": 2, "ACT04": 1})
    with pytest.raises(BadInput) as refused:
        rolled(told)
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [("typed_over", "ACT03.TOTAL")]
    assert cells(draft)["ACT03.TOTAL"] == 50
    assert cells(draft)["ACT04.TOTAL"] == 0
    assert cells(rolled(told, is_confirmed=True))["ACT03.TOTAL"] == 7


def test_a_draft_begun_by_hand_is_not_overwritten_without_a_word():
    told = make_unit_story()
    story = told.story
    draft = start_return(expected_return=story.expected_return, actor=story.officer, at=story.at)
    type_in(told, draft, {"ACT03": 12})
    told.accept("north", {"ACT03": 12})
    assert rolled(told).rolled_up_at is not None, "the same number is no other number"
    type_in(told, draft, {"ACT04": 3})
    with pytest.raises(BadInput):
        rolled(told)


def test_nothing_is_begun_while_no_unit_is_accepted():
    told = make_unit_story()
    told.submit("north")
    with pytest.raises(Unmet):
        rolled(told)
    assert not told.story.expected_return.submissions.exists()


def test_an_agency_without_units_has_nothing_to_sum():
    story = make_story()
    draft = start_return(expected_return=story.expected_return, actor=story.officer, at=story.at)
    assert isinstance(refusal(draft, "roll_up", story.officer, at=story.at), WrongState)


def test_only_the_agencys_own_officers_sum():
    told = make_unit_story()
    story = told.story
    told.accept("north")
    draft = rolled(told)
    allowed = {
        name
        for name, person in {
            "officer": story.officer,
            "second": story.second_officer,
            "unit": told.officers["north"],
            "head": story.head,
            "planner": story.planner,
        }.items()
        if may(draft, "roll_up", person, at=story.at)
    }
    assert allowed == {"officer", "second"}
    with pytest.raises(NotFound):
        roll_up_return(expected_return=story.again(), actor=told.officers["north"], at=story.at)


def test_a_sent_back_sum_keeps_what_it_was_made_of():
    told = make_unit_story()
    story = told.story
    accepted = told.accept("north")
    submission = submit_return(submission=rolled(told), actor=story.officer, at=story.at)
    again = return_submission(submission=submission, comment="Look again", actor=story.head, at=story.at)
    assert list(again.unit_submissions.all()) == [accepted]
    assert again.rolled_up_at == submission.rolled_up_at


def test_only_the_agencys_return_is_counted_and_the_totals_hold():
    told = make_unit_story()
    story = told.story
    told.accept("north", {"ACT03": 5})
    told.accept("south", {"ACT03": 7})
    assert not Total.objects.exists()
    submission = submit_return(submission=rolled(told), actor=story.officer, at=story.at)
    accept_submission(submission=submission, actor=story.head, at=story.at)
    total = Total.objects.get(
        indicator__code="ACT03", category__breakdown=None, basis=Total.Basis.ACCEPTED, period=story.period
    )
    assert (total.value, total.returns) == (12, 1)
    assert totals.mismatches() == []


# --- who sees what ---


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
