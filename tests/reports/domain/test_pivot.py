"""A pivot adds up what may be added up, and nothing else; every subtotal is put together from what lies in it."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone

from operations.domain.access import visible_to
from operations.domain.errors import BadInput
from operations.domain.wording import in_language
from operations.models import Operation, Total, User
from reports.domain.explorer import Question, asked, read_catalogue
from reports.domain.lineage import lineage
from reports.domain.pivot import Pivot
from reports.domain.pivot_charts import charts
from tests.factories.explored import FINAL, make_explored
from tests.factories.operations import make_operation
from tests.factories.people import make_head, make_planner
from tests.factories.reference import STATES, load_reference
from tests.factories.reports import VALUES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("explored")]
PLACES = range(1, len(STATES) + 1)
#: A number of a state and stage is the value of `FINAL` times this.
FACTORS = {1: [place + 6 for place in PLACES], 2: [2 * place + 6 for place in PLACES]}


@pytest.fixture(scope="module")
def explored(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Two whole years, one that two states reported, and a special operation: built once, rolled back behind."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_reference()
        make_explored(2026)
        make_explored(2027)
        make_explored(2028, states=("AM", "RU"))
        make_operation(2026, slug="special-2026", kind="special")
        yield
        transaction.set_rollback(True)


def question(text: str) -> Question:
    """`indicator=VIO01 rows=state` as an address would ask it."""
    given: dict[str, list[str]] = {}
    for part in text.split() if "operation=" in text else ["operation=illegal-2026", *text.split()]:
        name, _equals, value = part.partition("=")
        given.setdefault(name, []).append(value)
    return asked(given, read_catalogue(Operation.objects.all()))


def pivot(text: str) -> Pivot:
    return Pivot(question(text), read_catalogue(Operation.objects.all()), totals=Total.objects.all())


def cells(found: Pivot) -> dict[tuple[str, ...], object]:
    """By the codes of the place (empty for a subtotal): a number, several amounts, or the state of the cell."""
    shown = {}
    for row, line in found.table():
        for column, one in zip(found.columns, line, strict=True):
            key = tuple(member.code for _dimension, member in row.place + column.place)
            values = [cell["value"] if cell["state"] == "value" else cell["state"] for cell in one.amounts]
            shown[key] = values[0] if len(values) == 1 else values
    return shown


def test_a_flow_is_added_over_states_authorities_and_stages():
    found = cells(pivot("indicator=VIO01 rows=state columns=stage"))
    # Russia stands fifth in the list of codes; its border service reported once as well, with the factor itself
    assert found["RU", "1"] == 30 * 11 + 11
    assert found["RU", "2"] == 30 * 16
    assert found["RU", ""] == 30 * 11 + 11 + 30 * 16
    assert found["", "1"] == sum(31 * factor for factor in FACTORS[1])
    assert found["", ""] == sum(31 * factor for factor in FACTORS[1]) + sum(30 * factor for factor in FACTORS[2])


def test_a_subtotal_over_states_says_how_many_stand_behind_it():
    found = pivot("operation=illegal-2028 indicator=VIO01 rows=indicator")
    [(_row, [cell])] = found.table()
    assert (cell.reporting, cell.expected) == (2, 6)


def test_a_stock_over_stages_is_the_highest_or_the_last_and_never_the_sum():
    assert cells(pivot("indicator=ACT01 rows=stage state=AM")) == {("1",): 700, ("2",): 800, ("",): 800}
    assert cells(pivot("indicator=RET07 rows=stage state=AM"))[("",)] == 13 * 8
    assert cells(pivot("indicator=ACT01"))[()] == sum(100 * factor for factor in FACTORS[2]), "highest, then added"


def test_money_of_several_currencies_stands_side_by_side():
    found = cells(pivot("indicator=ADM04 rows=state stage=1 state=AM state=RU"))
    assert found["AM",] == 123_456 * 7
    assert found["",] == [123_456 * 7, 123_456 * 11], "drams and roubles"


def test_the_total_of_a_breakdown_is_what_was_reported_for_the_indicator_itself():
    found = cells(
        pivot("indicator=ACT04 breakdown=citizenship_group rows=category stage=1 state=AM agency_kind=internal_affairs")
    )
    assert (found["AM",], found["BY",], found["",]) == (77, 49, 350)
    assert found["RU",] == "not_reported"


def test_two_operations_of_one_year_are_not_added_up_and_two_years_are():
    years = cells(
        pivot("operation=illegal-2026 operation=illegal-2027 indicator=VIO01 rows=operation state=RU stage=2")
    )
    assert years[("",)] == years[("illegal-2026",)] + years[("illegal-2027",)]
    same_year = cells(
        pivot("operation=illegal-2026 operation=special-2026 indicator=VIO01 rows=operation state=RU stage=2")
    )
    assert set(same_year) == {("illegal-2026",), ("special-2026",)}


def test_not_asked_not_reported_and_withheld_are_three_different_things():
    found = cells(pivot("indicator=CRM01 rows=state columns=agency_kind stage=1"))
    assert found["AM", "state_security"] == "withheld"
    assert found["RU", "state_security"] == "not_reported"
    assert found["RU", "rights_body"] == "not_applicable"


def test_indicators_of_quarters_stand_beside_no_stage():
    found = cells(pivot("indicator=MIG01 indicator=VIO01 rows=indicator columns=stage state=AM"))
    assert found["MIG01", "1"] == "not_applicable"
    assert found["MIG01", "interval"] == 1000
    assert found["VIO01", "interval"] == "not_applicable"
    assert list(cells(pivot("indicator=VIO01 rows=stage"))) == [("1",), ("2",), ("",)], "no empty column of quarters"


def test_provisional_figures_hold_what_waits_and_accepted_ones_do_not():
    accepted = cells(pivot("indicator=VIO01 state=RU stage=1"))[()]
    provisional = cells(pivot("indicator=VIO01 state=RU stage=1 basis=provisional"))[()]
    assert provisional == accepted + 777


def test_a_share_is_n_of_m_of_its_row_or_column():
    found = pivot("indicator=VIO01 rows=state columns=stage view=share")
    row = next(line for line in found.rows if line.names[0]["en"] == "Russia")
    share = found.cell(row, found.columns[0]).share
    assert (share["value"], share["of"]) == (341, 341 + 480)
    found = pivot("indicator=VIO01 rows=state columns=stage view=share of=column")
    share = found.cell(row, found.columns[1]).share
    assert (share["value"], share["of"]) == (480, sum(30 * factor for factor in FACTORS[2]))


def test_a_stock_has_no_share_over_stages():
    found = pivot("indicator=ACT01 rows=state columns=stage view=share")
    assert found.cell(found.rows[0], found.columns[0]).share["state"] == "not_applicable"


def test_a_table_that_is_too_large_says_how_large_and_what_is_allowed():
    groups = "group=activity group=violations group=return group=criminal_cases group=border"
    with in_language("en"), pytest.raises(BadInput) as refused:
        pivot(f"{groups} rows=indicator rows=state columns=stage columns=agency_kind")
    text = str(refused.value)
    assert "cells" in text and "3000" in text


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("indicator=XXX99", "indicator"),
        ("indicator=VIO01 stage=9", "stage"),
        ("indicator=VIO01 state=xx", "state"),
        ("indicator=VIO01 nonsense=1", ""),
        ("indicator=VIO01 indicator=VIO02", "rows"),
        ("indicator=VIO01 rows=category", "breakdown"),
        ("indicator=VIO01 category=AM", "breakdown"),
        ("indicator=ACT01 breakdown=citizenship_group rows=category", "breakdown"),
        ("indicator=ACT04 breakdown=citizenship_group", "breakdown"),
        ("indicator=VIO01 rows=state columns=state", "rows"),
        ("indicator=VIO01 rows=state rows=stage rows=operation", "rows"),
        ("indicator=VIO01 rows=state view=line", "view"),
        ("indicator=VIO01 view=table view=bar", "view"),
        ("rows=indicator", "indicator"),
    ],
)
def test_what_cannot_be_asked_names_its_field_and_what_would_be_right(text: str, field: str):
    with pytest.raises(BadInput) as refused:
        question(text)
    assert {problem.field for problem in refused.value.problems} == {field}


def test_a_question_is_asked_again_by_its_own_address():
    text = "group=violations rows=indicator columns=state columns=stage view=share of=column basis=provisional stage=1"
    first = question(text)
    again: dict[str, list[str]] = {}
    for name, value in first.as_pairs():
        again.setdefault(name, []).append(value)
    assert asked(again, read_catalogue(Operation.objects.all())) == first


def test_a_question_takes_as_many_queries_for_two_states_as_for_six(django_assert_num_queries):
    catalogue = read_catalogue(Operation.objects.all())
    for slug in ("illegal-2028", "illegal-2027"):
        given = {"operation": [slug], "group": ["violations"], "rows": ["indicator"], "columns": ["state"]}
        with django_assert_num_queries(2):
            list(Pivot(asked(given, catalogue), catalogue, totals=Total.objects.all()).table())


def test_charts_are_one_for_each_unit_and_leave_subtotals_out():
    drawn = charts(pivot("indicator=VIO01 indicator=ACT04 rows=indicator columns=state state=AM state=RU view=bar"))
    assert [one["unit"]["en"] for one in drawn] == ["checks", "violations"]
    assert [len(one["series"]) for one in drawn] == [2, 2]
    lines = charts(pivot("indicator=VIO01 rows=state columns=stage state=AM view=line"))
    assert [one["ru"] for one in lines[0]["categories"]] == ["I этап", "II этап"], "time goes along the line"


def test_a_chart_of_too_many_series_is_not_drawn():
    assert charts(pivot("group=violations rows=indicator columns=state view=bar")) is None


# --- lineage ---


def behind(text: str, actor: User):
    now = timezone.now()
    catalogue = read_catalogue(Operation.objects.all())
    return lineage(question(text), catalogue, totals=visible_to(Total, actor, at=now), actor=actor, at=now)


@pytest.mark.parametrize("code", [name for name in FINAL if "." not in name and name in VALUES] + ["RET07", "MIG01"])
@pytest.mark.parametrize("place", ["", "state=RU", "state=KZ stage=2", "stage=1", "agency_kind=border_service"])
def test_the_submissions_behind_a_number_come_to_it(code: str, place: str):
    if code == "MIG01" and "stage" in place:
        place = place.replace("stage=1", "").replace("stage=2", "")
    found = behind(f"indicator={code} {place}", make_planner())
    amounts = sum(cell["value"] for cell in found.cell.amounts if cell["state"] == "value")
    assert sum(one.figure.value for one in found.behind if one.counts) == amounts
    assert sum(one.value for one in found.sources if one.counts) == amounts


def test_who_may_not_see_the_submissions_is_told_what_they_come_to():
    found = behind("indicator=VIO01", make_head("KZ"))
    seen = sum(one.figure.value for one in found.behind)
    assert {one.submission.expected_return.agency.state.code for one in found.behind} == {"KZ"}
    assert seen + found.hidden.amounts[""] == found.cell.cell["value"]
    assert found.hidden.returns == 15


def test_a_number_of_a_category_is_followed_to_its_figures():
    found = behind("indicator=ACT04 breakdown=citizenship_group category=AM state=AM", make_planner())
    assert [one.figure.value for one in found.behind] == [77, 88]
    assert {one.figure.category.code for one in found.behind} == {"AM"}


def test_provisional_numbers_rest_on_what_waits():
    found = behind("indicator=VIO01 state=RU stage=1 basis=provisional agency_kind=migration_authority", make_planner())
    assert [(one.figure.value, one.submission.status) for one in found.behind] == [(777, "submitted")]


def test_the_day_of_a_stock_that_decides_is_told_apart():
    found = behind("indicator=ACT01 state=AM", make_planner())
    assert [(one.value, one.counts) for one in found.sources] == [(700, False), (800, True)]
    assert all(isinstance(one.period.start_date, dt.date) for one in found.sources)
