"""`report` and `verify_document`: drafts and approved documents, both languages, and files that somebody changed."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from operations.domain.wording import number_text
from reports.domain.payload import every_block
from reports.domain.snapshots import current_snapshot, payload_of
from reports.models import Document, Snapshot
from tests.factories.minutes import recorded_meeting, signed_meeting
from tests.factories.people import Cast
from tests.factories.plans import approved_plan, drafted_plan
from tests.factories.reports import make_report, make_results
from tests.reports.rendering.pages import plain, text_of

pytestmark = pytest.mark.django_db


def told(capsys) -> str:
    return capsys.readouterr().out


def draw(tmp_path: Path, *arguments: str, name: str = "report.pdf") -> Path:
    target = tmp_path / name
    call_command("report", *arguments, "-o", str(target))
    return target


def verdict(path: Path, capsys) -> tuple[int, str]:
    capsys.readouterr()
    try:
        call_command("verify_document", str(path))
    except SystemExit as error:
        return int(error.code or 0), told(capsys)
    return 0, told(capsys)


def test_without_an_approval_a_marked_draft_is_stored_and_recognised(cast: Cast, tmp_path: Path, capsys):
    make_results()
    path = draw(tmp_path, "annual", "illegal-2026", "--format", "csv", name="draft.csv")
    assert Snapshot.objects.get().is_draft
    assert Document.objects.get().is_draft
    code, words = verdict(path, capsys)
    assert code == 0
    assert "authentic draft" in words
    assert "annual illegal-2026 No. 1" in words


def test_a_changed_file_is_unknown_or_altered(cast: Cast, tmp_path: Path, capsys):
    make_results()
    path = draw(tmp_path, "annual", "illegal-2026", "--format", "csv", name="draft.csv")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    assert verdict(path, capsys)[0] == 1


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_text_of_an_approved_pdf_is_the_snapshot_number_by_number(
    cast: Cast, tmp_path: Path, capsys, language: str
):
    report = make_report("approved")
    path = draw(tmp_path, "annual", "illegal-2026", "--language", language)
    text = text_of(path.read_bytes())
    for number in numbers_of(payload_of(current_snapshot(report))):
        assert plain(number_text(number, language=language)) in text
    assert plain(report.operation.title_ru if language == "ru" else report.operation.title_en) in text
    code, words = verdict(path, capsys)
    assert (code, words.splitlines()[0].rsplit(": ", 1)[1]) == (0, "authentic")
    whole = path.read_bytes()
    altered = bytearray(whole)
    altered[len(altered) // 2] ^= 0x20
    path.write_bytes(bytes(altered))
    code, words = verdict(path, capsys)
    assert (code, "incomplete" in words) == (1, False)
    for place in (len(whole) // 2, len(whole) - 2000):
        path.write_bytes(whole[:place])
        code, words = verdict(path, capsys)
        assert code == 1
        assert "incomplete: the file breaks off" in words


def numbers_of(payload) -> set[int]:
    """Every whole number that a table of the snapshot shows."""
    return {
        cell["value"]
        for block in every_block(payload)
        for row in block.get("rows", ())
        for cell in row["cells"]
        if cell.get("kind") == "number" and "scale" not in cell and not cell.get("signed")
    }


def test_the_cumulative_pdf_shows_the_published_totals_in_words(cast: Cast, tmp_path: Path):
    text = text_of(draw(tmp_path, "cumulative", "illegal-2025", "--language", "en").read_bytes())
    for stated in ("more than 1,000,000", "more than 84,000,000", "9,732", "137,795", "more than 3,000", "560"):
        assert stated in text
    assert not re.search(r"\bgrand total of\b", text)


def test_the_same_document_is_drawn_once(cast: Cast, tmp_path: Path):
    make_results()
    first = draw(tmp_path, "annual", "illegal-2026", "--format", "csv", name="one.csv").read_bytes()
    again = draw(tmp_path, "annual", "illegal-2026", "--format", "csv", name="two.csv").read_bytes()
    assert first == again
    assert Document.objects.count() == 1


def test_the_public_edition_leaves_out_what_concerns_single_authorities(cast: Cast, tmp_path: Path):
    make_report("published")
    content = draw(tmp_path, "annual", "illegal-2026", "--format", "json", "--edition", "public", name="p.json")
    text = content.read_text()
    assert "annex-master" in text
    assert "annex-breaches" not in text
    assert "edition_of" in text
    assert '"source_submissions":[]' in text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("annual", "illegal-1999"), "illegal-2025"),
        (("annual", "illegal-2025", "--stage", "7"), "no stage 7"),
        (("annual", "illegal-2025", "--state", "XX"), "no state XX"),
        (("weekly", "illegal-2025"), "invalid choice"),
    ],
)
def test_a_wrong_argument_is_answered_with_what_would_be_right(tmp_path: Path, arguments, says: str):
    with pytest.raises(CommandError, match=says):
        draw(tmp_path, *arguments)


def test_a_file_that_is_no_document_is_unknown(tmp_path: Path, capsys):
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"%PDF-1.7\nnot ours")
    code, words = verdict(path, capsys)
    assert code == 1
    assert "unknown" in words


def test_an_approved_plan_is_drawn_with_its_approval_and_verified(cast: Cast, tmp_path: Path, capsys):
    approved_plan(cast)
    path = draw(tmp_path, "plan", "illegal-2026", "--format", "html", name="plan.html")
    code, words = verdict(path, capsys)
    assert code == 0
    assert "plan illegal-2026 No. 1" in words
    assert cast.council_chair.name_en in words


def test_the_working_copy_of_a_plan_is_an_authentic_draft(cast: Cast, tmp_path: Path, capsys):
    drafted_plan(cast)
    path = draw(tmp_path, "plan", "illegal-2026", "--format", "docx", name="plan.docx")
    code, words = verdict(path, capsys)
    assert (code, "authentic draft" in words) == (0, True)


def test_the_last_meeting_is_drawn_unless_another_is_named(cast: Cast, tmp_path: Path, capsys):
    slug = drafted_plan(cast).operation.slug
    signed_meeting(cast, operation=slug, number=1)
    recorded_meeting(cast, operation=slug, number=2, held_on="2026-02-20")
    last = draw(tmp_path, "minutes", slug, "--format", "html", name="last.html")
    assert "authentic draft" in verdict(last, capsys)[1]
    first = draw(tmp_path, "minutes", slug, "--meeting", "1", "--format", "html", name="first.html")
    words = verdict(first, capsys)[1]
    assert ": authentic\n" in words
    assert cast.hq_chair.name_en in words


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "illegal-2025"),
        ("minutes", "illegal-2026"),
        ("minutes", "illegal-2026", "--meeting", "99"),
        ("plan", "illegal-2026", "--edition", "public"),
    ],
)
def test_a_plan_or_a_meeting_that_is_not_there_is_told_in_a_line(cast: Cast, tmp_path: Path, arguments):
    drafted_plan(cast)
    with pytest.raises(CommandError):
        draw(tmp_path, *arguments)
