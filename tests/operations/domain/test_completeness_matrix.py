"""The matrix of completeness by hand: six standings that add up, n of m, who sees which agency, and the Bank."""

import datetime as dt

import pytest

from operations.domain.completeness_matrix import (
    GROUPS,
    STANDINGS,
    Chosen,
    GroupLine,
    counted_rows,
    grouped,
    standings,
    whole,
    with_silent_states,
)
from operations.domain.information_bank import bank_matrix
from operations.domain.returns import (
    accept_submission,
    correct_return,
    recall_submission,
    return_submission,
    save_draft,
    start_return,
    submit_return,
)
from operations.models import PeriodKind, ReportingPeriod, Return, Submission, Total, User
from tests.factories.operations import make_interval, make_period, make_return
from tests.factories.people import make_head, make_observer, make_officer
from tests.factories.reference import agency_kind, category, indicator, make_agency, state
from tests.factories.reporting import Story, figures, make_story

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def story() -> Story:
    """Seven returns, with at least one in each standing.

    Russia: internal affairs on time, border service two days late, state security missing. Kazakhstan: internal
    affairs returned, border service recalled. Armenia: internal affairs missing, and the next period is not due.
    """
    story = make_story()
    due = story.period.due_at
    submitted(story.expected_return, due - DAY)
    submitted(owed(story, "RU", "border_service"), due + 2 * DAY)
    owed(story, "RU", "state_security")
    back = submitted(owed(story, "KZ", "internal_affairs"), due - DAY)
    return_submission(submission=back, comment="Уточнить", actor=make_head("KZ"), at=due - DAY / 2)
    taken = submitted(owed(story, "KZ", "border_service"), due - DAY)
    recall_submission(submission=taken, actor=taken.entered_by, at=due - DAY / 2)
    owed(story, "AM", "internal_affairs")
    make_return(make_period(story.operation.plan.stages.get(number=2)), make_agency("AM"))
    return story


def owed(story: Story, state_code: str, kind: str) -> Return:
    return make_return(story.period, make_agency(state_code, kind))


def submitted(row: Return, at: dt.datetime) -> Submission:
    officer = User.objects.filter(username=f"officer-{row.agency.code}").first() or make_officer(row.agency)
    draft = start_return(expected_return=row, actor=officer, at=row.due_at - 2 * DAY)
    inputs = figures(row)
    draft = save_draft(submission=draft, figures=inputs, revision=draft.revision, actor=officer, at=row.due_at - DAY)
    return submit_return(submission=draft, actor=officer, at=at)


def table(story: Story, by: str, *, user: User | None = None, **chosen: str) -> dict[str, GroupLine]:
    asked = Chosen(**chosen)
    found = standings(story.operation, asked, user=user or story.planner, at=story.period.due_at + 3 * DAY)
    return {line.key: line for line in grouped(counted_rows(found, by=by, chosen=asked), by=by)}


def counts(line: GroupLine) -> tuple[int, ...]:
    return tuple(line.counts[name] for name in STANDINGS)


def test_every_return_is_in_exactly_one_standing_and_they_add_up(story: Story):
    by_state = table(story, "state")
    #                                   on time, late, missing, not due, returned, recalled
    assert counts(by_state["RU"]) == (1, 1, 1, 0, 0, 0)
    assert counts(by_state["KZ"]) == (0, 0, 0, 0, 1, 1)
    assert counts(by_state["AM"]) == (0, 0, 1, 1, 0, 0)
    for by in GROUPS:
        lines = table(story, by).values()
        assert sum(line.returns for line in lines) == 7, by
        assert tuple(map(sum, zip(*map(counts, lines), strict=True))) == (1, 1, 2, 1, 1, 1), by


def test_received_and_timely_are_counted_of_what_is_due(story: Story):
    by_state = {key: line.measures for key, line in table(story, "state").items()}
    assert (by_state["RU"].expected, by_state["RU"].received, by_state["RU"].timely) == (3, 2, 1)
    assert (by_state["KZ"].expected, by_state["KZ"].received, by_state["KZ"].timely) == (2, 1, 1)
    assert (by_state["AM"].expected, by_state["AM"].received) == (1, 0)
    assert by_state["RU"].days_late == 2
    asked = Chosen()
    found = standings(story.operation, asked, user=story.planner, at=story.period.due_at + 3 * DAY)
    assert (whole(found).measures.expected, whole(found).measures.received) == (6, 3)


def test_coverage_counts_the_cells_of_every_return_that_is_due(story: Story):
    measures = table(story, "state")["RU"].measures
    sizes = {
        row.agency.kind.code: row.form.indicators.filter(is_derived=False).count()
        for row in Return.objects.filter(agency__state__code="RU")
    }
    assert measures.required == sum(sizes.values())
    assert measures.filled == measures.status_filled == sizes["internal_affairs"] + sizes["border_service"]


def test_by_month_and_by_period_the_lines_follow_time(story: Story):
    assert list(table(story, "month")) == ["2026-07", "2026-11"]
    assert list(table(story, "period")) == ["S1-final", "S2-final"]


@pytest.mark.parametrize(
    ("chosen", "returns"),
    [
        ({"state": "RU"}, 3),
        ({"agency_kind": "border_service"}, 2),
        ({"agency": "kz-border-service"}, 1),
        ({"kind": "final"}, 7),
        ({"kind": "official"}, 7),
        ({"kind": "operational"}, 0),
        ({"stage": 2}, 1),
        ({"period": "S1-final"}, 6),
        ({"standing": "missing"}, 2),
        ({"state": "RU", "standing": "missing"}, 1),
    ],
)
def test_what_is_chosen_narrows_the_returns(story: Story, chosen: dict[str, str], returns: int):
    assert sum(line.returns for line in table(story, "period", **chosen).values()) == returns


def test_states_of_which_nothing_is_left_are_shown_with_nothing_expected(story: Story):
    lines = with_silent_states(list(table(story, "state").values()), story.operation)
    assert [line.key for line in lines] == ["AM", "BY", "KZ", "KG", "RU", "TJ"]
    assert lines[1].measures.expected == 0


def test_an_accepted_submission_stands_while_its_correction_is_sent_back(story: Story):
    due = story.period.due_at
    row = story.expected_return
    accept_submission(submission=row.submissions.get(), actor=story.head, at=due)
    draft = correct_return(expected_return=row, reason="Ошибка", actor=story.officer, at=due + DAY)
    submission = submit_return(submission=draft, actor=story.officer, at=due + DAY)
    return_submission(submission=submission, comment="Уточнить", actor=story.head, at=due + DAY)
    assert counts(table(story, "state")["RU"]) == (1, 1, 1, 0, 0, 0)


def test_a_single_agency_is_seen_by_whoever_sees_its_returns(story: Story):
    observer = make_observer()
    assert set(table(story, "state", user=observer)) == {"AM", "KZ", "RU"}
    assert table(story, "agency", user=observer) == {}
    assert table(story, "state", user=observer, agency_kind="border_service") == {}
    assert table(story, "agency_kind", user=observer, state="RU") == {}
    assert set(table(story, "agency", user=story.head)) == {
        "ru-internal-affairs",
        "ru-border-service",
        "ru-state-security",
    }
    assert set(table(story, "agency", user=story.officer)) == {"ru-internal-affairs"}


def test_a_rights_body_is_not_shown_to_the_head(story: Story):
    submitted(owed(story, "RU", "rights_body"), story.period.due_at)
    assert "ru-rights-body" not in table(story, "agency", user=story.head)
    assert "ru-rights-body" in table(story, "agency")


def test_the_matrix_takes_a_constant_number_of_queries(story: Story, django_assert_max_num_queries):
    def ask() -> None:
        with django_assert_max_num_queries(6):
            table(story, "agency")

    ask()
    for code in ("BY", "KG", "TJ"):
        for kind in ("internal_affairs", "border_service", "state_security", "migration_authority"):
            owed(story, code, kind)
    ask()


# --- the Interstate Information Bank ---


def quarter(story: Story, number: int = 1) -> ReportingPeriod:
    return make_interval(story.operation, quarter=number)


def delivered(period: ReportingPeriod, state_code: str, **values: int) -> None:
    row = make_return(period, make_agency(state_code, "information_centre"))
    for code, value in values.items():
        Total.objects.create(
            period=row.period,
            state=state(state_code),
            agency_kind=agency_kind("information_centre"),
            indicator=indicator(code),
            category=category(),
            basis=Total.Basis.ACCEPTED,
            value=value,
            returns=1,
        )


def test_delivery_to_the_bank_is_summed_and_never_averaged(story: Story):
    first, second = quarter(story, 1), quarter(story, 2)
    delivered(first, "RU", INF01=1000, INF02=900, INF03=800)
    delivered(first, "KZ", INF01=10, INF02=1, INF03=10)
    delivered(second, "RU", INF01=500, INF02=500)  # nobody said how many were complete
    delivered(second, "KZ")
    found = bank_matrix(story.operation, Chosen(), user=story.planner, at=second.due_at + DAY)
    assert [row.code for row in found.states] == ["KZ", "RU"]
    whole_of = found.whole()
    assert (whole_of.on_time, whole_of.on_time_of) == (1401, 1510)
    assert (whole_of.complete, whole_of.complete_of) == (810, 1010)
    assert (whole_of.reported, whole_of.expected) == (3, 4)
    russia = found.of_state(state("RU"))
    assert (russia.on_time, russia.on_time_of, russia.complete, russia.complete_of) == (1400, 1500, 800, 1000)
    of_first = found.of_period(first)
    assert (of_first.on_time, of_first.on_time_of) == (901, 1010)
    silent = found.cells[state("KZ").pk, second.pk]
    assert (silent.reported, silent.expected, silent.on_time_of) == (0, 1, 0)


def test_the_bank_is_narrowed_like_the_rest(story: Story):
    first, second = quarter(story, 1), quarter(story, 2)
    for period in (first, second):
        for code in ("RU", "KZ"):
            delivered(period, code, INF01=10, INF02=9)
    at = second.due_at + DAY
    one = bank_matrix(story.operation, Chosen(state="KZ", period="Q2"), user=story.planner, at=at)
    assert ([row.code for row in one.states], [row.code for row in one.periods]) == (["KZ"], ["Q2"])
    none = bank_matrix(story.operation, Chosen(kind=PeriodKind.FINAL), user=story.planner, at=at)
    assert (none.states, none.cells) == ([], {})
