"""Filling a return: when it is open, what its figures and notes may be, and which breaches hold it up."""

import datetime as dt

import pytest
from django.utils import translation

from operations.domain.errors import BadInput, Stale, Unmet, WrongState
from operations.domain.returns import (
    accept_submission,
    explain_breach,
    nil_return,
    recall_submission,
    reopen_period,
    return_submission,
    save_draft,
    start_return,
    submit_return,
    waive_breach,
)
from operations.models import Breach, Submission
from tests.factories.reporting import cells, figures, make_draft, make_story, make_submitted, next_stage

pytestmark = pytest.mark.django_db


def test_nothing_is_entered_before_the_period_opens():
    story = make_story()
    early = story.period.opens_at - dt.timedelta(seconds=1)
    with pytest.raises(WrongState) as refused:
        start_return(expected_return=story.expected_return, actor=story.officer, at=early)
    assert refused.value.code == "period_not_open"


def test_late_entry_is_refused_with_the_way_to_ask_for_reopening():
    story = make_story()
    with pytest.raises(WrongState) as refused:
        start_return(expected_return=story.expected_return, actor=story.officer, at=story.closed)
    assert refused.value.code == "period_closed"
    with translation.override("en"):
        with pytest.raises(WrongState, match="Ask the International Headquarters to reopen it"):
            start_return(expected_return=story.expected_return, actor=story.officer, at=story.closed)
    reopen_period(
        period=story.period,
        agency=story.agency,
        expires_at=story.closed + dt.timedelta(days=2),
        reason="The line was down",
        actor=story.planner,
        at=story.closed,
    )
    start_return(expected_return=story.expected_return, actor=story.officer, at=story.closed)


def test_a_first_draft_is_not_submitted_after_closing_but_a_returned_one_is():
    story = make_story()
    draft = make_draft(story)
    with pytest.raises(WrongState):
        submit_return(submission=draft, actor=story.officer, at=story.closed)
    submission = submit_return(submission=draft, actor=story.officer, at=story.at)
    again = return_submission(submission=submission, comment="Check the fines", actor=story.head, at=story.closed)
    assert submit_return(submission=again, actor=story.officer, at=story.closed).status == Submission.Status.SUBMITTED


def test_a_reopening_ends_in_the_future_and_has_a_reason():
    story = make_story()
    with pytest.raises(BadInput) as refused:
        reopen_period(
            period=story.period,
            agency=story.agency,
            expires_at=story.closed,
            reason=" ",
            actor=story.planner,
            at=story.closed,
        )
    assert {problem.field for problem in refused.value.problems} == {"reason", "expires_at"}


def test_every_empty_cell_is_named_at_once():
    story = make_story()
    draft = start_return(expected_return=story.expected_return, actor=story.officer, at=story.at)
    draft = save_draft(
        submission=draft,
        figures=figures(story.expected_return, {"VIO01": 5}, rest=None),
        revision=draft.revision,
        actor=story.officer,
        at=story.at,
    )
    with pytest.raises(Unmet) as refused:
        submit_return(submission=draft, actor=story.officer, at=story.at)
    fields = {problem.field for problem in refused.value.problems}
    assert "VIO01.TOTAL" not in fields
    assert {"VIO02.TOTAL", "CRM01.TOTAL", "ACT01.TOTAL"} <= fields


def test_an_edit_of_an_older_revision_is_refused_and_changes_nothing():
    story = make_story()
    draft = make_draft(story, {"VIO01": 0})
    with pytest.raises(Stale) as refused:
        save_draft(
            submission=draft,
            figures=figures(story.expected_return, {"VIO01": 5}, rest=None),
            revision=draft.revision - 1,
            actor=story.second_officer,
            at=story.at,
        )
    assert refused.value.current.revision == draft.revision
    assert cells(draft)["VIO01.TOTAL"] == 0


def test_personal_data_in_a_note_is_refused_and_a_doubt_gives_way_to_a_reason():
    story = make_story()
    draft = make_draft(story)

    def save(note: str, **options):
        [figure] = figures(story.expected_return, {"VIO01": 0}, rest=None)
        noted = type(figure)(*figure.key, state=figure.state, value=0, note=note)
        return save_draft(submission=draft, figures=[noted], revision=None, actor=story.officer, at=story.at, **options)

    with pytest.raises(BadInput):
        save("паспорт серии АВ № 1234567")
    with pytest.raises(BadInput):
        save("Проверил Петров И. И.")
    assert save("Проверил Петров И. И.", screening_reason="An official of ours").revision == draft.revision + 1


def test_a_nil_return_is_complete():
    story = make_story()
    draft = start_return(expected_return=story.expected_return, actor=story.officer, at=story.at)
    draft = nil_return(submission=draft, revision=draft.revision, actor=story.officer, at=story.at)
    assert draft.is_nil
    assert set(cells(draft).values()) == {0}
    assert submit_return(submission=draft, actor=story.officer, at=story.at).status == Submission.Status.SUBMITTED


def test_a_nil_return_of_a_rights_body_leaves_the_median_without_meaning():
    story = make_story(kind="rights_body")
    draft = start_return(expected_return=story.expected_return, actor=story.officer, at=story.at)
    draft = nil_return(submission=draft, revision=draft.revision, actor=story.officer, at=story.at)
    assert cells(draft)["RGT05.TOTAL"] == "not_applicable"


def test_a_blocking_breach_waits_for_a_waiver_and_the_waiver_ends_when_the_figures_change():
    story = make_story()
    draft = make_draft(story, {"CRM01": 5})
    with pytest.raises(Unmet) as refused:
        submit_return(submission=draft, actor=story.officer, at=story.at)
    assert [problem.code for problem in refused.value.problems] == ["rule_broken"]
    with pytest.raises(BadInput):
        explain_breach(submission=draft, rule="R01", reason="They differ", actor=story.officer, at=story.at)
    breach = waive_breach(
        submission=draft, rule="R01", reason="Kinds come with the follow-up", actor=story.head, at=story.at
    )
    assert (breach.left_value, breach.right_value, breach.status) == (5, 0, Breach.Status.WAIVED)
    draft = save_draft(
        submission=draft,
        figures=figures(story.expected_return, {"CRM01": 6}, rest=None),
        revision=draft.revision,
        actor=story.officer,
        at=story.at,
    )
    breach.refresh_from_db()
    assert (breach.left_value, breach.status) == (6, Breach.Status.OPEN)
    waive_breach(submission=draft, rule="R01", reason="Still so", actor=story.head, at=story.at)
    assert submit_return(submission=draft, actor=story.officer, at=story.at).status == Submission.Status.SUBMITTED


def test_a_warning_wants_a_word_of_explanation_and_a_mended_breach_is_kept_as_fixed():
    story = make_story()
    draft = make_draft(story, {"ADM01": 5})
    with pytest.raises(Unmet) as refused:
        submit_return(submission=draft, actor=story.officer, at=story.at)
    assert [problem.code for problem in refused.value.problems] == ["rule_unexplained"]
    explain_breach(
        submission=draft, rule="R05", reason="Protocols of the month before", actor=story.officer, at=story.at
    )
    assert submit_return(submission=draft, actor=story.officer, at=story.at)
    again = recall_submission(submission=draft, actor=story.officer, at=story.at)
    assert again.breaches.get().status == Breach.Status.EXPLAINED
    save_draft(
        submission=again,
        figures=figures(story.expected_return, {"ADM01": 0}, rest=None),
        revision=again.revision,
        actor=story.officer,
        at=story.at,
    )
    assert again.breaches.get().status == Breach.Status.FIXED


def test_the_stage_before_is_what_a_rule_compares_with():
    story = make_story()
    accept_submission(submission=make_submitted(story, {"VIO01": 100, "VIO02": 100}), actor=story.head, at=story.at)
    second = next_stage(story)
    at = second.period.due_at - dt.timedelta(days=1)
    draft = start_return(expected_return=second, actor=story.officer, at=at)
    save_draft(
        submission=draft,
        figures=figures(second, {"VIO01": 9, "VIO02": 9}),
        revision=draft.revision,
        actor=story.officer,
        at=at,
    )
    breach = draft.breaches.get()
    assert (breach.rule.code, breach.left_value, breach.right_value) == ("R17", 9, 10)
