"""The calendar feed as a calendar program and its owner see it."""

import datetime as dt
import re

import icalendar
import pytest
from django.test import Client
from django.urls import reverse

from tests.clients import signed_in
from tests.factories.people import Cast
from tests.factories.plans import approved_plan
from tests.factories.reference import make_agency

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(cast: Cast) -> str:
    """The path that the planner was given."""
    make_agency("RU")
    approved_plan(cast)
    answer = signed_in(cast.planner).post(reverse("operations:calendar"), {"act": "open"})
    assert answer.headers["Cache-Control"] == "no-store"
    return re.search(r"/calendar/[\w-]+\.ics", answer.content.decode()).group()


def read(address: str) -> icalendar.Calendar:
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    return icalendar.Calendar.from_ical(answer.content)


def test_the_feed_is_read_without_a_sign_in_and_holds_stages_and_deadlines(address: str):
    events = {str(event["uid"]).split("-")[0]: event for event in read(address).walk("VEVENT")}
    assert {"stage", "period", "meeting"} <= set(events)
    assert isinstance(events["stage"]["dtstart"].dt, dt.date)
    assert events["stage"]["dtend"].dt - events["stage"]["dtstart"].dt == dt.timedelta(days=10)
    assert events["period"]["dtstart"].dt.tzinfo is not None


def test_the_same_entries_keep_their_names(address: str):
    first, second = ([str(event["uid"]) for event in read(address).walk("VEVENT")] for _time in range(2))
    assert first == second
    assert len(set(first)) == len(first)


@pytest.mark.parametrize(("language", "word"), [("ru", "Нелегал"), ("en", "Illegal")])
def test_the_feed_speaks_its_owners_language_whatever_the_program_asks_for(
    address: str, cast: Cast, language: str, word: str
):
    cast.planner.language = language
    cast.planner.save()
    answer = Client(headers={"accept-language": "en" if language == "ru" else "ru"}).get(address)
    titles = [str(event["summary"]) for event in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")]
    assert any(word in title for title in titles)


def test_a_revoked_feed_looks_like_one_that_never_was(address: str, cast: Cast):
    assert signed_in(cast.planner).post(reverse("operations:calendar"), {"act": "revoke"}).status_code == 302
    gone, never = Client().get(address), Client().get("/calendar/nobody.ics")
    assert (gone.status_code, never.status_code) == (404, 404)
    assert bare(gone.content, address) == bare(never.content, "/calendar/nobody.ics")


def bare(page: bytes, address: str) -> bytes:
    """A page without its own address and the token against forgery."""
    page = page.replace(address.encode(), b"")
    return re.sub(rb'csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"', b"", page)


def test_the_address_is_shown_once(address: str, client: Client):
    page = client.get(reverse("operations:calendar")).content.decode()
    assert address not in page
    assert ".ics" not in page
