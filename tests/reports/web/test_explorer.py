"""The explorer at its addresses: what a page shows, its files hold; what is not on offer is answered with what is."""

import csv
import io
import json
import random
import re
from collections.abc import Iterator

import openpyxl
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from operations.models import Operation
from tests.clients import signed_in
from tests.factories.explored import make_explored
from tests.factories.people import make_council_chair, make_head, make_observer, make_officer, make_planner
from tests.factories.reference import load_reference, make_agency

pytestmark = pytest.mark.django_db
PAGE = reverse("reports:explorer")
LINEAGE = reverse("reports:explorer-lineage")
VIOLATIONS = "operation=illegal-2026&group=violations&rows=indicator&columns=state"


@pytest.fixture(scope="module", autouse=True)
def explored(django_db_setup, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        load_reference()
        make_explored(2026)
        make_explored(2028, states=("AM", "RU"))
        yield
        transaction.set_rollback(True)


@pytest.fixture
def planner() -> Client:
    return signed_in(make_planner())


def shown(client: Client, query: str, status: int = 200) -> str:
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == status
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def numbers(text: str) -> list[int]:
    """The numbers of the page's table, in the order of reading."""
    return [int(value) for value in re.findall(r'<data value="(\d+)">', text)]


def test_without_an_address_the_newest_operation_with_figures_is_shown_under_its_own(planner: Client):
    answer = planner.get(PAGE)
    assert answer.url.startswith(f"{PAGE}?operation=illegal-2028&indicator=VIO01")
    assert planner.get(answer.url).status_code == 200


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/statistics/", PAGE),
        ("/operations/illegal-2026/statistics/", f"{PAGE}?operation=illegal-2026&indicator=VIO01"),
        ("/operations/illegal-2026/statistics/?group=border&stage=2", f"{PAGE}?operation=illegal-2026&group=border"),
        ("/operations/illegal-2018/statistics/", "/history/?year=2018"),
        (
            "/operations/illegal-2026/statistics/VIO01/KZ/",
            f"{LINEAGE}?operation=illegal-2026&indicator=VIO01&state=KZ",
        ),
    ],
)
def test_the_addresses_of_the_statistics_lead_here(planner: Client, old: str, new: str):
    assert planner.get(old).url.startswith(new)


def test_what_a_form_leaves_open_is_not_in_the_address_that_is_cited(planner: Client):
    answer = planner.get(f"{PAGE}?{VIOLATIONS}&rows=&breakdown=&basis=&view=table")
    assert answer.status_code == 302
    assert "=&" not in answer.url and not answer.url.endswith("=")


def test_the_page_says_on_which_basis_and_offers_its_files(planner: Client):
    text = shown(planner, VIOLATIONS)
    assert "accepted figures" in text and "Provisional figures" not in text
    assert f"{reverse('reports:explorer-file', args=['sdmx-csv'])}?operation=illegal-2026" in text
    assert "states: 6 of 6" in text


def test_provisional_figures_are_marked_on_the_page(planner: Client):
    text = shown(planner, f"{VIOLATIONS}&basis=provisional")
    assert "They are not official and stand in no report." in text
    assert "provisional figures" in text


@pytest.mark.parametrize("view", ["bar", "line"])
def test_a_chart_stands_with_its_numbers(planner: Client, view: str):
    text = shown(
        planner, f"operation=illegal-2026&indicator=VIO01&rows=stage&columns=state&state=AM&state=RU&view={view}"
    )
    assert "<svg" in text and "The numbers of this chart" in text


def test_shares_are_n_of_m(planner: Client):
    text = shown(planner, "operation=illegal-2026&indicator=VIO01&rows=stage&state=RU&view=share&of=column")
    assert "341 of 821 (41.5 %)" in text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("operation=illegal-2026&indicator=VIO01&nonsense=1", "There is no parameter"),
        ("operation=illegal-1999&indicator=VIO01", "On offer: illegal-2028, illegal-2026"),
        ("operation=illegal-2026&indicator=%00", "is not among the values"),
        (
            "operation=illegal-2026&indicator=VIO01&indicator=VIO02&rows=state",
            "Different indicators are never added up",
        ),
        ("operation=illegal-2026&indicator=VIO01&rows=state&view=line", "A line goes over time"),
        ("operation=illegal-2026&indicator=VIO01&view=map", "On offer: table, bar, line, share"),
        (f"{VIOLATIONS}&group=border&group=return&group=rights&rows=period&columns=agency_kind", "at most 3000"),
    ],
)
def test_a_wrong_address_is_answered_with_what_would_be_right(planner: Client, query: str, words: str):
    assert words in shown(planner, query, status=400)
    assert planner.get(f"{reverse('reports:explorer-file', args=['csv'])}?{query}").status_code == 400


def test_a_lineage_is_of_one_number(planner: Client):
    assert planner.get(f"{LINEAGE}?{VIOLATIONS}").status_code == 400
    assert planner.get(f"{LINEAGE}?operation=illegal-2026").status_code == 400


def test_provisional_figures_are_for_the_state_and_those_who_see_all(planner: Client):
    query = f"{VIOLATIONS}&basis=provisional"
    assert "Your" not in shown(signed_in(make_council_chair()), query)
    own = shown(signed_in(make_head("RU")), query)
    assert "Russia" in own and ">Kazakhstan</th>" not in own
    refused = shown(signed_in(make_head("KZ")), f"{query}&state=RU", status=400)
    assert "of your own state alone: KZ" in refused
    assert "Provisional figures are shown to the headquarters" in shown(signed_in(make_observer()), query, status=400)
    assert 'value="provisional"' not in shown(signed_in(make_observer()), VIOLATIONS)


# --- files ---

DEEP = "operation=illegal-2026&indicator=VIO01&indicator=ADM04&rows=indicator&columns=state&columns=stage"


def file(client: Client, format: str, query: str) -> bytes:
    answer = client.get(f"{reverse('reports:explorer-file', args=[format])}?{query}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    return answer.content


def test_invented_figures_say_in_every_file_that_they_are(planner: Client):
    assert b"Origin" not in file(planner, "csv", DEEP)
    assert json.loads(file(planner, "json", DEEP))["is_demonstration"] is False
    Operation.objects.update(is_demonstration=True)
    lines = list(csv.DictReader(io.StringIO(file(planner, "csv", DEEP).decode("utf-8-sig")), delimiter=";"))
    assert {line["Origin"] for line in lines} == {"Demonstration data"}
    assert json.loads(file(planner, "json", DEEP))["is_demonstration"] is True
    book = openpyxl.load_workbook(io.BytesIO(file(planner, "xlsx", DEEP)))
    for name in ("Table", "Data"):
        heads, *rows = book[name].values
        assert heads[-1] == "Origin" and {row[-1] for row in rows} == {"Demonstration data"}


def test_csv_xlsx_and_json_give_the_numbers_of_the_page(planner: Client):
    on_page = sorted(numbers(shown(planner, DEEP)))
    lines = list(csv.DictReader(io.StringIO(file(planner, "csv", DEEP).decode("utf-8-sig")), delimiter=";"))
    in_csv = [line["Value"] for line in lines if line["Status of the figure"] == "value"]
    assert sorted(round(float(value) * (100 if "." in value else 1)) for value in in_csv) == on_page
    parsed = json.loads(file(planner, "json", DEEP))
    amounts = [one for line in parsed["cells"] for cell in line for one in cell["amounts"]]
    assert sorted(one["value"] for one in amounts if one["state"] == "value") == on_page
    book = openpyxl.load_workbook(io.BytesIO(file(planner, "xlsx", DEEP)))
    table = list(book.worksheets[0].iter_rows(values_only=True))
    russia = table[0].index("Russia, stage 1")
    assert table[1][russia] == 341
    assert book.sheetnames == ["Table", "Data", "Question"]


def test_sdmx_holds_every_number_sums_over_a_selection_too(planner: Client):
    query = "operation=illegal-2026&indicator=VIO01&rows=state&columns=stage"
    lines = list(csv.DictReader(io.StringIO(file(planner, "sdmx-csv", query).decode())))
    found = {(line["REF_AREA"], line["STAGE"]): line["OBS_VALUE"] for line in lines}
    assert len(found) == 7 * 3
    assert found["RU", "1"] == "341"
    assert found["CSTO", "_T"] == str(max(numbers(shown(planner, query))))
    chosen = "operation=illegal-2026&indicator=VIO01&state=RU&state=KZ&rows=stage"
    lines = list(csv.DictReader(io.StringIO(file(planner, "sdmx-csv", chosen).decode())))
    assert {line["REF_AREA"] for line in lines} == {"KZ__RU"}
    assert sorted(int(line["OBS_VALUE"]) for line in lines) == sorted(numbers(shown(planner, chosen)))


def test_provisional_numbers_say_so_in_sdmx(planner: Client):
    query = "operation=illegal-2026&indicator=VIO01&rows=state&basis=provisional&stage=1"
    lines = list(csv.DictReader(io.StringIO(file(planner, "sdmx-csv", query).decode())))
    assert {line["OBS_STATUS"] for line in lines} == {"P"}


def test_a_format_that_does_not_exist_is_not_found(planner: Client):
    assert planner.get(f"{reverse('reports:explorer-file', args=['xml'])}?{DEEP}").status_code == 404


# --- numbers and what is behind them ---


def test_every_number_of_a_random_table_leads_to_submissions_that_come_to_it(planner: Client):
    draw = random.Random(20260101)
    for query in (
        "operation=illegal-2026&indicator=VIO01&indicator=ACT01&rows=indicator&columns=state&columns=stage",
        "operation=illegal-2026&indicator=ACT04&breakdown=citizenship_group&rows=state&columns=category",
        "operation=illegal-2026&operation=illegal-2028&indicator=VIO01&rows=operation&columns=agency_kind&view=share",
    ):
        text = shown(planner, query)
        cells = re.findall(r'<a class="govuk-link govuk-link--no-underline" href="([^"]*lineage[^"]*)">', text)
        for address in draw.sample(cells, 5):
            answer = planner.get(address.replace("&amp;", "&"))
            found = answer.context
            total = sum(amount.value for amount in found["amounts"])
            assert total == sum(part["one"].figure.value for part in found["behind"] if part["one"].counts), address


def test_the_lineage_names_vintage_decision_and_state(planner: Client):
    text = " ".join(planner.get(f"{LINEAGE}?operation=illegal-2026&indicator=VIO01&state=RU").content.decode().split())
    assert "No. 1 of 1" in text and "Accepted" in text
    assert "of the data" in text


def test_an_officer_of_another_state_sees_the_sum_of_what_is_not_shown():
    client = signed_in(make_officer(make_agency("KZ")))
    text = client.get(f"{LINEAGE}?operation=illegal-2026&indicator=VIO01&state=RU").content.decode()
    assert "Not shown to you" in text and "/returns/" not in text.split('id="main-content"')[1]


def test_the_explorer_asks_as_many_questions_for_two_states_as_for_six(planner: Client):
    counts = []
    for slug in ("illegal-2028", "illegal-2026"):
        address = f"{PAGE}?{VIOLATIONS.replace('illegal-2026', slug)}"
        planner.get(address)
        with CaptureQueriesContext(connection) as asked:
            planner.get(address)
        lineage = f"{LINEAGE}?operation={slug}&indicator=VIO01"
        with CaptureQueriesContext(connection) as followed:
            planner.get(lineage)
        counts.append((len(asked), len(followed)))
    assert counts[0] == counts[1]
