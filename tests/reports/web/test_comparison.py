"""The page of the comparison and its files, and what a wrong address is answered."""

import csv
import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from operations.models import Operation
from tests.clients import signed_in
from tests.factories.people import Cast
from tests.factories.reports import make_results

pytestmark = pytest.mark.django_db
PAGE = reverse("reports:comparison", args=["illegal-2027"])


@pytest.fixture
def reader(cast: Cast) -> Client:
    make_results(2026, states=("AM", "RU"), values={"VIO01": 10})
    make_results(2027, values={"VIO01": 12})
    return signed_in(cast.heads["KZ"])


def shown(answer) -> str:
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def test_the_page_compares_with_the_year_before_and_flags_what_differs(reader: Client):
    text = shown(reader.get(PAGE))
    assert "2027 beside 2026" in text and "2026 (year before)" in text
    assert "the reporting states differ" in text
    assert "6 of 6" in text and "2 of 6" in text


def test_a_historical_year_opens_its_sources(reader: Client):
    text = shown(reader.get(f"{PAGE}?with=illegal-2018"))
    assert "published figures, as their sources state them" in text
    assert "/history/F" in text


def test_the_files_hold_what_the_page_shows(reader: Client):
    query = "?with=illegal-2026&group=violations"
    answer = reader.get(f"{reverse('reports:comparison-file', args=['illegal-2027', 'csv'])}{query}")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    line = next(one for one in lines if one["Code"] == "VIO01")
    assert (line["2027"], line["2026"], line["±"]) == ("756", "90", "666")
    assert line["To note"] == "the reporting states differ"
    answer = reader.get(f"{reverse('reports:comparison-file', args=['illegal-2027', 'xlsx'])}{query}")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert len(list(sheet.iter_rows())) == len(lines) + 1
    assert "Origin" not in line
    Operation.objects.filter(slug="illegal-2027").update(is_demonstration=True)
    marked = reader.get(f"{reverse('reports:comparison-file', args=['illegal-2027', 'csv'])}{query}")
    for line in csv.DictReader(io.StringIO(marked.content.decode("utf-8-sig")), delimiter=";"):
        assert line["Origin"] == "Demonstration data"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("with=illegal-1999", "On offer: illegal-2027, illegal-2026"),
        ("stage=9", "On offer: 1, 2"),
        ("with_stage=%00", "is not among the values"),
        ("state=XX", "On offer: AM, BY"),
        ("ordering=value", "There is no parameter"),
        ("state=AM&state=BY", "may be said once"),
    ],
)
def test_a_wrong_address_says_what_is_on_offer(reader: Client, query: str, words: str):
    answer = reader.get(f"{PAGE}?{query}")
    assert answer.status_code == 400
    assert words in shown(answer)
    assert reader.get(f"{reverse('reports:comparison-file', args=['illegal-2027', 'csv'])}?{query}").status_code == 400


def test_a_form_sent_with_open_choices_leads_to_an_address_without_them(reader: Client):
    assert reader.get(f"{PAGE}?with=illegal-2026&stage=&state=").url == f"{PAGE}?with=illegal-2026"
