"""The page of completeness: what the address narrows, what a file of it holds, and what a wrong address is answered."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from operations.domain.returns import accept_submission
from operations.models import PeriodKind, Total
from tests.clients import signed_in
from tests.factories.operations import make_interval, make_period, make_return
from tests.factories.reference import agency_kind, category, indicator, make_agency, state
from tests.factories.reporting import Story, make_story, make_submitted
from tests.operations.api.callers import Caller

pytestmark = pytest.mark.django_db
PAGE = reverse("operations:completeness", args=["illegal-2026"])


@pytest.fixture
def story(monkeypatch) -> Story:
    """The first quarter is reported by Russia's centre; of the final period one return is accepted and two missing."""
    story = make_story()
    quarter = make_interval(story.operation)
    make_return(quarter, make_agency("RU", "information_centre"))
    for code, value in (("INF01", 1000), ("INF02", 900)):
        Total.objects.create(
            period=quarter,
            state=state("RU"),
            agency_kind=agency_kind("information_centre"),
            indicator=indicator(code),
            category=category(),
            basis=Total.Basis.ACCEPTED,
            value=value,
            returns=1,
        )
    accept_submission(submission=make_submitted(story), actor=story.head, at=story.at)
    make_return(story.period, make_agency("RU", "border_service"))
    make_return(story.period, make_agency("KZ", "border_service"))
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.late)
    return story


def file(client: Client, form: str, query: str = "") -> bytes:
    answer = client.get(f"{PAGE}{form}/{query}")
    assert answer.status_code == 200
    return answer.content


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def shown(client: Client, query: str = "") -> str:
    answer = client.get(PAGE + query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def test_the_page_shows_groups_the_matrix_and_the_bank(story: Story):
    text = shown(signed_in(story.planner))
    assert "1 of 3 (33.3 %)" in text, "received of what is due in all states"
    assert "900 of 1,000 (90.0 %)" in text
    assert "complete:" in text and "not reported" in text


@pytest.mark.parametrize("by", ["state", "agency_kind", "agency", "period", "month"])
def test_it_is_grouped_by_what_the_address_names(story: Story, by: str):
    answer = signed_in(story.planner).get(f"{PAGE}?by={by}&kind=final")
    page = answer.context["page"]
    assert page.whole.measures.expected == sum(line.measures.expected for line in page.lines) == 3


def test_the_address_narrows_to_the_missing_of_a_state(story: Story):
    page = signed_in(story.planner).get(f"{PAGE}?state=RU&standing=missing&kind=final&by=agency").context["page"]
    assert [line.key for line in page.lines] == ["ru-border-service"]


@pytest.mark.parametrize(
    "query",
    [
        "?state=abc",
        "?state=%00",
        "?agency_kind=police",
        "?agency=nobody",
        "?kind=yearly",
        "?stage=9",
        "?stage=-1",
        "?period=S9-FINAL",
        "?standing=perfect",
        "?by=nose",
        "?ordering=password",
        "?state=RU&state=KZ",
    ],
)
def test_a_wrong_address_is_no_empty_page(story: Story, query: str):
    client, caller = signed_in(story.planner), Caller(story.planner)
    assert client.get(PAGE + query).status_code == 400
    assert client.get(f"{PAGE}csv/{query}").status_code == 400
    if "stage=9" not in query and "S9" not in query:
        asked = f"completeness/{query}&operation=illegal-2026"
        assert caller.get(asked).status_code == 400
    assert client.get(f"{PAGE}csv/?table=all").status_code == 400
    assert client.get(f"{PAGE}pdf/").status_code == 404


def test_a_file_holds_what_the_page_shows(story: Story):
    client = signed_in(story.planner)
    groups = rows(file(client, "csv", "?kind=final"))
    assert [(row["Code"], row["Expected"], row["Received"]) for row in groups][-2:] == [
        ("TJ", "0", "0"),
        ("", "3", "1"),
    ]
    returns = rows(file(client, "csv", "?kind=final&table=returns&standing=missing"))
    assert {(row["Code"], row["Standing"]) for row in returns} == {
        ("ru-border-service", "Missing"),
        ("kz-border-service", "Missing"),
    }
    assert returns[0]["Due, Moscow time"] == "2026-07-08 18:00:00"
    bank = rows(file(client, "csv", "?table=bank"))
    assert (bank[0]["Records on time"], bank[0]["of records due"], bank[0]["Records complete"]) == ("900", "1000", "")


def test_a_workbook_holds_all_three_tables(story: Story):
    book = openpyxl.load_workbook(io.BytesIO(file(signed_in(story.planner), "xlsx")))
    assert book.sheetnames == ["Completeness", "Returns", "Information Bank", "About this file"]
    assert book["Returns"].max_row == 5
    assert isinstance(book["Information Bank"]["D2"].value, int)


def test_a_month_has_its_name(story: Story):
    assert "July 2026" in shown(signed_in(story.planner), "?by=month")


def test_a_file_says_of_what_and_of_when_it_is(story: Story):
    content = file(signed_in(story.planner), "xlsx", "?kind=final")
    about = dict(openpyxl.load_workbook(io.BytesIO(content))["About this file"].iter_rows(min_row=2, values_only=True))
    assert about["Operation"] == "Operation “Illegal-2026”" and "Origin" not in about
    assert about["Address"].endswith(f"{PAGE}?kind=final") and about["As of, Moscow time"].startswith("20")


@pytest.mark.parametrize("table", ["groups", "returns", "bank"])
def test_invented_figures_say_so_in_every_line_of_a_file(story: Story, table: str):
    story.operation.is_demonstration = True
    story.operation.save()
    client = signed_in(story.planner)
    assert {row["Origin"] for row in rows(file(client, "csv", f"?table={table}"))} == {"Demonstration data"}
    book = openpyxl.load_workbook(io.BytesIO(file(client, "xlsx")))
    assert ["Origin", "Demonstration data"] in [list(row) for row in book["About this file"].values]


def test_a_head_gets_the_returns_of_the_own_state_only(story: Story):
    client = signed_in(story.head)
    returns = rows(file(client, "csv", "?table=returns"))
    assert {row["State"] for row in returns} == {"Russia"}
    assert "Kazakhstan" in shown(client), "how states stand is common"
    assert [row["Code"] for row in rows(file(client, "csv", "?by=agency"))][:-1] == [
        "ru-internal-affairs",
        "ru-border-service",
        "ru-information-centre",
    ]


def test_the_interface_gives_the_same_numbers_under_the_same_filters(story: Story):
    head = Caller(story.head)
    address = "completeness/?operation=illegal-2026&kind=final"
    by_state = {row["key"]: row for row in head.get(address).json()["results"]}
    assert (by_state["RU"]["expected"], by_state["RU"]["timely"], by_state["KZ"]["received"]) == (2, 1, 0)
    assert by_state["RU"]["standings"] == {
        "on_time": 1,
        "late": 0,
        "missing": 1,
        "not_due": 0,
        "returned": 0,
        "recalled": 0,
    }
    missing = head.get(f"{address}&by=agency&standing=missing").json()["results"]
    assert [row["key"] for row in missing] == ["ru-border-service"]
    bank = head.get("completeness/information-bank/?operation=illegal-2026").json()["results"]
    assert bank == [
        {
            "state": "RU",
            "period": "Q1",
            "on_time": 900,
            "on_time_of": 1000,
            "complete": None,
            "complete_of": None,
            "reported": 1,
            "expected": 1,
        }
    ]


def test_the_page_takes_a_constant_number_of_queries(story: Story, django_assert_max_num_queries):
    client = signed_in(story.planner)
    client.get(PAGE)
    for code in ("RU", "BY", "KZ", "AM"):
        for kind in ("financial_intelligence", "state_security", "migration_authority"):
            make_return(story.period, make_agency(code, kind))
    with django_assert_max_num_queries(32):
        client.get(PAGE)


def test_situation_reports_are_late_by_hours_and_asked_for_by_kind(story: Story):
    stage = story.operation.plan.stages.get(number=1)
    daily = make_period(stage, PeriodKind.OPERATIONAL)
    make_return(daily, story.agency, first_submitted_at=daily.due_at + dt.timedelta(minutes=90))
    assert "2 h" in shown(signed_in(story.planner), "?kind=operational")
    assert "2 h" not in shown(signed_in(story.planner))
