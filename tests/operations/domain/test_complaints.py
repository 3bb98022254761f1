"""Accounts of complaints: they balance, go on from one another, and no national head sees them."""

import datetime as dt
import re

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from operations.domain import complaints
from operations.domain.access import visible_to
from operations.domain.complaint_sums import compared_with_return, differing_accounts, year_of_complaints
from operations.domain.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from operations.models import AuditEntry, ComplaintAccount, ReportingPeriod
from tests.factories.operations import (
    make_interval,
    make_operation,
    make_period,
    make_plan,
    make_return,
    make_submission,
)
from tests.factories.people import make_head, make_observer, make_officer, make_planner
from tests.factories.reference import make_agency

pytestmark = pytest.mark.django_db
FORCE, OTHER = ("FORCE", "ombudsman"), ("OTHER", "consulate")


def row(carried_over, received, examined, pending):
    return dict(zip(complaints.FIELDS, (carried_over, received, examined, pending), strict=True))


class Rights:
    """A rights body with its officer and quarters of 2026."""

    def __init__(self) -> None:
        self.operation = make_operation()
        self.agency = make_agency("RU", "rights_body")
        self.officer = make_officer(self.agency)
        self.first, self.second = (make_interval(self.operation, quarter=number) for number in (1, 2))

    def keep(self, period: ReportingPeriod, rows, *, revision=None, at=None, actor=None, **options):
        return complaints.keep_accounts(
            agency=self.agency,
            period=period,
            rows=rows,
            revision=complaints.revision_of(self.agency, period) if revision is None else revision,
            actor=actor or self.officer,
            at=at or period.due_at,
            **options,
        )


@pytest.fixture
def rights(reference) -> Rights:
    return Rights()


def problems(refused) -> set[tuple[str, str]]:
    return {(problem.code, problem.field) for problem in refused.value.problems}


def test_an_account_is_kept_with_one_entry_in_the_trail(rights: Rights):
    before = AuditEntry.objects.count()
    kept = rights.keep(rights.first, {FORCE: row(0, "1 200", 1000, 200), OTHER: row(0, 0, 0, 0)})
    assert [(one.category.code, one.channel, one.received) for one in kept] == [
        ("FORCE", "ombudsman", 1200),
        ("OTHER", "consulate", 0),
    ]
    assert AuditEntry.objects.count() == before + 1
    entry = AuditEntry.objects.latest("sequence")
    assert (entry.act, entry.object_label, entry.state_code) == ("complaintaccount.keep", "ru-rights-body", "RU")


def test_what_does_not_balance_is_refused_with_both_sums(rights: Rights):
    with pytest.raises(BadInput) as refused:
        rights.keep(rights.first, {FORCE: row(1, 4, 3, 1), OTHER: row(0, 1, 2, 0)})
    assert problems(refused) == {
        ("unbalanced", "FORCE.ombudsman.pending"),
        ("unbalanced", "OTHER.consulate.pending"),
    }
    assert re.findall(r"\d+", str(refused.value.problems[0].message)) == ["5", "4"]
    assert not ComplaintAccount.objects.exists()


def test_every_fault_of_a_grid_is_told_at_once_and_an_empty_cell_is_no_zero(rights: Rights):
    rows = {FORCE: row(0, "1.234", "", 3), OTHER: row("-1", "٣", 0, 0), ("XX", "ombudsman"): row(0, 0, 0, 0)}
    with pytest.raises(BadInput) as refused:
        rights.keep(rights.first, rows)
    assert problems(refused) == {
        ("ambiguous_number", "FORCE.ombudsman.received"),
        ("negative_number", "OTHER.consulate.carried_over"),
        ("bad_number", "OTHER.consulate.received"),
        ("unknown_code", "XX.ombudsman"),
    }
    with pytest.raises(BadInput) as refused:
        rights.keep(rights.first, {FORCE: row(0, 3, "", 3)})
    assert problems(refused) == {("required", "FORCE.ombudsman.examined")}
    with pytest.raises(BadInput):
        rights.keep(rights.first, {FORCE: row("", "", "", "")})


def test_what_was_pending_is_carried_over_or_the_difference_is_explained(rights: Rights):
    rights.keep(rights.first, {FORCE: row(0, 5, 2, 3), OTHER: row(0, 2, 1, 1)})
    base = complaints.base_of(rights.agency, rights.second)
    assert (base.period, base.pending) == (rights.first, {FORCE: 3, OTHER: 1})
    with pytest.raises(BadInput) as refused:
        rights.keep(rights.second, {FORCE: row(2, 0, 2, 0)})
    assert problems(refused) == {
        ("carried_over_differs", "FORCE.ombudsman.carried_over"),
        ("carried_over_differs", "OTHER.consulate.carried_over"),
    }
    with pytest.raises(BadInput) as refused:
        rights.keep(rights.second, {FORCE: row(2, 0, 2, 0)}, explanation="Паспорт № 4510 123456")
    assert ("personal_data", "explanation") in problems(refused)
    rights.keep(rights.second, {FORCE: row(2, 0, 2, 0)}, explanation="Одна жалоба отозвана заявителем")
    year = year_of_complaints(rights.operation)
    ombudsman = year.by_channel["ombudsman"]
    assert (ombudsman.carried_over, ombudsman.received, ombudsman.examined, ombudsman.pending) == (0, 5, 4, 0)
    assert ombudsman.adjusted == -1
    assert year.states == 1


def test_an_account_is_replaced_as_a_whole_and_on_the_revision_that_was_seen(rights: Rights):
    rights.keep(rights.first, {FORCE: row(0, 5, 2, 3), OTHER: row(0, 2, 1, 1)})
    seen = complaints.revision_of(rights.agency, rights.first)
    rights.keep(rights.first, {FORCE: row(0, 6, 3, 3)}, revision=seen)
    assert [(one.category.code, one.received) for one in complaints.accounts_of(rights.agency, rights.first)] == [
        ("FORCE", 6)
    ]
    with pytest.raises(Stale):
        rights.keep(rights.first, {FORCE: row(0, 7, 4, 3)}, revision=seen)


def test_nobody_but_the_officer_of_the_rights_body_keeps_its_accounts(rights: Rights):
    for stranger in (make_head("RU"), make_planner(), make_officer(make_agency("RU"))):
        with pytest.raises(NotAllowed):
            rights.keep(rights.first, {FORCE: row(0, 1, 1, 0)}, actor=stranger)


def test_the_head_of_the_state_does_not_see_the_accounts_and_the_headquarters_do(rights: Rights):
    rights.keep(rights.first, {FORCE: row(0, 1, 1, 0)})
    at = rights.first.due_at
    for person, count in ((rights.officer, 1), (make_planner(), 1), (make_head("RU"), 0), (make_observer(), 0)):
        assert visible_to(ComplaintAccount, person, at=at).count() == count
    assert complaints.found_body(rights.operation, "ru-rights-body", rights.officer, at=at) == rights.agency
    with pytest.raises(NotFound):
        complaints.found_body(rights.operation, "ru-rights-body", make_head("RU"), at=at)


def test_no_account_is_kept_of_a_period_that_has_not_begun(rights: Rights):
    with pytest.raises(WrongState):
        rights.keep(rights.second, {FORCE: row(0, 1, 1, 0)}, at=rights.second.opens_at - dt.timedelta(seconds=1))


def test_the_account_of_a_stage_stands_beside_the_return_that_the_headquarters_accept(rights: Rights):
    stage = make_plan(rights.operation).stages.get(number=1)
    final = make_period(stage)
    expected, values = make_return(final, rights.agency), {"RGT01": 7, "RGT02": 4}
    submission = make_submission(expected, entered_by=rights.officer, status="submitted", values=values)
    assert not compared_with_return(rights.agency, final)
    rights.keep(final, {FORCE: row(0, 5, 4, 1), OTHER: row(0, 2, 1, 1)})
    compared = {(one.indicator.code, one.category.code): one for one in compared_with_return(rights.agency, final)}
    assert not compared["RGT01", "TOTAL"].differs
    assert (compared["RGT02", "TOTAL"].account, compared["RGT02", "TOTAL"].difference) == (5, 1)
    assert compared["RGT01", "FORCE"].returned is None
    assert differing_accounts(rights.operation, [rights.agency]) == {(rights.agency.pk, final.pk)}
    submission.figures.filter(value=4).update(value=5)
    assert differing_accounts(rights.operation, [rights.agency]) == set()


def test_quarters_and_stages_are_two_series_that_are_never_added_up(rights: Rights):
    final = make_period(make_plan(rights.operation).stages.get(number=1))
    rights.keep(rights.first, {FORCE: row(0, 5, 2, 3)})
    rights.keep(final, {FORCE: row(0, 9, 9, 0)})
    assert complaints.base_of(rights.agency, final).period is None
    assert year_of_complaints(rights.operation).by_channel["ombudsman"].received == 5


COUNT = st.integers(0, 40)


@given(carried=COUNT, received=COUNT, examined=COUNT, pending=COUNT)
def test_an_account_is_taken_exactly_when_it_balances(reference, carried, received, examined, pending):
    with transaction.atomic():
        rights = Rights()
        try:
            rights.keep(rights.first, {FORCE: row(carried, received, examined, pending)})
        except BadInput:
            assert carried + received != examined + pending
        else:
            assert carried + received == examined + pending
        transaction.set_rollback(True)
