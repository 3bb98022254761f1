"""The demonstration, played once and looked at from all sides: what a newcomer finds, and what its documents say.

It is played by the command itself and costs a minute, so every test here looks at the same one; each rolls back what
it drew.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from illegal_ops.demonstration.play import END
from illegal_ops.demonstration.returns_story import (
    CORRECTED,
    LATE_DAYS,
    MISSING,
    NOT_AVAILABLE,
    RECALLED,
    RETURNED,
    WAIVED,
)
from operations.domain import audit
from operations.domain.completeness import completeness, due_returns
from operations.domain.reporting_calendar import delay, is_timely
from operations.domain.statistics import indicator_by_state
from operations.domain.wording import number_text
from operations.models import (
    Agreement,
    Breach,
    CellState,
    Figure,
    Operation,
    Plan,
    Remark,
    Return,
    Submission,
    Total,
    User,
)
from reports.domain.payload import every_block
from reports.domain.reports import approved_snapshot
from reports.domain.snapshots import payload_of
from reports.models import Approval, Report
from reports.rendering.cells import shown
from tests.factories.reference import STATES, load_reference
from tests.reports.rendering.pages import plain, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]

Status = Submission.Status
YEAR = "illegal-2026"


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The whole year in one transaction, which is rolled back behind the last test of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_reference()
        call_command("demo", stdout=io.StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def year() -> Operation:
    return Operation.objects.get(slug=YEAR)


def told(command: str, *arguments: str) -> str:
    """What a command says; it raises where something is wrong."""
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


# --- the data ---


def test_audit_and_totals_verify_after_the_demonstration():
    assert "unbroken" in told("audit", "verify")
    assert "0 mismatches" in told("totals", "verify")


def test_playing_it_again_changes_nothing():
    before = row_counts(), audit.head(), passwords()
    assert "there already" in told("demo")
    assert (row_counts(), audit.head(), passwords()) == before
    assert before[0][Submission._meta.db_table] > 600


def row_counts() -> dict[str, int]:
    """Of every table that there is, whoever it belongs to."""
    counts = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT COUNT(*) FROM {name}")  # noqa: S608 - the database's own name
            counts[table] = cursor.fetchone()[0]
    return counts


def passwords() -> dict[str, str]:
    return dict(User.objects.values_list("username", "password"))


def test_all_six_states_report_and_every_kind_of_authority_does(year: Operation):
    assert set(year.participations.filter(takes_part=True).values_list("state__code", flat=True)) == set(STATES)
    accepted = Return.objects.filter(period__operation=year, submissions__status=Status.ACCEPTED)
    pairs = set(accepted.values_list("agency__state__code", "agency__kind__code"))
    assert {state for state, _kind in pairs} == set(STATES)
    assert len(pairs) == len(STATES) * 7
    rows = {row.indicator.code: row for row in indicator_by_state(year, basis=Total.Basis.ACCEPTED)}
    assert rows["ACT01"].reporting == rows["ACT01"].expected == 6
    assert rows["RGT01"].region


def test_what_went_wrong_in_the_year_is_there_to_be_seen(year: Operation):
    submissions = Submission.objects.filter(expected_return__period__operation=year, expected_return__unit__isnull=True)
    counted = Counter(submissions.values_list("status", flat=True))
    assert counted[Status.RETURNED] == len(RETURNED)
    assert counted[Status.RECALLED] == len(RECALLED)
    assert counted[Status.SUPERSEDED] == len(CORRECTED)
    assert submissions.filter(is_correction=True, status=Status.ACCEPTED).count() == len(CORRECTED)
    assert submissions.filter(status=Status.RETURNED, decision_comment="").count() == 0
    answered = Counter(Breach.objects.values_list("status", flat=True))
    assert answered[Breach.Status.WAIVED] >= len(WAIVED)
    assert answered[Breach.Status.EXPLAINED] >= 1
    assert not answered[Breach.Status.OPEN]
    unavailable = Figure.objects.filter(state=CellState.NOT_AVAILABLE)
    assert set(unavailable.values_list("note", flat=True)) == set(NOT_AVAILABLE.values())


def test_the_late_and_the_missing_are_counted_as_such(year: Operation):
    due = due_returns(year, at=END)
    # a submission that was recalled is none: the one that took its place came after the due moment
    expected = LATE_DAYS | dict.fromkeys(RECALLED, 1)
    measured = completeness(year, at=END)
    assert (measured.expected, measured.late, measured.missing) == (due.count(), len(expected), len(MISSING))
    rows = due.select_related("period", "agency")
    late = {(row.agency.code, row.period.code): delay(row) for row in rows if is_timely(row) is False}
    assert late == expected
    assert {(row.agency.code, row.period.code) for row in rows if is_timely(row) is None} == MISSING


def test_the_plan_met_an_objection_which_was_answered_before_six_states_agreed(year: Operation):
    plan = Plan.objects.get(operation=year)
    assert plan.status == Plan.Status.APPROVED
    objection = Agreement.objects.get(version__plan=plan, answer=Agreement.Answer.OBJECTED)
    assert (objection.state.code, objection.version.number) == ("KZ", 1)
    assert objection.comment
    in_force = Agreement.objects.filter(version=plan.in_force_version).exclude(answer=Agreement.Answer.OBJECTED)
    assert {agreement.state.code for agreement in in_force} == set(STATES)
    remark = Remark.objects.get(agreement__version=plan.in_force_version)
    assert (remark.disposition, remark.confirmed_at is not None) == (Remark.Disposition.TAKEN, True)


def test_the_annual_report_was_approved_and_published(year: Operation):
    report = Report.objects.get(definition="annual", operation=year)
    assert report.status == Report.Status.PUBLISHED
    approval = Approval.objects.get(snapshot__report=report)
    assert approval.approver.username == "council-chair"
    assert year.annual_report_approved_at == approval.approved_at


def test_the_draft_for_2027_is_a_copy_that_keeps_the_weekdays(year: Operation):
    copy = Plan.objects.get(operation__slug="illegal-2027")
    assert copy.status == Plan.Status.DRAFT
    assert copy.operation.is_demonstration
    stages = dict(zip(year.plan.stages.order_by("number"), copy.stages.order_by("number"), strict=True))
    assert len(stages) == 2
    for source, copied in stages.items():
        assert copied.start_date.year == copied.end_date.year == 2027
        assert copied.start_date.weekday() == source.start_date.weekday()
        assert copied.end_date - copied.start_date == source.end_date - source.start_date
    measures = [measure for objective in copy.objectives.all() for measure in objective.measures.all()]
    assert measures
    assert all(measure.copied_from.objective.plan_id == year.plan.pk for measure in measures)


def test_nothing_is_invented_about_a_real_year():
    real = Operation.objects.filter(is_demonstration=False)
    assert "illegal-2025" in real.values_list("slug", flat=True)
    assert not Return.objects.filter(period__operation__in=real).exists()
    assert not Plan.objects.filter(operation__in=real).exists()


# --- the documents ---


def drawn(tmp_path: Path, *arguments: str) -> Path:
    target = tmp_path / "document.pdf"
    told("report", *arguments, "-o", str(target))
    return target


def verdict(path: Path) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("verify_document", str(path), stdout=out)
    except SystemExit as error:
        return int(error.code or 0), out.getvalue()
    return 0, out.getvalue()


def spoil(path: Path) -> None:
    """Turns one bit of one byte in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def numbers_of(payload: dict[str, Any], *, language: str) -> set[str]:
    """Every number that a table of the snapshot shows, in the writing of the language."""
    return {
        plain(number_text(cell["value"], language=language, scale=cell.get("scale", 0)))
        for block in every_block(payload)
        for row in block.get("rows", ())
        for cell in row["cells"]
        if cell.get("kind") == "number" and not cell.get("signed")
    }


@pytest.mark.parametrize(
    ("language", "marking"), [("ru", "демонстрационные данные"), ("en", "demonstration data")], ids=["ru", "en"]
)
def test_the_annual_report_says_every_number_of_its_snapshot(
    year: Operation, tmp_path: Path, language: str, marking: str
):
    path = drawn(tmp_path, "annual", YEAR, "--language", language)
    text = text_of(path.read_bytes())
    approved = approved_snapshot(definition="annual", operation=year)
    assert approved is not None
    snapshot, approval = approved
    numbers = numbers_of(payload_of(snapshot), language=language)
    assert len(numbers) > 400
    assert not sorted(number for number in numbers if not stands_in(text, number))
    assert plain(year.title_ru if language == "ru" else year.title_en) in text
    assert marking in text.lower()
    assert approval.verification_code in text
    code, words = verdict(path)
    assert (code, words.splitlines()[0].rsplit(": ", 1)[1]) == (0, "authentic")
    spoil(path)
    assert verdict(path)[0] == 1


@pytest.mark.parametrize(
    ("kind", "language", "approver"),
    [
        ("stage", "en", "council-chair"),
        ("national", "ru", "head-am"),
        ("completeness", "en", "hq-chair"),
        ("press", "ru", "council-chair"),
    ],
)
def test_every_other_report_is_approved_and_says_every_number_of_its_snapshot(
    year: Operation, tmp_path: Path, kind: str, language: str, approver: str
):
    """The command finds the approved one by its defaults: the last finished stage, the first state with data."""
    approval = Approval.objects.get(snapshot__report__definition=kind, snapshot__report__operation=year)
    assert approval.approver.username == approver
    path = drawn(tmp_path, kind, YEAR, "--language", language)
    text = text_of(path.read_bytes())
    assert approval.verification_code in text
    payload = payload_of(approval.snapshot)
    numbers = numbers_of(payload, language=language)
    assert not sorted(number for number in numbers if not stands_in(text, number))
    for card in (card for block in payload["summary"] for card in block.get("cards", ())):
        assert plain(shown(card["cell"], language=language).text) in text
    assert verdict(path)[0] == 0


def stands_in(text: str, number: str) -> bool:
    """Whether the number is there on its own: no part of a longer one, though the mark of a note may follow it."""
    return re.search(rf"(?<![\d,]){re.escape(number)}(?!,?\d(?!\)))", text) is not None


def test_the_cumulative_report_names_what_was_published_and_how_it_was_qualified(tmp_path: Path):
    path = drawn(tmp_path, "cumulative", "illegal-2025")
    text = text_of(path.read_bytes())
    for stated in ("более 1 000 000", "более 84 000 000", "9 732", "560", "137 795", "более 3 000"):
        assert stands_in(text, stated), stated
    assert verdict(path)[0] == 0


def test_the_plan_is_drawn_as_it_was_approved(year: Operation, tmp_path: Path):
    path = drawn(tmp_path, "plan", YEAR)
    text = text_of(path.read_bytes())
    plan = year.plan
    for objective in plan.objectives.all():
        assert plain(objective.text_ru) in text
    for wanted in ("УТВЕРЖДАЮ", plan.in_force_version.sha256[:16]):
        assert wanted in text
    code, words = verdict(path)
    assert code == 0
    assert "plan illegal-2026" in words
