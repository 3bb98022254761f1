"""What leaves the house is protected, frozen, and the same in every file and after every later release."""

import datetime as dt
from collections.abc import Mapping

import pytest

from operations.domain.errors import BadInput, NotAllowed
from operations.models import AgencyKind, AuditEntry, Category, Indicator, MemberState, Total
from reports.domain import blocks as b
from reports.domain import cells as c
from reports.domain.disclosure import NotProtected
from reports.domain.disclosure_thresholds import set_thresholds, thresholds_on
from reports.domain.payload import Payload, canonical_bytes, every_block, sha256_of
from reports.domain.places import Place
from reports.domain.public_numbers import EXEMPT, control_of, public_payload, rounding_bases
from reports.domain.total_numbers import release_of_totals
from reports.models import Approval, DisclosureControl, Report, Snapshot
from tests.factories.operations import make_operation, make_period, make_plan
from tests.factories.people import make_hq_chair, make_planner
from tests.reports.rendering.coded_report import coded, report, stage_chart, stage_table, year_table

AT = dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC)
SMALL: Mapping[str, Mapping[str, int]] = {"AM": {"1": 3, "2": 41}, "BY": {"1": 57, "2": 68}}


@pytest.fixture
def operation(reference):
    return make_operation()


def snapshot_of(payload: Payload, operation, number: int = 1, *, approved: bool = True) -> Snapshot:
    planner = make_planner(f"planner-{number}")
    kept = Report.objects.create(
        definition="annual", operation=operation, number=number, composed_by=planner, created_at=AT
    )
    snapshot = Snapshot.objects.create(
        report=kept,
        number=1,
        content=canonical_bytes(payload),
        sha256=sha256_of(payload),
        data_version=1,
        as_of=AT,
        taken_at=AT,
        taken_by=planner,
    )
    if approved:
        Approval.objects.create(
            snapshot=snapshot,
            approver=planner,
            approved_at=AT + dt.timedelta(hours=number),
            snapshot_sha256=snapshot.sha256,
            verification_code=f"CODE-{number}",
        )
    return snapshot


def public(snapshot: Snapshot) -> Payload:
    return public_payload(snapshot, approval=getattr(snapshot, "approval", None), at=AT)


def marks(payload: Payload, id: str) -> list[list[int | str]]:
    """The cells of a table or a chart: numbers, or why there is none."""
    block = next(one for one in every_block(payload) if one.get("id") == id)
    lines = block["rows"] if "rows" in block else block["series"]
    return [[cell.get("value", cell["state"]) for cell in line["cells"]] for line in lines]


def test_a_small_number_and_what_it_takes_with_it_is_hidden_in_table_and_chart(operation) -> None:
    payload = report(stage_table(SMALL), stage_chart({"AM": 3, "BY": 57}))
    found = public(snapshot_of(payload, operation))
    assert marks(found, "t-stages") == [
        ["suppressed", "suppressed", 44],
        ["suppressed", "suppressed", 125],
        [60, 109, 169],
    ]
    assert marks(found, "c-stage") == [["suppressed", "suppressed"]]
    assert marks(payload, "t-stages")[0] == [3, 41, 44]


def test_changes_percentages_and_notes_are_hidden_with_their_number(operation) -> None:
    note = c.both(ru="в день 0,3", en="0.3 a day")
    before = c.number(40, note=note)
    # a stage of 3 and a public year before of nothing else: the year itself has to go
    table = year_table("AM", c.number(3), before)
    table["columns"][0]["codes"] = {"time": "stage:1"}
    cells = public(snapshot_of(report(table), operation))["sections"][0]["blocks"][0]["rows"][0]["cells"]
    assert [cell["state"] for cell in cells] == ["suppressed", "value", "suppressed", "suppressed"]
    assert "note" not in cells[1]


def test_a_number_that_a_source_published_is_exempt_and_says_so(operation) -> None:
    table = stage_table({"AM": {"1": 3, "2": 41}})
    table["rows"][0]["cells"][0] = c.number(3, sources=[1])
    found = public(snapshot_of(report(table, sources=1), operation))
    cell = found["sections"][0]["blocks"][0]["rows"][0]["cells"][0]
    assert (cell["value"], cell["note"]) == (3, EXEMPT)


def test_the_choice_is_frozen_with_the_approved_report_and_not_with_a_draft(operation) -> None:
    snapshot = snapshot_of(report(stage_table(SMALL)), operation, approved=False)
    public(snapshot)
    assert not DisclosureControl.objects.exists()
    approved = snapshot_of(report(stage_table(SMALL)), operation, 2)
    first = public(approved)
    set_by = make_hq_chair()
    stricter = {"fine_cell": 60, "citizenship_cell": 60}
    words = {"reference_ru": "Решение", "reference_en": "Decision"}
    set_thresholds(effective_from=AT.date(), at=AT, actor=set_by, **words, **stricter)
    assert canonical_bytes(public(approved)) == canonical_bytes(first)
    assert DisclosureControl.objects.get().primary == 1


def test_a_later_edition_does_not_give_away_what_an_earlier_one_hid(operation) -> None:
    """Alone, the second table would need to hide nothing: its numbers are large. With the first it would."""
    first = report(
        b.table(
            id="t",
            caption=c.both(ru="т", en="t"),
            stub=c.both(ru="т", en="t"),
            columns=[b.column(heading=c.same(one), codes={"time": f"stage:{one}"}) for one in ("1", "2")],
            rows=[b.row(header=c.same("AM"), cells=[c.number(3), c.number(41)], codes=coded({"state": "AM"}))],
            codes={"operation": "illegal-2026"},
        )
    )
    assert marks(public(snapshot_of(first, operation)), "t") == [["suppressed", 41]]
    second = report(year_table("AM", c.number(44), c.missing("not_reported")))
    alone = control_of(snapshot_of(second, make_operation(year=2027), 2, approved=False), at=AT)
    assert [one[3] for one in alone.hidden] == ["AM"]
    DisclosureControl.objects.all().delete()
    assert control_of(Snapshot.objects.latest("pk"), at=AT).hidden == []


def test_rounding_replaces_hiding_where_the_council_decided_so(operation) -> None:
    set_thresholds(
        effective_from=AT.date(),
        reference_ru="Решение Совета от 1 марта 2026 г.",
        reference_en="Decision of the Council",
        method="rounding",
        actor=make_hq_chair(),
        at=AT,
    )
    found = public(snapshot_of(report(stage_table(SMALL)), operation))
    numbers = marks(found, "t-stages")
    assert all(value % 5 == 0 for row in numbers for value in row)
    assert [row[0] + row[1] for row in numbers] == [row[2] for row in numbers]
    assert found["disclosure"]["decision"]["en"] == "Decision of the Council"
    assert rounding_bases(DisclosureControl.objects.get()) == (5, 10)
    said = found["sections"][0]["blocks"][-1]["text"]
    assert said["en"].startswith("Numbers marked “about” are multiples of 5, and of 10 where citizenship")
    assert said["ru"].endswith("до кратных 10: Решение Совета от 1 марта 2026 г.")


def test_without_a_decision_the_thresholds_of_the_methodology_hold(operation) -> None:
    found = thresholds_on(AT.date())
    assert (found.limits.fine_cell, found.limits.citizenship_cell, found.row) == (5, 10, None)


def test_only_the_chair_of_the_headquarters_enters_thresholds_and_it_is_told(operation) -> None:
    values = {"effective_from": AT.date(), "reference_ru": "Решение", "reference_en": "Decision", "at": AT}
    with pytest.raises(NotAllowed):
        set_thresholds(**values, actor=make_planner())
    set_thresholds(**values, actor=make_hq_chair(), fine_cell=6)
    acts = list(AuditEntry.objects.filter(act__startswith="disclosure").values_list("act", flat=True))
    assert acts == ["disclosure.thresholds.refused", "disclosure.thresholds"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"effective_from": AT.date() - dt.timedelta(days=1)},
        {"reference_en": " "},
        {"fine_cell": 2},
        {"fine_cell": 8, "citizenship_cell": 7},
        {"rounding_base": 0},
        {"method": "guess"},
    ],
)
def test_thresholds_that_protect_nothing_or_reach_back_are_refused(wrong: dict, operation) -> None:
    values = {"effective_from": AT.date(), "reference_ru": "Решение", "reference_en": "Decision"}
    with pytest.raises(BadInput):
        set_thresholds(**{**values, **wrong}, actor=make_hq_chair(), at=AT)


def test_a_row_about_persons_that_does_not_say_what_it_is_of_does_not_go_out(operation) -> None:
    table = stage_table(SMALL)
    table["rows"][0]["code"] = "ADM01"
    del table["codes"]
    with pytest.raises(NotProtected, match="ADM01"):
        public(snapshot_of(report(table), operation))


def test_a_fine_table_of_totals_has_every_margin_and_categories_stand_beside_their_own_total(operation) -> None:
    plan = make_plan(operation)
    states = {code: MemberState.objects.get(code=code) for code in ("AM", "RU")}
    kind = AgencyKind.objects.get(code="internal_affairs")
    indicator = Indicator.objects.get(code="ADM01")
    whole = Category.objects.get(breakdown__isnull=True)
    women = Category.objects.filter(breakdown__code="sex").first()
    for number in (1, 2):
        period = make_period(plan.stages.get(number=number), "final")
        for state in states.values():
            for category, value in ((whole, 10 * number), (women, 3 * number)):
                Total.objects.create(
                    period=period,
                    state=state,
                    agency_kind=kind,
                    indicator=indicator,
                    category=category,
                    basis="A",
                    value=value,
                    returns=1,
                )
    values = release_of_totals(operation, indicators=[indicator], breakdown="sex").values
    place = Place(operation.slug, "ADM01")
    assert values[place] == 60
    assert values[place._replace(state="AM")] == 30
    assert values[place._replace(state="AM", time="stage:2", category=f"sex:{women.code}")] == 6
    assert values[place._replace(category=f"sex:{women.code}")] == 18
    assert len(values) == 2 * 3 * 3
