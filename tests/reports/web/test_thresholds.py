"""The chair of the headquarters enters what the Council decided on small numbers; everybody reads what holds."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from operations.domain.moments import moscow_date
from operations.models import AgendaItem, Decision
from reports.domain.disclosure_thresholds import thresholds_on
from reports.models import DisclosureThresholds
from tests.clients import signed_in
from tests.factories.operations import make_meeting
from tests.factories.people import make_hq_chair, make_observer

pytestmark = pytest.mark.django_db
NEW = "/disclosure-control/new/"
GIVEN = {
    "reference_ru": "Решение Совета от 1 июня",
    "reference_en": "Decision of 1 June",
    "decision": "",
    "method": "suppression",
    "fine_cell": "6",
    "citizenship_cell": "12",
    "rounding_base": "5",
}


def today() -> dt.date:
    return moscow_date(timezone.now())


@pytest.fixture
def chair(reference) -> Client:
    return signed_in(make_hq_chair())


def test_what_the_council_decided_holds_from_its_day_and_is_shown_with_the_decision(chair):
    meeting = make_meeting(body="COUNCIL")
    item = AgendaItem.objects.create(meeting=meeting, position=1, title_ru="О публикации")
    decision = Decision.objects.create(item=item, position=1, text_ru="Установить пороги")
    answer = chair.post(NEW, {**GIVEN, "effective_from": today().isoformat(), "decision": decision.pk})
    assert answer.status_code == 302
    row = DisclosureThresholds.objects.get()
    assert (row.decision, row.fine_cell, thresholds_on(today()).limits.citizenship_cell) == (decision, 6, 12)
    page = chair.get(answer["Location"]).content.decode()
    assert f'href="/meetings/{meeting.pk}/"' in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"fine_cell": "2"}, "fine_cell"),
        ({"fine_cell": "пять"}, "fine_cell"),
        ({"citizenship_cell": "5"}, "citizenship_cell"),
        ({"effective_from": "2020-01-01"}, "effective_from"),
        ({"effective_from": "30.02.2027"}, "effective_from"),
        ({"method": "guess"}, "method"),
        ({"reference_en": " "}, "reference_en"),
        ({"decision": "999999"}, "decision"),
    ],
)
def test_what_protects_nothing_or_reaches_back_is_refused_at_its_field_and_kept(chair, wrong: dict, field: str):
    page = chair.post(NEW, {**GIVEN, "effective_from": today().isoformat(), **wrong})
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert "Решение Совета от 1 июня" in page.content.decode()
    assert not DisclosureThresholds.objects.exists()


def test_everybody_reads_that_the_methodology_holds_while_there_is_no_decision(reference):
    client = signed_in(make_observer())
    page = client.get("/disclosure-control/")
    assert page.status_code == 200
    assert page.context["in_force"].limits.fine_cell == 5
    assert client.get(NEW).status_code == 403


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "a base of 5 rounds to multiples of 10, and to multiples of 15 all numbers, small or not"),
        ("ru", "с основанием 5 числа округляются до кратных 10, а во всякой части публикации"),
    ],
)
def test_everybody_reads_what_a_base_is_widened_to_by_the_thresholds(chair, language: str, words: str):
    DisclosureThresholds.objects.create(
        effective_from=today(),
        reference_ru="Решение",
        reference_en="Decision",
        method="rounding",
        fine_cell=6,
        citizenship_cell=12,
        entered_by=make_hq_chair(),
        entered_at=timezone.now(),
    )
    reader = make_observer()
    reader.language = language
    reader.save(update_fields=["language"])
    page = signed_in(reader).get("/disclosure-control/").content.decode()
    assert words in " ".join(page.replace("\xa0", " ").split())
