"""What the tags of a PDF say: headers of numbers, one table over its pages, furniture apart, languages of passages."""

import datetime as dt
import io

import pikepdf
import pytest
from django.test import override_settings

from reports.rendering.passages import foreign_language
from reports.rendering.pdf import html_to_pdf
from tests.reports.rendering.spoken import Spoken

pytestmark = pytest.mark.once

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
HEAD = """
<thead>
  <tr><th scope="col" rowspan="2">No.</th><th scope="col" rowspan="2">Indicator</th>
      <th scope="col" colspan="2">States</th><td></td></tr>
  <tr><th scope="col">Armenia</th><th scope="col">Belarus</th><th scope="col">Total</th></tr>
</thead>"""
STYLE = """<style>@page { size: A5; @top-center { content: "running head" counter(page) } }
td, th { padding: 5mm 1mm } thead { display: table-header-group }</style>"""


def document(body: str, *, language: str = "en") -> bytes:
    html = f'<html lang="{language}"><head><title>t</title>{STYLE}</head><body>{body}</body></html>'
    return html_to_pdf(html=html, pictures={}, enclosed=[], as_of=AS_OF)


def table(rows: int) -> bytes:
    group = '<tr><td></td><th scope="col" colspan="4">Border</th></tr>'
    lines = [
        f'<tr><td>{n}</td><th scope="row">row {n}</th><td>a{n}</td><td>b{n}</td><td>t{n}</td></tr>' for n in range(rows)
    ]
    return document(f"<table>{HEAD}<tbody>{''.join(lines[:1])}{group}{''.join(lines[1:])}</tbody></table>")


def test_a_number_is_told_with_the_headers_that_stand_over_it_and_beside_it():
    headers = Spoken(table(3)).headers
    assert headers["a0"] == ["row 0", "States", "Armenia"]
    assert headers["b1"] == ["row 1", "Border", "States", "Belarus"]
    assert headers["t2"] == ["row 2", "Border", "Total"]
    assert headers["2"] == ["row 2", "Border", "No."]


def test_a_table_over_several_pages_is_one_table_with_one_head():
    pdf = table(40)
    assert len(pikepdf.open(io.BytesIO(pdf)).pages) > 2
    spoken = Spoken(pdf)
    assert (spoken.kinds["Table"], spoken.kinds["THead"]) == (1, 1)
    assert [row[1:] for row in spoken.tables[0][2:]] == [
        ["row 0", "a0", "b0", "t0"],
        ["Border"],
        *([f"row {n}", f"a{n}", f"b{n}", f"t{n}"] for n in range(1, 40)),
    ]
    assert spoken.text.count("Armenia") == 1, "a repeated head is furniture"
    assert spoken.findings == []


def test_running_heads_are_no_part_of_the_text():
    assert "running head" not in Spoken(document("<p>Text</p>")).text


def test_a_passage_in_another_language_says_so():
    pdf = document('<p>Published by <span lang="ru">Секретариат</span></p><p lang="ru">Итоги года</p>')
    assert Spoken(pdf).passages == [("ru", "Секретариат"), ("ru", "Итоги года")]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Итоги года", "en", "ru"),
        ("Results of the year", "en", ""),
        ("Results of the year", "ru", "en"),
        ("Итоги PDF/A", "ru", ""),
        ("ВН-12", "ru", ""),
        ("USD", "ru", ""),
        ("https://odkb-csto.org/news/", "ru", ""),
        ("odkb-csto.org, 26.03.2026", "en", ""),
        ("12 345", "en", ""),
    ],
)
def test_the_language_of_a_passage_is_told_by_its_alphabet(text: str, language: str, expected: str):
    assert foreign_language(text, language=language) == expected


def test_items_of_a_list_have_a_label_and_a_body():
    pdf = document("<style>ol, ul { list-style-position: inside }</style><ol><li>one<li>two</ol><ul><li>three</ul>")
    spoken = Spoken(pdf)
    assert (spoken.kinds["Lbl"], spoken.kinds["LBody"], spoken.findings) == (3, 3, [])


def test_typefaces_are_unpacked_once_and_the_same_without_a_place_to_keep_them(tmp_path, monkeypatch):
    from django.conf import settings

    from reports.rendering import fonts

    kept = {name: fonts.unpacked(name) for name in sorted(one.name for one in fonts.font_folder().glob("*.woff2"))[:2]}
    (tmp_path / "frontend").symlink_to(settings.FRONTEND_DIR)
    (tmp_path / "typefaces").write_text("in the way")
    fonts.unpacked.cache_clear()
    fonts.unpacked_folder.cache_clear()
    try:
        with override_settings(FRONTEND_DIR=tmp_path / "frontend"):
            assert {name: fonts.unpacked(name) for name in kept} == kept
    finally:
        fonts.unpacked.cache_clear()
        fonts.unpacked_folder.cache_clear()
