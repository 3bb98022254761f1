"""The plan and the minutes on paper: the frozen text in both languages, the picture of the page, Word drafts."""

import io
import json
from typing import Any

import docx
import pytest

from operations.domain import plans
from operations.domain.plan_content import frozen_content, measures_of
from operations.models import Plan
from reports.domain import following
from reports.domain.documents import approval_facts
from reports.domain.payload import Payload
from reports.domain.snapshots import payload_of
from reports.rendering.document import document_html
from reports.rendering.docx import NoDraft
from reports.rendering.frames import Copy
from reports.rendering.outputs import render
from tests.clients import signed_in
from tests.factories.minutes import AT as HELD_AT
from tests.factories.minutes import recorded_meeting, signed_meeting
from tests.factories.people import Cast
from tests.factories.plans import add, agree_all, approve, drafted_plan, hq_meeting, moment
from tests.reports.rendering.pages import plain, text_of

pytestmark = pytest.mark.django_db
LATER = moment(hour=18)


def written_plan(cast: Cast) -> Plan:
    """A draft with something in every part of the form."""
    plan = drafted_plan(cast, absent=("TJ",))
    for kind in ("general", "situation", "concept", "forces", "command", "legality", "recording", "media", "control"):
        plans.write_section(
            plan=plan,
            kind=kind,
            revision=0,
            values={"text_ru": f"Раздел о порядке: {kind}", "text_en": f"A section about {kind}"},
            actor=cast.planner,
            at=moment(),
        )
    add(plan, "procedure", cast, text_ru="Обмениваться сведениями ежедневно", text_en="Exchange information daily")
    add(plan, "contact", cast, state="RU", name_ru="Дежурный офицер", name_en="Duty officer", telephone="555-01-02")
    stage = plan.stages.first()
    add(plan, "window", cast, stage=stage.pk, state="KZ", start_date=stage.start_date, end_date=stage.end_date)
    return Plan.objects.get(pk=plan.pk)


def approved(cast: Cast) -> Plan:
    plan = plans.circulate_plan(plan=written_plan(cast), actor=cast.planner, at=moment())
    agree_all(plan, cast)
    meeting = hq_meeting(plan, cast)
    plan = plans.record_agreement(plan=plan, meeting=meeting, actor=cast.hq_chair, at=moment(hour=15))
    return approve(plans.submit_plan(plan=plan, actor=cast.hq_chair, at=moment(hour=16)), cast)


def texts_of(content: dict[str, Any], language: str) -> list[str]:
    """Every sentence of the frozen content that somebody wrote, in one language."""
    return [
        content["goal"][language],
        *(section["text"][language] for section in content["sections"]),
        *(objective["text"][language] for objective in content["objectives"]),
        *(measure["text"][language] for measure in measures_of(content)),
        *(measure["expected_result"][language] for measure in measures_of(content)),
        *(procedure["text"][language] for procedure in content["procedures"]),
        *(stage["name"][language] for stage in content["stages"]),
        *(contact["name"][language] for contact in content["contacts"]),
        *(part["absence_reason"][language] for part in content["participants"] if not part["takes_part"]),
    ]


def test_the_document_says_what_was_frozen_in_both_languages(cast: Cast):
    plan = approved(cast)
    snapshot, approval = following.follow_plan(plan.in_force_version, at=LATER)
    content, facts = frozen_content(plan.in_force_version), approval_facts(approval)
    pdf = render(format="pdf", payload=payload_of(snapshot), approval=facts, language="both")
    text = text_of(pdf)
    for language in ("ru", "en"):
        for said in texts_of(content, language):
            assert plain(said) in text, said
    assert "СОГЛАСОВАНО" in text
    assert "УТВЕРЖДАЮ" in text
    assert f"Редакция № 1, SHA-256 {plan.in_force_version.sha256[:16]}" in text
    assert plan.in_force_version.sha256 in text
    assert approval.verification_code in text
    assert "ПРОЕКТ" not in text


def test_the_form_has_twelve_sections_and_seven_annexes_in_its_order(cast: Cast):
    snapshot, _approval = following.plan_to_draw(written_plan(cast), actor=cast.planner, at=moment())
    payload = payload_of(snapshot)
    assert [section["number"] for section in payload["sections"]] == [str(number) for number in range(1, 13)]
    assert [annex["id"] for annex in payload["annexes"]] == [
        f"annex-{name}" for name in ("windows", "timeline", "indicators", "forms", "contacts", "remarks", "agreement")
    ]


def test_the_timeline_of_the_document_is_the_picture_of_the_page(cast: Cast):
    plan = approved(cast)
    snapshot, _approval = following.follow_plan(plan.in_force_version, at=LATER)
    saved = {"approval": None, "language": "en", "copy": Copy(), "for_print": False}
    drawn = document_html(payload=payload_of(snapshot), **saved)
    page = signed_in(cast.planner).get(f"/operations/{plan.operation.slug}/timeline/").content.decode()
    wide = page[: page.index("ops-gantt-narrow")]
    bars = [line for line in wide.splitlines() if "<rect" in line and "<title>" in line]
    assert len(bars) == 5
    for bar in bars:
        assert bar.replace("#wide-1-timeline-window", "#en-1-timeline-window") in drawn


def test_the_marks_of_a_text_are_words_and_dashes_on_paper(cast: Cast):
    plan = drafted_plan(cast)
    marked = "**Общий** порядок:\n\n- первое [правило](https://example.org/rule)\n- второе"
    values = {"text_ru": marked, "text_en": "Plain"}
    plans.write_section(plan=plan, kind="general", revision=0, values=values, actor=cast.planner, at=moment())
    snapshot, _approval = following.plan_to_draw(plan, actor=cast.planner, at=moment())
    first = payload_of(snapshot)["sections"][0]["blocks"][0]
    assert first["text"]["ru"].split("\n\n") == [
        "Общий порядок:",
        "– первое правило (https://example.org/rule)",
        "– второе",
    ]


@pytest.fixture
def draft(cast: Cast) -> Payload:
    snapshot, _approval = following.plan_to_draw(written_plan(cast), actor=cast.planner, at=moment())
    return payload_of(snapshot)


@pytest.mark.parametrize("language", ["ru", "en", "both"])
def test_the_working_copy_opens_and_holds_every_measure(draft: Payload, language: str):
    file = docx.Document(io.BytesIO(render(format="docx", payload=draft, approval=None, language=language)))
    cells = {cell.text for table in file.tables for row in table.rows for cell in row.cells}
    headings = [one.text for one in file.paragraphs if one.style.name == "Heading 1"]
    measures = next(block for block in draft["sections"][5]["blocks"] if block["type"] == "table")
    for one in ("ru", "en") if language == "both" else (language,):
        for row in measures["rows"]:
            assert row["header"][one] in cells
            texts = [cell["text"][one] for cell in row["cells"] if cell["state"] == "value"]
            assert set(texts) <= cells
        assert f"6 {draft['sections'][5]['title'][one]}" in headings


def test_every_page_of_the_working_copy_says_that_it_is_a_draft(draft: Payload):
    file = docx.Document(io.BytesIO(render(format="docx", payload=draft, approval=None, language="both")))
    heads = [section.header.paragraphs[0].text for section in file.sections]
    assert all(head.startswith(("ПРОЕКТ", "DRAFT")) for head in heads)
    assert {head.split(" · ")[0] for head in heads} == {"ПРОЕКТ", "DRAFT"}


def test_the_same_draft_is_the_same_working_copy(draft: Payload):
    one, other = (render(format="docx", payload=draft, approval=None) for _time in range(2))
    assert one == other


def test_what_no_file_can_hold_is_left_out_of_the_working_copy(draft: Payload):
    broken = json.loads(json.dumps(draft))
    broken["sections"][0]["blocks"][0]["text"]["ru"] = "Строка\x00 с\x0b управляющим\ufffe знаком"
    file = docx.Document(io.BytesIO(render(format="docx", payload=broken, approval=None)))
    assert any("Строка с управляющим знаком" in one.text for one in file.paragraphs)


def test_there_is_no_working_copy_of_what_is_approved(cast: Cast):
    snapshot, approval = following.follow_minutes(
        signed_meeting(cast, operation=drafted_plan(cast).operation.slug), at=LATER
    )
    with pytest.raises(NoDraft):
        render(format="docx", payload=payload_of(snapshot), approval=approval_facts(approval))


def test_minutes_say_who_was_there_and_what_was_decided_in_both_languages(cast: Cast):
    meeting = recorded_meeting(cast, operation=drafted_plan(cast).operation.slug)
    snapshot, _approval = following.minutes_to_draw(meeting, actor=cast.planner, at=HELD_AT)
    text = text_of(render(format="pdf", payload=payload_of(snapshot), approval=None, language="both"))
    for said in (
        "ПРОТОКОЛ № 1-П",
        "Москва, 12 февраля 2026 г.",
        f"Председательствовал: {cast.hq_chair.name_ru}",
        "А. Б. Ахметов",
        "Повестка дня",
        "СЛУШАЛИ:",
        "РЕШИЛИ:",
        "1.1. Согласовать план операции",
        "Ответственные: Казахстан. Срок: 02.03.2026.",
        "1.2. To take note of the report",
        "Responsible: Kazakhstan. Due: 2026-03-02.",
    ):
        assert said in text, said
