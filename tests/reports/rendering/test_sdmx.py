"""Other systems' own readers understand what is written: every key, value and status comes back."""

import datetime as dt
import io
from pathlib import Path

import pytest
import sdmx
from pysdmx.io import get_datasets, read_sdmx

from operations.domain.statistics import indicator_by_state
from operations.models import Breakdown, Category, Indicator, MemberState
from reports.domain import blocks as b
from reports.domain import cells as c
from reports.domain.cells import same
from reports.domain.code_lists import code_lists
from reports.domain.payload import Payload, UnsoundPayload
from reports.domain.total_observations import of_totals
from reports.rendering.outputs import render
from reports.rendering.sdmx import rows_of, sdmx_csv, sdmx_ml
from reports.rendering.sdmx_structure import ATTRIBUTES, COLUMNS, DIMENSIONS, STRUCTURE, VERSION, structure_xml
from tests.factories.operations import make_operation
from tests.reports.rendering.coded_report import NAME, coded, report

AT = dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC)
FORMATS = ("sdmx-csv", "sdmx-ml")


@pytest.fixture
def structure(reference, tmp_path: Path) -> Path:
    make_operation()
    path = tmp_path / "structure.xml"
    path.write_bytes(structure_xml(code_lists(), prepared=AT))
    return path


@pytest.fixture
def every_state() -> Payload:
    """One cell of each kind, by state, and an amount."""
    kinds = ["not_reported", "not_applicable", "not_available", "withheld", "suppressed"]
    cells = [c.number(0), c.number(1234567, qualifier="gt"), *(c.missing(kind) for kind in kinds)]
    columns = [b.column(heading=same(str(number)), codes={"time": f"stage:{number}"}) for number in range(len(cells))]
    absent = b.row(header=NAME, cells=cells, codes=coded({"state": "AM"}))
    money = b.row(
        header=NAME,
        cells=[c.money(91234550, currency="BYN"), *(c.missing("not_reported") for _one in cells[1:])],
        codes={"indicator": "ADM04", "unit": "currency", "state": "BY"},
    )
    operation = {"operation": "illegal-2026"}
    table = b.table(id="t", caption=NAME, stub=NAME, columns=columns, rows=[absent, money], codes=operation)
    flow = b.chart(
        id="f",
        kind="line",
        caption=NAME,
        alt=NAME,
        unit=NAME,
        stub=NAME,
        codes=operation,
        categories=[same("Q1"), same("March")],
        category_codes=[{"time": "period:Q1"}, {"time": "period:M03"}],
        series=[
            b.series(
                name=NAME,
                cells=[c.number(10), c.number(7)],
                codes={"indicator": "MIG01", "unit": "crossings", "category": "citizenship_group:UZ"},
            )
        ],
    )
    return report(table, flow)


def read(data: bytes, structure: Path) -> list[dict]:
    """What pysdmx makes of the data, validated against the schemas and the structure."""
    (dataset,) = get_datasets(io.BytesIO(data), structure, validate=True)
    assert dataset.short_urn == f"DataStructure=CSTO:{STRUCTURE}({VERSION})"
    return dataset.data.astype(object).where(dataset.data.notna(), None).to_dict("records")


@pytest.mark.parametrize("format", FORMATS)
def test_every_value_and_every_absence_comes_back(format: str, every_state: Payload, structure: Path) -> None:
    found = read(render(format=format, payload=every_state, approval=None), structure)
    by_stage = {
        row["STAGE"]: (row["OBS_VALUE"] and float(row["OBS_VALUE"]), row["OBS_STATUS"], row["CONF_STATUS"])
        for row in found
        if row["INDICATOR"] == "ADM01"
    }
    assert by_stage == {
        "0": (0.0, "A", "N"),
        "1": (1234567.0, "A", "N"),
        "2": (None, "O", "N"),
        "3": (None, "M", "N"),
        "4": (None, "L", "N"),
        "5": (None, "Q", "N"),
        "6": (None, "Q", "C"),
    }
    (amount,) = (row for row in found if row["INDICATOR"] == "ADM04" and row["OBS_VALUE"])
    assert (float(amount["OBS_VALUE"]), amount["UNIT_MEASURE"], amount["REF_AREA"]) == (912345.5, "BYN", "BY")
    flows = {(row["FREQ"], row["TIME_PERIOD"], row["CATEGORY"]) for row in found if row["INDICATOR"] == "MIG01"}
    assert flows == {("Q", "2026-Q1", "citizenship_group-UZ"), ("M", "2026-03", "citizenship_group-UZ")}
    assert {row["QUALIFIER"] for row in found} == {"gt", ""}


@pytest.mark.parametrize("format", FORMATS)
def test_shown_numbers_of_a_public_edition_are_free(format: str, every_state: Payload, structure: Path) -> None:
    found = read(render(format=format, payload=every_state, approval=None, edition="public"), structure)
    assert {row["CONF_STATUS"] for row in found if row["OBS_VALUE"] is not None} == {"F"}


@pytest.mark.parametrize("format", FORMATS)
def test_invented_figures_say_so_in_each_observation(format: str, every_state: Payload, structure: Path) -> None:
    found = read(render(format=format, payload=every_state, approval=None), structure)
    assert {row.get("ORIGIN") or "" for row in found} == {""}
    every_state["operation"]["demonstration"] = True
    found = read(render(format=format, payload=every_state, approval=None), structure)
    assert {row["ORIGIN"] for row in found} == {"demonstration"}


def test_both_formats_hold_the_same_observations(every_state: Payload, structure: Path) -> None:
    csv_rows, ml_rows = (read(render(format=one, payload=every_state, approval=None), structure) for one in FORMATS)

    def plain(rows: list[dict]) -> list[list[str]]:
        return [["" if row.get(column) is None else str(row[column]) for column in COLUMNS] for row in rows]

    assert plain(csv_rows) == plain(ml_rows)


def test_sdmx1_reads_structure_and_data(every_state: Payload, structure: Path) -> None:
    definition = sdmx.read_sdmx(structure).structure[STRUCTURE]
    assert [one.id for one in definition.dimensions] == [*DIMENSIONS, "TIME_PERIOD"]
    assert {one.id for one in definition.attributes} == set(ATTRIBUTES)
    data = render(format="sdmx-ml", payload=every_state, approval=None)
    (dataset,) = sdmx.read_sdmx(io.BytesIO(data), structure=definition).data
    values = [one.value for one in dataset.obs if one.value is not None]
    assert sorted(float(value) for value in values) == [0.0, 7.0, 10.0, 912345.5, 1234567.0]
    assert {str(one.attrib["CONF_STATUS"].value) for one in dataset.obs} == {"N", "C"}


def test_the_structure_holds_the_whole_catalogue_in_both_languages(structure: Path) -> None:
    message = read_sdmx(structure, validate=True)
    lists = {one.id: {code.id for code in one.codes} for one in message.get_codelists()}
    assert lists["CL_INDICATOR"] >= set(Indicator.objects.values_list("code", flat=True))
    assert lists["CL_REF_AREA"] == {"CSTO", *MemberState.objects.values_list("code", flat=True)}
    assert len(lists["CL_CATEGORY"]) == Category.objects.count() + Breakdown.objects.count()
    assert lists["CL_CONF_STATUS"] == {"C", "F", "N"}
    schemes = sdmx.read_sdmx(structure).codelist
    assert schemes["CL_INDICATOR"]["RET02"].name.localizations.keys() == {"en", "ru"}
    assert schemes["CL_INDICATOR"]["VIO02"].parent.id == "VIO01"


@pytest.mark.parametrize("basis", ["A", "P"])
def test_totals_leave_in_both_formats(basis: str, structure: Path) -> None:
    operation = make_operation(year=2027)
    structure.write_bytes(structure_xml(code_lists(), prepared=AT))
    states = list(MemberState.objects.all())
    rows = indicator_by_state(operation, basis=basis, states=states)
    observations = rows_of(of_totals(rows, operation=operation, states=states, basis=basis), is_public=False)
    assert len(observations) == Indicator.objects.count() * (len(states) + 1)
    for data in (sdmx_csv(observations), sdmx_ml(observations, id="TOTALS", prepared=AT)):
        assert len(read(data, structure)) == len(observations)


def test_the_same_report_gives_the_same_bytes(every_state: Payload) -> None:
    for format in FORMATS:
        first, second = (render(format=format, payload=every_state, approval=None) for _one in range(2))
        assert first == second


def test_a_report_without_such_numbers_is_refused() -> None:
    with pytest.raises(UnsoundPayload, match="holds no numbers"):
        render(format="sdmx-csv", payload=report(b.paragraph(NAME)), approval=None)
