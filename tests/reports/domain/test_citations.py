"""Figures cited inside texts: what is a citation, what is wrong with one, and which number it becomes."""

import pytest

from operations.domain import rich_text
from operations.domain.errors import BadInput
from reports.domain import reports
from reports.domain.cells import missing, number
from reports.domain.citations import Citation, citations, cited, replaced, spelling_problems
from reports.domain.cited_figures import Citable
from reports.domain.coded_cells import coded_cells
from reports.domain.narratives import form_problems, points_to_look_at
from reports.domain.public_numbers import public_payload
from reports.domain.snapshots import build_payload, take_snapshot
from reports.models import Narrative, Report
from reports.rendering.narrative import narrative_html, narrative_lines
from tests.factories.people import Cast
from tests.factories.reports import AT, make_report, make_results


def written(report: Report, text: str, *, english: str | None = None, section: str = "problems") -> Narrative:
    return reports.edit_narrative(
        report=report,
        section=section,
        text_ru=text,
        text_en=text if english is None else english,
        actor=report.composed_by,
        at=AT,
    )


def refused(report: Report, text: str) -> list[tuple[str, str]]:
    with pytest.raises(BadInput) as error:
        written(report, text, english="x")
    return [(problem.code, str(problem.message)) for problem in error.value.problems]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{{VIO01}}", Citation(indicator="VIO01")),
        ("{{ VIO01:KZ }}", Citation(indicator="VIO01", state="KZ")),
        ("{{VIO01[sex:F]:KZ@2}}", Citation(indicator="VIO01", breakdown="sex", category="F", state="KZ", stage=2)),
        ("{{VIO01[F]}}", Citation(indicator="VIO01", category="F")),
        ("{{VIO01/2024}}", Citation(indicator="VIO01", year=2024)),
    ],
)
def test_a_reference_names_indicator_category_state_stage_and_year(text: str, found: Citation):
    assert citations(text) == [found]
    assert citations(f"{{{{{found}}}}}") == [found]


def test_what_is_no_reference_stays_the_text_that_it_is():
    assert citations("{{7*7}} { VIO01 } {{}}") == []
    assert not list(spelling_problems("{{7*7}} {{}} { }", field=""))
    assert replaced("{{7*7}} {{VIO01}}", {"VIO01": "12"}) == "{{7*7}} 12"


@pytest.mark.parametrize("text", ["{{vio01}}", "{{VIO1}}", "{{VIO01:kz}}", "{{VIO01|safe}}", "{{АDM04}}"])
def test_what_begins_like_a_reference_has_to_be_one(text: str):
    assert [problem.code for problem in spelling_problems(text, field="")] == ["citation_syntax"]


@pytest.mark.parametrize("text", ["{{ {{VIO01}} }}", "{{VIO01", "VIO01}}", "{{VIO01}"])
def test_nested_and_unclosed_braces_are_refused(text: str):
    assert {problem.code for problem in spelling_problems(text, field="")} == {"citation_braces"}


def test_a_printed_text_has_its_numbers_marks_and_headings_and_nothing_else():
    block = {
        "text": {"ru": "## Итоги\nВсего **{{VIO01}}** <b>\n\n- {{VIO01:KZ}}\n- {{7*7}}", "en": "x"},
        "cited": [
            cited(Citation(indicator="VIO01"), codes={}, cell=number(12345, qualifier="gt")),
            cited(Citation(indicator="VIO01", state="KZ"), codes={}, cell=missing("suppressed")),
        ],
    }
    assert narrative_html(block, language="ru") == (
        "<h3>Итоги</h3><p>Всего <strong>более 12\u00a0345</strong> &lt;b&gt;</p><ul><li>К</li><li>{{7*7}}</li></ul>"
        '<p class="doc-text__legend">К — скрыто в целях конфиденциальности</p>'
    )
    assert narrative_lines(block, language="ru")[0] == (True, "Итоги")


def test_headings_split_a_text_and_a_hash_inside_a_line_does_not():
    assert list(rich_text.headed_parts("Один\n## Два\nТри # четыре")) == [
        (False, "Один"),
        (True, "Два"),
        (False, "Три # четыре"),
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("![](https://example.org/x.png)", "https://example.org/x.png"),
        ("[x](file:///etc/passwd)", "file:///etc/passwd"),
        ("см. file:///etc/passwd", "file:///etc/passwd"),
        ("[x](javascript:alert(1))", "javascript:alert(1)"),
    ],
)
def test_an_address_that_no_document_follows_is_named(text: str, named: str):
    problems = list(form_problems(text, field="text_ru"))
    assert {problem.code for problem in problems} == {"address_refused"}
    assert any(named in str(problem.message) for problem in problems)


def test_pages_of_the_web_and_words_with_a_colon_are_taken():
    assert not list(form_problems("[x](https://odkb-csto.org/a) data: 5, file: нет", field=""))


def test_nine_hundred_nested_marks_are_refused_at_once():
    for text in ("- " * 900 + "x", "[" * 900, "*" * 900 + "x" + "*" * 900):
        assert [problem.code for problem in form_problems(text, field="")] == ["too_deep"], text[:4]


@pytest.mark.django_db
class TestOfAReport:
    """With the catalogue and accepted results."""

    def test_a_citation_that_does_not_exist_says_what_would_be_right(self, cast: Cast):
        report = make_report("draft")
        ((code, message),) = refused(report, "{{VIO99}}")
        assert code == "unknown_citation"
        assert "VIO99" in message
        assert "VIO07" in message
        for text, hint in (
            ("{{VIO01:XX}}", "KZ"),
            ("{{VIO01@7}}", "1, 2"),
            ("{{VIO01/1999}}", "2025"),
            ("{{VIO01/2025@1}}", ""),
            ("{{ADM01[sex:Q]}}", "sex:F"),
            ("{{COM99}}", ""),
        ):
            assert all(hint in found for _code, found in refused(report, text)), text
        assert not report.narratives.exists()

    def test_very_many_faults_do_not_keep_anybody_waiting(self, cast: Cast):
        text = " ".join(f"{{{{ZZZ{one:02d}}}}}" for one in range(100)) * 15
        assert len(refused(make_report("draft"), text)) == 20

    def test_a_text_of_a_megabyte_is_refused_for_its_length(self, cast: Cast):
        assert refused(make_report("draft"), "{{ZZZ99}} " * 100_000)[0][0] == "too_long"

    def test_the_number_in_the_text_is_the_one_of_the_table(self, cast: Cast):
        report = make_report("draft")
        written(report, "{{VIO01}}, {{VIO01:KZ}}, {{VIO01:KZ@2}}")
        payload = build_payload(report, at=AT)
        (block,) = [
            one
            for section in payload["sections"]
            for one in section["blocks"]
            if one["type"] == "paragraph" and one.get("cited")
        ]
        values = {entry["reference"]: entry["cell"]["value"] for entry in block["cited"]}
        tables = {
            one.place: one.exact
            for one in coded_cells({**payload, "sections": []})
            if one.place.indicator == "VIO01" and one.place.operation == report.operation.slug
        }
        by_place = {(place.state, place.time): value for place, value in tables.items() if not place.category}
        assert values["VIO01"] == by_place["", ""]
        assert values["VIO01:KZ"] == by_place["KZ", ""]
        assert values["VIO01:KZ@2"] * 3 == values["VIO01:KZ"] * 2  # as the returns of the two stages were filled in

    def test_a_figure_hidden_in_the_public_edition_is_hidden_in_the_text_too(self, cast: Cast):
        report = make_report("draft", operation=make_results(values={"VIO01": 30, "RET01": 1}))
        written(report, "{{RET01:AM@1}}")
        snapshot = take_snapshot(report=report, actor=cast.planner, at=AT)
        payload = public_payload(snapshot, approval=None, at=AT)
        block = next(
            one for section in payload["sections"] for one in section["blocks"] if one.get("cited") is not None
        )
        assert block["cited"][0]["cell"] == {"state": "suppressed"}
        html = narrative_html(block, language="ru")
        assert html.startswith("<p>К</p>")
        assert "скрыто в целях конфиденциальности" in html

    def test_a_published_figure_brings_its_qualifier_and_its_source(self, cast: Cast):
        citable = Citable(make_report("draft"))
        year, code = next(
            (year, code)
            for year in citable.years
            if year not in citable.operations
            for code in citable.indicators
            if citable.figures([Citation(indicator=code, year=year)])[f"{code}/{year}"].published is not None
        )
        report = citable.report
        written(report, f"{{{{{code}/{year}}}}}")
        payload = build_payload(report, at=AT)
        block = next(one for part in payload["sections"] for one in part["blocks"] if one.get("cited"))
        (source,) = block["cited"][0]["cell"]["sources"]
        assert 1 <= source <= len(payload["sources"])

    def test_texts_that_cite_different_figures_or_none_are_on_the_checklist(self, cast: Cast):
        report = make_report("draft")
        written(report, "{{VIO01}}", english="{{VIO01:KZ}} {{RGT01}}")
        codes = [problem.code for problem in points_to_look_at(report, {"problems": "Problems"})]
        assert codes == ["cites_differ", "cited_without_number"]
        written(report, "{{VIO01}}", english="{{VIO01/2026}}")
        assert not list(points_to_look_at(report, {"problems": "Problems"}))
