"""One figure has one reading whatever door it comes by: a form, JSON, a table as CSV, the workbook of a return.

Each bad number of the list is refused at its cell by every door, stores nothing and says what would be right.
"""

import json
from collections.abc import Callable

import pytest
from django.urls import reverse

from operations.domain.import_rows import BadImport
from operations.domain.wording import in_language
from operations.models import Figure
from operations.workbooks.return_workbook_format import COLUMN
from operations.workbooks.return_workbook_reader import read_return_workbook
from tests.clients import signed_in
from tests.factories.imports import brought_file, table
from tests.factories.reporting import Story, make_draft, make_story
from tests.operations.api.callers import Caller
from tests.operations.workbooks.workbook_files import blank, edited

pytestmark = pytest.mark.django_db

COUNTS = {
    "a minus": ("-1", "0 or a positive number"),
    "a long minus": ("\u22121", "0 or a positive number"),
    "a plus": ("+5", "without a plus sign"),
    "a comma": ("1,234", "Write 1234 or 1 234"),
    "a point": ("1.234", "Write 1234 or 1 234"),
    "decimals": ("1 234,5", "1234 or 1 234"),
    "an underscore": ("1_000", "1234 or 1 234"),
    "Arabic digits": ("٣٤", "1234 or 1 234"),
    "a wide digit": ("３", "1234 or 1 234"),
    "a raised digit": ("²", "1234 or 1 234"),
    "a fraction": ("½", "1234 or 1 234"),
    "an exponent": ("1e3", "1234 or 1 234"),
    "a large exponent": ("1e308", "1234 or 1 234"),
    "not a number": ("NaN", "1234 or 1 234"),
    "infinity": ("Infinity", "1234 or 1 234"),
    "thirty digits": ("9" * 30, "the maximum is"),
    "five thousand digits": ("9" * 5000, "the maximum is"),
}
AMOUNTS = {
    "in three digits": ("1,234", "read in two ways"),
    "three decimals": ("1234,505", "two decimals"),
    "a sign": ("-5", "0 or a positive number"),
    "an exponent": ("1e3", "two decimals"),
}


@pytest.fixture
def story(monkeypatch) -> Story:
    story = make_story()
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.at)
    return story


def by_form(story: Story, code: str, text: str) -> str:
    draft = make_draft(story, rest=None)
    client = signed_in(story.officer)
    posted = {"revision": f"1.{draft.revision}", f"{code}.TOTAL": text}
    response = client.post(reverse("operations:return-save", args=[story.expected_return.pk]), posted)
    page = response.content.decode()
    assert response.status_code == 422
    assert f'value="{text}"' in page  # what was typed is kept
    return page.split(f'id="{code}.TOTAL-error">')[1].split("</span>")[0]


def by_json(story: Story, code: str, text: str) -> str:
    draft = make_draft(story, rest=None)
    body = {"figures": [{"indicator": code, "value": text}]}
    address = f"returns/{story.expected_return.pk}/figures/"
    answer = Caller(story.officer).send("PUT", address, body, if_match=f'"{draft.revision}"')
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["pointer"]) == (400, "/figures/0/value")
    return str(error["detail"])


def by_csv(story: Story, code: str, text: str) -> str:
    with in_language("en"), pytest.raises(BadImport) as refused:
        brought_file(story, "in.csv", table((code, "", f'"{text}"')))
    [conflict] = refused.value.conflicts
    assert (conflict.row, conflict.column) == (2, "value")
    with in_language("en"):
        return str(conflict.message)


def by_workbook(story: Story, code: str, text: str) -> str:
    def enter(sheet, rows) -> None:
        sheet.cell(row=rows[code], column=COLUMN["value"]).value = text

    with in_language("en"):
        found = read_return_workbook(edited(blank(story.expected_return), enter), story.expected_return)
        [fault] = found.faults
        assert not found.figures or fault.value
        return str(fault.message)


DOORS: dict[str, Callable[[Story, str, str], str]] = {
    "form": by_form,
    "JSON": by_json,
    "CSV": by_csv,
    "workbook": by_workbook,
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", COUNTS)
def test_a_bad_count_is_refused_with_what_would_be_right(story: Story, door: str, name: str):
    text, right = COUNTS[name]
    message = DOORS[door](story, "VIO01", text)
    assert ("JSON integer" if door == "JSON" else right) in message
    assert not Figure.objects.exists()


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", AMOUNTS)
def test_a_bad_amount_is_refused_with_what_would_be_right(story: Story, door: str, name: str):
    text, right = AMOUNTS[name]
    message = DOORS[door](story, "ADM04", text)
    assert ("JSON integer" if door == "JSON" else right) in message
    assert not Figure.objects.exists()


@pytest.mark.parametrize(
    ("raw", "right"),
    [("-1", "0 or a positive number"), ("1.5", "JSON integer"), ("true", "JSON integer"), ("1" + "0" * 30, "maximum")],
)
def test_a_bad_number_of_json_itself_is_refused_at_its_place(story: Story, raw: str, right: str):
    draft = make_draft(story, rest=None)
    body = {"figures": [{"indicator": "VIO01", "value": json.loads(raw)}]}
    address = f"returns/{story.expected_return.pk}/figures/"
    answer = Caller(story.officer).send("PUT", address, body, if_match=f'"{draft.revision}"')
    [error] = answer.json()["errors"]
    assert right in error["detail"]


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\u2009", "\u2007"])
def test_any_space_stands_between_thousands_at_the_doors_for_people(story: Story, space: str):
    text = f"1{space}234"
    draft = make_draft(story, rest=None)
    client = signed_in(story.officer)
    save = reverse("operations:return-save", args=[story.expected_return.pk])
    client.post(save, {"revision": f"1.{draft.revision}", "VIO01.TOTAL": text})
    assert Figure.objects.get().value == 1234
    client.post(save, {"revision": f"1.{draft.revision + 1}", "VIO01.TOTAL": ""})
    assert not Figure.objects.exists()  # an empty cell is not reported, and not a zero
    brought_file(story, "in.csv", table(("VIO01", "", f'"{text}"')))
    assert Figure.objects.get().value == 1234


@pytest.mark.parametrize(("language", "text"), [("ru", "1 234,50"), ("en", "1,234.50")])
def test_money_is_typed_in_the_way_of_the_readers_language(story: Story, language: str, text: str):
    draft = make_draft(story, rest=None)
    story.officer.language = language
    story.officer.save()
    client = signed_in(story.officer)
    save = reverse("operations:return-save", args=[story.expected_return.pk])
    response = client.post(save, {"revision": f"1.{draft.revision}", "ADM04.TOTAL": text})
    assert response.status_code == 302
    assert Figure.objects.get().value == 123_450
