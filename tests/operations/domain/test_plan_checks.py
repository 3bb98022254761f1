"""What a draft lacks, what an entry refuses, and what the copy of last year's plan looks like."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from operations.domain import operations, plan_compare, plans
from operations.domain.errors import BadInput, NotFound, Stale, Unmet
from operations.domain.plan_checks import problems
from operations.domain.plan_content import working_content
from operations.domain.plan_copy import moved_range, moved_start
from operations.models import AuditEntry, Measure, Objective, Plan, Stage, StageWindow
from tests.factories import plans as made
from tests.factories.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(cast: Cast) -> Plan:
    return made.drafted_plan(cast)


def codes(plan: Plan, *, blocks: bool = True) -> set[str]:
    plan = Plan.objects.get(pk=plan.pk)
    return {problem.code for problem in problems(working_content(plan)) if problem.blocks is blocks}


def change(row: Any, cast: Cast, **values: Any) -> Any:
    return plans.change_row(row=row, revision=row.revision, values=values, actor=cast.planner, at=made.moment())


def refused(error: BadInput) -> dict[str, str]:
    return {problem.field: problem.code for problem in error.problems}


def test_a_complete_draft_has_no_problem_at_all(plan: Plan) -> None:
    assert problems(working_content(plan)) == []


def test_an_empty_draft_lacks_goal_objective_and_stage_all_at_once(cast: Cast, plan: Plan) -> None:
    operation = operations.create_operation(
        values={"slug": "empty", "kind": "special", "year": 2026, "title_ru": "Пустая", "title_en": "Empty"},
        actor=cast.planner,
        at=made.moment(),
    )
    empty = operations.start_plan(operation=operation, actor=cast.planner, at=made.moment())
    with pytest.raises(Unmet) as caught:
        plans.circulate_plan(plan=empty, actor=cast.planner, at=made.moment())
    assert {problem.code for problem in caught.value.problems} == {"no_goal", "no_objective", "no_stage"}


def test_rows_that_contradict_each_other_are_blockers_that_name_what_they_mean(plan: Plan) -> None:
    first, second = plan.stages.order_by("number")
    StageWindow.objects.create(
        stage=first, state=made.state("AM"), start_date=dt.date(2026, 6, 1), end_date=dt.date(2026, 6, 20)
    )
    Stage.objects.filter(pk=second.pk).update(start_date=dt.date(2026, 6, 20), end_date=dt.date(2027, 1, 2))
    assert codes(plan) == {"stages_overlap", "stage_outside_the_year", "window_outside_the_stage"}
    with translation.override("ru"):
        words = " ".join(str(problem.message) for problem in problems(working_content(plan)))
    assert "Этап 1" in words and "Этап 2" in words


def test_a_measure_without_anybody_responsible_or_without_a_time_is_a_blocker(plan: Plan) -> None:
    measure = Measure.objects.first()
    measure.responsible_kinds.clear()
    Measure.objects.filter(pk=measure.pk).update(stage=None)
    assert codes(plan) == {"measure_without_responsible", "measure_without_timing"}


def test_a_circle_of_measures_is_named(plan: Plan) -> None:
    first, second = Measure.objects.order_by("position")
    first.predecessors.add(second)
    second.predecessors.add(first)
    found = [problem for problem in problems(working_content(plan)) if problem.code == "circular"]
    assert "1.1 → 1.2 → 1.1" in str(found[0].message)


def test_a_missing_translation_and_an_unmeasured_objective_only_warn(plan: Plan) -> None:
    Objective.objects.update(text_en="")
    for measure in Measure.objects.all():
        measure.indicators.clear()
    assert codes(plan) == set()
    assert codes(plan, blocks=False) == {"no_translation", "objective_without_indicator"}


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"start_date": "2026-02-30"}, "start_date", "not_a_date"),
        ({"start_date": "10/11/2026"}, "start_date", "not_a_date"),
        ({"start_date": "0001-01-01"}, "start_date", "implausible_year"),
        ({"start_date": "9999-01-01"}, "start_date", "implausible_year"),
        ({"end_date": "2026-06-01"}, "end_date", "end_before_start"),
        ({"start_date": "2025-06-15"}, "start_date", "outside_the_year"),
        ({"end_date": "2026-10-13"}, "start_date", "overlap"),
        ({"name_ru": "   "}, "name_ru", "required"),
        ({"name_ru": "Первая\nвторая"}, "name_ru", "line_break"),
        ({"name_ru": "\u202eпатЭ"}, "name_ru", "forbidden_character"),
        ({"name_ru": "Э\u200bтап"}, "name_ru", "forbidden_character"),
        ({"name_ru": "Э\x00тап"}, "name_ru", "forbidden_character"),
        ({"name_ru": "\ud800"}, "name_ru", "forbidden_character"),
        ({"name_ru": "Э" * 1_000_000}, "name_ru", "too_long"),
        ({"number": "２"}, "number", "not_a_number"),
        ({"number": 2}, "number", "number_taken"),
        ({"kind": "secret"}, "kind", "unknown_choice"),
        ({"status": "approved"}, "status", "unknown_field"),
    ],
)
def test_a_stage_refuses_what_no_stage_can_be(
    plan: Plan, cast: Cast, values: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(BadInput) as caught:
        change(plan.stages.get(number=1), cast, **values)
    assert refused(caught.value) == {field: code}


def test_a_date_is_taken_in_russian_spelling_when_the_reader_reads_russian(plan: Plan, cast: Cast) -> None:
    with translation.override("ru"):
        assert change(plan.stages.get(number=1), cast, start_date="01.06.2026").start_date == dt.date(2026, 6, 1)
    with translation.override("en"), pytest.raises(BadInput):
        change(plan.stages.get(number=1), cast, start_date="02.06.2026")


def test_a_measure_refuses_a_stage_of_another_plan_a_circle_and_personal_data(plan: Plan, cast: Cast) -> None:
    other = made.drafted_plan(cast, year=2027).stages.first()
    first, second = Measure.objects.filter(objective__plan=plan).order_by("position")
    change(second, cast, predecessors=[first.pk])
    with pytest.raises(BadInput) as caught:
        change(first, cast, stage=other.pk, text_ru="Паспорт № 4510 123456", indicators=["VIO01", "NOPE"])
    assert refused(caught.value) == {"stage": "unknown", "text_ru": "personal_data", "indicators": "unknown"}
    with pytest.raises(BadInput) as caught:
        change(first, cast, predecessors=[second.pk])
    assert refused(caught.value) == {"predecessors": "circular"}


def test_an_edit_of_an_older_revision_is_refused_with_the_row_as_it_stands(plan: Plan, cast: Cast) -> None:
    measure = Measure.objects.first()
    change(measure, cast, text_ru="Первый успел")
    with pytest.raises(Stale) as caught:
        change(measure, cast, text_ru="Второй опоздал")
    assert caught.value.current.text_ru == "Первый успел"
    assert AuditEntry.objects.filter(act="plan.edit.refused").count() == 1


def test_two_editors_of_different_measures_both_keep_their_text(plan: Plan, cast: Cast) -> None:
    first, second = Measure.objects.order_by("position")
    change(first, cast, text_ru="Один")
    change(second, cast, text_ru="Два")
    assert set(Measure.objects.values_list("text_ru", flat=True)) == {"Один", "Два"}


def test_rows_of_another_plan_are_not_found_through_this_one(plan: Plan, cast: Cast) -> None:
    with pytest.raises(BadInput):
        made.add(plan, "measure", cast, **made.measure_values(9, objective=99999))
    measure = Measure.objects.first()
    measure.objective.plan = made.drafted_plan(cast, year=2027)
    with pytest.raises(NotFound):
        change(measure, cast, text_ru="Чужое")


def test_moving_and_removing_keep_the_numbers_without_gaps(plan: Plan, cast: Cast) -> None:
    objective = plan.objectives.get()
    made.add(plan, "measure", cast, **made.measure_values(3, objective=objective.pk, timing="permanent"))
    third = objective.measures.get(position=3)
    plans.move_row(row=third, to=1, actor=cast.planner, at=made.moment())
    assert list(objective.measures.values_list("text_en", flat=True)) == ["Measure 3", "Measure 1", "Measure 2"]
    first = objective.measures.get(position=1)
    plans.remove_row(row=first, revision=first.revision, actor=cast.planner, at=made.moment())
    assert list(objective.measures.values_list("position", flat=True)) == [1, 2]


def test_an_objective_with_measures_cannot_be_removed(plan: Plan, cast: Cast) -> None:
    objective = plan.objectives.get()
    with pytest.raises(BadInput):
        plans.remove_row(row=objective, revision=objective.revision, actor=cast.planner, at=made.moment())


def test_a_copy_moves_the_dates_keeps_weekdays_and_says_where_each_row_came_from(plan: Plan, cast: Cast) -> None:
    first, second = Measure.objects.order_by("position")
    change(second, cast, predecessors=[first.pk], timing="dates", start_date="2026-06-16", end_date="2026-06-18")
    window = made.add(
        plan,
        "window",
        cast,
        stage=plan.stages.get(number=1).pk,
        state="AM",
        start_date="2026-06-16",
        end_date="2026-06-20",
    )
    made.add(plan, "procedure", cast, text_ru="Обмениваться", text_en="To exchange")
    operation = operations.create_operation(
        values={"slug": "illegal-2027", "kind": "annual", "year": 2027, "title_ru": "Н", "title_en": "I"},
        actor=cast.planner,
        at=made.moment(),
    )
    copy = operations.copy_plan(operation=operation, source=plan, actor=cast.planner, at=made.moment())
    for old, new in zip(plan.stages.all(), copy.stages.all(), strict=True):
        assert new.start_date.year == new.end_date.year == 2027
        assert (new.start_date.weekday(), new.days) == (old.start_date.weekday(), old.days)
    assert copy.goal_ru == "Цель операции «Нелегал-2027»"
    copies = Measure.objects.filter(objective__plan=copy).order_by("position")
    assert [row.copied_from for row in copies] == [first, second]
    for kind in ("stages", "objectives", "exchange_procedures"):
        assert [row.copied_from for row in getattr(copy, kind).all()] == list(getattr(plan, kind).all())
    assert list(copies[1].predecessors.all()) == [copies[0]]
    assert copies[1].start_date == dt.date(2027, 6, 15)
    moved = StageWindow.objects.get(stage__plan=copy)
    assert moved.start_date.weekday() == window.start_date.weekday()
    assert problems(working_content(copy)) == []


@given(st.dates(dt.date(2001, 1, 1), dt.date(2099, 12, 31)), st.integers(2001, 2099))
def test_a_moved_date_keeps_its_weekday_and_lies_in_the_new_year(day: dt.date, year: int) -> None:
    moved = moved_start(day, year=year)
    assert (moved.weekday(), moved.year) == (day.weekday(), year)


@given(st.dates(dt.date(2001, 1, 1), dt.date(2099, 11, 30)), st.integers(0, 30), st.integers(2001, 2099))
def test_a_moved_range_keeps_weekdays_and_length_inside_the_year(day: dt.date, length: int, year: int) -> None:
    last = min(day + dt.timedelta(days=length), dt.date(day.year, 12, 31))
    start, end = moved_range(day, last, year=year)
    assert (start.weekday(), end - start) == (day.weekday(), last - day)
    assert start.year == end.year == year


def test_the_difference_of_two_texts_names_what_was_added_removed_changed_and_moved(plan: Plan, cast: Cast) -> None:
    older = working_content(plan)
    first = Measure.objects.get(position=1)
    change(first, cast, text_ru="Иначе")
    plans.move_row(row=first, to=2, actor=cast.planner, at=made.moment())
    made.add(plan, "procedure", cast, text_ru="Обмен данными")
    stage = plan.stages.get(number=2)
    plans.remove_row(row=stage, revision=stage.revision, actor=cast.planner, at=made.moment())
    newer = working_content(Plan.objects.get(pk=plan.pk))
    found = plan_compare.changes(older, newer)
    assert {(change_.kind, change_.what) for change_ in found} == {
        ("measure", "changed"),
        ("measure", "moved"),
        ("procedure", "added"),
        ("stage", "removed"),
    }
    changed = next(change_ for change_ in found if change_.what == "changed")
    assert changed.fields["text"] == ({"ru": "Мероприятие 1", "en": "Measure 1"}, {"ru": "Иначе", "en": "Measure 1"})
    assert plan_compare.applied(plan_compare.flat(older), found) == plan_compare.flat(newer)


def test_the_content_of_a_plan_takes_as_many_queries_with_forty_measures_as_with_two(
    plan: Plan, cast: Cast, django_assert_num_queries: Any
) -> None:
    with CaptureQueriesContext(connection) as few:
        working_content(Plan.objects.select_related("operation").get(pk=plan.pk))
    for number in range(38):
        made.add(plan, "measure", cast, **made.measure_values(number, objective=plan.objectives.get().pk))
    with django_assert_num_queries(len(few)):
        working_content(Plan.objects.select_related("operation").get(pk=plan.pk))
