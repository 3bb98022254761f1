"""Expected, received, timely, covered: counted as the design says, to the second."""

import datetime as dt

import pytest

from operations.domain.completeness import (
    completeness,
    completeness_by,
    completeness_by_state,
    last_statuses,
    return_status,
)
from operations.domain.reporting_calendar import delay, is_timely
from operations.domain.returns import accept_submission, recall_submission, return_submission, submit_return
from operations.models import PeriodKind, Return
from tests.factories.operations import make_return
from tests.factories.reference import make_agency
from tests.factories.reporting import make_draft, make_story, make_submitted

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("shift", "timely", "days"),
    [(-SECOND, True, 0), (SECOND * 0, True, 0), (SECOND, False, 0), (dt.timedelta(hours=6), False, 1)],
)
def test_a_return_is_timely_to_the_second_of_the_servers_clock(shift: dt.timedelta, timely: bool, days: int):
    story = make_story()
    make_submitted(story, at=story.period.due_at + shift)  # due at 18:00 in Moscow
    assert is_timely(story.again()) is timely
    assert delay(story.again()) == days


def test_days_late_are_counted_by_moscows_dates():
    story = make_story()
    make_submitted(story, at=story.period.due_at + dt.timedelta(days=2, hours=3))
    assert delay(story.again()) == 2


def test_a_situation_report_is_late_by_hours():
    story = make_story(period_kind=PeriodKind.OPERATIONAL)
    make_submitted(story, at=story.period.due_at + dt.timedelta(minutes=61))
    assert delay(story.again()) == 2


@pytest.mark.parametrize("hours", range(2, 13))
def test_timeliness_does_not_depend_on_the_zone_in_which_a_moment_is_written(hours: int):
    story = make_story()
    zone = dt.timezone(dt.timedelta(hours=hours))
    make_submitted(story, at=story.period.due_at.astimezone(zone))
    assert is_timely(story.again())


def test_nothing_is_expected_before_it_is_due():
    story = make_story()
    assert completeness(story.operation, at=story.at).expected == 0
    measures = completeness(story.operation, at=story.late)
    assert (measures.expected, measures.received, measures.missing) == (1, 0, 1)


def test_a_resubmission_is_shown_apart_and_a_recalled_one_does_not_count():
    story = make_story()
    submission = make_submitted(story)
    copy = recall_submission(submission=submission, actor=story.officer, at=story.at)
    assert completeness(story.operation, at=story.late).received == 0
    submission = submit_return(submission=copy, actor=story.officer, at=story.at)
    assert completeness(story.operation, at=story.late).resubmitted == 0
    copy = return_submission(submission=submission, comment="Look again", actor=story.head, at=story.late)
    submit_return(submission=copy, actor=story.officer, at=story.late)
    measures = completeness(story.operation, at=story.late)
    assert (measures.received, measures.timely, measures.resubmitted) == (1, 1, 1)


def test_not_available_fills_the_status_and_not_the_coverage():
    story = make_story()
    make_submitted(story, {"ACT01": "not_available", "ACT02": "not_applicable", "ACT03": "withheld"})
    measures = completeness(story.operation, at=story.late)
    assert measures.required - measures.filled == 2
    assert measures.status_filled == measures.required


def test_states_that_do_not_take_part_are_not_waited_for():
    story = make_story()
    story.operation.participations.filter(state__code="RU").update(takes_part=False, absence_reason_ru="Не участвует")
    assert completeness(story.operation, at=story.late).expected == 0


def test_measures_by_state_and_by_agency_agree():
    story = make_story()
    border = make_agency("RU", "border_service")
    make_return(story.period, border)
    accept_submission(submission=make_submitted(story), actor=story.head, at=story.at)
    by_state = completeness_by_state(story.operation, at=story.late)
    assert len(by_state) == 6
    russia = next(measures for state, measures in by_state.items() if state.code == "RU")
    assert (russia.expected, russia.received, russia.timely, russia.accepted) == (2, 1, 1, 1)
    by_agency = completeness_by(story.operation, lambda row: row.agency.code, at=story.late)
    assert by_agency["ru-border-service"].missing == 1


def test_a_draft_a_recalled_and_a_returned_one_have_their_own_signs():
    story = make_story()

    def sign() -> str:
        last = last_statuses(Return.objects.all())
        return return_status(story.again(), last.get(story.expected_return.pk), at=story.at)

    assert sign() == "due"
    draft = make_draft(story)
    assert sign() == "draft"
    submission = submit_return(submission=draft, actor=story.officer, at=story.at)
    assert sign() == "on_time"
    copy = recall_submission(submission=submission, actor=story.officer, at=story.at)
    assert sign() == "recalled"
    submission = submit_return(submission=copy, actor=story.officer, at=story.at)
    return_submission(submission=submission, comment="Look again", actor=story.head, at=story.at)
    assert sign() == "returned"


def test_the_measures_take_a_constant_number_of_queries(django_assert_max_num_queries):
    story = make_story()
    for state in ("RU", "BY", "KZ", "AM"):
        for kind in ("border_service", "state_security", "migration_authority"):
            make_return(story.period, make_agency(state, kind))
    assert Return.objects.count() == 13
    with django_assert_max_num_queries(5):
        completeness_by(story.operation, lambda row: row.agency.state_id, at=story.late)
