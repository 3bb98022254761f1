"""Queries of the headquarters: who may do what in which state, what each step leaves behind; no figure moves."""

import datetime as dt

import pytest

from operations.domain.access import may
from operations.domain.errors import BadInput, NotAllowed, NotFound, Stale, Unmet, WrongState
from operations.domain.moments import moscow_date, moscow_moment
from operations.domain.queries import answer_query, ask_again, ask_query, counted, is_overdue, overdue, settle_query
from operations.domain.query_waiting import TO_ANSWER
from operations.domain.query_workflow import QUERY
from operations.domain.returns import accept_submission, correct_return
from operations.domain.totals import mismatches
from operations.domain.waiting import waiting_for
from operations.models import AuditEntry, Figure, Notice, Operation, Query, Total
from tests.factories.operations import make_return
from tests.factories.people import (
    make_administrator,
    make_assistant,
    make_council_chair,
    make_head,
    make_observer,
    make_officer,
)
from tests.factories.reference import make_agency, make_unit
from tests.factories.reporting import Story, make_story, make_submitted

pytestmark = pytest.mark.django_db
Status = Query.Status

# status → transition → who may, of the people below; everything not named here is refused
TABLE = {
    Status.OPEN: {"answer": {"officer", "second_officer", "head"}, "settle": {"planner"}},
    Status.ANSWERED: {"settle": {"planner"}, "ask_again": {"planner"}},
    Status.SETTLED: {},
}


def accepted_story(kind: str = "internal_affairs") -> Story:
    story = make_story(kind=kind)
    accept_submission(submission=make_submitted(story), actor=story.decider(), at=story.at)
    return story


def asked(story: Story, **given) -> Query:
    given = {"text": "Уточните число проверок", "due_date": moscow_date(story.at) + dt.timedelta(days=5), **given}
    return ask_query(expected_return=story.expected_return, actor=story.planner, at=story.at, **given)


def people(story: Story) -> dict:
    return {
        "officer": story.officer,
        "second_officer": story.second_officer,
        "clerk": make_officer(story.agency, username="clerk", unit=make_unit(story.agency)),
        "stranger": make_officer(make_agency("BY")),
        "head": story.head,
        "other_head": make_head("BY"),
        "planner": story.planner,
        "hq_chair": story.hq_chair,
        "council_chair": make_council_chair(),
        "assistant": make_assistant(),
        "observer": make_observer(),
        "administrator": make_administrator(),
    }


@pytest.mark.parametrize("status", list(TABLE))
def test_the_table_of_who_may_do_what_is_exactly_this(status: str):
    story = accepted_story()
    query, everybody = asked(story), people(story)
    Query.objects.filter(pk=query.pk).update(status=status)
    query.refresh_from_db()
    assert QUERY.names() == ["create", "answer", "settle", "ask_again"]
    for transition in ("answer", "settle", "ask_again"):
        allowed = {name for name, person in everybody.items() if may(query, transition, person, at=story.at)}
        assert allowed == TABLE[status].get(transition, set()), transition


def test_only_a_planner_of_the_headquarters_asks():
    story = accepted_story()
    for name, person in people(story).items():
        query = Query(expected_return=story.expected_return)
        assert may(query, "create", person, at=story.at) is (name == "planner"), name


def test_whoever_does_not_see_the_return_is_told_that_there_is_none():
    story = accepted_story()
    given = {"text": "Уточните", "due_date": moscow_date(story.at), "at": story.at}
    with pytest.raises(NotFound):
        ask_query(expected_return=story.expected_return, actor=make_head("BY"), **given)
    with pytest.raises(NotAllowed):
        ask_query(expected_return=story.expected_return, actor=story.officer, **given)
    with pytest.raises(NotFound):
        answer_query(query=asked(story), text="Верно", actor=make_head("BY"), at=story.at)


def test_a_query_about_a_rights_return_passes_no_national_head():
    story = accepted_story("rights_body")
    query = asked(story)
    assert not may(query, "answer", story.head, at=story.at)
    assert may(query, "answer", story.officer, at=story.at)
    assert not Notice.objects.filter(user=story.head, topic="query.asked").exists()


def test_what_is_not_accepted_cannot_be_asked_about():
    story = make_story()
    make_submitted(story)
    with pytest.raises(Unmet) as refused:
        asked(story)
    assert [problem.code for problem in refused.value.problems] == ["not_accepted"]


def test_a_query_is_asked_answered_asked_again_and_settled_and_every_word_is_kept():
    story = accepted_story()
    query = asked(story, cell="VIO01.TOTAL")
    assert (query.indicator.code, query.category.code, query.revision) == ("VIO01", "TOTAL", 1)
    query = answer_query(query=query, text="Число верно", actor=story.officer, at=story.at, revision=1)
    assert (query.status, query.answer, query.answered_by) == (Status.ANSWERED, "Число верно", story.officer)
    later = moscow_date(story.at) + dt.timedelta(days=9)
    query = ask_again(query=query, text="Приложите расчёт", due_date=later, actor=story.planner, at=story.at)
    assert (query.status, query.answer, query.due_date, query.text) == (Status.OPEN, "", later, "Приложите расчёт")
    query = answer_query(query=query, text="Расчёт: 2 + 3", actor=story.head, at=story.at)
    query = settle_query(query=query, actor=story.planner, at=story.at)
    assert query.status == Status.SETTLED
    said = [(turn.kind, turn.text, turn.said_by) for turn in query.turns.all()]
    assert said == [
        ("asked", "Уточните число проверок", story.planner),
        ("answered", "Число верно", story.officer),
        ("asked_again", "Приложите расчёт", story.planner),
        ("answered", "Расчёт: 2 + 3", story.head),
        ("settled", "", story.planner),
    ]
    acts = list(AuditEntry.objects.filter(object_type="query").order_by("sequence").values_list("act", flat=True))
    assert acts == ["query.create", "query.answer", "query.ask_again", "query.answer", "query.settle"]


def test_a_query_changes_no_figure_and_no_total():
    story = accepted_story()
    before = list(Figure.objects.order_by("submission_id", "indicator_id", "category_id").values())
    totals, version = (
        list(Total.objects.order_by("pk").values()),
        Operation.objects.get(pk=story.operation.pk).data_version,
    )
    query = answer_query(query=asked(story), text="Верно", actor=story.officer, at=story.at)
    settle_query(query=query, actor=story.planner, at=story.at)
    assert list(Figure.objects.order_by("submission_id", "indicator_id", "category_id").values()) == before
    assert list(Total.objects.order_by("pk").values()) == totals
    assert (mismatches(), Operation.objects.get(pk=story.operation.pk).data_version) == ([], version)


def test_a_query_stays_open_while_the_return_is_corrected():
    story = accepted_story()
    query = asked(story)
    correct_return(expected_return=story.expected_return, reason="По запросу", actor=story.officer, at=story.at)
    assert may(query, "answer", story.officer, at=story.at)


def test_without_an_answer_a_query_is_settled_with_a_reason_alone():
    story = accepted_story()
    query = asked(story)
    with pytest.raises(BadInput) as refused:
        settle_query(query=query, actor=story.planner, at=story.at)
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [("required", "text")]
    query = settle_query(query=query, text="Данные уже уточнены", actor=story.planner, at=story.at)
    assert query.turns.last().text == "Данные уже уточнены"


def test_a_second_answer_to_the_same_question_comes_too_late():
    story = accepted_story()
    query = asked(story)
    answer_query(query=query, text="Верно", actor=story.officer, at=story.at, revision=1)
    with pytest.raises(WrongState):
        answer_query(query=query, text="Нет", actor=story.head, at=story.at)


def test_a_step_on_an_older_revision_is_refused():
    story = accepted_story()
    query = answer_query(query=asked(story), text="Верно", actor=story.officer, at=story.at)
    with pytest.raises(Stale):
        settle_query(query=query, actor=story.planner, at=story.at, revision=1)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"text": "  "}, {("required", "text")}),
        ({"text": "x" * 2001}, {("too_long", "text")}),
        ({"text": "паспорт серии АВ № 1234567"}, {("personal_data", "text")}),
        ({"text": "Проверил Петров И. И."}, {("looks_personal", "text")}),
        ({"text": "Уточните\u202e"}, {("control_characters", "text")}),
        ({"due_date": ""}, {("required", "due_date")}),
        ({"due_date": "2026-02-30"}, {("not_a_date", "due_date")}),
        ({"due_date": "10/11/2026"}, {("not_a_date", "due_date")}),
        ({"due_date": "9999-01-01"}, {("implausible_year", "due_date")}),
        ({"due_date": "2026-01-01"}, {("in_the_past", "due_date")}),
        ({"due_date": "2029-01-01"}, {("too_late", "due_date")}),
        ({"cell": "VIO99.TOTAL"}, {("unknown_cell", "cell")}),
        ({"cell": "VIO01.citizenship_group:XX"}, {("unknown_cell", "cell")}),
        (
            {"text": "", "due_date": "", "cell": "x"},
            {("required", "text"), ("required", "due_date"), ("unknown_cell", "cell")},
        ),
    ],
)
def test_bad_input_is_told_field_by_field_and_nothing_is_asked(given: dict, found: set):
    story = accepted_story()
    with pytest.raises(BadInput) as refused:
        asked(story, **given)
    assert {(problem.code, problem.field) for problem in refused.value.problems} == found
    assert not Query.objects.exists()


def test_a_doubt_about_personal_data_gives_way_to_a_reason_that_the_trail_keeps():
    story = accepted_story()
    asked(story, text="Ответ подготовил Петров И. И.", screening_reason="Должностное лицо")
    assert "Должностное лицо" in AuditEntry.objects.get(act="query.create").data


def test_a_query_is_overdue_once_its_day_is_over_in_moscow_and_nobody_has_answered():
    story = accepted_story()
    query = asked(story, due_date=dt.date(2026, 7, 10))
    last, next_day = moscow_moment(dt.date(2026, 7, 10), 23, 59), moscow_moment(dt.date(2026, 7, 11))
    rows = Query.objects.all()
    assert [is_overdue(query, at=at) for at in (last, next_day)] == [False, True]
    assert [overdue(rows, at=at).count() for at in (last, next_day)] == [0, 1]
    assert counted(rows, at=next_day) == {"open": 1, "answered": 0, "settled": 0, "overdue": 1}
    query = answer_query(query=query, text="Верно", actor=story.officer, at=next_day)
    assert not is_overdue(query, at=next_day)


def test_it_waits_for_those_who_were_asked_and_then_for_those_who_asked():
    story = accepted_story()
    query = asked(story)

    def waits(user) -> bool:
        return any(item.subject == query for item in waiting_for(user, at=story.at))

    assert [waits(one) for one in (story.officer, story.head, story.planner)] == [True, True, False]
    told = set(Notice.objects.filter(topic="query.asked").values_list("user", flat=True))
    assert told == {story.officer.pk, story.second_officer.pk, story.head.pk}
    answer_query(query=query, text="Верно", actor=story.officer, at=story.at)
    query.refresh_from_db()
    assert [waits(one) for one in (story.officer, story.head, story.planner)] == [False, False, True]
    assert Notice.objects.filter(topic="query.answered", user=story.planner).count() == 1


def test_many_queries_of_an_operation_are_one_line_of_work():
    story = accepted_story()
    for _one in range(6):
        asked(story)
    late = story.at + dt.timedelta(days=30)
    items = [item for item in waiting_for(story.head, at=late) if item.kind.startswith("quer")]
    assert [(item.kind, item.is_late, item.subject) for item in items] == [(TO_ANSWER, True, story.operation)]


def test_units_returns_are_the_agencys_own_and_nobody_asks_about_them():
    story = accepted_story()
    unit = make_unit(story.agency)
    owed = make_return(story.period, story.agency, unit=unit)
    with pytest.raises(NotFound):
        ask_query(
            expected_return=owed, text="Уточните", due_date=moscow_date(story.at), actor=story.planner, at=story.at
        )
