"""Timeliness at the boundary second, in a real browser in eleven time zones whose clocks go ten minutes wrong.

The server's clock alone decides: the page's is ahead when the return is in time, and behind when it is late.
"""

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, expect

from operations.domain.reporting_calendar import is_timely
from operations.domain.returns import start_return
from operations.models import Return
from tests.browser import listen
from tests.factories.operations import make_return
from tests.factories.people import make_officer
from tests.factories.reference import make_agency
from tests.factories.reporting import Story, make_story
from tests.journeys.pages import press, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

#: From UTC+2 to UTC+12, one for each hour.
ZONES = (
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Asia/Yerevan",
    "Asia/Almaty",
    "Asia/Bishkek",
    "Asia/Novosibirsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
)
SECOND, WRONG = dt.timedelta(seconds=1), dt.timedelta(minutes=10)


class Clock:
    """The server's clock, which stands where the test puts it."""

    def __init__(self, moment: dt.datetime) -> None:
        self.moment = moment

    def __call__(self) -> dt.datetime:
        return self.moment


@pytest.fixture
def story(reference) -> Story:
    """The period falls due in a minute of the present, so that cookies and sessions hold."""
    story = make_story()
    due = dt.datetime.now(dt.UTC).replace(microsecond=0)
    moments = {"due_at": due, "closes_at": due + dt.timedelta(days=10)}
    type(story.period).objects.filter(pk=story.period.pk).update(opens_at=due - dt.timedelta(days=5), **moments)
    Return.objects.update(**moments)
    story.period.refresh_from_db()
    return story


@pytest.fixture
def clock(story: Story, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(story.period.due_at)
    monkeypatch.setattr("django.utils.timezone.now", clock)
    return clock


def test_the_zones_are_eleven_hours_from_west_to_east():
    at = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    hours = [at.astimezone(ZoneInfo(zone)).utcoffset() for zone in ZONES]
    assert hours == [dt.timedelta(hours=hour) for hour in range(2, 13)]


@pytest.mark.parametrize("zone", ZONES)
def test_the_boundary_second_is_in_time_and_the_next_is_late_whatever_the_browsers_clock_says(
    zone: str, story: Story, clock: Clock, live_server, new_context: Callable[..., BrowserContext]
):
    due = story.period.due_at
    late = make_return(story.period, make_agency("KZ"), due_at=due, closes_at=story.period.closes_at)
    for owed, officer, shift, wrong, timely in (
        (story.expected_return, story.officer, 0 * SECOND, WRONG, True),
        (late, make_officer(late.agency), SECOND, -WRONG, False),
    ):
        officer.time_zone = zone
        officer.save()
        start_return(expected_return=owed, actor=officer, at=due - dt.timedelta(days=1))
        clock.moment = due + shift
        page = new_context(timezone_id=zone).new_page()
        heard = listen(page)
        page.clock.install(time=due + shift + wrong)
        sign_in(page, officer.username)
        page.goto(f"/returns/{owed.pk}/")
        there = due.astimezone(ZoneInfo(zone))
        moscow = due.astimezone(ZoneInfo("Europe/Moscow"))
        expect(page.locator("main")).to_contain_text(f"{there:%H:%M}")
        expect(page.locator("main")).to_contain_text(f"{moscow:%H:%M}")
        press(page, "Nil return: nothing to report")
        owed.refresh_from_db()
        assert owed.first_submitted_at == due + shift
        assert is_timely(owed) is timely
        expect(page.locator("main")).to_contain_text("On time" if timely else "Late")
        assert heard == []
