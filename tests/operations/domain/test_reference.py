"""Loading reference data: once, twice, changed, faulty."""

import csv
import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone, translation

from operations.domain.reference import load_reference
from operations.domain.reference_rows import BadReference
from operations.models import (
    AuditEntry,
    Category,
    ContextEvent,
    Indicator,
    MemberState,
    Operation,
    PublishedFigure,
    PublishedStage,
    Reconciliation,
    ReturnForm,
    Rule,
)
from operations.workbooks.reference_files import FOLDER, read_folder
from tests.factories.operations import make_approved_plan, make_operation, make_period, make_return

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the project's files, to be spoiled."""
    return Path(shutil.copytree(FOLDER, tmp_path / "reference"))


def load(folder: Path = FOLDER):
    return load_reference(sheets=read_folder(folder), at=timezone.now())


def rewrite(path: Path, key: str, **changes: str) -> int:
    """Changes the row that starts with the key; answers its line."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    line = next(number for number, row in enumerate(rows) if row[0] == key)
    for column, value in changes.items():
        rows[line][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return line + 1


def test_the_reference_data_is_complete_after_a_load():
    assert MemberState.objects.count() == 6
    assert Indicator.objects.count() == 63
    assert Category.objects.count() == 83  # the 82 of the file and TOTAL
    assert Rule.objects.count() == 20
    assert PublishedFigure.objects.count() == 136
    assert Reconciliation.objects.count() == 9
    assert PublishedStage.objects.count() == 13
    assert ContextEvent.objects.count() == 11


def test_indicators_keep_the_order_of_the_file_and_know_what_they_are_part_of():
    codes = list(Indicator.objects.values_list("code", flat=True))
    assert codes[:8] == ["ACT01", "ACT02", "ACT03", "ACT04", "VIO01", "VIO02", "VIO03", "VIO06"]
    assert Indicator.objects.get(code="VIO03").part_of.code == "VIO02"
    assert set(Indicator.objects.filter(is_derived=True).values_list("code", flat=True)) == {"INF04", "INF05"}


def test_every_indicator_defined_in_english_is_defined_in_russian():
    defined = Indicator.objects.exclude(definition_en="")
    assert defined.count() == 21
    assert not defined.filter(definition_ru="").exists()


def test_a_form_holds_the_indicators_of_its_agency_kind_and_period_kind():
    def codes(kind: str, period: str) -> list[str]:
        form = ReturnForm.objects.get(agency_kind__code=kind, period_kind=period, version=1)
        return list(form.indicators.values_list("code", flat=True))

    assert codes("financial_intelligence", "final") == ["FIN01", "FIN02"]
    assert codes("information_centre", "interval") == ["INF01", "INF02", "INF03", "INF04", "INF05"]
    assert codes("border_service", "follow_up") == ["ADM05", "RET02"]
    assert "CRM01" in codes("state_security", "operational")
    assert "MIG03" not in codes("internal_affairs", "final")
    assert not ReturnForm.objects.filter(agency_kind__code="information_centre", period_kind="final").exists()


def test_a_published_figure_is_kept_as_its_source_states_it():
    figure = PublishedFigure.objects.get(code="F012")
    assert (figure.value, figure.qualifier, figure.currency) == (Decimal("84000000"), "gt", "USD")
    assert (figure.state, figure.region_code) == (None, "CSTO")
    assert PublishedFigure.objects.get(code="F005").state.code == "RU"
    assert PublishedFigure.objects.get(code="F050").part_of.code == "F049"


def test_historical_operations_exist_for_the_years_that_sources_speak_of_and_for_no_other():
    years = set(Operation.objects.filter(origin="historical").values_list("year", flat=True))
    assert years == {2010, 2011, 2012, 2015, 2017, 2018, 2021, 2022, 2023, 2024, 2025}
    operation = Operation.objects.get(slug="illegal-2025")
    assert operation.title_ru == "Операция «Нелегал-2025»"
    assert not operation.periods.exists()
    assert not operation.participations.exists()


def test_an_event_of_which_only_the_month_is_known_starts_on_its_first_day():
    event = ContextEvent.objects.get(code="F029")
    assert (event.date_text, event.starts_on) == ("2024-12", dt.date(2024, 12, 1))


def test_a_second_load_changes_nothing_and_leaves_no_trace():
    before = AuditEntry.objects.count()
    outcome = load()
    assert (outcome.created, outcome.changed) == (0, 0)
    assert AuditEntry.objects.count() == before


def test_a_changed_row_is_updated_with_an_audit_entry_of_what_it_was(folder: Path):
    rewrite(folder / "indicators.csv", "ACT03", name_en="Places inspected", breakdowns="")
    outcome = load(folder)
    indicator = Indicator.objects.get(code="ACT03")
    assert outcome.changed == 1
    assert indicator.name_en == "Places inspected"
    assert not indicator.breakdowns.exists()
    entry = AuditEntry.objects.last()
    assert (entry.act, entry.object_label, entry.actor_name) == ("reference.update", "ACT03", "Система: reference")
    assert '"from":"Sites inspected"' in entry.data


def test_a_form_in_use_keeps_its_contents_and_gets_a_successor_when_the_catalogue_changes(folder: Path):
    stage = make_approved_plan(make_operation(2026)).stages.first()
    used = make_return(make_period(stage)).form
    rewrite(folder / "indicators.csv", "ACT02", reported_by="border_service")
    load(folder)
    assert used.indicators.filter(code="ACT02").exists()
    successor = ReturnForm.objects.get(agency_kind=used.agency_kind, period_kind="final", version=2)
    assert not successor.indicators.filter(code="ACT02").exists()
    unused = ReturnForm.objects.get(agency_kind__code="migration_authority", period_kind="final")
    assert (unused.version, unused.indicators.filter(code="ACT02").exists()) == (1, False)


def test_an_operation_that_is_planned_here_is_left_alone_by_figures_of_its_year(folder: Path):
    operation = make_operation(2026)
    rewrite(folder / "published_figures.csv", "F128", year_from="2026", year_to="2026")
    load(folder)
    operation.refresh_from_db()
    assert operation.origin == "live"


def test_every_row_that_names_an_unknown_code_is_listed_with_file_line_and_reason(folder: Path):
    lines = [
        ("indicators.csv", rewrite(folder / "indicators.csv", "VIO03", part_of="VIO99"), "VIO99"),
        ("rules.csv", rewrite(folder / "rules.csv", "R03", left="VIO03 + XXX01"), "XXX01"),
        ("published_figures.csv", rewrite(folder / "published_figures.csv", "F002", state="UZ"), "UZ"),
        ("reconciliations.csv", rewrite(folder / "reconciliations.csv", "F042", part_ids="F043;F999"), "F999"),
    ]
    rewrite(folder / "bodies.csv", "IHQ", name_en="Never stored")
    before = AuditEntry.objects.count()
    with pytest.raises(BadReference) as caught:
        load(folder)
    problems = [(problem.field, problem.code, str(problem.message)) for problem in caught.value.problems]
    assert [place for place, _, _ in problems] == [f"{file}:{line}" for file, line, _ in lines]
    assert {code for _, code, _ in problems} == {"unknown_code"}
    for (_, _, message), (file, line, value) in zip(problems, lines, strict=True):
        assert all(part in message for part in (file, str(line), value))
    assert AuditEntry.objects.count() == before
    assert not Indicator.objects.filter(name_en="Never stored").exists()


@pytest.mark.parametrize(
    ("file", "key", "changes"),
    [
        ("published_figures.csv", "F002", {"value": "1e99"}),
        ("published_figures.csv", "F002", {"value": "NaN"}),
        ("published_figures.csv", "F002", {"date_from": "2024-02-30"}),
        ("published_figures.csv", "F002", {"date_from": "30.09.2024"}),
        ("published_figures.csv", "F002", {"unit": "currency", "currency": ""}),
        ("published_figures.csv", "F002", {"part_of_id": "F002"}),
        ("published_figures.csv", "F002", {"qualifier": "roughly"}),
        ("published_figures.csv", "F002", {"year_to": "2023"}),
        ("published_figures.csv", "F002", {"place_en": "x" * 121}),
        ("indicators.csv", "ACT01", {"name_ru": " "}),
        ("indicators.csv", "ACT01", {"reported_by": ""}),
        ("indicators.csv", "ACT01", {"operational": "yes"}),
        ("indicators.csv", "BRD03", {"code": "BRD04"}),
        ("context_events.csv", "F029", {"date": "2024-13"}),
        ("stage_windows.csv", "2018", {"end": "2018-05-01"}),
        ("rules.csv", "R01", {"operator": "=~"}),
    ],
)
def test_a_faulty_cell_stops_the_load_and_names_its_line(folder: Path, file: str, key: str, changes: dict[str, str]):
    line = rewrite(folder / file, key, **changes)
    with pytest.raises(BadReference) as caught:
        load(folder)
    places = [problem.field for problem in caught.value.problems]
    # a code given twice is noted where it comes the second time
    assert places
    assert all(place in {f"{file}:{line}", f"{file}:{line + 1}"} for place in places)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda text: text.replace("code,kind", "code,sort"), "headings"),
        (lambda text: text + "ONE,TWO\n", "number of cells"),
        (lambda text: text + '"unclosed,cell\n', "CSV"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(folder: Path, spoil, reason: str):
    path = folder / "bodies.csv"
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    with translation.override("en"), pytest.raises(CommandError, match=rf"(?s)bodies\.csv, line \d+:.*{reason}"):
        call_command("load_reference", folder=folder)


def test_a_missing_file_and_undecodable_bytes_are_refused(folder: Path):
    (folder / "rules.csv").unlink()
    with pytest.raises(BadReference, match=r"rules\.csv"):
        load(folder)
    (folder / "bodies.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadReference, match=r"bodies\.csv"):
        load(folder)


def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture):
    call_command("load_reference")
    assert capsys.readouterr().out == "reference data: 0 created, 0 changed, 384 unchanged\n"
