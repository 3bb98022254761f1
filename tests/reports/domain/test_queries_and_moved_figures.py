"""Queries in the checklist and in the annual report, and what is said when figures move after an approval."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from operations.domain.moments import moscow_date, moscow_moment
from operations.domain.queries import answer_query, ask_query, settle_query
from operations.domain.returns import accept_submission
from operations.models import Operation, Query
from reports.domain import annual_quality
from reports.domain.annual_queries import queries
from reports.domain.editions import for_edition
from reports.domain.extents import Extent
from reports.domain.moved_figures import moved_reports
from reports.domain.snapshots import build_payload, current_snapshot
from reports.models import Report
from tests.clients import signed_in
from tests.factories.people import Cast, make_observer, make_planner
from tests.factories.reporting import make_story, make_submitted
from tests.factories.reports import AT, accept, count, final_return, make_report, make_results

pytestmark = pytest.mark.django_db


def asked(operation: Operation, text: str = "Уточните число задержанных", **given) -> Query:
    due = moscow_date(AT) + dt.timedelta(days=3)
    given = {"due_date": due, "actor": make_planner(), "at": AT, **given}
    return ask_query(expected_return=final_return(operation), text=text, **given)


def codes(operation: Operation) -> set[str]:
    return {problem.code for problem in annual_quality.open_points(Extent(operation), at=AT)}


def test_a_query_stays_on_the_checklist_until_it_is_settled(cast: Cast):
    operation = make_results()
    assert not codes(operation) & {"queries_open", "queries_unsettled"}
    query = asked(operation)
    assert codes(operation) & {"queries_open", "queries_unsettled"} == {"queries_open"}
    query = answer_query(query=query, text="Верно", actor=cast.heads["RU"], at=AT)
    assert codes(operation) & {"queries_open", "queries_unsettled"} == {"queries_unsettled"}
    settle_query(query=query, actor=cast.planner, at=AT)
    assert not codes(operation) & {"queries_open", "queries_unsettled"}


def test_a_return_sent_before_its_period_ended_is_on_the_checklist_until_it_is_corrected():
    operation = make_results()
    assert "returns_early" not in codes(operation)
    owed = final_return(operation)
    early = moscow_moment(owed.period.end_date) - dt.timedelta(seconds=1)
    owed.submissions.update(submitted_at=early)
    assert "returns_early" in codes(operation)
    accept(owed, {"VIO01": 5}, number=2)
    assert "returns_early" not in codes(operation)


def test_the_annual_report_prints_each_query_in_the_full_edition_alone(cast: Cast):
    operation = make_results()
    assert list(queries(Extent(operation))) == []
    answer_query(query=asked(operation, cell="CRM01.TOTAL"), text="Число верно", actor=cast.heads["RU"], at=AT)
    report = make_report("draft", operation=operation)
    payload = build_payload(report, at=AT)
    printed = str(payload)
    assert "CRM01. Уточните число задержанных" in printed and "Число верно" in printed
    assert "Уточните число задержанных" not in str(for_edition(payload, "public"))


def test_a_query_moves_no_figure_of_an_approved_report(cast: Cast):
    operation = make_results()
    make_report("approved", operation=operation)
    asked(operation)
    operation.refresh_from_db()
    assert moved_reports(operation, cast.planner, at=AT) == []


def test_the_page_of_statistics_says_of_which_report_the_figures_have_moved(cast: Cast):
    operation = make_results()
    report = make_report("approved", operation=operation)
    frozen = current_snapshot(report)
    client = signed_in(cast.planner)
    address = f"/operations/{operation.slug}/statistics/"
    assert "The figures have moved" not in client.get(address, follow=True).content.decode()
    accept(final_return(operation), {"ACT01": 77}, number=2)
    count(operation)
    operation.refresh_from_db()
    [moved] = moved_reports(operation, cast.planner, at=AT)
    assert (moved.report, moved.moved) == (report, 1)
    shown = client.get(address, follow=True).content.decode()
    assert "The figures have moved" in shown and f"/reports/{report.pk}/" in shown
    assert bytes(current_snapshot(report).content) == bytes(frozen.content)


def test_whoever_does_not_see_the_report_is_not_told_of_it(cast: Cast):
    operation = make_results()
    make_report("approved", operation=operation)
    accept(final_return(operation), {"ACT01": 77}, number=2)
    count(operation)
    operation.refresh_from_db()
    assert moved_reports(operation, make_observer(), at=AT) == []


def test_the_page_of_a_return_says_when_its_figures_moved_after_a_report(cast: Cast, monkeypatch):
    story = make_story()
    accept_submission(submission=make_submitted(story), actor=story.head, at=story.at)
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.at)
    client = signed_in(story.planner)
    address = f"/returns/{story.expected_return.pk}/"
    for reported_at, is_said in ((story.at, False), (story.at - dt.timedelta(hours=1), True)):
        type(story.expected_return).objects.update(reported_at=reported_at)
        assert ("The figures have moved" in client.get(address, follow=True).content.decode()) is is_said


def test_what_stands_now_is_read_once_however_many_kinds_of_report_moved(cast: Cast):
    operation = make_results()
    for kind in ("annual", "press"):
        make_report("approved", definition=kind, operation=operation)
    accept(final_return(operation), {"ACT01": 77}, number=2)
    count(operation)
    operation.refresh_from_db()
    moved_reports(operation, cast.planner, at=AT)  # who the planner is, is known from here on
    with CaptureQueriesContext(connection) as asked_of_two:
        assert len(moved_reports(operation, cast.planner, at=AT)) == 2
    Report.objects.filter(definition="press").update(status=Report.Status.RETURNED)
    with CaptureQueriesContext(connection) as asked_of_one:
        assert len(moved_reports(operation, cast.planner, at=AT)) == 1
    assert len(asked_of_one) == len(asked_of_two)
