"""Reports on a stage, of one state, on completeness, and press releases: what each holds, and what it never does."""

import datetime as dt

import pytest

from operations.domain import machine
from operations.domain.access import may, visible_to
from operations.domain.errors import BadInput, Conflict, NotAllowed, Unmet
from operations.models import Operation, Stage, StageWindow
from reports.domain import definitions, reports
from reports.domain.blocks import paragraph
from reports.domain.cells import both
from reports.domain.clearance import candidates, cleared_figures
from reports.domain.definitions import Definition, NarrativeSection, all_definitions
from reports.domain.payload import assembled, every_block, operation_facts
from reports.domain.snapshots import build_payload
from reports.domain.subjects import first_state_with_data, last_finished_stage
from reports.domain.writing import numbered
from reports.models import Report
from reports.rendering.outputs import render
from tests.factories.operations import make_operation, make_return
from tests.factories.people import Cast, make_officer
from tests.factories.reference import make_agency, state
from tests.factories.reports import AT, VALUES, accept, count, final_return, make_results

pytestmark = pytest.mark.django_db
RESTING_ON_RETURNS = ("completeness", "national", "press", "stage")


def cells(payload, table: str) -> dict[str, list[dict]]:
    [block] = [one for one in every_block(payload) if one.get("id") == table]
    return {row["code"] or row["header"]["en"]: row["cells"] for row in block["rows"]}


def told(payload) -> str:
    return " ".join(block["text"]["en"] for block in every_block(payload) if block["type"] == "paragraph")


def author(code: str = "RU"):
    return make_officer(make_agency(code), username=f"author-{code.lower()}")


def draft(kind: str, operation: Operation, cast: Cast, **about) -> Report:
    actor = author() if kind == "national" else cast.planner
    return reports.compose_report(definition=kind, operation=operation, actor=actor, at=AT, **about)


# --- what all of them have in common ---


@pytest.mark.parametrize("kind", RESTING_ON_RETURNS)
def test_a_year_known_from_sources_alone_has_no_such_report_and_is_told_why(cast: Cast, kind: str):
    with pytest.raises(BadInput) as refused:
        draft(kind, Operation.objects.get(slug="illegal-2025"), cast)
    [problem] = refused.value.problems
    assert (problem.code, problem.field) == ("not_of_this_operation", "operation")


def test_the_other_kinds_are_there_for_such_a_year(cast: Cast):
    historical = Operation.objects.get(slug="illegal-2025")
    suited = {one.code for one in all_definitions() if not one.unsuited(historical)}
    assert suited == {"annual", "cumulative", "minutes", "plan"}


def test_a_stage_or_a_state_is_asked_for_where_the_kind_needs_it_and_refused_elsewhere(cast: Cast):
    operation = make_results()
    stage = operation.plan.stages.first()
    for kind, about, field in (
        ("stage", {}, "stage"),
        ("annual", {"stage": stage}, "stage"),
        ("completeness", {"state": state("RU")}, "state"),
    ):
        with pytest.raises(BadInput) as refused:
            draft(kind, operation, cast, **about)
        assert [problem.field for problem in refused.value.problems] == [field]


def test_a_stage_of_another_operation_is_unknown(cast: Cast):
    other = make_results(2027).plan.stages.first()
    with pytest.raises(BadInput):
        draft("stage", make_results(), cast, stage=other)


def test_a_planner_composes_all_but_national_reports_and_an_officer_those_alone(cast: Cast):
    assert {one.code for one in reports.composable(author(), at=AT)} == {"national"}
    offered = {one.code for one in reports.composable(cast.planner, at=AT)}
    assert offered == {"annual", "completeness", "cumulative", "press", "stage"}
    assert reports.composable(cast.heads["RU"], at=AT) == []


# --- an extra one ---


def test_an_extra_kind_takes_one_registration_and_is_drawn_by_the_common_form(cast: Cast):
    title = both(ru="Справка о границе", en="Note on the border")

    def build(given):
        parts = [("text", title, [paragraph(both(ru="Граница", en="The border"))])]
        return assembled(
            definition="border",
            operation=operation_facts(slug="illegal-2026", year=2026, title=title),
            title=title,
            subtitle=title,
            as_of=given.at.isoformat(),
            sections=numbered(given, parts),
        )

    before = dict(definitions._definitions)
    try:
        definitions.register(
            Definition(
                code="border",
                name="Note on the border",
                title=title,
                narrative=(NarrativeSection(key="text", title=title),),
                build=build,
                checklist=lambda report, at: [],
            )
        )
        report = draft("border", make_results(), cast)
        assert may(report, "submit", cast.planner, at=AT)
        payload = build_payload(report, at=AT)
        for language, words in (("ru", "Граница"), ("en", "The border")):
            page = render(format="html", payload=payload, approval=None, language=language).decode()
            assert words in page
    finally:
        definitions._definitions.clear()
        definitions._definitions.update(before)


# --- a stage ---


def test_a_stage_report_has_the_numbers_of_that_stage_and_what_they_are_per_day(cast: Cast):
    operation = make_results()
    stage = operation.plan.stages.order_by("number").last()
    payload = build_payload(draft("stage", operation, cast, stage=stage), at=AT)
    whole = VALUES["VIO01"] * 21 * stage.number
    total = cells(payload, "table-violations")["VIO01"][7]
    assert total["value"] == whole
    [now, rate, *_rest] = cells(payload, "table-per-day")["VIO01"]
    assert (now["value"], rate["value"]) == (whole, round(whole * 10 / stage.days))
    assert {"VIO01", "CRM01"} <= set(cells(payload, "table-master"))
    assert all("time" in block["codes"] for block in every_block(payload) if block.get("id") == "table-master")


def test_a_stage_stands_beside_the_same_stage_of_last_year_by_their_own_days(cast: Cast):
    before = make_results(2027, values={"VIO01": 10})
    longer = before.plan.stages.order_by("number").first()
    longer.end_date += dt.timedelta(days=5)
    longer.save()
    operation = make_results(2028, values={"VIO01": 15})
    stage = operation.plan.stages.order_by("number").first()
    payload = build_payload(draft("stage", operation, cast, stage=stage), at=AT)
    [now, _rate, earlier, _before, change] = cells(payload, "table-per-day")["VIO01"]
    assert (now["value"], earlier["value"]) == (315, 210)
    base = 210 * stage.days
    assert change["value"] == round((315 * longer.days - base) * 1000 / base)


def test_national_dates_of_a_stage_stand_beside_those_of_the_plan(cast: Cast):
    operation = make_results()
    stage = operation.plan.stages.order_by("number").first()
    StageWindow.objects.filter(stage=stage).delete()
    own = stage.start_date + dt.timedelta(days=1)
    StageWindow.objects.create(stage=stage, state=state("KZ"), start_date=own, end_date=stage.end_date)
    rows = cells(build_payload(draft("stage", operation, cast, stage=stage), at=AT), "table-windows")
    assert rows["Kazakhstan"][1]["value"] == stage.days - 1
    assert rows["Kazakhstan"][2]["text"]["en"] == "dates of its own"
    assert rows["Russia"][2]["text"]["en"] == "by the plan of the operation"


def test_the_last_finished_stage_is_taken_where_nobody_chose(cast: Cast):
    operation = make_results()
    first, last = operation.plan.stages.order_by("start_date")
    assert last_finished_stage(operation, at=AT) == last
    between = dt.datetime.combine(last.start_date, dt.time(12), tzinfo=AT.tzinfo)
    assert last_finished_stage(operation, at=between) == first
    assert last_finished_stage(make_operation(2031), at=AT) is None
    assert first_state_with_data(operation) == state("AM")


# --- a state ---


def test_a_national_report_holds_no_number_of_another_state_and_no_sum_of_the_region(cast: Cast):
    operation = make_results()
    payload = build_payload(draft("national", operation, cast), at=AT)
    codes = [block["codes"] for block in every_block(payload) if block.get("codes")]
    assert codes
    assert {one.get("state") for one in codes} == {"RU"}
    assert {card["codes"]["state"] for card in payload["summary"][0]["cards"]} == {"RU"}
    row = cells(payload, "table-kind-internal_affairs")["VIO01"]
    assert [cell["value"] for cell in row] == [VALUES["VIO01"] * 5, VALUES["VIO01"] * 10, VALUES["VIO01"] * 15]
    names = {"Armenia", "Belarus", "Kazakhstan", "Kyrgyzstan", "Tajikistan"}
    headers = {row["header"]["en"] for block in every_block(payload) for row in block.get("rows", ())}
    assert not headers & names
    assert payload["author"]["en"] == "National headquarters of the Russian Federation"


def test_an_officer_composes_for_the_own_state_alone_and_others_do_not_see_it(cast: Cast):
    operation = make_results()
    with pytest.raises(NotAllowed):
        reports.compose_report(definition="national", operation=operation, actor=author(), at=AT, state=state("KZ"))
    report = draft("national", operation, cast)
    assert report.state == state("RU")
    for person, sees in ((cast.heads["RU"], True), (cast.heads["KZ"], False), (author("KZ"), False)):
        assert visible_to(Report, person, at=AT).filter(pk=report.pk).exists() == sees


def test_the_head_of_the_state_approves_what_the_officer_submitted(cast: Cast):
    report = draft("national", make_results(), cast)
    report = reports.submit_report(report=report, actor=author(), at=AT, explanation="Известно")
    for person in (cast.council_chair, cast.hq_chair):
        assert not may(report, "approve", person, at=AT)
    given = {"snapshot_sha256": report.snapshots.get().sha256, "reauthenticated": True}
    report = reports.approve_report(report=report, actor=cast.heads["RU"], at=AT, **given)
    assert report.status == Report.Status.APPROVED
    assert report.snapshots.get().approval.capacity_en == "Head of the national headquarters of the Russian Federation"


def test_returns_of_rights_bodies_are_not_told_of_in_a_national_report(cast: Cast):
    operation = make_results()
    period = final_return(operation).period
    make_return(period, make_agency("RU", "rights_body"))
    payload = build_payload(draft("national", operation, cast), at=AT)
    assert set(cells(payload, "table-completeness-kinds")) == {"Internal affairs authority", "Total"}


# --- completeness ---


def test_the_completeness_report_counts_every_return_in_one_standing(cast: Cast):
    operation = make_results(states=("AM", "RU"))
    payload = build_payload(draft("completeness", operation, cast), at=AT)
    rows = cells(payload, "table-standings-states")
    assert [cell["value"] for cell in rows["Total"]] == [4, 4, 0, 0, 0, 0, 0]
    received = payload["summary"][0]["cards"][0]["cell"]
    assert (received["value"], received["of"]) == (4, 4)
    assert payload["stamps"]["post"]["en"].startswith("Chair of the International Headquarters")


# --- press ---


def clear(report: Report, cast: Cast, code: str) -> None:
    [found] = [one for one in candidates(report) if one.indicator.code == code]
    reports.clear_figure(report=report, figure=code, value=found.value, actor=cast.hq_chair, at=AT)


def shown(report: Report) -> dict[str, int]:
    blocks = build_payload(report, at=AT)["summary"]
    cards = [card for block in blocks if block["type"] == "key_figures" for card in block["cards"]]
    return {card["codes"]["indicator"]: card["cell"]["value"] for card in cards}


def test_a_press_release_shows_the_figures_that_were_cleared_and_no_others(cast: Cast):
    report = draft("press", make_results(), cast)
    assert shown(report) == {}
    clear(report, cast, "VIO01")
    clear(report, cast, "CRM01")
    assert shown(report) == {"VIO01": VALUES["VIO01"] * 63, "CRM01": VALUES["CRM01"] * 63}
    reports.withdraw_clearance(report=report, figure="CRM01", actor=cast.hq_chair, at=AT)
    assert set(shown(report)) == {"VIO01"}


def test_a_figure_that_changes_after_its_clearance_is_left_out(cast: Cast):
    operation = make_results()
    report = draft("press", operation, cast)
    clear(report, cast, "VIO01")
    accept(final_return(operation), {"VIO01": 5}, number=2)
    count(operation)
    assert cleared_figures(report) == []
    assert [one.indicator.code for one in candidates(report) if one.has_moved] == ["VIO01"]
    problems = {one.code for one in definitions.definition_of(report).checklist(report, AT)}
    assert problems == {"nothing_cleared", "cleared_moved"}


def test_a_clearance_of_another_number_than_the_one_that_stands_is_a_conflict(cast: Cast):
    report = draft("press", make_results(), cast)
    with pytest.raises(Conflict):
        reports.clear_figure(report=report, figure="VIO01", value=1, actor=cast.hq_chair, at=AT)
    with pytest.raises(BadInput):
        reports.clear_figure(report=report, figure="ADM04", value=1, actor=cast.hq_chair, at=AT)


def test_only_the_headquarters_chair_clears_and_only_for_the_press(cast: Cast):
    operation = make_results()
    report = draft("press", operation, cast)
    with pytest.raises(NotAllowed):
        reports.clear_figure(report=report, figure="VIO01", value=1, actor=cast.planner, at=AT)
    annual = draft("annual", operation, cast)
    assert "clear" not in {one.transition.name for one in machine.available(annual, cast.hq_chair, at=AT)}


def test_a_text_that_cites_what_is_not_cleared_bars_the_submission(cast: Cast):
    report = draft("press", make_results(), cast)
    clear(report, cast, "VIO01")
    for text, is_barred in (("{{VIO01}}", False), ("{{CRM01}}", True), ("{{VIO01:KZ}}", True)):
        reports.edit_narrative(report=report, section="lead", text_ru=text, text_en=text, actor=cast.planner, at=AT)
        found = list(definitions.definition_of(report).barriers(report, AT))
        assert [one.code for one in found] == ["not_cleared"] * is_barred, text
    with pytest.raises(Unmet):
        reports.submit_report(report=report, actor=cast.planner, at=AT, explanation="Всё известно")


def test_a_number_typed_into_the_text_is_asked_about_unless_it_is_a_cleared_one(cast: Cast):
    report = draft("press", make_results(), cast)
    clear(report, cast, "VIO01")
    text = "15 дней 2026 года: 1 890 нарушений, 4 321 проверка"
    reports.edit_narrative(report=report, section="lead", text_ru=text, text_en="Text", actor=cast.planner, at=AT)
    messages = [str(one.message) for one in definitions.definition_of(report).checklist(report, AT)]
    assert [message for message in messages if "4 321" in message] == messages


def test_a_press_release_is_preliminary_until_the_annual_report_is_approved(cast: Cast):
    operation = make_results()
    report = draft("press", operation, cast)
    assert "Preliminary." in told(build_payload(report, at=AT))
    operation.annual_report_approved_at = AT
    operation.save()
    report.refresh_from_db()
    assert "Preliminary." not in told(build_payload(Report.objects.get(pk=report.pk), at=AT))


def test_stages_to_come_are_not_in_a_press_release(cast: Cast):
    operation = make_results()
    _first, last = Stage.objects.filter(plan=operation.plan).order_by("start_date")
    between = dt.datetime.combine(last.start_date, dt.time(12), tzinfo=AT.tzinfo)
    text = told(build_payload(draft("press", operation, cast), at=between))
    assert "stage 1" in text
    assert "stage 2" not in text
