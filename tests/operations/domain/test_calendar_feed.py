"""The calendar feed: a secret that can be revoked, and entries that follow what the person may see."""

import datetime as dt

import pytest

from operations.domain import calendar_feed, plans
from operations.domain.errors import NotFound
from operations.models import AuditEntry, CalendarFeed, User
from tests.factories.minutes import recorded_meeting
from tests.factories.people import Cast, make_officer
from tests.factories.plans import agree_all, approve, approved_plan, drafted_plan, hq_meeting, moment
from tests.factories.reference import make_agency

pytestmark = pytest.mark.django_db
NOW = moment(dt.date(2026, 3, 1))


def keys(user: User) -> set[str]:
    return {entry.key.split("-")[0] for entry in calendar_feed.entries(user, at=NOW)}


def test_an_address_leads_to_its_owner_and_only_its_digest_is_kept(cast: Cast):
    secret = calendar_feed.open_feed(actor=cast.planner, at=NOW)
    assert calendar_feed.reader_of(secret) == cast.planner
    assert secret not in str(CalendarFeed.objects.values().get())
    assert not AuditEntry.objects.filter(data__contains=secret).exists()


def test_a_new_address_ends_the_one_before_it(cast: Cast):
    first = calendar_feed.open_feed(actor=cast.planner, at=NOW)
    second = calendar_feed.open_feed(actor=cast.planner, at=NOW)
    assert calendar_feed.reader_of(second) == cast.planner
    with pytest.raises(NotFound):
        calendar_feed.reader_of(first)


def test_a_revoked_address_leads_nowhere(cast: Cast):
    secret = calendar_feed.open_feed(actor=cast.planner, at=NOW)
    calendar_feed.revoke_feed(actor=cast.planner, at=NOW)
    with pytest.raises(NotFound):
        calendar_feed.reader_of(secret)
    with pytest.raises(NotFound):
        calendar_feed.revoke_feed(actor=cast.planner, at=NOW)


def test_a_closed_account_has_no_feed(cast: Cast):
    secret = calendar_feed.open_feed(actor=cast.planner, at=NOW)
    User.objects.filter(pk=cast.planner.pk).update(is_active=False)
    with pytest.raises(NotFound):
        calendar_feed.reader_of(secret)


def test_each_role_finds_what_it_may_see(cast: Cast):
    officer = make_officer(make_agency("RU"))
    make_agency("KZ")
    plan = approved_plan(cast)
    recorded_meeting(cast, operation=plan.operation.slug, number=2)
    assert keys(cast.planner) == {"stage", "period", "meeting", "decision"}
    assert keys(cast.heads["KZ"]) == {"stage", "period", "meeting", "decision"}
    # the decision is Kazakhstan's to carry out
    assert keys(cast.heads["RU"]) == {"stage", "period", "meeting"}
    assert keys(officer) == {"stage", "period", "meeting"}
    assert keys(cast.observer) == {"stage", "meeting"}


def test_a_draft_is_announced_to_nobody(cast: Cast):
    drafted_plan(cast)
    assert keys(cast.planner) == set()


def test_an_amendment_is_announced_when_it_is_approved_and_keeps_its_entries(cast: Cast):
    plan = approved_plan(cast)
    before = {e.key: e.first for e in calendar_feed.entries(cast.planner, at=NOW) if e.key.startswith("stage")}
    plan = plans.amend_plan(plan=plan, comment="Сроки", actor=cast.planner, at=NOW)
    stage = plan.stages.first()
    plans.change_row(
        row=stage,
        revision=stage.revision,
        values={"start_date": stage.start_date - dt.timedelta(days=1)},
        actor=cast.planner,
        at=NOW,
    )
    after = {e.key: e.first for e in calendar_feed.entries(cast.planner, at=NOW) if e.key.startswith("stage")}
    assert after == before


def test_no_entry_tells_a_codename_or_a_contact(cast: Cast):
    plan = drafted_plan(cast)
    stage = plan.stages.first()
    plans.change_row(row=stage, revision=stage.revision, values={"codename": "Заслон"}, actor=cast.planner, at=moment())
    plans.add_row(
        plan=plan,
        kind="contact",
        values={"state": "RU", "name_ru": "Дежурный Петров", "telephone": "555-01-02"},
        actor=cast.planner,
        at=moment(),
    )
    plan = plans.circulate_plan(plan=plan, actor=cast.planner, at=moment())
    agree_all(plan, cast)
    meeting = hq_meeting(plan, cast)
    plan = plans.record_agreement(plan=plan, meeting=meeting, actor=cast.hq_chair, at=moment(hour=15))
    approve(plans.submit_plan(plan=plan, actor=cast.hq_chair, at=moment(hour=16)), cast)
    told = str(calendar_feed.entries(cast.planner, at=NOW))
    assert "stage-" in told
    for secret in ("Заслон", "Петров", "555-01-02"):
        assert secret not in told
