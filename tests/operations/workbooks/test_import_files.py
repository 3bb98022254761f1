"""Files of returns in every format: what is taken, and each kind of bad file with its right answer."""

import re
from typing import Any

import pytest

from operations.domain.import_rows import BadImport
from operations.domain.wording import in_language
from operations.models import Figure, ImportBatch
from operations.workbooks.return_workbook_writer import write_return_workbook
from tests.factories.imports import COLUMNS, brought_file, dhis2, own, sheet, table
from tests.factories.operations import make_return
from tests.factories.reference import make_agency
from tests.factories.reporting import Story, cells, make_story
from tests.operations.workbooks.workbook_files import repacked, with_cell, with_xml

pytestmark = pytest.mark.django_db
SHEET = "xl/worksheets/sheet1.xml"
FAR = '<c r="XFD1048576"><v>1</v></c>'


@pytest.fixture
def story() -> Story:
    return make_story()


def found(story: Story, name: str, content: str | bytes, **options: Any) -> list[tuple[str, str]]:
    """Code and place of everything that is wrong; then nothing is stored."""
    with pytest.raises(BadImport) as refused:
        brought_file(story, name, content, **options)
    assert not Figure.objects.exists()
    assert refused.value.batch is None or refused.value.batch.status == ImportBatch.Status.REFUSED
    assert all(str(conflict.message) for conflict in refused.value.conflicts)
    return [(one.code, one.place or f"{one.row}.{one.column}") for one in refused.value.conflicts]


def codes(story: Story, name: str, content: str | bytes, **options: Any) -> list[str]:
    return [code for code, _place in found(story, name, content, **options)]


# --- what is taken ---

ROWS = [("VIO01", "", "5"), ("ADM04", "", "1 234,50"), ("VIO01", "AM", "2"), ("ACT01", "", "")]
COMES_TO = {"VIO01.TOTAL": 5, "ADM04.TOTAL": 123_450, "VIO01.citizenship_group:AM": 2}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("figures.csv", table(*[(code, category, f'"{value}"') for code, category, value in ROWS])),
        ("Figures.XLSX", sheet(*ROWS)),
        ("figures.xlsx", sheet(("VIO01", "", 5), ("ADM04", "", 1234.5), ("VIO01", "AM", 2.0), ("ACT01", "", ""))),
        (
            "figures.json",
            own(
                {"indicator": "VIO01", "value": 5},
                {"indicator": "ADM04", "category": "TOTAL", "value": 123_450},
                {"indicator": "VIO01", "category": "AM", "value": 2},
                {"indicator": "ACT01", "value": None},
            ),
        ),
        (
            "dhis2.json",
            dhis2(
                {"dataElement": "VIO01", "categoryOptionCombo": "default", "value": "5"},
                {"dataElement": "ADM04", "orgUnit": "ru-internal-affairs", "value": "1234.50"},
                {"dataElement": "VIO01", "period": "S1-final", "categoryOptionCombo": "AM", "value": 2},
                {"dataElement": "ACT01", "value": ""},
            ),
        ),
    ],
)
def test_every_format_comes_to_the_same_draft(story: Story, name: str, content: str | bytes):
    batch = brought_file(story, name, content)
    assert cells(story.again().submissions.get()) == COMES_TO
    assert batch.summary["cells"] == {"imported": 3, "updated": 0, "unchanged": 1, "refused": 0}
    assert batch.summary["returns"] == {"imported": 1, "updated": 0, "unchanged": 0, "refused": 0}


def test_the_members_beside_the_values_may_come_after_them(story: Story):
    content = '{"dataValues": [{"dataElement": "VIO01", "value": "5"}], "period": "S1-final", '
    content += '"orgUnit": "ru-internal-affairs"}'
    assert brought_file(story, "in.json", content).summary["cells"]["imported"] == 1


def test_a_note_of_dhis2_is_its_comment(story: Story):
    brought_file(story, "in.json", dhis2({"dataElement": "VIO01", "value": "5", "comment": "По журналу учёта"}))
    assert Figure.objects.get().note == "По журналу учёта"


def test_what_dhis2_writes_beside_each_value_is_read_over_and_kept_nowhere(story: Story):
    beside = {"storedBy": "admin", "created": "2026-05-28T10:00:00.000+0000", "lastUpdated": "2026-05-28T10:00:00.000"}
    value = {"dataElement": "VIO01", "value": "5", "categoryOptionCombo": "HllvX50cXC0", "comment": ""}
    value |= {**beside, "attributeOptionCombo": "HllvX50cXC0", "followup": False, "deleted": False}
    batch = brought_file(story, "in.json", dhis2(value, completeDate="2026-05-28", attributeOptionCombo="default"))
    assert cells(story.again().submissions.get()) == {"VIO01.TOTAL": 5}
    assert "admin" not in str([batch.summary, batch.conflicts])


def test_a_second_table_on_another_sheet_is_not_left_out_silently(story: Story):
    def more(book: Any, page: Any) -> None:
        book.add_worksheet("Ещё").write_row(0, 0, COLUMNS)

    assert found(story, "in.xlsx", sheet(("VIO01", "", 5), more=more)) == [("second_table", "Ещё")]


def test_a_list_of_codes_on_another_sheet_is_no_second_table(story: Story):
    def more(book: Any, page: Any) -> None:
        book.add_worksheet("Коды").write_row(0, 0, ["indicator", "name"])

    assert brought_file(story, "in.xlsx", sheet(("VIO01", "", 5), more=more)).summary["cells"]["imported"] == 1


def test_the_workbook_of_one_return_is_sent_to_the_page_of_that_return(story: Story):
    content = write_return_workbook(expected_return=story.expected_return, submission=None)
    assert codes(story, "in.xlsx", content) == ["return_workbook"]


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in.json", '{"rows": [}'),
        ("in.json", '{"rows": [{"value": NaN}]}'),
        ("in.json", '{"rows": [{"value": 1e999}]}'),
        ("in.json", '{"rows": [{"value": ' + "1" * 401 + "}]}"),
        ("in.json", '{"rows": ' + "[" * 100_000),
        ("in.csv", ",".join(COLUMNS) + '\nRU,a,b,c,d,"5\n'),
        ("in.csv", ",".join(COLUMNS) + '\nRU,a,b,c,d,"5"x\n'),
        ("in.csv", ",".join(COLUMNS) + "\nRU,a,b,c,d," + "5" * 200_000 + "\n"),
    ],
)
def test_why_a_file_cannot_be_read_is_said_in_the_readers_language(
    story: Story, language: str, name: str, content: str
):
    with pytest.raises(BadImport) as refused:
        brought_file(story, name, content)
    with in_language(language):
        words = str(refused.value.conflicts[0].message).replace("JSON", "").replace("NaN", "").replace("CSV", "")
    assert bool(re.search("[А-я]", words)) == (language == "ru")
    assert bool(re.search("[A-Za-z]", words)) == (language == "en")


def test_the_table_may_stand_on_any_sheet_that_shows(story: Story):
    def more(book: Any, page: Any) -> None:
        page.set_first_sheet()

    content = with_xml(sheet(("VIO01", "", 5), more=more), "xl/workbook.xml", 'name="Данные"', 'name="=Данные"')
    assert brought_file(story, "in.xlsx", content).summary["cells"]["imported"] == 1


# --- numbers ---

BAD_NUMBERS = ["-1", "+5", "1,234", "1.234", "1_000", "٣٤", "３", "²", "½", "1e3", "1e308", "NaN", "9" * 31, "9" * 5000]


@pytest.mark.parametrize("number", BAD_NUMBERS)
@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_a_number_that_could_mean_anything_else_is_refused_where_it_stands(story: Story, ending: str, number: str):
    content = {
        "csv": table(("VIO01", "", f'"{number}"')),
        "xlsx": sheet(("VIO01", "", number)),
        "json": dhis2({"dataElement": "VIO01", "value": number}),
    }[ending]
    ((_code, place),) = found(story, f"in.{ending}", content)
    assert place == {"csv": "2.value", "xlsx": "Данные!F2", "json": "/dataValues/0/value"}[ending]


@pytest.mark.parametrize("raw", ["true", '"12"', '"1 234"', "1.5", "-1", "1" + "0" * 30, "[1]", '{"n": 1}'])
def test_a_json_value_is_an_integer_or_nothing(story: Story, raw: str):
    content = own({"indicator": "VIO01", "value": 0}).replace('"value": 0', f'"value": {raw}')
    ((_code, place),) = found(story, "in.json", content)
    assert place == "/rows/0/value"


@pytest.mark.parametrize("raw", ["NaN", "Infinity", "1e999", "1" * 401, "01", "'5'"])
def test_what_json_does_not_know_as_a_number_refuses_the_file(story: Story, raw: str):
    content = own({"indicator": "VIO01", "value": 0}).replace('"value": 0', f'"value": {raw}')
    assert codes(story, "in.json", content) == ["not_json"]


@pytest.mark.parametrize("text", ["1 234", "1\u00a0234", "1\u202f234"])
def test_a_table_takes_numbers_with_any_space_between_groups(story: Story, text: str):
    brought_file(story, "in.csv", table(("VIO01", "", text)))
    assert Figure.objects.get().value == 1234


# --- a table ---


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", ["empty_file"]),
        (b"\x00" * 100, ["missing_column"] * 6 + ["unknown_column"]),
        (table(("VIO01", "", 5), columns=[*COLUMNS[:-1], "surname"]).encode(), ["missing_column", "unknown_column"]),
        (table(("VIO01", "", 5)).encode("utf-16"), ["not_utf8"]),
        (table(("VIO01", "", 5)).encode() + "RU,МВД\n".encode("cp1251"), ["not_utf8"]),
        (table(("VIO01", "", 5)).encode() + b'RU,"x', ["not_csv"]),
        (table(("VIO01", "", 5)).encode() + b"RU,x,y\n", ["ragged_row"]),
        (table().encode(), ["empty"]),
        (table(("VIO01", "", 5), ("VIO01", "TOTAL", 6)).encode(), ["duplicate", "duplicate"]),
        (table(("VIO01", "", 5), ("VIO\x0002", "", 5)).encode(), ["unknown_indicator"]),
        (table(("VIО01", "", 5)).encode(), ["unknown_indicator"]),  # a Cyrillic О
        (sheet(("VIO01", "", 5)), ["not_csv"]),
        (b"\xd0\xcf\x11\xe0 old", ["not_csv"]),
    ],
)
def test_each_bad_table_has_its_answer(story: Story, content: bytes, wrong: list[str]):
    assert codes(story, "in.csv", content) == wrong


def test_a_field_without_an_end_is_found_at_its_line(story: Story):
    content = table(("VIO01", "", 5)) + 'RU,"' + "x" * 200_000
    (conflict,) = found(story, "in.csv", content)
    assert conflict[0] == "not_csv"


def test_a_kind_of_file_that_nobody_reads_is_refused_by_its_name(story: Story):
    for name in ("in.xls", "in", "in.csv.exe", "in.pdf"):
        assert codes(story, name, b"x") == ["unknown_format"]


def test_another_states_codes_and_nobodys_are_the_same_fault(story: Story):
    make_return(story.period, make_agency("BY"))
    for name, theirs, nobodys in (
        ("in.csv", table(("BY", *ROW)), table(("XX", *ROW))),
        ("in.xlsx", sheet(("BY", *ROW)), sheet(("XX", *ROW))),
        ("in.json", own({"indicator": "VIO01", "state": "BY"}), own({"indicator": "VIO01", "state": "XX"})),
        ("in.json", dhis2(ELEMENT, orgUnit="by-internal-affairs"), dhis2(ELEMENT, orgUnit="nobody")),
    ):
        assert found(story, name, theirs) == found(story, name, nobodys)


ROW = ("internal_affairs", "S1-final", "VIO01", "", 5)
ELEMENT = {"dataElement": "VIO01", "value": "5"}


# --- a workbook ---


def formula(book: Any, page: Any) -> None:
    page.write_formula("F2", "=2+3", None, 5)


def date(book: Any, page: Any) -> None:
    page.write_number("F2", 46000, book.add_format({"num_format": "dd.mm.yyyy"}))


def merged(book: Any, page: Any) -> None:
    page.merge_range("A3:B3", "x")


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        (formula, [("formula", "Данные!F2")]),
        (date, [("date", "Данные!F2")]),
        (lambda book, page: page.write_boolean("F2", True), [("boolean", "Данные!F2")]),
        (lambda book, page: page.write_formula("A2", "=1"), [("formula", "Данные!A2")]),
        (lambda book, page: page.set_row(1, 15, None, {"hidden": True}), [("hidden", "Данные!2")]),
        (lambda book, page: page.set_row(1, 0), [("hidden", "Данные!2")]),
        (lambda book, page: page.set_column("F:F", 8, None, {"hidden": True}), [("hidden", "1.value")]),
        (merged, [("unknown_state", "Данные!A3"), ("merged", "Данные!A3:B3")]),
        (lambda book, page: page.write("H2", "Иванов"), [("unknown_column", "Данные!H2")]),
        (lambda book, page: page.write("G1", "surname"), [("unknown_column", "Данные!1")]),
        (
            lambda book, page: page.write_number("F2", 5, book.add_format({"num_format": ";;;"})),
            [("hidden", "Данные!F2")],
        ),
        (lambda book, page: page.hide(), [("hidden", "Данные")]),
    ],
)
def test_what_a_reader_of_values_would_smooth_over_is_a_fault_of_its_cell(story: Story, more: Any, wrong: Any):
    def changed(book: Any, page: Any) -> None:
        more(book, page)
        if more is not None and page.hidden:
            book.add_worksheet("Ещё").activate()

    assert found(story, "in.xlsx", sheet(("VIO01", "", 5), more=changed)) == wrong


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('<c r="F2" t="e"><v>#REF!</v></c>', "error_value"),
        ('<c r="F2"><v>NaN</v></c>', "not_a_number"),
        ('<c r="F2"><v>INF</v></c>', "not_a_number"),
        ('<c r="F2" t="d"><v>2026-06-01</v></c>', "date"),
        ('<c r="F2" t="zz"><v>5</v></c>', "not_a_number"),
        ('<c r="C2"><v>2026.5</v></c>', "not_text"),
    ],
)
def test_what_a_cell_cannot_hold_is_named(story: Story, cell: str, code: str):
    content = with_cell(sheet(("VIO01", "", 5)), cell[6:8], cell, sheet="Данные")
    assert codes(story, "in.xlsx", content) == [code]


def test_rows_of_one_cell_are_both_named(story: Story):
    assert found(story, "in.xlsx", sheet(("VIO01", "", 5), ("VIO01", "", 5))) == [
        ("duplicate", "Данные!D3"),
        ("duplicate", "Данные!D2"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"state,agency\n", "not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (sheet(("VIO01", "", 5))[:-200], "truncated"),
        (repacked(sheet(("VIO01", "", 5)), {"xl/vbaProject.bin": b"x"}), "macros"),
        (repacked(sheet(("VIO01", "", 5)), {"xl/externalLinks/externalLink1.xml": b"<x/>"}), "external_links"),
        (repacked(sheet(("VIO01", "", 5)), {f"x{place}.xml": b"<x/>" for place in range(200)}), "too_many_parts"),
        (repacked(sheet(("VIO01", "", 5)), {"xl/bomb.xml": b"<x>" + b" " * 30_000_000 + b"</x>"}), "compression_ratio"),
        (repacked(sheet(("VIO01", "", 5)), {SHEET: b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'}), "document_type"),
        (with_cell(sheet(("VIO01", "", 5)), "XFD1048576", FAR, sheet="Данные"), "used_range"),
        (sheet(("VIO01", "", 5), columns=["a", "b", "c", "d", "e", "f"]), "missing_column"),
        (sheet(("VIO01", "", 5), columns=[*COLUMNS[:-1], "surname"]), "missing_column"),
    ],
)
def test_each_bad_workbook_is_refused_before_it_is_read(story: Story, content: bytes, code: str):
    assert codes(story, "in.xlsx", content)[0] == code


# --- JSON ---


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("", ["empty_file"]),
        ("[]", ["not_an_object"]),
        ("null", ["not_an_object"]),
        ("{}", ["no_rows"]),
        ('{"rows": []}', ["empty"]),
        ('{"rows": {}}', ["not_json"]),
        ('{"rows": [1]}', ["not_an_object"]),
        ('{"rows": [], "dataValues": []}', ["no_rows"]),
        ('{"rows": [', ["not_json"]),
        ('{"rows": []} x', ["not_json"]),
        ('{"rows": [],}', ["not_json"]),
        ('{"rows": [], "rows": []}', ["duplicate_key"]),
        ('{"operation": "a", "operation": "illegal-2026", "rows": []}', ["duplicate_key"]),
        ('{"rows": [{"state": "RU", "state": "BY"}]}', ["duplicate_key"]),
        ('{"rows": [], "status": "imported"}', ["unknown_field"]),
        ('{"rows": [], "name": 5}', ["not_text"]),
        ('{"rows": [], "operation": "illegal-2025"}', ["other_operation"]),
        ('{"dataSet": "illegal-2025", "dataValues": []}', ["other_operation"]),
        ('{"rows": ' + "[" * 100_000, ["not_json"]),
        ('{"rows": [{"note": ' + '{"a":' * 100_000, ["not_json"]),
        ('{"rows": [{"note": "\x01"}]}', ["not_json"]),
    ],
)
def test_each_bad_json_file_has_its_answer(story: Story, content: str, wrong: list[str]):
    assert codes(story, "in.json", content) == wrong


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"surname": "Иванов"}, [("unknown_field", "/rows/0/surname")]),
        ({"status": 5}, [("not_text", "/rows/0/status")]),
        ({"note": "\x00"}, [("control_characters", "/rows/0/note")]),
        ({"note": "\ud800"}, [("control_characters", "/rows/0/note")]),
        ({"note": "паспорт № 4510 123456"}, [("personal_data", "/rows/0/note")]),
        ({"state": ["RU"]}, [("not_text", "/rows/0/state")]),
        ({"agency": "\ud800"}, [("unknown_agency", "/rows/0/agency")]),
        ({"\ud800": "x"}, [("unknown_field", "/rows/0/?")]),
    ],
)
def test_each_member_of_a_row_is_looked_at(story: Story, change: dict[str, Any], wrong: list[tuple[str, str]]):
    assert found(story, "in.json", own({"indicator": "VIO01", "value": 5, **change})) == wrong
    stored = ImportBatch.objects.get()
    assert [conflict["place"] for conflict in stored.conflicts] == [place for _code, place in wrong]


def test_members_of_dhis2_that_nobody_knows_are_refused(story: Story):
    content = dhis2({**ELEMENT, "surname": "x", "attributeOptionCombo": "x", "deleted": True}, {"value": "5"})
    assert found(story, "in.json", content) == [
        ("unknown_field", "/dataValues/0/surname"),
        ("unknown_attribute", "/dataValues/0/attributeOptionCombo"),
        ("deleted", "/dataValues/0/deleted"),
        ("required", "/dataValues/1/dataElement"),
    ]


def test_json_that_is_not_utf8_is_refused(story: Story):
    with pytest.raises(BadImport):
        brought_file(story, "in.json", own({"indicator": "VIO01"}, name="МВД").encode("utf-16"))
