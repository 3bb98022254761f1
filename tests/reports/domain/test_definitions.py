"""Definitions: an incomplete one fails at once, an extra one takes one registration, the built-in ones are sound."""

import datetime as dt

import pytest

from operations.models import Operation
from reports.domain import definitions
from reports.domain.blocks import paragraph, section
from reports.domain.cells import both, same
from reports.domain.definitions import Definition, Draft, IncompleteDefinition, NarrativeSection
from reports.domain.payload import assembled, every_block, operation_facts
from reports.domain.reports import compose_report
from reports.domain.snapshots import build_payload, take_snapshot
from tests.factories.operations import make_operation
from tests.factories.people import Cast
from tests.factories.reports import AT, VALUES, make_report, make_results

pytestmark = pytest.mark.django_db


def sample(**given) -> Definition:
    parts = {
        "code": "sample",
        "name": "Sample",
        "title": both(ru="Образец", en="Sample"),
        "narrative": (NarrativeSection(key="text", title=both(ru="Текст", en="Text")),),
        "build": build_sample,
        "checklist": lambda report, at: [],
    }
    return Definition(**{**parts, **given})


def build_sample(draft: Draft):
    return assembled(
        definition="sample",
        operation=operation_facts(slug="x", year=2026, title=same("x")),
        title=same("x"),
        subtitle=same("x"),
        as_of=draft.at.isoformat(),
        sections=[section(id="text", number="1", title=same("x"), blocks=[paragraph(draft.narratives["text"])])],
    )


@pytest.fixture
def registry():
    before = dict(definitions._definitions)
    yield
    definitions._definitions.clear()
    definitions._definitions.update(before)


@pytest.mark.parametrize("missing", ["name", "build", "checklist", "narrative", "code"])
def test_a_definition_without_a_part_is_refused_with_its_name(registry, missing: str):
    with pytest.raises(IncompleteDefinition, match=missing):
        definitions.register(sample(**{missing: None}))


def test_a_title_in_one_language_is_incomplete(registry):
    with pytest.raises(IncompleteDefinition, match="title in en"):
        definitions.register(sample(title=both(ru="Образец", en="")))


def test_a_code_is_registered_once(registry):
    definitions.register(sample())
    with pytest.raises(IncompleteDefinition):
        definitions.register(sample())


def test_an_extra_definition_needs_nothing_but_its_registration(registry, cast: Cast):
    definitions.register(sample())
    report = compose_report(definition="sample", operation=make_operation(), actor=cast.planner, at=AT)
    report.narratives.create(section="text", text_ru="Да", text_en="Yes")
    assert take_snapshot(report=report, actor=cast.planner, at=AT).number == 1


def cells_of(payload, table: str) -> dict[str, list[dict]]:
    [block] = [one for one in every_block(payload) if one.get("id") == table]
    return {row["code"] or row["header"]["en"]: row["cells"] for row in block["rows"]}


def test_the_matrix_has_every_state_its_share_and_the_sum(cast: Cast):
    payload = build_payload(make_report(), at=AT)
    [*states, share, total, _before, _change, _percent] = cells_of(payload, "table-violations")["VIO01"]
    assert [cell["value"] for cell in states] == [VALUES["VIO01"] * 3 * place for place in (1, 2, 3, 4, 5, 6)]
    assert (share["value"], share["of"]) == (6, 6)
    assert total["value"] == VALUES["VIO01"] * 3 * 21


def test_a_stock_is_the_highest_stage_and_a_flow_the_sum(cast: Cast):
    payload = build_payload(make_report(), at=AT)
    assert cells_of(payload, "table-forces")["ACT01"][0]["value"] == VALUES["ACT01"] * 2


def test_money_is_listed_by_currency_and_never_added_up(cast: Cast):
    payload = build_payload(make_report(), at=AT)
    rows = cells_of(payload, "table-fines")
    assert {cells[0]["currency"] for cells in rows.values()} == {"AMD", "BYN", "KZT", "KGS", "RUB", "TJS"}
    assert "ADM04" not in cells_of(payload, "table-accountability")


def test_states_without_a_number_are_not_in_the_share_and_are_no_zero(cast: Cast):
    operation = make_results(states=("AM", "RU"))
    payload = build_payload(make_report(operation=operation), at=AT)
    [*states, share, _total, _before, _change, _percent] = cells_of(payload, "table-violations")["VIO01"]
    assert [cell["state"] for cell in states].count("not_reported") == 4
    assert (share["value"], share["of"]) == (2, 6)


def test_the_year_before_of_this_system_is_compared_and_flagged_where_days_differ(cast: Cast):
    before = make_results(2027, values={"VIO01": 10})
    stage = before.plan.stages.first()
    stage.end_date += dt.timedelta(days=5)
    stage.save()
    payload = build_payload(make_report(operation=make_results(2028, values={"VIO01": 15})), at=AT)
    [*_states, _share, total, previous, change, percent] = cells_of(payload, "table-violations")["VIO01"]
    assert (total["value"], previous["value"], change["value"], percent["value"]) == (945, 630, 315, 500)
    assert "stage days 20 (25 the year before)" in previous["note"]["en"]
    assert "per day 47.3 (25.2)" in previous["note"]["en"]


def test_a_base_of_zero_has_no_percentage(cast: Cast):
    make_results(2027, values={"VIO01": 0})
    payload = build_payload(make_report(operation=make_results(2028, values={"VIO01": 1})), at=AT)
    [*_rest, change, percent] = cells_of(payload, "table-violations")["VIO01"]
    assert change["value"] == 63
    assert percent["state"] == "no_base"


def test_without_the_year_before_its_columns_say_that_nothing_is_known(cast: Cast):
    payload = build_payload(make_report(), at=AT)
    [*_rest, previous, change, percent] = cells_of(payload, "table-violations")["VIO01"]
    assert [cell["state"] for cell in (previous, change, percent)] == ["not_published"] * 3


def test_a_first_live_year_stands_beside_the_published_one_with_its_source(cast: Cast):
    # as if the system had been there a year earlier
    Operation.objects.filter(year=2025).update(kind=Operation.Kind.SPECIAL, slug="known-from-sources")
    payload = build_payload(make_report(operation=make_results(2025)), at=AT)
    [*_rest, previous, change, _percent] = cells_of(payload, "table-violations")["VIO01"]
    assert (previous["value"], previous["qualifier"]) == (130_000, "gt")
    assert previous["sources"]
    assert change["state"] == "not_applicable"


def test_rights_without_figures_and_without_a_text_say_so(cast: Cast):
    payload = build_payload(make_report(), at=AT)
    [rights] = [one for one in payload["sections"] if one["id"] == "rights"]
    assert rights["blocks"][0]["text"]["en"] == "Figures were not collected."


def test_a_historical_year_makes_up_no_workflow(cast: Cast):
    report = compose_report(
        definition="annual", operation=Operation.objects.get(slug="illegal-2025"), actor=cast.planner, at=AT
    )
    payload = build_payload(report, at=AT)
    assert payload["operation"]["historical"]
    assert payload["stamps"] is None
    assert payload["signature"] is None
    assert [one["id"] for one in payload["sections"]][:2] == ["stages", "states"]


def cumulative(cast: Cast, slug: str = "illegal-2025"):
    operation = Operation.objects.get(slug=slug)
    return build_payload(compose_report(definition="cumulative", operation=operation, actor=cast.planner, at=AT), at=AT)


def test_the_published_totals_of_ten_years_stand_first_with_their_qualifiers(cast: Cast):
    payload = cumulative(cast)
    cards = payload["summary"][0]["cards"]
    shown = [(card["cell"].get("qualifier", "eq"), card["cell"]["value"]) for card in cards]
    assert shown == [
        ("gt", 1_000_000),
        ("gt", 8_400_000_000),
        ("eq", 9_732),
        ("eq", 560),
        ("eq", 137_795),
        ("gt", 3_000),
    ]
    assert all(card["cell"]["sources"] for card in cards)


def test_contained_years_are_indented_and_there_is_no_grand_total(cast: Cast):
    [table] = [one for one in every_block(cumulative(cast)) if one.get("id") == "table-periods"]
    levels = {row["header"]["en"]: row["level"] for row in table["rows"]}
    assert levels["2008–2017"] == 0
    assert levels["2010"] == 1
    assert levels["2018"] == 0
    assert levels["2024"] == 1
    assert all(row["style"] == "normal" for row in table["rows"])


def test_what_does_not_reconcile_is_flagged(cast: Cast):
    [table] = [one for one in every_block(cumulative(cast)) if one.get("id") == "table-reconciliations"]
    findings = [row["cells"][3]["text"]["en"] for row in table["rows"]]
    assert sum(text.startswith("Flagged") for text in findings) == 1


def test_other_operations_stand_apart(cast: Cast):
    payload = cumulative(cast)
    [table] = [one for one in every_block(payload) if one.get("id") == "table-other-operations"]
    assert {row["code"] for row in table["rows"] if row["code"]} == {"FIN02", "GRP02", "WNT01"}
    [regional] = [one for one in every_block(payload) if one.get("id") == "table-regional"]
    assert 688 not in [row["cells"][-1].get("value") for row in regional["rows"] if row["cells"]]


def test_an_earlier_year_knows_nothing_of_later_ones(cast: Cast):
    payload = cumulative(cast, "illegal-2018")
    [table] = [one for one in every_block(payload) if one.get("id") == "table-periods"]
    assert [row["header"]["en"] for row in table["rows"]] == ["2008–2017", "2010", "2018"]
