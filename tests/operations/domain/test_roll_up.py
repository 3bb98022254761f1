"""Summing units' returns into the agency's: what a sum says, what is left out, and what a second summing may change."""

import json

import pytest

from operations.domain import totals
from operations.domain.access import may, refusal
from operations.domain.errors import BadInput, NotFound, Unmet, WrongState
from operations.domain.return_layout import layout_of
from operations.domain.returns import (
    accept_submission,
    correct_return,
    return_submission,
    roll_up_return,
    save_draft,
    start_return,
    submit_return,
)
from operations.domain.roll_up import summing
from operations.domain.unit_returns import rolled_up
from operations.models import AuditEntry, CellState, Indicator, Submission, Total
from tests.factories.reporting import cells, figures, make_story
from tests.factories.units import UnitStory, make_unit_story

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
