"""Who may do what with a return in which state, as one literal table, and what each act leaves behind."""

import dataclasses
import datetime as dt

import pytest

from operations.domain.access import may, refusal
from operations.domain.errors import BadInput, NotAllowed, NotFound, Unmet, WrongState
from operations.domain.moments import moscow_moment
from operations.domain.reporting_calendar import came_before_the_end, is_running
from operations.domain.returns import (
    accept_submission,
    bulk_accept,
    correct_return,
    explain_breach,
    recall_submission,
    reopen_reported_return,
    return_submission,
    save_draft,
    start_return,
    submit_return,
)
from operations.domain.submission_workflow import RETURN, SUBMISSION
from operations.domain.wording import in_language
from operations.models import AuditEntry, Notice, PeriodKind, Submission
from tests.factories.operations import make_submission
from tests.factories.people import make_head, make_observer, make_officer
from tests.factories.reference import make_agency, make_unit
from tests.factories.reporting import cells, figures, make_draft, make_story, make_submitted

pytestmark = pytest.mark.django_db
Status = Submission.Status

# status → transition → who may, of the people below; everything not named here is refused
TABLE = {
    Status.DRAFT: {
        "save_draft": {"officer", "second_officer"},
        "explain_breach": {"officer", "second_officer"},
        "waive_breach": {"head"},
        "submit": {"officer", "second_officer"},
    },
    Status.SUBMITTED: {
        "recall": {"officer", "second_officer"},
        "accept": {"head"},
        "return": {"head"},
    },
    Status.RECALLED: {},
    Status.RETURNED: {},
    Status.ACCEPTED: {"correct": {"officer", "second_officer"}},
    Status.SUPERSEDED: {},
}


def people(story) -> dict:
    return {
        "officer": story.officer,
        "second_officer": story.second_officer,
        "stranger": make_officer(make_agency("BY")),
        "head": story.head,
        "other_head": make_head("BY"),
        "planner": story.planner,
        "hq_chair": story.hq_chair,
        "observer": make_observer(),
    }


@pytest.mark.parametrize("status", list(TABLE))
def test_the_table_of_who_may_do_what_is_exactly_this(status: str):
    story = make_story()
    submission = make_draft(story)
    Submission.objects.filter(pk=submission.pk).update(status=status)
    submission.refresh_from_db()
    everybody = people(story)
    for transition in SUBMISSION.names():
        allowed = {name for name, person in everybody.items() if may(submission, transition, person, at=story.at)}
        assert allowed == TABLE[status].get(transition, set()), transition


def test_a_return_is_started_by_its_officers_alone():
    story = make_story()
    for name, person in people(story).items():
        assert may(story.expected_return, "start", person, at=story.at) is (name in {"officer", "second_officer"}), name
    assert RETURN.names() == ["start", "reopen_period", "reopen"]


def test_a_rights_return_goes_to_the_headquarters_and_never_to_a_head():
    story = make_story(kind="rights_body")
    submission = make_submitted(story)
    assert may(submission, "accept", story.planner, at=story.at)
    assert not may(submission, "accept", story.head, at=story.at)
    with pytest.raises(NotFound):
        accept_submission(submission=submission, actor=story.head, at=story.at)


def test_a_units_return_is_accepted_by_another_officer_of_the_agency():
    story = make_story()
    unit = make_unit(story.agency)
    clerk = make_officer(story.agency, username="clerk", unit=unit)
    story.expected_return.unit = unit
    story.expected_return.save()
    draft = start_return(expected_return=story.expected_return, actor=clerk, at=story.at)
    draft = save_draft(submission=draft, figures=figures(story.expected_return), revision=1, actor=clerk, at=story.at)
    draft = save_draft(submission=draft, figures=[], revision=2, actor=story.second_officer, at=story.at)
    submission = submit_return(submission=draft, actor=clerk, at=story.at)
    assert may(submission, "accept", story.officer, at=story.at)
    assert not may(submission, "accept", story.second_officer, at=story.at), "he entered some of it"
    assert not may(submission, "accept", story.head, at=story.at)
    assert not may(submission, "accept", clerk, at=story.at)


def test_a_units_officer_does_not_enter_the_agencys_return():
    story = make_story()
    clerk = make_officer(story.agency, username="clerk", unit=make_unit(story.agency))
    with pytest.raises(NotFound):
        start_return(expected_return=story.expected_return, actor=clerk, at=story.at)


def test_whoever_entered_a_return_does_not_accept_it_even_as_head():
    story = make_story()
    head = make_officer(story.agency, username=story.head.username)
    submission = make_submission(story.expected_return, entered_by=head, status=Status.SUBMITTED)
    with pytest.raises(NotAllowed):
        accept_submission(submission=submission, actor=head, at=story.at)
    entry = AuditEntry.objects.latest("sequence")
    assert entry.act == "submission.accept.refused"


def test_a_return_of_another_state_is_not_there():
    story = make_story()
    submission = make_submitted(story)
    with pytest.raises(NotFound):
        accept_submission(submission=submission, actor=make_head("BY"), at=story.at)


def test_a_return_cannot_be_started_twice():
    story = make_story()
    make_draft(story)
    with pytest.raises(WrongState):
        start_return(expected_return=story.expected_return, actor=story.officer, at=story.at)


def test_a_recalled_return_goes_on_in_a_copy_and_is_timed_by_the_next_submission():
    story = make_story()
    submission = make_submitted(story, {"VIO01": 5, "VIO02": 5})
    assert story.again().first_submitted_at == story.at
    copy = recall_submission(submission=submission, actor=story.officer, at=story.at, reason="A slip")
    assert story.again().first_submitted_at is None
    assert (copy.number, copy.predecessor_id, copy.status) == (2, submission.pk, Status.DRAFT)
    assert cells(copy) == cells(submission)
    submit_return(submission=copy, actor=story.officer, at=story.late)
    assert story.again().first_submitted_at == story.late


def test_a_returned_return_stays_received_and_its_officer_is_told():
    story = make_story()
    submission = make_submitted(story)
    copy = return_submission(submission=submission, comment="The fines are too low", actor=story.head, at=story.late)
    submission.refresh_from_db()
    assert (submission.status, submission.decision_comment) == (Status.RETURNED, "The fines are too low")
    assert copy.entered_by == story.officer
    assert story.again().first_submitted_at == story.at
    assert Notice.objects.get().user == story.officer


def test_returning_needs_a_comment_without_personal_data():
    story = make_story()
    submission = make_submitted(story)
    for comment in ("", "   ", "см. паспорт № 4510 123456"):
        with pytest.raises(BadInput):
            return_submission(submission=submission, comment=comment, actor=story.head, at=story.at)


def test_a_correction_stands_beside_the_accepted_figures_until_it_is_accepted():
    story = make_story()
    accepted = accept_submission(submission=make_submitted(story), actor=story.head, at=story.at)
    draft = correct_return(
        expected_return=story.expected_return, reason="Found in the archive", actor=story.officer, at=story.closed
    )
    assert draft.is_correction
    with pytest.raises(WrongState):
        correct_return(expected_return=story.expected_return, reason="Again", actor=story.officer, at=story.closed)
    draft = save_draft(
        submission=draft,
        figures=figures(story.expected_return, {"ACT01": 9}, rest=None),
        revision=draft.revision,
        actor=story.officer,
        at=story.closed,
    )
    submit_return(submission=draft, actor=story.officer, at=story.closed)
    accepted.refresh_from_db()
    assert accepted.status == Status.ACCEPTED
    accept_submission(submission=draft, actor=story.head, at=story.closed)
    accepted.refresh_from_db()
    assert accepted.status == Status.SUPERSEDED
    assert cells(accepted)["ACT01.TOTAL"] == 0
    assert story.again().first_submitted_at == story.at


def test_what_a_report_used_is_reopened_by_the_headquarters_chair_first():
    story = make_story()
    accept_submission(submission=make_submitted(story), actor=story.head, at=story.at)
    expected_return = story.again()
    with pytest.raises(WrongState):
        reopen_reported_return(expected_return=expected_return, reason="Early", actor=story.hq_chair, at=story.late)
    expected_return.reported_at = story.late
    expected_return.save()
    with pytest.raises(WrongState) as refused:
        correct_return(expected_return=expected_return, reason="Found", actor=story.officer, at=story.closed)
    assert refused.value.code == "reported"
    with pytest.raises(NotAllowed):
        reopen_reported_return(expected_return=expected_return, reason="Found", actor=story.planner, at=story.closed)
    reopen_reported_return(expected_return=expected_return, reason="Found", actor=story.hq_chair, at=story.closed)
    assert correct_return(expected_return=story.again(), reason="Found", actor=story.officer, at=story.closed)


def test_the_responsible_officer_named_serves_the_agency():
    story = make_story()
    draft = make_draft(story)
    with pytest.raises(BadInput):
        submit_return(submission=draft, actor=story.officer, at=story.at, on_behalf_of=story.head)
    submission = submit_return(submission=draft, actor=story.officer, at=story.at, on_behalf_of=story.second_officer)
    assert (submission.submitted_by, submission.on_behalf_of) == (story.officer, story.second_officer)


def test_bulk_acceptance_takes_clean_returns_and_leaves_the_others():
    story = make_story()
    clean = make_submitted(story)
    other = make_story_beside(story)
    [first, second] = bulk_accept(submissions=[other, clean], actor=story.head, at=story.at)
    assert (first.submission.pk, first.refusal) == (clean.pk, None)
    assert second.refusal is not None
    other.refresh_from_db()
    assert other.status == Status.SUBMITTED


def sent_on(story, day: dt.date) -> Submission:
    """A return submitted at noon of the day, in Moscow; its period opened before."""
    story.period.opens_at = moscow_moment(day - dt.timedelta(days=1))
    story.period.save()
    return make_submitted(dataclasses.replace(story, expected_return=story.again()), at=moscow_moment(day, 12))


@pytest.mark.parametrize("kind", [PeriodKind.FINAL, PeriodKind.FOLLOW_UP])
@pytest.mark.parametrize(("days_before", "is_early"), [(1, True), (0, False)])
def test_a_return_sent_before_its_period_ended_is_decided_on_by_itself(kind: str, days_before: int, is_early: bool):
    story = make_story(period_kind=kind)
    early = sent_on(story, story.period.end_date - dt.timedelta(days=days_before))
    assert came_before_the_end(early) is is_early
    with in_language("en"):
        [decided] = bulk_accept(submissions=[early], actor=story.head, at=story.at)
        problems = [str(problem.message) for problem in decided.refusal.problems] if decided.refusal else []
    assert problems == (
        ["It was submitted before its period ended: open it and decide on it by itself."] if is_early else []
    )
    if is_early:  # the head may take it all the same, knowing
        assert accept_submission(submission=early, actor=story.head, at=story.at).status == Status.ACCEPTED


def test_a_situation_report_is_never_too_early():
    story = make_story(period_kind=PeriodKind.OPERATIONAL)
    assert not is_running(story.period, at=story.period.opens_at)


def make_story_beside(story) -> Submission:
    """A submitted return of another agency of the state, with an explained warning."""
    from tests.factories.operations import make_return

    agency = make_agency("RU", "border_service")
    officer = make_officer(agency)
    expected_return = make_return(story.period, agency)
    draft = start_return(expected_return=expected_return, actor=officer, at=story.at)
    draft = save_draft(
        submission=draft, figures=figures(expected_return, {"ADM01": 5}), revision=1, actor=officer, at=story.at
    )
    explain_breach(submission=draft, rule="R05", reason="Protocols of May", actor=officer, at=story.at)
    return submit_return(submission=draft, actor=officer, at=story.at)


def test_a_refusal_says_why_without_anybody_trying():
    story = make_story()
    draft = make_draft(story, {"CRM01": 5})
    refused = refusal(draft, "submit", story.officer, at=story.at)
    assert isinstance(refused, Unmet)
    assert "R01" in str(refused.problems[0].message)
