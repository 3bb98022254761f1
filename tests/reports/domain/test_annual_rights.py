"""Rights in the annual report: the movement of complaints by channel, "nil", or that nothing was collected."""

import pytest

from operations.domain import complaints
from operations.models import Agency, Operation
from reports.domain.annual_rights import FIGURES, NIL, NOT_COLLECTED, complaints_balance, rights_status
from reports.domain.editions import for_edition
from reports.domain.extents import Extent
from tests.factories.operations import make_interval, make_operation
from tests.factories.people import make_officer
from tests.factories.reference import make_agency

pytestmark = pytest.mark.django_db
KEYS = (("FORCE", "ombudsman"), ("OTHER", "consulate"))


@pytest.fixture
def operation(reference) -> Operation:
    return make_operation()


def keep(agency: Agency, operation: Operation, quarter: int, *rows: tuple[int, int, int, int], why: str = "") -> None:
    period = make_interval(operation, quarter=quarter)
    given = {key: dict(zip(complaints.FIELDS, row, strict=True)) for key, row in zip(KEYS, rows, strict=False)}
    who = {"actor": make_officer(agency, username=f"officer-{quarter}"), "at": period.due_at}
    complaints.keep_accounts(agency=agency, period=period, rows=given, revision=0, explanation=why, **who)


def numbers(block) -> dict[str, list[int]]:
    return {row["header"]["en"]: [cell["value"] for cell in row["cells"]] for row in block["rows"]}


def test_quarters_follow_on_one_another_in_the_balance_by_channel(operation: Operation):
    agency = make_agency("RU", "rights_body")
    keep(agency, operation, 1, (2, 8, 6, 4), (0, 3, 1, 2))
    keep(agency, operation, 2, (4, 10, 9, 5), (1, 0, 1, 0), why="Одна жалоба учтена дважды")
    [table] = complaints_balance(operation)
    assert numbers(table) == {"Ombudsman": [2, 18, 15, 5], "Consulate": [0, 3, 2, 0], "Total": [2, 21, 17, 5]}
    assert [note["en"] for note in table["footnotes"]] == [
        "By the accounts of the rights bodies; states: 1 of 6.",
        "What was carried over was corrected with an explanation, in all by -1.",
    ]
    assert rights_status(Extent(operation)) == FIGURES


def test_accounts_of_nothing_are_nil_and_no_accounts_are_not_collected(operation: Operation):
    [note] = complaints_balance(operation)
    assert note["text"]["en"] == "No accounts of complaints by receiving channel were collected."
    assert rights_status(Extent(operation)) == NOT_COLLECTED
    keep(make_agency("RU", "rights_body"), operation, 1, (0, 0, 0, 0))
    [note] = complaints_balance(operation)
    assert note["text"]["en"] == "No complaint came by any channel."
    assert rights_status(Extent(operation)) == NIL


def test_the_movement_of_complaints_stays_in_the_house(operation: Operation):
    keep(make_agency("RU", "rights_body"), operation, 1, (0, 8, 6, 2))
    section = {"id": "rights", "blocks": list(complaints_balance(operation))}
    payload = {"sections": [section], "annexes": []}
    assert for_edition(payload, "full")["sections"][0]["blocks"]
    assert for_edition({**payload, "source_submissions": []}, "public")["sections"] == []
