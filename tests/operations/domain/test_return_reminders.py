"""Reminders of returns and the headquarters' digest: to whom, when, and nobody twice."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from celery import current_app
from django.conf import settings as site
from django.core import mail
from django.db import close_old_connections
from django.utils import timezone

from operations.domain.moments import moscow_moment
from operations.domain.overdue_waiting import ALL_STATES
from operations.domain.period_adjustments import adjust_period
from operations.domain.return_reminders import ONE_DAY, OVERDUE, SEVEN_DAYS, remind_of_returns
from operations.domain.returns import return_submission, submit_return
from operations.domain.returns_digest import TOPIC, digest, digest_text, send_digests
from operations.domain.waiting import waiting_for
from operations.domain.wording import in_language
from operations.models import Membership, Notice, OutboxMessage, Participation, PeriodKind, ReportingPeriod, Return
from tests.factories.operations import make_period, make_return
from tests.factories.people import make_head, make_officer
from tests.factories.reference import make_agency
from tests.factories.reporting import Story, make_draft, make_story, make_submitted
from tests.factories.units import make_unit_story

pytestmark = pytest.mark.django_db
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


@pytest.fixture
def story(reference) -> Story:
    return make_story()


def told(kind: str) -> list[str]:
    """Who was told of a kind of reminder, as often as they were."""
    rows = Notice.objects.filter(topic__startswith=kind).order_by("user__username")
    return list(rows.values_list("user__username", flat=True))


def officers(story: Story) -> list[str]:
    return sorted([story.officer.username, story.second_officer.username])


# --- reminders ---


def test_officers_are_reminded_seven_days_and_one_day_before_and_once_each_however_often_the_clock_asks(story: Story):
    due = story.period.due_at
    moment, written = due - 9 * DAY, []
    while moment < due:
        written.append(remind_of_returns(at=moment))
        moment += 6 * HOUR
    assert sum(written) == 4
    assert told(SEVEN_DAYS) == told(ONE_DAY) == officers(story)
    first = Notice.objects.filter(topic__startswith=SEVEN_DAYS).earliest("created_at")
    assert (due.date() - first.created_at.astimezone(due.tzinfo).date()).days == 7
    assert first.address == f"/returns/{story.expected_return.pk}/"
    assert OutboxMessage.objects.filter(topic="notice").count() == 4


def test_a_reminder_says_in_both_languages_what_is_due_and_when_by_moscows_clock(story: Story):
    remind_of_returns(at=story.period.due_at - 7 * DAY)
    notice = Notice.objects.filter(user=story.officer).get()
    assert "Срок представления" in notice.subject_ru and "18:00" in notice.subject_ru
    assert notice.subject_en.startswith("Due ") and "18:00" in notice.subject_en
    assert notice.subject_ru.endswith(story.operation.title_ru) and notice.subject_en.endswith(story.operation.title_en)


@pytest.mark.parametrize(
    ("before", "russian", "english"), [(DAY, "Завтра", "Due tomorrow"), (HOUR, "Сегодня", "Due today")]
)
def test_the_last_reminder_names_the_day_on_which_it_is_written(story: Story, before, russian: str, english: str):
    remind_of_returns(at=story.period.due_at - before)
    notice = Notice.objects.filter(user=story.officer).get()
    assert notice.subject_ru.startswith(russian) and notice.subject_en.startswith(english)


def test_what_is_overdue_is_told_to_the_officers_and_the_head_and_to_nobody_of_another_state(story: Story):
    make_head("KZ")
    for hours in (1, 2, 30, 60):
        remind_of_returns(at=story.period.due_at + hours * HOUR)
    assert told(OVERDUE) == sorted([*officers(story), story.head.username])
    of_head = Notice.objects.get(user=story.head)
    assert of_head.address == f"/operations/illegal-2026/returns/?period={story.period.code}&state=RU"


def test_the_head_gets_one_notice_for_all_that_a_state_owes_for_a_period(story: Story):
    other = make_agency("RU", "border_service")
    make_return(story.period, other)
    make_officer(other)
    remind_of_returns(at=story.late)
    assert Notice.objects.filter(user=story.head).count() == 1
    assert "2 returns" in Notice.objects.get(user=story.head).subject_en


def test_a_return_of_a_rights_body_is_told_to_the_headquarters_and_never_to_a_national_head(reference):
    story = make_story(kind="rights_body")
    remind_of_returns(at=story.late)
    assert story.head.username not in told(OVERDUE)
    assert told(OVERDUE) == sorted([*officers(story), story.planner.username])
    assert [item.kind for item in waiting_for(story.head, at=story.late) if "overdue" in item.kind] == []


def test_nobody_is_reminded_of_what_was_submitted_or_has_closed_or_is_owed_by_nobody(story: Story):
    assert remind_of_returns(at=story.closed) == 0
    absent = Participation.objects.filter(state=story.agency.state)
    absent.update(takes_part=False, absence_reason_ru="Не участвует", absence_reason_en="Does not take part")
    assert remind_of_returns(at=story.late) == 0
    absent.update(takes_part=True, absence_reason_ru="", absence_reason_en="")
    make_submitted(story)
    assert remind_of_returns(at=story.late) == 0


def test_a_deadline_that_is_moved_brings_its_own_reminders(story: Story):
    due = story.period.due_at
    at = due - DAY
    assert remind_of_returns(at=at) == 2
    moments = {
        "opens_at": story.period.opens_at,
        "due_at": due + 20 * DAY,
        "closes_at": story.period.closes_at + 20 * DAY,
    }
    adjust_period(period=story.period, moments=moments, reason="The stage was long", actor=story.planner, at=at)
    Notice.objects.exclude(topic__startswith="return.due").delete()
    assert remind_of_returns(at=at) == 0
    assert [remind_of_returns(at=due + days * DAY) for days in (12, 13, 14, 19, 20)] == [0, 2, 0, 2, 0]
    assert len(told(ONE_DAY)) == 4


def test_a_situation_report_has_the_reminder_of_one_day_only(reference):
    story = make_story(period_kind=PeriodKind.OPERATIONAL)
    due = moscow_moment(story.period.end_date + DAY, 10)
    moments = {"opens_at": due - DAY, "due_at": due, "closes_at": due + 10 * DAY}
    ReportingPeriod.objects.update(**moments)
    Return.objects.update(due_at=due, closes_at=moments["closes_at"])
    for hours in range(0, 24, 3):
        remind_of_returns(at=due - DAY + hours * HOUR)
    assert told(SEVEN_DAYS) == []
    assert told(ONE_DAY) == officers(story)


def test_who_left_the_office_or_cannot_sign_in_is_not_reminded(story: Story):
    Membership.objects.filter(user=story.officer).update(until_date=story.period.due_at.date() - 30 * DAY)
    story.second_officer.is_active = False
    story.second_officer.save()
    assert remind_of_returns(at=story.period.due_at - DAY) == 0


def test_the_return_of_a_unit_concerns_its_own_officers_and_no_head(reference):
    story = make_unit_story("north")
    remind_of_returns(at=story.story.late)
    own = Notice.objects.filter(address=f"/returns/{story.owed('north').pk}/")
    assert [notice.user for notice in own] == [story.officers["north"]]
    assert Notice.objects.filter(user=story.story.head).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clocks_that_ask_at_once_tell_nobody_twice(reference):
    story = make_story()
    written, failures = [], []

    def ask() -> None:
        try:
            written.append(remind_of_returns(at=story.late))
        except Exception as error:
            failures.append(error)
        finally:
            close_old_connections()

    threads = [threading.Thread(target=ask) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sum(written) == 3
    assert Notice.objects.count() == 3


# --- what waits for people ---


def test_overdue_returns_stand_in_the_work_of_the_head_and_lead_the_headquarters_to_the_digest(story: Story):
    late = story.late

    def overdue(user) -> list[tuple[str, str]]:
        user.__dict__.pop("_standing", None)
        with in_language("ru"):
            return [(item.kind, str(item.detail)) for item in waiting_for(user, at=late) if "overdue" in item.kind]

    assert overdue(story.head) == [("return.overdue", "Просрочено 1 донесение")]
    assert overdue(story.planner) == [(ALL_STATES, "Просрочено 1 донесение")]
    assert overdue(make_head("KZ")) == []


# --- the digest ---


def digests() -> list[str]:
    return told(TOPIC)


def test_the_headquarters_are_told_once_a_day_and_again_on_the_next(story: Story):
    at = story.period.due_at - 3 * DAY
    assert [send_digests(at=at), send_digests(at=at + 3 * HOUR), send_digests(at=at + DAY)] == [2, 0, 2]
    assert digests() == sorted([story.planner.username, story.hq_chair.username] * 2)
    assert "due within 7 days 1" in Notice.objects.filter(topic__startswith=TOPIC).first().subject_en


def test_there_is_no_digest_of_nothing(story: Story):
    assert send_digests(at=story.period.due_at - 20 * DAY) == 0


def test_each_return_is_in_one_part_of_the_digest_by_where_it_stands(story: Story):
    stage = story.period.stage
    at = story.late
    kinds = ("border_service", "migration_authority", "state_security")
    waiting, sent_back, accepted = (make_return(story.period, make_agency("RU", kind)) for kind in kinds)
    due = make_return(make_period(stage, PeriodKind.FOLLOW_UP), make_agency("KZ"), due_at=at + 2 * DAY)
    for row in (waiting, sent_back, accepted):
        officer = make_officer(row.agency)
        own = Story(**{**vars(story), "expected_return": row, "officer": officer})
        submitted = submit_return(submission=make_draft(own), actor=officer, at=story.at)
        if row == sent_back:
            return_submission(submission=submitted, comment="Count again", actor=story.head, at=story.at)
        if row == accepted:
            submitted.status = submitted.Status.ACCEPTED
            submitted.save()
    found = {line.state.code: line for line in digest(story.operation, at=at)}
    assert found["RU"].overdue == [story.expected_return]
    assert (found["RU"].waiting, found["RU"].returned) == ([waiting], [sent_back])
    assert (found["KZ"].due, found["KZ"].overdue) == ([due], [])


def test_what_was_not_sent_before_its_period_closed_stays_in_the_digest_and_is_no_news_by_itself(story: Story):
    closed = story.period.closes_at + DAY
    (line,) = digest(story.operation, at=closed)
    assert (line.missing, line.overdue) == ([story.expected_return], [])
    assert send_digests(at=closed) == 0
    soon = {"due_at": closed + DAY, "closes_at": closed + 9 * DAY}
    due = make_return(make_period(story.period.stage, PeriodKind.FOLLOW_UP), make_agency("KZ"), **soon)
    assert send_digests(at=closed) == 2
    assert digest_text(story.operation, language="en", at=closed).splitlines() == [
        f"{due.agency.state.short_en}: due within 7 days 1",
        "Russia: closed without a return 1",
    ]


def test_a_situation_report_that_was_never_sent_is_history_once_its_day_has_closed(story: Story):
    ReportingPeriod.objects.update(kind=PeriodKind.OPERATIONAL)
    assert digest(story.operation, at=story.period.closes_at + DAY) == []


def test_the_letter_names_each_state_in_the_readers_language(story: Story):
    assert digest_text(story.operation, language="en", at=story.late) == "Russia: overdue 1"
    assert digest_text(story.operation, language="ru", at=story.late) == "Россия: просрочено — 1"


# --- how they leave the house ---


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not what() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert what()


@pytest.mark.django_db(transaction=True)
def test_the_embedded_worker_sends_reminders_and_the_digest_as_letters_in_the_readers_language(
    reference, background_work
):
    story = make_story()
    now = timezone.now()
    ReportingPeriod.objects.update(opens_at=now - 9 * DAY, due_at=now - HOUR, closes_at=now + 9 * DAY)
    Return.objects.update(due_at=now - HOUR, closes_at=now + 9 * DAY)
    for user, language in ((story.head, "ru"), (story.planner, "en"), (story.hq_chair, "ru")):
        user.email, user.language = f"{user.username}@example.org", language
        user.save()
    assert remind_of_returns(at=now) == 3
    assert send_digests(at=now) == 2
    wait_for(lambda: len(mail.outbox) == 3)
    letters = {letter.to[0].partition("@")[0]: letter for letter in mail.outbox}
    assert letters["head-ru"].subject.startswith("Срок истёк")
    assert letters["planner"].subject.startswith("Returns on ")
    assert "Russia: overdue 1" in letters["planner"].body
    assert letters["hq-chair"].subject.startswith("Сводка по донесениям на ")
    assert "Россия: просрочено — 1" in letters["hq-chair"].body
    assert f"{site.SITE_ADDRESS}/operations/illegal-2026/returns/digest/" in letters["planner"].body


def test_everything_on_the_schedule_is_known_to_the_worker():
    assert {entry["task"] for entry in site.CELERY_BEAT_SCHEDULE.values()} <= set(current_app.tasks)
    assert {"operations.remind_of_returns", "operations.send_digests"} <= {
        entry["task"] for entry in site.CELERY_BEAT_SCHEDULE.values()
    }


@pytest.fixture
def hasty_clock() -> Iterator[None]:
    """The entries of the schedule that concern returns, every second instead of at their hours."""
    schedule = current_app.conf.beat_schedule
    current_app.conf.beat_schedule = {
        name: {**schedule[name], "schedule": 1.0} for name in ("remind-returns", "digest")
    }
    yield
    current_app.conf.beat_schedule = schedule


@pytest.mark.django_db(transaction=True)
def test_the_clock_inside_the_process_reminds_by_itself_and_nobody_twice(reference, hasty_clock, request):
    make_story()
    now = timezone.now()
    ReportingPeriod.objects.update(opens_at=now - 9 * DAY, due_at=now - HOUR, closes_at=now + 9 * DAY)
    Return.objects.update(due_at=now - HOUR, closes_at=now + 9 * DAY)
    request.getfixturevalue("background_work")
    wait_for(lambda: Notice.objects.count() == 5)
    time.sleep(3)
    assert Notice.objects.count() == 5
