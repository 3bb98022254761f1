"""Every number of a table of the explorer is in its SDMX files, under a key of its own, as other systems read them."""

import io
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sdmx
from django.db import transaction
from django.test import Client
from pysdmx.io import get_datasets, read_sdmx

from operations.models import ExchangeRate, MemberState, Operation, PeriodKind, ReportingPeriod
from reports.rendering.sdmx_structure import COLUMNS, DIMENSIONS, STRUCTURE
from tests.clients import signed_in
from tests.factories.explored import accepted_return, make_explored
from tests.factories.operations import make_period
from tests.factories.people import make_observer, make_planner
from tests.factories.reference import load_reference
from tests.factories.reports import AT, count
from tests.reports.web.test_explorer import file, numbers, shown
from tests.reports.web.test_what_an_observer_reads import HIDDEN, RELEASED, released

pytestmark = pytest.mark.django_db
KEY = (*DIMENSIONS, "TIME_PERIOD")
#: The concept of each dimension of a table; an indicator and a category are never summed over.
CONCEPTS = {
    "indicator": "INDICATOR",
    "category": "CATEGORY",
    "operation": "OPERATION",
    "stage": "STAGE",
    "period": "RETURN_PERIOD",
    "state": "REF_AREA",
    "agency_kind": "AGENCY_KIND",
}
MARGINS = {
    "OPERATION": "illegal-2026",
    "REF_AREA": "CSTO",
    "AGENCY_KIND": "_T",
    "CATEGORY": "_T",
    "STAGE": "_T",
    "RETURN_PERIOD": "_T",
}
NUMBERS = ("OBS_VALUE", "DENOMINATOR", "STATES_REPORTED", "STATES_EXPECTED")
ONE = "operation=illegal-2026&indicator=VIO01"
BOTH_YEARS = "operation=illegal-2026&operation=illegal-2028"
#: A question, and what its sums (or what it says nowhere) are called.
TABLES: list[tuple[str, dict[str, str]]] = [
    (f"{ONE}&rows=state&columns=stage", {"REF_AREA": "CSTO", "STAGE": "_T"}),
    (f"{ONE}&state=RU&state=KZ&state=AM&rows=state&columns=stage", {"REF_AREA": "AM__KZ__RU", "STAGE": "_T"}),
    (f"{ONE}&state=RU&state=KZ", {"REF_AREA": "KZ__RU", "STAGE": "_T"}),
    (f"{ONE}&state=RU&state=KZ&stage=1&stage=2&rows=stage&rows=state", {"REF_AREA": "KZ__RU", "STAGE": "1__2"}),
    (
        f"{ONE}&agency_kind=border_service&agency_kind=internal_affairs&rows=agency_kind&columns=state&stage=1",
        {"AGENCY_KIND": "border_service__internal_affairs", "REF_AREA": "CSTO", "STAGE": "1"},
    ),
    (
        f"{BOTH_YEARS}&indicator=VIO01&rows=operation&columns=state",
        {"OPERATION": "illegal-2026__illegal-2028", "REF_AREA": "CSTO"},
    ),
    (
        f"{BOTH_YEARS}&indicator=VIO01&rows=operation&columns=stage&columns=agency_kind",
        {"OPERATION": "illegal-2026__illegal-2028", "STAGE": "_T"},
    ),
    (
        "operation=illegal-2026&indicator=ACT04&breakdown=citizenship_group&category=AM&category=BY"
        "&rows=category&columns=state&columns=stage&state=AM&state=BY&state=RU",
        {"CATEGORY": "_T", "REF_AREA": "AM__BY__RU", "STAGE": "_T"},
    ),
    ("operation=illegal-2026&indicator=CRM01&indicator=ACT01&rows=indicator&columns=state&columns=stage", {}),
    (f"{BOTH_YEARS}&indicator=MIG01&rows=operation&columns=state", {"OPERATION": "illegal-2026__illegal-2028"}),
    (f"{ONE}&basis=provisional&stage=1&rows=state&columns=agency_kind", {"REF_AREA": "CSTO", "STAGE": "1"}),
]
FOLLOWED = "operation=illegal-2026&indicator=ADM01&rows=period&columns=state&state=AM&state=RU"


@pytest.fixture(scope="module", autouse=True)
def explored(django_db_setup, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        load_reference()
        operation = make_explored(2026)
        follow_up = make_period(operation.periods.get(code="S1-final").stage, PeriodKind.FOLLOW_UP)
        for factor, state in enumerate(("AM", "RU"), start=1):
            accepted_return(follow_up, state, {"ADM01": 4 * factor})
        count(operation)
        make_explored(2028, states=("AM", "RU"))
        yield
        transaction.set_rollback(True)


@pytest.fixture
def planner() -> Client:
    return signed_in(make_planner())


@pytest.fixture
def rates() -> None:
    """A rate of the two currencies on the last day of each stage; the drams of the second stage have none."""
    for period in ReportingPeriod.objects.filter(kind=PeriodKind.FINAL, operation__slug="illegal-2026"):
        for currency, units in {"AMD": "400", "RUB": "80"}.items():
            if currency == "RUB" or period.stage.number == 1:
                ExchangeRate.objects.create(
                    currency=currency,
                    day=period.end_date,
                    units_per_usd=units,
                    source="Банк",
                    added_at=AT,
                )


def read(client: Client, query: str, tmp_path: Path, *, format: str = "sdmx-csv") -> list[dict[str, str]]:
    """The observations as pysdmx reads them, checked against the structure that is offered beside them."""
    structure = tmp_path / "structure.xml"
    structure.write_bytes(file(client, "sdmx-structure", query))
    (dataset,) = get_datasets(io.BytesIO(file(client, format, query)), structure, validate=True)
    told = dataset.data.astype(object).where(dataset.data.notna(), "").astype(str).to_dict("records")
    rows = [dict.fromkeys(COLUMNS, "") | row for row in told]  # XML has no column that nothing stands in
    lists = {one.id: {code.id for code in one.codes} for one in read_sdmx(structure, validate=True).get_codelists()}
    for row in rows:
        for concept in COLUMNS:
            assert f"CL_{concept}" not in lists or row[concept] in {*lists[f"CL_{concept}"], ""}, (concept, row)
        row.update({concept: plain(row[concept]) for concept in NUMBERS})
    keys = [tuple(row[concept] for concept in KEY) for row in rows]
    assert len(set(keys)) == len(keys), "a key stands for one number"
    return rows


def plain(text: str) -> str:
    """A number in one spelling: pandas makes `341.0` of 341 where another number of the column is missing."""
    return f"{Decimal(text).normalize():f}" if text else ""


def cells(client: Client, query: str) -> list[tuple[dict[str, str | None], dict[str, Any]]]:
    """The cells of the page with their places, from its own file in JSON."""
    found = json.loads(file(client, "json", query))
    return [
        ({name: one["code"] for side in (row, column) for name, one in side["place"].items()}, cell)
        for row, line in zip(found["rows"], found["cells"], strict=True)
        for column, cell in zip(found["columns"], line, strict=True)
    ]


def at(
    rows: list[dict[str, str]], place: Mapping[str, str | None], sums: Mapping[str, str], indicator: str
) -> list[dict[str, str]]:
    """The observations of a cell: what the table says of its place, and what a sum is called."""
    wanted = {**MARGINS, **sums, "INDICATOR": indicator}
    for name, code in place.items():
        if code is not None:
            wanted[CONCEPTS[name]] = f"citizenship_group-{code}" if name == "category" else code
    return [row for row in rows if all(row[concept] == code for concept, code in wanted.items())]


def value_of(amount: Mapping[str, Any]) -> str:
    """A number as SDMX writes it; an amount in units of its currency."""
    if amount["state"] != "value":
        return ""
    return plain(str(Decimal(amount["value"]) / (100 if "currency" in amount else 1)))


@pytest.mark.parametrize("format", ["sdmx-csv", "sdmx-ml"])
@pytest.mark.parametrize(("query", "sums"), TABLES)
def test_every_cell_of_the_page_is_an_observation_with_its_number(
    planner: Client, tmp_path: Path, query: str, sums: dict[str, str], format: str
):
    rows, table = read(planner, query, tmp_path, format=format), cells(planner, query)
    assert len(rows) == len(table)
    for place, cell in table:
        [row] = at(rows, place, sums, cell["indicator"])
        [amount] = cell["amounts"]
        assert row["OBS_VALUE"] == value_of(amount), (place, row)
        assert (row["OBS_STATUS"] in "AP") == (amount["state"] == "value")
        told = {"reported": row["STATES_REPORTED"], "expected": row["STATES_EXPECTED"]}
        assert {name: number for name, number in told.items() if number} == {
            name: str(number) for name, number in cell.get("states", {}).items()
        }
    on_page = sorted(numbers(shown(planner, query)))
    assert sorted(int(row["OBS_VALUE"]) for row in rows if row["OBS_VALUE"]) == on_page


def test_a_sum_over_a_selection_names_its_members_in_data_and_structure(planner: Client, tmp_path: Path):
    query = f"{ONE}&state=RU&state=KZ&state=AM&rows=state"
    rows = read(planner, query, tmp_path)
    assert {row["REF_AREA"]: row["SELECTION"] for row in rows} == {
        "AM": "",
        "KZ": "",
        "RU": "",
        "AM__KZ__RU": "REF_AREA=AM+KZ+RU",
    }
    code = sdmx.read_sdmx(tmp_path / "structure.xml").codelist["CL_REF_AREA"]["AM__KZ__RU"]
    assert code.name.localizations == {"en": "Armenia + Kazakhstan + Russia", "ru": "Армения + Казахстан + Россия"}
    assert code.parent != "CSTO", "a hierarchy is added up"


def test_the_whole_region_is_no_selection_however_it_was_chosen(planner: Client, tmp_path: Path):
    every = "".join(f"&state={code}" for code in MemberState.objects.values_list("code", flat=True))
    rows = read(planner, f"{ONE}&rows=state{every}", tmp_path)
    assert {row["SELECTION"] for row in rows} == {""}
    assert "CSTO" in {row["REF_AREA"] for row in rows}


def test_operations_of_several_years_are_a_range_of_time_without_a_frequency(planner: Client, tmp_path: Path):
    rows = read(planner, f"{BOTH_YEARS}&indicator=VIO01&rows=operation", tmp_path)
    assert {(row["FREQ"], row["TIME_PERIOD"]) for row in rows} == {
        ("A", "2026"),
        ("A", "2028"),
        ("_Z", "2026-01-01/P3Y"),
    }


def test_a_quarter_is_a_time_and_of_several_years_a_period_of_returns(planner: Client, tmp_path: Path):
    rows = read(planner, f"{BOTH_YEARS}&indicator=MIG01&rows=period&columns=operation", tmp_path)
    found = {(row["TIME_PERIOD"], row["RETURN_PERIOD"]) for row in rows}
    assert {("2026-Q1", "_T"), ("2028-Q1", "_T"), ("2026-01-01/P3Y", "Q1")} <= found


@pytest.mark.parametrize("format", ["sdmx-csv", "sdmx-ml"])
def test_the_final_return_of_a_stage_and_its_follow_up_are_told_apart(planner: Client, tmp_path: Path, format: str):
    rows = read(planner, FOLLOWED, tmp_path, format=format)
    table = cells(planner, FOLLOWED)
    assert len(rows) == len(table)
    stages = {"S1-final": "1", "S1-follow_up": "1", "S2-final": "2", None: "_T"}
    assert {place["period"] for place, _cell in table} == set(stages)
    for place, cell in table:
        wanted = {"REF_AREA": "AM__RU", "STAGE": stages[place["period"]]}
        [row] = at(rows, place, wanted, "ADM01")
        assert row["OBS_VALUE"] == value_of(cell["amounts"][0])
    both = [row["OBS_VALUE"] for row in rows if row["STAGE"] == "1" and row["REF_AREA"] == "RU"]
    assert len(both) == len(set(both)) == 2


def test_one_number_has_one_key_whether_its_stage_was_said_or_not(planner: Client, tmp_path: Path):
    rows = read(planner, f"{FOLLOWED}&columns=stage", tmp_path)
    finals = [row for row in rows if row["RETURN_PERIOD"] == "S1-final" and row["REF_AREA"] == "RU"]
    assert {(row["STAGE"], row["OBS_STATUS"]) for row in finals} == {("1", "A"), ("2", "M")}
    assert sorted({int(row["OBS_VALUE"]) for row in rows if row["OBS_VALUE"]}) == sorted(
        set(numbers(shown(planner, f"{FOLLOWED}&columns=stage")))
    )


MONEY = "operation=illegal-2026&indicator=ADM04&rows=state&columns=stage&state=AM&state=RU&state=KZ"


@pytest.mark.parametrize("format", ["sdmx-csv", "sdmx-ml"])
@pytest.mark.parametrize("query", [MONEY, f"{MONEY}&currency=USD"])
def test_an_amount_of_several_currencies_is_an_observation_in_each(
    planner: Client, rates, tmp_path: Path, query: str, format: str
):
    rows = read(planner, query, tmp_path, format=format)
    count_of_amounts = 0
    for place, cell in cells(planner, query):
        found = at(rows, place, {"REF_AREA": "AM__KZ__RU", "STAGE": "_T"}, "ADM04")
        told = {row["UNIT_MEASURE"]: row["OBS_VALUE"] for row in found}
        assert told == {one["currency"]: value_of(one) for one in cell["amounts"]}
        count_of_amounts += len(cell["amounts"])
    assert len(rows) == count_of_amounts > 12


@pytest.mark.parametrize("format", ["sdmx-csv", "sdmx-ml"])
@pytest.mark.parametrize("of", ["row", "column"])
def test_a_share_is_its_number_with_the_whole_that_is_an_observation_itself(
    planner: Client, tmp_path: Path, of: str, format: str
):
    query = f"{ONE}&rows=state&columns=stage&state=RU&state=KZ&view=share&of={of}"
    rows = read(planner, query, tmp_path, format=format)
    by_key = {tuple(row[concept] for concept in KEY): row for row in rows}
    for place, cell in cells(planner, query):
        [row] = at(rows, place, {"REF_AREA": "KZ__RU", "STAGE": "_T"}, "VIO01")
        assert (int(row["OBS_VALUE"]), int(row["DENOMINATOR"])) == (cell["share"]["part"], cell["share"]["whole"])
        differs = dict(part.split("=") for part in row["DENOMINATOR_KEY"].split())
        assert set(differs) <= ({"STAGE"} if of == "row" else {"REF_AREA"})
        whole = by_key[tuple({**row, **differs}[concept] for concept in KEY)]
        assert int(whole["OBS_VALUE"]) == int(row["DENOMINATOR"])


@pytest.mark.parametrize("of", ["row", "column"])
def test_a_return_that_is_a_share_of_its_stage_and_of_all_stages_is_told_twice(
    planner: Client, tmp_path: Path, of: str
):
    query = f"{ONE}&rows=period&columns=stage&view=share&of={of}"
    rows, table = read(planner, query, tmp_path), cells(planner, query)
    assert len(rows) == len(table)
    for place, cell in table:
        [row] = at(rows, place, {}, "VIO01")
        share = cell["share"] or {"whole": ""}
        assert row["DENOMINATOR"] == str(share["whole"]), place
    finals = {row["STAGE"]: row for row in rows if row["RETURN_PERIOD"] == "S1-final"}
    assert finals["1"]["OBS_VALUE"] == finals["_T"]["OBS_VALUE"]
    assert (finals["1"]["DENOMINATOR"] == finals["_T"]["DENOMINATOR"]) == (of == "row")


def test_why_a_number_is_missing_is_told_by_its_status(planner: Client, tmp_path: Path):
    query = "operation=illegal-2026&indicator=CRM01&indicator=ACT01&indicator=RGT01&rows=indicator&columns=state"
    rows = read(planner, f"{query}&agency_kind=state_security", tmp_path)
    told = {(row["INDICATOR"], row["REF_AREA"]): row["OBS_STATUS"] for row in rows}
    assert (told["CRM01", "AM"], told["CRM01", "RU"], told["RGT01", "AM"]) == ("Q", "O", "M")


def test_sdmx1_reads_the_same_numbers_and_codes(planner: Client, tmp_path: Path):
    query = f"{MONEY}&state=BY"
    definition = sdmx.read_sdmx(io.BytesIO(file(planner, "sdmx-structure", query))).structure[STRUCTURE]
    assert [one.id for one in definition.dimensions] == list(KEY)
    (dataset,) = sdmx.read_sdmx(io.BytesIO(file(planner, "sdmx-ml", query)), structure=definition).data
    found = {
        (
            str(one.dimension["REF_AREA"].value),
            str(one.dimension["STAGE"].value),
            str(one.dimension["UNIT_MEASURE"].value),
        ): (plain(one.value or ""))
        for one in dataset.obs
    }
    told = {
        (row["REF_AREA"], row["STAGE"], row["UNIT_MEASURE"]): row["OBS_VALUE"] for row in read(planner, query, tmp_path)
    }
    assert found == told


def test_real_figures_have_no_origin_and_invented_ones_say_so_in_each_observation(planner: Client, tmp_path: Path):
    query = f"{BOTH_YEARS}&indicator=VIO01&rows=operation&columns=state"
    assert {row["ORIGIN"] for row in read(planner, query, tmp_path)} == {""}
    assert b"<mes:Test>false</mes:Test>" in file(planner, "sdmx-ml", query)
    Operation.objects.filter(slug="illegal-2026").update(is_demonstration=True)
    for format in ("sdmx-csv", "sdmx-ml"):
        rows = read(planner, query, tmp_path, format=format)
        told = {(row["OPERATION"], row["ORIGIN"]) for row in rows}
        assert told == {
            ("illegal-2026", "demonstration"),
            ("illegal-2026__illegal-2028", "demonstration"),
            ("illegal-2028", ""),
        }
    assert b"<mes:Test>true</mes:Test>" in file(planner, "sdmx-ml", query)
    lists = sdmx.read_sdmx(tmp_path / "structure.xml").codelist
    assert "invented" in str(lists["CL_OPERATION"]["illegal-2026"].description)
    assert not str(lists["CL_OPERATION"]["illegal-2028"].description)


@pytest.mark.parametrize("format", ["sdmx-csv", "sdmx-ml"])
def test_an_observer_has_what_was_released_as_it_was_and_nothing_more(tmp_path: Path, format: str):
    released(Operation.objects.get(slug="illegal-2026"))
    client = signed_in(make_observer())
    query = "operation=illegal-2026&indicator=ADM01&rows=state&columns=stage"
    rows = read(client, query, tmp_path, format=format)
    table = cells(client, query)
    assert len(rows) == len(table)
    for place, cell in table:
        [row] = at(rows, place, {"REF_AREA": "CSTO", "STAGE": "_T"}, "ADM01")
        assert row["OBS_VALUE"] == value_of(cell["amounts"][0])
    told = {(row["REF_AREA"], row["STAGE"]): (row["OBS_STATUS"], row["CONF_STATUS"]) for row in rows}
    assert told["AM", "1"] == told["AM", "2"] == ("Q", "C")
    assert told["RU", "_T"] == ("A", "F")
    values = {row["OBS_VALUE"] for row in rows}
    assert str(RELEASED) in values and str(HIDDEN) not in values
    chosen = read(client, f"{query}&state=AM&state=RU", tmp_path, format=format)
    sums = [row for row in chosen if row["REF_AREA"] == "AM__RU"]
    assert {(row["OBS_VALUE"], row["OBS_STATUS"]) for row in sums} == {("", "O")}, "no such sum was released"
