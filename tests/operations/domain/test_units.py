"""Keeping the units of an agency, and the returns that they owe."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from operations.domain.errors import BadInput, NotAllowed, Unmet, WrongState
from operations.domain.periods import make_calendar
from operations.domain.returns import start_return
from operations.domain.units import (
    add_units,
    expect_unit_returns,
    rename_unit,
    restore_unit,
    retire_unit,
)
from operations.models import AuditEntry, PeriodKind, Plan, ReportingPeriod, Return, Unit
from tests.factories import plans as made
from tests.factories.operations import make_operation, make_plan
from tests.factories.people import make_administrator, make_cast, make_head, make_officer
from tests.factories.reference import load_reference, make_agency, make_unit
from tests.factories.reporting import make_story, next_stage
from tests.factories.units import make_unit_story, unit_rows

pytestmark = pytest.mark.django_db


def test_the_first_units_bring_the_line_of_the_central_office_and_one_audit_entry():
    story = make_story()
    add_units(agency=story.agency, units=unit_rows("north", "south"), actor=story.officer, at=story.at)
    add_units(agency=story.agency, units=unit_rows("east"), actor=make_administrator(), at=story.at)
    units = dict(story.agency.units.values_list("code", "is_central_office"))
    assert units == {"north": False, "south": False, "east": False, "central": True}
    assert AuditEntry.objects.filter(act="agency.add_units").count() == 2


def test_a_central_office_that_is_named_is_the_one():
    story = make_story()
    rows = [*unit_rows("north"), {"code": "00", "name_ru": "Аппарат", "is_central_office": "1"}]
    add_units(agency=story.agency, units=rows, actor=story.officer, at=story.at)
    assert story.agency.units.get(is_central_office=True).code == "00"
    second = [{"code": "01", "name_ru": "Второй аппарат", "is_central_office": True}]
    with pytest.raises(BadInput) as refused:
        add_units(agency=story.agency, units=second, actor=story.officer, at=story.at)
    assert [problem.code for problem in refused.value.problems] == ["one_central_office"]


def test_every_fault_of_every_row_is_told_at_once_and_nothing_is_added():
    story = make_story()
    add_units(agency=story.agency, units=unit_rows("north"), actor=story.officer, at=story.at)
    rows = [
        {"code": "North", "name_ru": "Север"},
        {"code": "с-1", "name_ru": "Кириллица в коде"},
        {"code": "a", "name_ru": " "},
        {"code": "b", "name_ru": "Б"},
        {"code": "B", "name_ru": "Б ещё раз"},
        {"code": "c", "name_ru": "В\nдве строки"},
        {"code": "d", "name_ru": "Г", "phone": "1"},
    ]
    with pytest.raises(BadInput) as refused:
        add_units(agency=story.agency, units=rows, actor=story.officer, at=story.at)
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [
        ("taken", "units.0.code"),
        ("bad_code", "units.1.code"),
        ("required", "units.2.name_ru"),
        ("duplicate", "units.3.code"),
        ("duplicate", "units.4.code"),
        ("line_break", "units.5.name_ru"),
        ("unknown_field", "units.6.phone"),
    ]
    assert set(story.agency.units.values_list("code", flat=True)) == {"north", "central"}


def test_units_are_kept_by_officers_of_the_whole_agency_and_the_administrator_alone():
    story = make_story()
    unit = make_unit(story.agency)
    clerk = make_officer(story.agency, username="clerk", unit=unit)
    for person in (clerk, story.head, story.planner, make_head("BY"), make_officer(make_agency("BY"))):
        with pytest.raises(NotAllowed):
            add_units(agency=story.agency, units=unit_rows("east"), actor=person, at=story.at)
    assert rename_unit(unit=unit, values={"name_ru": "Юг"}, actor=story.officer, at=story.at).name_ru == "Юг"


def test_a_renamed_unit_keeps_its_code_and_its_old_name_in_the_trail():
    told = make_unit_story()
    unit = told.units["north"]
    rename_unit(unit=unit, values={"name_ru": "Управление по северу"}, actor=told.story.officer, at=told.story.at)
    unit.refresh_from_db()
    assert (unit.code, unit.name_ru, unit.name_en) == ("north", "Управление по северу", "Department north")
    assert "Управление north" in AuditEntry.objects.latest("sequence").data
    with pytest.raises(BadInput):
        rename_unit(unit=unit, values={"code": "new"}, actor=told.story.officer, at=told.story.at)


def test_a_unit_owes_what_its_agency_owes_by_the_same_moments_and_on_the_same_form():
    told = make_unit_story()
    own = told.story.expected_return
    for code in ("north", "south", "central"):
        owed = told.owed(code)
        assert (owed.form_id, owed.due_at, owed.closes_at) == (own.form_id, own.due_at, own.closes_at)
    assert expect_unit_returns(told.story.operation, at=told.story.at) == 0, "doing it twice is once"


def test_what_has_closed_a_new_unit_never_owed():
    story = make_story()
    later = next_stage(story)
    add_units(agency=story.agency, units=unit_rows("north"), actor=story.officer, at=story.closed)
    owed = Return.objects.filter(unit__isnull=False).values_list("period", flat=True)
    assert set(owed) == {later.period_id}


def test_a_retired_unit_owes_nothing_more_and_keeps_what_it_reported_or_missed():
    told = make_unit_story()
    story, unit = told.story, told.units["north"]
    later = next_stage(story)
    expect_unit_returns(story.operation, at=story.at)
    start_return(expected_return=told.owed("north"), actor=told.officers["north"], at=story.at)
    retire_unit(unit=unit, actor=story.officer, at=story.at)
    assert set(Return.objects.filter(unit=unit).values_list("period", flat=True)) == {story.period.pk}
    retire_unit(unit=told.units["south"], actor=story.officer, at=story.late)
    assert Return.objects.filter(unit=told.units["south"]).get().period == story.period, "it was due and is missing"
    assert Unit.objects.filter(agency=story.agency).count() == 3
    with pytest.raises(WrongState):
        retire_unit(unit=unit, actor=story.officer, at=story.at)
    restore_unit(unit=unit, actor=story.officer, at=story.late)
    assert set(Return.objects.filter(unit=unit).values_list("period", flat=True)) == {story.period.pk, later.period_id}


def test_the_central_office_is_retired_last():
    told = make_unit_story("north")
    story = told.story
    with pytest.raises(Unmet):
        retire_unit(unit=told.units["central"], actor=story.officer, at=story.at)
    retire_unit(unit=told.units["north"], actor=story.officer, at=story.at)
    retire_unit(unit=told.units["central"], actor=story.officer, at=story.at)
    with pytest.raises(Unmet):
        restore_unit(unit=told.units["north"], actor=story.officer, at=story.at)


def test_the_calendar_of_an_approved_plan_expects_the_units_returns_too():
    load_reference()
    agency, plain = make_agency("KZ"), make_agency("BY")
    for code in ("north", "south"):
        make_unit(agency, code)
    make_unit(agency, "central", is_central_office=True)
    plan: Plan = made.approved_plan(make_cast())
    own = Return.objects.filter(period__operation=plan.operation, agency=agency)
    periods = own.filter(unit__isnull=True).count()
    assert own.filter(unit__isnull=False).count() == 3 * periods
    assert set(own.filter(unit__isnull=False).values_list("period__kind", flat=True)) == set(PeriodKind.values)
    assert not Return.objects.filter(agency=plain, unit__isnull=False).exists()
    first = ReportingPeriod.objects.filter(operation=plan.operation).order_by("due_at")[0]
    at = first.opens_at - dt.timedelta(days=1)
    assert make_calendar(plan, at=at).returns_created == 0


def test_83_units_of_a_whole_year_are_expected_in_a_handful_of_queries():
    load_reference()
    agency = make_agency("KZ")
    plan = make_plan(make_operation())
    before = dt.datetime(2026, 1, 10, tzinfo=dt.UTC)
    make_calendar(plan, at=before)
    officer = make_officer(agency)
    rows = unit_rows(*(f"d{number:02}" for number in range(83)))
    with CaptureQueriesContext(connection) as queries:
        add_units(agency=agency, units=rows, actor=officer, at=before)
    made_returns = Return.objects.filter(agency=agency, unit__isnull=False)
    assert made_returns.count() == 84 * Return.objects.filter(agency=agency, unit__isnull=True).count()
    assert len(queries) < 60
