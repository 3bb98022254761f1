"""The PDF: every number of the payload in both languages, real letters, equal bytes, nothing fetched from
outside."""

import datetime as dt
import hashlib
import io

import pikepdf
import pypdfium2 as pdfium
import pytest
from python_calamine import CalamineWorkbook

from reports.domain import blocks as b
from reports.domain import payload as p
from reports.domain.cells import same
from reports.rendering.cells import shown
from reports.rendering.document import ApprovalOfAnotherSnapshot
from reports.rendering.fetcher import RefusedAddress
from reports.rendering.pdf import Enclosure, IncompleteDocument, html_to_pdf, render_pdf
from tests.reports.rendering.annual_sample import annual, approval_of
from tests.reports.rendering.cumulative_sample import cumulative
from tests.reports.rendering.pages import CAPITALS, SMALL, letters_of, page_count, plain, recognised, runs, text_of
from tests.reports.rendering.spoken import Spoken

pytestmark = pytest.mark.once

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def payload() -> p.Payload:
    return annual()


@pytest.fixture(scope="module")
def both_files(payload: p.Payload) -> dict[str, bytes]:
    approval = approval_of(payload)
    return {
        language: render_pdf(payload=payload, approval=approval, language=language, copy_number=1)
        for language in ("ru", "en")
    }


@pytest.fixture(params=["ru", "en"])
def drawn(request: pytest.FixtureRequest, both_files: dict[str, bytes]) -> tuple[str, bytes]:
    return request.param, both_files[request.param]


@pytest.fixture
def russian(both_files: dict[str, bytes]) -> bytes:
    return both_files["ru"]


def test_every_row_of_every_table_stands_in_the_text_number_by_number(
    drawn: tuple[str, bytes], payload: p.Payload
) -> None:
    language, pdf = drawn
    text = text_of(pdf)
    rows = [
        run
        for block in p.every_block(payload)
        if block["type"] == "table" and all(column["kind"] == "number" for column in block["columns"])
        for row in block["rows"]
        for run in runs(row["cells"], language=language)
    ]
    assert len(rows) > 20
    assert [row for row in rows if row not in text] == []


def test_cards_charts_and_texts_stand_in_the_text(drawn: tuple[str, bytes], payload: p.Payload) -> None:
    language, pdf = drawn
    text = text_of(pdf)
    for block in p.every_block(payload):
        if block["type"] == "key_figures":
            assert all(plain(shown(card["cell"], language=language).whole) in text for card in block["cards"])
        if block["type"] == "chart":
            assert plain(block["caption"][language]) in text
        if block["type"] == "table":
            assert plain(block["caption"][language]) in text
    for section in (*payload["sections"], *payload["annexes"]):
        assert text.count(plain(section["title"][language])) >= 2, "once in the contents, once as a heading"


def test_the_hash_and_who_approved_stand_on_the_approval_sheet(drawn: tuple[str, bytes], payload: p.Payload) -> None:
    language, pdf = drawn
    text = text_of(pdf)
    assert p.sha256_of(payload) in text
    for act in approval_of(payload)["acts"]:
        assert act["name"][language] in text
        assert plain(act["what"][language]) in text


def test_the_letters_on_the_page_are_the_letters_of_the_text(russian: bytes) -> None:
    bold = ("noto-serif-cyrillic-700-normal",)
    (title,) = letters_of(russian, page=0, word="СВОДНЫЙ")
    assert "".join(recognised(one, among=CAPITALS, families=bold) for one in title) == "СВОДНЫЙ"


def test_the_letters_of_a_chart_are_the_letters_of_its_text(russian: bytes) -> None:
    faces = ("noto-sans-cyrillic-400-normal", "noto-serif-cyrillic-400-normal")
    places = letters_of(russian, page=5, word="Кыргызстан")
    assert len(places) >= 3, "in the heading, in the chart and in its table"
    for letters in places:
        read = "".join(recognised(one, among=CAPITALS + SMALL, families=faces) for one in letters)
        assert read.lower() == "кыргызстан"


def test_the_same_input_gives_the_same_bytes(payload: p.Payload, drawn: tuple[str, bytes]) -> None:
    language, pdf = drawn
    again = render_pdf(payload=payload, approval=approval_of(payload), language=language, copy_number=1)
    assert hashlib.sha256(again).hexdigest() == hashlib.sha256(pdf).hexdigest()


def test_the_file_says_that_it_is_pdf_a_3a_and_pdf_ua_1(drawn: tuple[str, bytes], tmp_path) -> None:
    language, pdf = drawn
    (tmp_path / "file.pdf").write_bytes(pdf)
    with pikepdf.open(tmp_path / "file.pdf") as file:
        with file.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
            assert metadata["pdfuaid:part"] == "1"
        assert str(file.Root.Lang) == language
        assert bool(file.Root.MarkInfo.Marked)
        assert "/OutputIntents" in file.Root
        assert len(list(file.open_outline().root)) >= 8


def test_header_cells_say_what_they_head_and_pictures_have_a_description(russian: bytes, tmp_path) -> None:
    (tmp_path / "file.pdf").write_bytes(russian)
    with pikepdf.open(tmp_path / "file.pdf") as file:
        elements = [one for one in file.objects if isinstance(one, pikepdf.Dictionary) and "/S" in one]
        headers = [one for one in elements if one.S == "/TH"]
        assert {str(one.A.Scope) for one in headers} == {"/Column", "/Row"}
        figures = [one for one in elements if one.S == "/Figure"]
        assert len(figures) == 7, "six charts and the QR code"
        assert all(str(one.Alt) for one in figures)


def test_every_typeface_is_inside_the_file(russian: bytes, tmp_path) -> None:
    (tmp_path / "file.pdf").write_bytes(russian)
    with pikepdf.open(tmp_path / "file.pdf") as file:
        descriptors = [
            one for one in file.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"
        ]
        assert descriptors
        assert all("/FontFile2" in one or "/FontFile3" in one for one in descriptors)
        assert all("Noto" in str(one.FontName) for one in descriptors)


def test_the_data_and_the_frozen_payload_are_inside_the_file(payload: p.Payload, russian: bytes, tmp_path) -> None:
    (tmp_path / "file.pdf").write_bytes(russian)
    with pikepdf.open(tmp_path / "file.pdf") as file:
        inside = {name: one.get_file().read_bytes() for name, one in file.attachments.items()}
    assert inside["payload.json"] == p.canonical_bytes(payload)
    assert hashlib.sha256(inside["payload.json"]).hexdigest() == p.sha256_of(payload)
    assert inside["data.csv"].startswith(b"\xef\xbb\xbflanguage;table;")
    lines = CalamineWorkbook.from_filelike(io.BytesIO(inside["data.xlsx"])).get_sheet_by_name("data").to_python()
    assert len(lines) == inside["data.csv"].count(b"\r\n"), "each cell once, and a line of headings"


def test_both_languages_stand_side_by_side_on_the_same_page() -> None:
    payload = cumulative()
    pdf = render_pdf(payload=payload, approval=None, language="both")
    text = text_of(pdf)
    assert text.index(payload["title"]["ru"]) < text.index(payload["title"]["en"])
    with pdfium.PdfDocument(pdf) as file:
        pages = [plain(page.get_textpage().get_text_bounded()) for page in file]
    for section in payload["sections"]:
        heads = [f"{section['number']} {plain(section['title'][language])}" for language in ("ru", "en")]
        places = [[page.count(head) for page in pages[2:]] for head in heads]
        assert places[0] == places[1], "a heading stands beside its translation"
        assert sum(places[0]) == 2, "in the contents and over the section"


def test_an_approval_of_another_snapshot_is_refused(payload: p.Payload) -> None:
    with pytest.raises(ApprovalOfAnotherSnapshot):
        render_pdf(payload=payload, approval=approval_of(cumulative()), language="ru")


def test_a_draft_says_so_on_every_page_and_has_no_approval_sheet(payload: p.Payload) -> None:
    pdf = render_pdf(payload=payload, approval=None, language="en")
    text = text_of(pdf)
    assert text.count("Demonstration data · Draft, not approved") == page_count(pdf)
    assert "Approval sheet" not in text


def test_a_report_from_open_sources_says_so_on_every_page_and_is_no_draft() -> None:
    pdf = render_pdf(payload=cumulative(), approval=None, language="en", marking="open")
    text = text_of(pdf)
    assert text.count("Compiled from open sources; not an official document") >= page_count(pdf)
    assert "Draft" not in text
    for said in ("more than 1,000,000", "more than 84,000,000 USD", "9,732", "560", "137,795", "more than 3,000"):
        assert said in text


def test_an_open_document_bears_no_marking() -> None:
    text = text_of(render_pdf(payload=cumulative(), approval=None, language="en", edition="public", marking="open"))
    assert "official use" not in text
    assert "Copy No." not in text
    assert "Public edition" in text


@pytest.mark.parametrize(
    "asked",
    [
        '<img alt="x" src="file:///etc/passwd">',
        '<img alt="x" src="http://192.0.2.1/x.png">',
        '<img alt="x" src="app:fonts/../../settings.py">',
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>x</title>'
        '<image href="file:///etc/hosts" width="9" height="9"/></svg>',
        '<link rel="stylesheet" href="https://192.0.2.1/x.css">',
    ],
)
def test_an_address_outside_is_not_fetched_and_fails_the_document_by_name(asked: str) -> None:
    with pytest.raises(RefusedAddress, match=r"file:|192\.0\.2\.1|settings\.py"):
        html_to_pdf(html=f'<html lang="en"><title>t</title><p>{asked}</p>', pictures={}, enclosed=[], as_of=AS_OF)


def test_a_part_that_the_library_left_out_fails_the_document() -> None:
    html = '<html lang="en"><title>t</title><p><img src="app:pictures/x.svg"></p>'
    with pytest.raises(IncompleteDocument, match="alt"):
        html_to_pdf(
            html=html,
            pictures={"x.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'},
            enclosed=[],
            as_of=AS_OF,
        )


def test_what_people_typed_is_printed_and_not_obeyed() -> None:
    typed = '<img src="file:///etc/passwd"> {{ 7|add:7 }} {% now "Y" %}'
    stranger = cumulative() | {"subtitle": {"ru": typed, "en": typed}}
    pdf = render_pdf(payload=stranger, approval=None, language="en", attachments=[_note()])
    assert typed in text_of(pdf)


def test_the_table_of_a_chart_with_many_series_stays_on_the_sheet() -> None:
    """In a section of wide tables a chart's table stands beside it, where few columns have room."""
    payload = annual()
    results = next(section for section in payload["sections"] if section["id"] == "results")
    results["blocks"] = [block for block in results["blocks"] if block["type"] != "heading"][:2]
    name = "Проверено записей с установленным результатом по спискам государств-партнёров"
    series = results["blocks"][1]["series"][0]
    results["blocks"][1]["series"] = [{**series, "name": {"ru": f"{name} {n}", "en": f"{n}"}} for n in range(5)]
    spoken = Spoken(render_pdf(payload={**payload, "sections": [results], "annexes": []}, approval=None))
    assert spoken.findings == []


@pytest.mark.parametrize("language", ["ru", "both"])
def test_a_signature_never_stands_alone_on_a_page(language: str) -> None:
    """Where the text before it just fills a page, its last line goes along."""
    paper = annual() | {"annexes": [], "sources": [], "summary": []}
    last = same("Последние слова доклада")
    for lines in (24, 25, 27):
        content = [*(b.paragraph(same(f"Строка {line}")) for line in range(lines)), b.paragraph(last)]
        section = b.section(id="results", number="1", title=same("Итоги"), blocks=content)
        pdf = render_pdf(payload=paper | {"sections": [section]}, approval=None, language=language)
        with pdfium.PdfDocument(pdf) as file:
            ends = plain(file[len(file) - 1].get_textpage().get_text_bounded())
        assert "подпись" in ends and last["ru"] in ends, f"{lines} lines"


def _note() -> Enclosure:
    return Enclosure(name="note.txt", description="A note", content=b"note", relationship="Supplement")
