"""Files that are no workbook of a return: each refused before it is parsed, with its reason, in little memory."""

import io
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from operations.workbooks.archive_guard import LARGEST_FILE, Reason, RefusedWorkbook, open_workbook
from tests.operations.workbooks.workbook_files import part, repacked, sheet_part, with_cell, with_xml

pytestmark = pytest.mark.once
SHEET = "xl/worksheets/sheet1.xml"
LEAST = b'<?xml version="1.0"?><worksheet><sheetData/></worksheet>'


@pytest.fixture(scope="module")
def book() -> bytes:
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = workbook.add_worksheet("Данные Data")
    sheet.write_string("A1", "code")
    sheet.write_number("B1", 12)
    workbook.close()
    return out.getvalue()


def refused(data: bytes) -> RefusedWorkbook:
    with pytest.raises(RefusedWorkbook) as caught:
        open_workbook(data)
    return caught.value


def bomb(megabytes: int) -> bytes:
    return b"<worksheet>" + b" " * megabytes * 1024 * 1024 + b"</worksheet>"


def test_a_plain_workbook_passes(book: bytes):
    assert SHEET in open_workbook(book).parts


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"state,agency\nRU,x\n",
        b"%PDF-1.7",
        b"<html></html>",
        b"\x89PNG\r\n\x1a\n",
        b"PK",
    ],
    ids=["empty", "csv", "pdf", "html", "png", "two letters"],
)
def test_a_file_that_is_no_archive_is_no_workbook_whatever_its_name(data: bytes):
    error = refused(data)
    assert (error.reason, error.code) == (Reason.UNSUPPORTED, "not_a_workbook")


def test_an_archive_of_something_else_is_no_workbook(book: bytes):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refused(out.getvalue()).reason is Reason.UNSUPPORTED
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert refused(with_xml(book, "[Content_Types].xml", spreadsheet, kind)).reason is Reason.UNSUPPORTED


def test_an_old_format_and_an_encrypted_workbook_are_told_apart():
    stub = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
    assert refused(stub).code == "old_format"
    assert refused(stub + "EncryptedPackage".encode("utf-16-le")).code == "encrypted"
    assert refused(stub).reason is Reason.UNSUPPORTED


def test_more_than_25_megabytes_are_too_much():
    assert refused(b"PK\x03\x04" + bytes(LARGEST_FILE)).reason is Reason.TOO_LARGE


@pytest.mark.parametrize("name", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "xl/activeX/activeX1.xml"])
def test_macros_and_controls_are_refused(book: bytes, name: str):
    error = refused(repacked(book, {name: LEAST}))
    assert (error.reason, error.code) == (Reason.UNSUPPORTED, "macros")


def test_a_workbook_that_says_it_may_hold_macros_is_refused(book: bytes):
    plain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macros = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    assert refused(with_xml(book, "[Content_Types].xml", plain, macros)).code == "macros"


@pytest.mark.parametrize(
    "changes",
    [
        {"xl/externalLinks/externalLink1.xml": LEAST},
        {"xl/connections.xml": LEAST},
        {"xl/embeddings/oleObject1.bin": b"x"},
        {
            "xl/worksheets/_rels/sheet1.xml.rels": b'<Relationships><Relationship Id="a" TargetMode="External" '
            b'Type="hyperlink" Target="file:///etc/passwd"/></Relationships>'
        },
    ],
    ids=["linked workbook", "connection", "embedded object", "external relation"],
)
def test_links_to_the_outside_are_refused(book: bytes, changes: dict[str, bytes]):
    error = refused(repacked(book, changes))
    assert (error.reason, error.code) == (Reason.UNSUPPORTED, "external_links")


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE worksheet [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE worksheet SYSTEM "http://192.0.2.1/evil.dtd">',
        '<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "<!DOCTYPE worksheet>",
    ],
)
@pytest.mark.parametrize("name", [SHEET, "xl/styles.xml", "docProps/core.xml", "[Content_Types].xml"])
def test_a_document_type_is_refused_in_any_part(book: bytes, name: str, declared: str):
    original = part(book, name).decode()
    head, _end, body = original.partition("?>")
    error = refused(repacked(book, {name: f"{head}?>{declared}{body}".encode()}))
    assert (error.reason, error.code) == (Reason.DAMAGED, "document_type")


def test_a_document_type_in_another_encoding_is_refused_too(book: bytes):
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE worksheet [<!ENTITY a "b">]><worksheet/>'
    assert refused(repacked(book, {SHEET: text.encode("utf-16")})).code == "document_type"


@pytest.mark.parametrize("reference", ["XFD1048576", "XFD1", "A1048576", "BM9", "A5001"])
def test_a_cell_far_outside_is_refused(book: bytes, reference: str):
    data = with_cell(book, reference, f'<c r="{reference}"><v>1</v></c>')
    error = refused(data)
    assert (error.reason, error.code) == (Reason.DAMAGED, "used_range")
    assert reference in str(error.message)
    assert len(data) < 8000


def test_an_archive_that_grows_too_much_is_refused(book: bytes):
    assert refused(repacked(book, {SHEET: bomb(3)})).code == "compression_ratio"
    assert refused(repacked(book, {SHEET: bomb(5)})).code == "too_large_unpacked"
    many = {f"xl/worksheets/sheet{number}.xml": bomb(3) for number in range(2, 6)}
    assert refused(repacked(book, many)).code == "too_large_unpacked"


def test_a_size_that_the_directory_lies_about_is_noticed(book: bytes):
    data = repacked(book, {SHEET: bomb(3)})
    size = len(bomb(3))
    lying = data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert refused(lying).reason is Reason.DAMAGED


def test_thousands_of_entries_are_refused_before_they_are_read(book: bytes):
    assert refused(repacked(book, {f"x/{number}.xml": LEAST for number in range(150)})).code == "too_many_parts"
    assert refused(repacked(book, {f"x/{number}.xml": LEAST for number in range(70_000)})).code == "too_many_parts"


def test_millions_of_elements_and_deep_nesting_are_refused(book: bytes):
    noise = random.Random(1)
    wide = "".join(f'<a b="{noise.random()}"/>' for _ in range(120_000))
    pair = {
        SHEET: f"<worksheet>{wide}</worksheet>".encode(),
        "xl/styles.xml": f"<styleSheet>{wide}</styleSheet>".encode(),
    }
    assert refused(repacked(book, pair)).code in {"too_many_elements", "too_large_unpacked"}
    deep = b"<a>" * 5000 + b"</a>" * 5000
    assert refused(repacked(book, {"xl/styles.xml": deep})).code == "too_many_elements"


@pytest.mark.parametrize("kept", [0.3, 0.7, 0.99])
def test_a_truncated_file_is_damaged(book: bytes, kept: float):
    error = refused(book[: int(len(book) * kept)])
    assert (error.reason, error.code) == (Reason.DAMAGED, "truncated")


def test_a_part_with_a_wrong_checksum_is_damaged(book: bytes):
    data = repacked(book, {}, compression=zipfile.ZIP_STORED)
    place = data.index(b"<sheetData>")
    assert refused(data[:place] + b"<sheetDatb>" + data[place + 11 :]).code == "damaged"


@pytest.mark.parametrize(
    "content", [b"", b"<worksheet>", b"\xff\xfe\xff", b"<a/><b/>", b'<?xml version="1.0" encoding="x"?><a/>']
)
def test_a_part_that_is_no_xml_is_damaged(book: bytes, content: bytes):
    assert refused(repacked(book, {SHEET: content})).code == "not_xml"


def test_two_parts_of_one_name_are_damaged(book: bytes):
    out = io.BytesIO(book)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("XL/WORKSHEETS/SHEET1.XML", LEAST)
    assert refused(out.getvalue()).code == "part_names"


def test_xml_in_the_disguise_of_a_picture_is_refused(book: bytes):
    disguised = with_xml(book, "[Content_Types].xml", "/xl/styles.xml", "/xl/styles.png")
    assert refused(repacked(disguised, {"xl/styles.png": b"<!DOCTYPE x>", "xl/styles.xml": None})).code == "part_names"


# --- memory ---

_MEASURED = """
import resource, sys
import django
django.setup()
from operations.workbooks.archive_guard import RefusedWorkbook, open_workbook
from operations.workbooks.return_workbook_xml import read_book
limit = int(sys.argv[2]) * 1024 * 1024
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
data = open(sys.argv[1], "rb").read()
try:
    read_book(open_workbook(data))
    print("read", end=" ")
except RefusedWorkbook as error:
    print(error.code, end=" ")
# the peak of this process alone: ru_maxrss would remember that of the process it was forked from
status = open("/proc/self/status").read()
print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
"""


def worst(book: bytes) -> dict[str, bytes]:
    noise = random.Random(1)
    texts = "".join(f"<si><t>{noise.random()}</t></si>" for _ in range(60_000))
    cells = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{letter}{row}"><v>{noise.random()}</v></c>' for letter in "ABCDEFGHIJ")
        + "</row>"
        for row in range(1, 4500)
    )
    blanks = bomb(50)
    return {
        "one cell at the end": with_cell(book, "XFD1048576", '<c r="XFD1048576"><v>1</v></c>'),
        "1 GB of blanks": repacked(book, {f"xl/worksheets/sheet{number}.xml": blanks for number in range(2, 22)}),
        "25 MB of directory": repacked(book, {f"x/{number}": b"" for number in range(230_000)}),
        "as many cells as pass": repacked(
            book, {sheet_part(book): f"<worksheet><sheetData>{cells}</sheetData></worksheet>".encode()}
        ),
        "as many texts as pass": repacked(book, {"xl/sharedStrings.xml": f"<sst>{texts}</sst>".encode()}),
    }


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
def test_the_worst_files_stay_far_below_512_megabytes(book: bytes, tmp_path):
    for name, data in worst(book).items():
        path = tmp_path / "file.xlsx"
        path.write_bytes(data)
        done = subprocess.run(
            [sys.executable, "-c", _MEASURED, str(path), "512"],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"{name}: {done.stderr[-2000:]}"
        code, megabytes = done.stdout.split()
        print(f"{name}: {len(data)} bytes, {code}, {megabytes} MB")
        assert int(megabytes) < 300, name
