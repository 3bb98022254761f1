"""Writing a report in the browser's way: autosave, both texts of a conflict, figures to cite, previews."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.domain import reports
from reports.models import Report
from tests.clients import signed_in
from tests.factories.people import Cast
from tests.factories.reports import AT, make_report
from tests.reports.web.test_reports import page

pytestmark = pytest.mark.django_db


def typed(ru: str = "", en: str = "", revision: int = 0) -> dict[str, str]:
    return {"text_ru": ru, "text_en": en, "revision": str(revision)}


def test_a_wrong_reference_stands_at_its_field_with_what_would_be_right(cast: Cast):
    report = make_report("draft")
    response = signed_in(cast.planner).post(page(report, "write", "summary"), typed(ru="{{VIO99}}", en="ok"))
    assert response.status_code == 422
    shown = response.content.decode()
    assert "“{{VIO99}}” cannot be cited: there is no such indicator. Did you mean: VIO07" in shown
    assert 'href="#summary-text_ru"' in shown
    assert not report.narratives.exists()


def test_the_script_that_saves_by_itself_is_told_what_cannot_be_taken(cast: Cast):
    report = make_report("draft")
    response = signed_in(cast.planner).post(
        page(report, "write", "summary"), typed(ru="{{VIO99}}", en="a@b.org"), headers={"X-Autosave": "1"}
    )
    assert response.status_code == 422
    faults = response.json()["faults"]
    assert faults.keys() == {"text_ru", "text_en"}
    assert "VIO99" in faults["text_ru"]
    response = signed_in(cast.planner).post(
        page(report, "write", "summary"), typed(ru="a\x00b"), headers={"X-Autosave": "1"}
    )
    assert response.json()["faults"].keys() == {"text_ru"}


def test_the_checklist_is_fetched_alone_when_a_section_has_saved_itself(cast: Cast):
    report = make_report("draft")
    planner = signed_in(cast.planner)
    planner.post(page(report, "write", "summary"), typed(ru="Одно слово"), headers={"X-Autosave": "1"})
    part = planner.get(page(report, "compose"), headers={"HX-Request": "true", "HX-Target": "checklist"})
    shown = part.content.decode()
    assert "is written in Russian only" in shown
    assert "<textarea" not in shown


def test_an_uncleared_figure_in_a_press_release_is_said_at_once_and_where_it_is_submitted(cast: Cast):
    report = make_report("draft", definition="press")
    planner = signed_in(cast.planner)
    planner.post(page(report, "write", "lead"), typed(ru="Выявлено {{VIO01}}", en="Found {{VIO01}}"))
    part = planner.get(page(report, "compose"), headers={"HX-Request": "true", "HX-Target": "checklist"})
    before_submission = planner.get(page(report, "act", "submit")).content.decode()
    for shown in (part.content.decode(), before_submission):
        assert "To be put right first" in shown
        assert "The text cites VIO01, which is not a cleared figure." in shown
    assert f'href="{page(report, "compose")}#section-lead"' in before_submission


def test_a_text_of_a_megabyte_comes_back_as_too_long(cast: Cast):
    report = make_report("draft")
    response = signed_in(cast.planner).post(page(report, "write", "summary"), typed(ru="я" * 500_000))
    assert response.status_code == 422
    assert "At most 20000 characters fit here." in response.content.decode()


def test_a_conflict_shows_both_texts_in_both_languages_and_keeps_what_was_typed(cast: Cast):
    report = make_report("draft")
    planner = signed_in(cast.planner)
    planner.post(page(report, "write", "summary"), typed("Их слово", "Their word"))
    response = planner.post(page(report, "write", "summary"), typed("Моё слово", "My word"))
    assert response.status_code == 409
    shown = response.content.decode()
    for text in ("Их слово", "Their word", "Моё слово", "My word"):
        assert text in shown
    assert planner.post(page(report, "write", "summary"), typed("Оба", "Both", revision=1)).status_code == 302


def test_the_preview_of_a_section_shows_its_numbers_and_saves_nothing(cast: Cast):
    report = make_report("draft")
    address = page(report, "preview-section", "summary")
    text = typed("Выявлено {{VIO01}}", "Found {{VIO01}}, {{7*7}}")
    part = signed_in(cast.planner).post(address, text, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Выявлено 1\u00a0890" in part
    assert "Found 1,890, {{7*7}}" in part
    whole = signed_in(cast.planner).post(address, text).content.decode()
    assert "Выявлено 1\u00a0890" in whole
    assert "Выявлено {{VIO01}}" in whole
    assert not report.narratives.exists()


@pytest.mark.parametrize("text", ["- " * 900 + "x", "{{VIO99}}", "<script>alert(1)</script>", "x" * 30_000, ""])
def test_the_preview_takes_whatever_is_typed(cast: Cast, text: str):
    response = signed_in(cast.planner).post(
        page(make_report("draft"), "preview-section", "summary"), typed(text), headers={"HX-Request": "true"}
    )
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_whoever_turns_the_pages_of_a_draft_waits_for_its_data_once_and_sees_a_change_at_once(cast: Cast):
    report = make_report("draft")
    planner, address = signed_in(cast.planner), page(report, "preview")
    with CaptureQueriesContext(connection) as first:
        planner.get(address)
    with CaptureQueriesContext(connection) as second:
        planner.get(address, {"part": "annexes"})
    assert len(second) < len(first) / 2
    reports.edit_narrative(
        report=report, section="summary", text_ru="Вывод", text_en="New words", actor=cast.planner, at=AT, revision=0
    )
    assert "New words" in planner.get(address, {"language": "en"}).content.decode()


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("part", ["sections", "annexes"])
def test_the_whole_draft_is_shown_as_pages_and_nothing_is_frozen(cast: Cast, language: str, part: str):
    report = make_report("draft")
    reports.edit_narrative(
        report=report,
        section="summary",
        text_ru="Всего {{VIO01}}",
        text_en="In all {{VIO01}}",
        actor=cast.planner,
        at=AT,
    )
    shown = signed_in(cast.planner).get(page(report, "preview"), {"language": language, "part": part}).content.decode()
    if part == "sections":
        assert ("Всего 1\u00a0890" if language == "ru" else "In all 1,890") in shown
    else:
        assert ("Сводная таблица" if language == "ru" else "Master table") in shown
    assert not report.snapshots.exists()


def test_the_figures_to_cite_are_found_by_code_and_by_name(cast: Cast):
    report = make_report("draft")
    planner = signed_in(cast.planner)
    found = planner.get(page(report, "figures"), {"q": "vio01", "state": "KZ"}).content.decode()
    assert 'data-cite="{{VIO01:KZ}}"' in found
    assert planner.get(page(report, "figures"), {"q": "нарушений", "stage": "2"}).content.decode().count("@2}}") > 2
    part = planner.get(page(report, "figures"), {"q": "\x00zz", "state": "XX"}, headers={"HX-Request": "true"})
    assert part.status_code in (200, 400)
    assert "<html" not in part.content.decode()


def test_the_page_asks_the_database_equally_often_however_much_is_cited(cast: Cast):
    report = make_report("draft")
    planner = signed_in(cast.planner)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert planner.get(page(report, "compose")).status_code == 200
        return len(captured)

    reports.edit_narrative(
        report=report, section="summary", text_ru="{{VIO01}}", text_en="{{VIO01}}", actor=cast.planner, at=AT
    )
    few = queries()
    many = " ".join(f"{{{{VIO0{one}:{state}}}}}" for one in (1, 2, 4) for state in ("AM", "KZ", "RU"))
    for section in ("problems", "conclusions"):
        reports.edit_narrative(report=report, section=section, text_ru=many, text_en=many, actor=cast.planner, at=AT)
    assert queries() <= few


def test_nobody_previews_what_he_may_not_write(cast: Cast):
    report = make_report("submitted")
    assert signed_in(cast.planner).get(page(report, "preview")).status_code == 409
    draft: Report = make_report("draft", operation=report.operation)
    assert signed_in(cast.heads["RU"]).get(page(draft, "preview")).status_code == 404
    assert signed_in(cast.hq_chair).get(page(draft, "figures")).status_code == 403
