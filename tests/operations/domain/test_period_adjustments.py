"""Adjusting a period: what headquarters may set, what follows, and what is left alone afterwards."""

import datetime as dt
from typing import Any

import pytest

from operations.domain.errors import BadInput, NotAllowed, Stale, WrongState
from operations.domain.moments import MOSCOW, moscow_moment
from operations.domain.period_adjustments import MOMENTS, adjust_period, fingerprint, restore_period
from operations.domain.periods import make_calendar
from operations.domain.reporting_calendar import closed_refusal, is_timely
from operations.models import AuditEntry, Holiday, Notice, ReportingPeriod, Return
from tests.factories import plans as made
from tests.factories.people import Cast, make_cast, make_officer
from tests.factories.reference import load_reference, make_agency, state

pytestmark = pytest.mark.django_db
WHY = "Перенос по решению заседания"
SPRING = moscow_moment(dt.date(2026, 3, 2), 12)


@pytest.fixture
def cast() -> Cast:
    load_reference()
    for code in ("RU", "KZ"):
        make_officer(make_agency(code))
    Holiday.objects.create(state=state("KZ"), day=dt.date(2026, 7, 6))
    cast = make_cast()
    made.approved_plan(cast)
    return cast


def final() -> ReportingPeriod:
    return ReportingPeriod.objects.select_related("operation", "stage").get(code="S1-FINAL")


def moments(**changed: str) -> dict[str, Any]:
    """The period's moments as they are, with the changed ones in Moscow's time."""
    present = {name: getattr(final(), name).astimezone(MOSCOW).isoformat() for name in MOMENTS}
    return {**present, **changed}


def adjust(
    cast: Cast, *, at: dt.datetime = SPRING, reason: str = WHY, seen: str = "", **changed: str
) -> ReportingPeriod:
    given = moments(**changed)
    return adjust_period(period=final(), moments=given, reason=reason, actor=cast.planner, at=at, seen=seen)


def codes(cast: Cast, **given: Any) -> list[tuple[str, str]]:
    with pytest.raises(BadInput) as refused:
        adjust(cast, **given)
    return [(problem.field, problem.code) for problem in refused.value.problems]


def test_the_returns_of_every_state_follow_the_adjusted_moments(cast: Cast):
    assert Return.objects.filter(period=final()).values("due_at").distinct().count() == 2
    period = adjust(cast, due_at="2026-07-15T18:00", closes_at="2026-07-31T18:00")
    assert (period.adjusted_by, period.adjusted_at, period.adjustment_reason) == (cast.planner, SPRING, WHY)
    assert period.due_at == moscow_moment(dt.date(2026, 7, 15), 18)
    for row in Return.objects.filter(period=period):
        assert (row.due_at, row.closes_at) == (period.due_at, period.closes_at)
    entry = AuditEntry.objects.get(act="reportingperiod.adjust")
    assert "2026-07-08" in entry.data and "2026-07-15" in entry.data and WHY in entry.data


def test_officers_who_still_owe_the_return_are_told(cast: Cast):
    Return.objects.filter(period=final(), agency__state__code="KZ").update(first_submitted_at=SPRING)
    adjust(cast, due_at="2026-07-15T18:00")
    notice = Notice.objects.get(topic="period.adjusted")
    assert notice.user.username == "officer-ru-internal-affairs"
    assert "15 июля 2026" in notice.subject_ru and "15 July 2026" in notice.subject_en
    assert notice.address == "/operations/illegal-2026/calendar/S1-FINAL/"


def test_the_moments_stay_in_order_and_after_the_days_that_the_figures_cover(cast: Cast):
    assert codes(cast, due_at="2026-06-23T10:00", closes_at="2026-06-22T10:00") == [
        ("closes_at", "out_of_order"),
        ("due_at", "before_the_end"),
    ]
    assert codes(cast, opens_at="2026-07-09T10:00") == [("due_at", "out_of_order")]
    assert codes(cast) == [("due_at", "unchanged")]
    assert codes(cast, due_at="tomorrow", opens_at="") == [("opens_at", "required"), ("due_at", "not_a_moment")]
    assert codes(cast, due_at="2026-07-15T18:00", reason=" ") == [("reason", "required")]


def test_a_deadline_is_not_brought_forward_into_the_past_but_may_be_extended_after_it_passed(cast: Cast):
    at = moscow_moment(dt.date(2026, 7, 7), 12)
    assert codes(cast, at=at, due_at="2026-07-07T11:59") == [("due_at", "in_the_past")]
    late = moscow_moment(dt.date(2026, 7, 10), 12)
    Return.objects.filter(period=final()).update(first_submitted_at=late)
    assert is_timely(Return.objects.get(period=final(), agency__state__code="RU")) is False
    adjust(cast, at=late, due_at="2026-07-14T18:00")
    assert is_timely(Return.objects.get(period=final(), agency__state__code="RU"))


def test_a_period_that_somebody_began_does_not_open_later(cast: Cast):
    row = Return.objects.get(period=final(), agency__state__code="RU")
    row.submissions.create(number=1, entered_by=cast.planner, started_at=SPRING)
    at = moscow_moment(dt.date(2026, 6, 20), 12)
    assert codes(cast, at=at, opens_at="2026-06-25T00:00") == [("opens_at", "begun")]
    row.submissions.all().delete()
    adjust(cast, at=at, opens_at="2026-06-25T00:00")
    refused = closed_refusal(Return.objects.get(pk=row.pk), at=at)
    assert refused is not None and refused.code == "period_not_open"


def test_neither_an_amendment_nor_a_holiday_moves_what_was_adjusted(cast: Cast):
    adjust(cast, due_at="2026-07-15T18:00", closes_at="2026-07-31T18:00")
    moments = [(row.opens_at, row.due_at, row.closes_at) for row in [final()]]
    plan = final().operation.plan
    change = make_calendar(plan, at=SPRING)
    assert (change.periods_changed, change.returns_moved) == (0, 0)
    assert [(row.opens_at, row.due_at, row.closes_at) for row in [final()]] == moments


def test_given_back_to_the_rule_the_period_has_its_old_moments_again(cast: Cast):
    before = [(row.pk, row.due_at, row.closes_at) for row in Return.objects.filter(period=final()).order_by("pk")]
    adjust(cast, due_at="2026-07-15T18:00", closes_at="2026-07-31T18:00")
    period = restore_period(period=final(), actor=cast.planner, at=SPRING)
    assert (period.adjusted_by, period.adjusted_at, period.adjustment_reason) == (None, None, "")
    after = [(row.pk, row.due_at, row.closes_at) for row in Return.objects.filter(period=final()).order_by("pk")]
    assert after == before
    with pytest.raises(WrongState):
        restore_period(period=final(), actor=cast.planner, at=SPRING)


def test_a_period_is_not_given_back_to_a_rule_by_which_it_would_be_overdue(cast: Cast):
    adjust(cast, due_at="2026-07-15T18:00", closes_at="2026-07-31T18:00")
    with pytest.raises(WrongState):
        restore_period(period=final(), actor=cast.planner, at=moscow_moment(dt.date(2026, 7, 10), 12))


def test_an_edit_of_moments_that_changed_meanwhile_is_stale(cast: Cast):
    seen = fingerprint(final())
    adjust(cast, due_at="2026-07-15T18:00", seen=seen)
    with pytest.raises(Stale):
        adjust(cast, due_at="2026-07-16T18:00", seen=seen)


def test_only_headquarters_adjust_and_only_until_the_annual_report_is_approved(cast: Cast):
    with pytest.raises(NotAllowed):
        adjust_period(period=final(), moments=moments(), reason=WHY, actor=cast.heads["RU"], at=SPRING)
    operation = final().operation
    operation.annual_report_approved_at = SPRING
    operation.save()
    adjust(cast, due_at="2026-07-14T18:00")  # the report was approved before this period was due
    operation.annual_report_approved_at = moscow_moment(dt.date(2026, 11, 20), 12)
    operation.save()
    with pytest.raises(WrongState):
        adjust(cast, due_at="2026-07-15T18:00")
