"""Importing returns from CSV: everything wrong is told at once, and then nothing is stored."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from operations.domain.errors import NotAllowed
from operations.domain.import_rows import BadImport
from operations.domain.returns import submit_return
from operations.models import Figure, ImportBatch, Submission
from tests.factories.imports import brought_file
from tests.factories.operations import make_return
from tests.factories.people import make_officer
from tests.factories.reference import make_agency
from tests.factories.reporting import cells, make_draft, make_story

pytestmark = pytest.mark.django_db
HEAD = "state,agency,period,indicator,category,value,status,note\n"
ROW = "RU,internal_affairs,S1-final,VIO01,,5,,\n"


@pytest.fixture
def story(monkeypatch):
    story = make_story()
    # the command takes its moment from the clock; a period of the story is open then
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.at)
    return story


def run(path: Path, content: str | bytes, *options: str) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    out = StringIO()
    call_command("import_returns", str(path), "--operation", "illegal-2026", *options, stdout=out)
    return out.getvalue()


def brought(story, content: str | bytes, *, actor=None, dry_run: bool = False) -> ImportBatch:
    return brought_file(story, "figures.csv", content, actor=actor, dry_run=dry_run)


def codes(story, content: str | bytes, **options) -> list[str]:
    with pytest.raises(BadImport) as refused:
        brought(story, content, **options)
    assert not Figure.objects.exists()
    assert all(str(conflict) for conflict in refused.value.conflicts)
    return [conflict.code for conflict in refused.value.conflicts]


def test_rows_become_a_draft_that_nobody_has_submitted(story, tmp_path: Path):
    rows = (
        ROW + 'RU,ru-internal-affairs,S1-final,ADM04,TOTAL,"1 234,50",,\n'
        "RU,internal_affairs,S1-final,VIO01,AM,2,,\n"
        "RU,internal_affairs,S1-final,RET01,decision_body:OTHER,1,,\n"
        "RU,internal_affairs,S1-final,ACT01,,,not_available,The register starts in May\n"
    )
    said = run(tmp_path / "in.csv", HEAD + rows)
    submission = Submission.objects.get()
    assert submission.status == Submission.Status.DRAFT
    assert cells(submission) == {
        "VIO01.TOTAL": 5,
        "ADM04.TOTAL": 123_450,
        "VIO01.citizenship_group:AM": 2,
        "RET01.decision_body:OTHER": 1,
        "ACT01.TOTAL": "not_available",
    }
    assert "cells: imported 5, updated 0" in said


def test_the_command_speaks_one_language_and_lists_the_rows_in_order(story, tmp_path: Path):
    assert run(tmp_path / "in.csv", HEAD + ROW, "--dry-run").startswith("Checked")
    with pytest.raises(CommandError) as refused:
        run(tmp_path / "in.csv", HEAD + ROW + ROW)
    lines = str(refused.value).splitlines()
    assert [line.partition(",")[0].strip() for line in lines[1:]] == ["line 2", "line 3"]
    assert not re.search("[А-я]", str(refused.value))


def test_the_command_counts_the_faults_that_are_not_kept_too(story, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("operations.domain.import_rows.MOST_KEPT", 550)
    with pytest.raises(CommandError) as refused:
        run(tmp_path / "in.csv", HEAD + "RU,internal_affairs,S1-final,VIO99,,5,,\n" * 600)
    assert str(refused.value).endswith("… 100 more")


def test_a_dry_run_stores_nothing_but_its_record(story, tmp_path: Path):
    said = run(tmp_path / "in.csv", HEAD + ROW, "--dry-run")
    assert "imported 1" in said
    assert not Submission.objects.exists()
    assert ImportBatch.objects.get().status == ImportBatch.Status.CHECKED


def test_importing_twice_changes_nothing(story):
    brought(story, HEAD + ROW)
    revision = Submission.objects.get().revision
    again = brought(story, HEAD + ROW)
    assert (again.summary["cells"]["unchanged"], again.summary["returns"]["unchanged"]) == (1, 1)
    assert Submission.objects.get().revision == revision
    changed = brought(story, HEAD + ROW.replace(",5,", ",6,"))
    assert (changed.summary["cells"]["updated"], changed.summary["returns"]["updated"]) == (1, 1)


def test_byte_order_mark_semicolons_and_any_order_of_columns_are_accepted(story):
    content = "\ufeffvalue;category;indicator;period;agency;state\n5;;VIO01;S1-final;internal_affairs;RU\n"
    assert brought(story, content).summary["cells"]["imported"] == 1


def test_every_faulty_row_is_reported_together_and_nothing_is_stored(story, tmp_path: Path):
    rows = [
        ROW,
        "RU,internal_affairs,S1-final,VIO99,,5,,\n",
        'RU,internal_affairs,S1-final,VIO02,,"1,234",,\n',
        "RU,internal_affairs,S1-final,VIO03,XX,5,,\n",
        "RU,internal_affairs,S1-final,RET01,OTHER,5,,\n",
        "RU,internal_affairs,S9-final,VIO04,,5,,\n",
        "RU,internal_affairs,S1-final,VIO05,,-1,,\n",
        "RU,internal_affairs,S1-final,VIO06,,5,withheld,\n",
        "RU,internal_affairs,S1-final,VIO07,,,not_available,\n",
        "RU,internal_affairs,S1-final,ADM01,,5,,паспорт № 4510 123456\n",
        ROW,
    ]
    with pytest.raises(CommandError) as refused:
        run(tmp_path / "in.csv", HEAD + "".join(rows))
    said = str(refused.value)
    for number, column in [
        (3, "indicator"),
        (4, "value"),
        (5, "category"),
        (6, "category"),
        (7, "period"),
        (8, "value"),
        (9, "value"),
        (10, "note"),
        (11, "note"),
        (2, "indicator"),
        (12, "indicator"),
    ]:
        assert f"line {number}, column {column}" in said or f"строка {number}" in said, number
    assert "citizenship_group:OTHER, decision_body:OTHER" in said
    assert not Submission.objects.exists()
    assert ImportBatch.objects.get().status == ImportBatch.Status.REFUSED


def test_another_states_code_gives_the_same_error_as_an_unknown_one(story):
    belarus = make_agency("BY")
    make_return(story.period, belarus)
    theirs = codes(story, HEAD + ROW.replace("RU", "BY"))
    assert theirs == codes(story, HEAD + ROW.replace("RU", "XX")) == ["unknown_state"]
    assert codes(story, HEAD + ROW.replace("internal_affairs", "by-internal-affairs")) == ["unknown_agency"]


def test_who_enters_nothing_imports_nothing(story):
    with pytest.raises(NotAllowed):
        brought(story, HEAD + ROW, actor=story.head)
    assert codes(story, HEAD + ROW, actor=make_officer(make_agency("BY"))) == ["unknown_state"]


def test_a_return_that_takes_no_entries_now_is_named_by_its_first_row(story):
    submit_return(submission=make_draft(story), actor=story.officer, at=story.at)
    with pytest.raises(BadImport) as refused:
        brought(story, HEAD + ROW + ROW.replace("VIO01", "VIO02"))
    (conflict,) = refused.value.conflicts
    assert (conflict.code, conflict.row, conflict.column) == ("not_a_draft", 2, "period")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"state,agency\nRU,x\n", "missing_column"),
        (HEAD.replace("note", "surname").encode() + ROW.encode(), "unknown_column"),
        (HEAD.replace("note", "value").encode() + ROW.encode(), "duplicate_column"),
        (HEAD.encode() + b"RU,internal_affairs,S1-final\n", "ragged_row"),
        (HEAD.encode() + b'RU,"internal_affairs,S1-final,VIO01,,5,,\n', "not_csv"),
        (HEAD.encode() + ROW.encode() + b"RU,\xcc\xc2\xc4,S1-final,VIO01,,5,,\n", "not_utf8"),
        (b"PK\x03\x04" + b"0" * 50, "not_csv"),
    ],
)
def test_what_is_no_such_file_is_refused_with_its_line(story, content: bytes, code: str):
    assert code in codes(story, content)


def test_undecodable_bytes_name_their_line(story):
    with pytest.raises(BadImport) as refused:
        brought(story, HEAD.encode() + ROW.encode() + b"\xff\n")
    assert refused.value.conflicts[0].row == 3


def test_totals_and_audit_say_when_all_is_well(story, tmp_path: Path):
    run(tmp_path / "in.csv", HEAD + ROW)
    out = StringIO()
    call_command("totals", "verify", stdout=out)
    call_command("audit", "verify", stdout=out)
    call_command("audit", "head", stdout=out)
    call_command("audit", "export", "-o", str(tmp_path / "trail.jsonl"), stdout=out)
    assert "0 mismatches" in out.getvalue()
    assert "unbroken" in out.getvalue()
    assert '"act": "submission.save_draft"' in (tmp_path / "trail.jsonl").read_text(encoding="utf-8")


def test_a_token_is_printed_once_with_its_scopes(story):
    out, err = StringIO(), StringIO()
    call_command("create_token", story.officer.username, stdout=out, stderr=err)
    assert len(out.getvalue().strip()) > 40
    assert "returns:write" in err.getvalue()
