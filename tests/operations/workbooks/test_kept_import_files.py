"""Files of returns as they are kept and read again, and those of units."""

from pathlib import Path
from typing import Any

import pytest

from operations.domain.import_rows import BadImport
from operations.models import Figure, ImportBatch, Unit
from operations.workbooks import import_files
from operations.workbooks.json_returns import JsonReturns
from tests.factories.imports import COLUMNS, brought_file, dhis2, own, sheet, table
from tests.factories.operations import make_return
from tests.factories.people import make_officer
from tests.factories.reporting import Story, cells, make_story

pytestmark = pytest.mark.django_db
ELEMENT = {"dataElement": "VIO01", "value": "5"}


@pytest.fixture
def story() -> Story:
    return make_story()


def test_a_reader_goes_through_its_file_again_with_the_same_rows():
    source = JsonReturns(own({"indicator": "VIO01"}, {"indicator": "VIO02"}), sha256="", operation="illegal-2026")
    assert list(source.rows()) == list(source.rows())
    assert len(list(source.rows())) == 2


# --- keeping ---


def test_a_file_is_kept_under_its_hash_and_refused_when_it_changes(story: Story, settings: Any):
    sha256 = import_files.keep([b"state,", b"agency\n"], at=story.at)
    path = Path(settings.MEDIA_ROOT) / "imports" / sha256
    assert path.read_bytes() == b"state,agency\n"
    batch = ImportBatch(operation=story.operation, file_name="in.csv", sha256=sha256)
    assert import_files.kept_source(batch).sha256 == sha256
    path.write_bytes(b"state,agency,surname\n")
    with pytest.raises(BadImport) as refused:
        import_files.kept_source(batch)
    assert refused.value.conflicts[0].code == "not_kept"


def test_more_bytes_than_an_import_takes_leave_nothing_on_the_disk(story: Story, settings: Any):
    def endless() -> Any:
        while True:
            yield b"x" * 1024 * 1024

    with pytest.raises(BadImport) as refused:
        import_files.keep(endless(), at=story.at)
    assert refused.value.conflicts[0].code == "too_large"
    assert list((Path(settings.MEDIA_ROOT) / "imports").iterdir()) == []


# --- units ---


def test_a_unit_is_found_by_its_code_in_every_format(story: Story):
    unit = Unit.objects.create(agency=story.agency, code="77", name_ru="Москва", name_en="Moscow")
    owed = make_return(story.period, story.agency, unit=unit)
    row = ("RU", "internal_affairs", "S1-final", "VIO01", "", 5, "77")
    columns = [*COLUMNS, "unit"]
    for name, content in (
        ("in.csv", table(row, columns=columns)),
        ("in.xlsx", sheet(row, columns=columns)),
        ("in.json", own({"indicator": "VIO01", "value": 5, "unit": "77"})),
        ("in.json", dhis2({**ELEMENT, "orgUnit": "ru-internal-affairs/77"})),
    ):
        brought_file(story, name, content)
    assert cells(owed.submissions.get()) == {"VIO01.TOTAL": 5}
    assert owed.submissions.get().revision == 2  # the later files changed nothing
    assert not story.again().submissions.exists()
    content = table((*row[:-1], "78"), columns=columns)
    with pytest.raises(BadImport) as refused:
        brought_file(story, "in.csv", content)
    assert refused.value.conflicts[0].code == "unknown_unit"


def test_an_officer_of_a_unit_imports_the_units_returns_and_no_others(story: Story):
    unit = Unit.objects.create(agency=story.agency, code="77", name_ru="Москва", name_en="Moscow")
    make_return(story.period, story.agency, unit=unit)
    officer = make_officer(story.agency, username="of-unit", unit=unit)
    row = ("RU", "internal_affairs", "S1-final", "VIO01", "", 5)
    with pytest.raises(BadImport) as refused:
        brought_file(story, "in.csv", table(row), actor=officer)
    assert [conflict.code for conflict in refused.value.conflicts] == ["unknown_period"]
    brought_file(story, "in.csv", table((*row, "77"), columns=[*COLUMNS, "unit"]), actor=officer)
    assert Figure.objects.get().submission.expected_return.unit == unit
