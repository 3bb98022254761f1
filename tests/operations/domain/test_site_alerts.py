"""What the nightly verification finds reaches people: the worker raises an alert that stands until it is mended."""

import io
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from operations.domain import totals
from operations.domain.people import system_user
from operations.domain.site_alerts import ALERT, standing_alert, verify_site
from operations.domain.waiting import waiting_for
from operations.models import AuditEntry, Notice, OutboxMessage, Total
from operations.models.guards import lift_guards
from operations.tasks import verify_totals
from tests.factories.operations import make_interval, make_operation
from tests.factories.people import make_administrator, make_hq_chair, make_planner
from tests.factories.reference import agency_kind, category, indicator, load_reference, state

PATIENCE = 30.0


def plant_a_mismatch() -> None:
    """A total that no figure stands behind."""
    Total.objects.create(
        period=make_interval(make_operation(2026), quarter=1),
        state=state("RU"),
        agency_kind=agency_kind("border_service"),
        indicator=indicator("MIG01"),
        category=category(),
        basis=Total.Basis.ACCEPTED,
        value=5,
        returns=1,
    )


def alerts_of(user) -> list:
    return [item for item in waiting_for(user, at=timezone.now()) if item.kind == ALERT]


def test_the_workers_own_task_finds_a_planted_mismatch_and_tells_those_who_can_mend_it(
    transactional_db, background_work
):
    load_reference()
    chair, administrator, planner = make_hq_chair(), make_administrator(), make_planner()
    plant_a_mismatch()
    verify_totals.delay()
    deadline = time.monotonic() + PATIENCE
    while not Notice.objects.filter(topic=ALERT).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    told = {notice.user_id for notice in Notice.objects.filter(topic=ALERT)}
    assert told == {chair.pk, administrator.pk}
    for person in (chair, administrator):
        [item] = alerts_of(person)
        assert item.is_late
        assert "1" in item.detail
    assert alerts_of(planner) == []


@pytest.mark.django_db
class TestTheAlert:
    def test_nothing_is_raised_where_everything_is_right(self, reference):
        chair = make_hq_chair()
        assert verify_site(at=timezone.now()).is_clean
        assert (standing_alert(), alerts_of(chair)) == (None, [])
        assert not Notice.objects.filter(topic=ALERT).exists()

    def test_it_says_what_differs_in_both_languages_and_only_once_a_day(self, reference):
        make_hq_chair()
        plant_a_mismatch()
        now = timezone.now()
        verify_site(at=now)
        verify_site(at=now)
        [notice] = Notice.objects.filter(topic=ALERT)
        assert "1 total differs" in notice.subject_en
        assert notice.subject_ru != notice.subject_en
        assert OutboxMessage.objects.filter(payload__notice_id=notice.pk).count() == 1

    def test_it_goes_when_the_totals_are_mended_and_when_a_later_verification_finds_nothing(self, reference):
        chair = make_hq_chair()
        plant_a_mismatch()
        verify_site(at=timezone.now())
        assert len(alerts_of(chair)) == 1
        totals.rebuild(actor=system_user("totals"), at=timezone.now())
        assert alerts_of(chair) == []
        verify_site(at=timezone.now())
        assert standing_alert() is None

    def test_a_broken_link_of_the_trail_is_an_alert_too(self, reference):
        lift_guards(connection)
        chair = make_hq_chair()
        verify_site(at=timezone.now())
        AuditEntry.objects.filter(sequence=1).update(actor_name="Никто")
        assert verify_site(at=timezone.now()).broken_links > 0
        assert "link" in alerts_of(chair)[0].detail or "звен" in alerts_of(chair)[0].detail

    def test_the_command_raises_the_same_alert_and_leaves_one_about_the_trail_as_it_is(self, reference):
        chair = make_hq_chair()
        call_command("totals", "verify", stdout=io.StringIO())
        assert standing_alert() is None
        plant_a_mismatch()
        with pytest.raises(CommandError):
            call_command("totals", "verify", stdout=io.StringIO())
        [item] = alerts_of(chair)
        assert "1" in item.detail and item.is_late
        assert Notice.objects.filter(topic=ALERT, user=chair).count() == 1
        call_command("totals", "rebuild", stdout=io.StringIO())
        assert alerts_of(chair) == []
