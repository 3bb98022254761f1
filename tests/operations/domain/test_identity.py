"""Proof of identity before an approval: password or one-time code, wrong attempts recorded and limited."""

import datetime as dt

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache

from operations.domain.errors import NotAllowed
from operations.domain.identity import proves_identity, wrong_attempts
from operations.domain.moments import moscow_moment
from operations.models import AuditEntry, User
from tests.factories.people import PASSWORD, make_user
from tests.factories.reference import load_reference

pytestmark = pytest.mark.django_db

NOW = moscow_moment(dt.date(2026, 2, 2), 12)


@pytest.fixture
def user() -> User:
    load_reference()
    cache.clear()
    return make_user("somebody")


def test_the_password_proves_it_and_leaves_no_entry(user: User) -> None:
    assert proves_identity(user, password=PASSWORD, at=NOW)
    assert not AuditEntry.objects.filter(act__startswith="identity").exists()


def test_nothing_given_proves_nothing_and_does_not_count(user: User) -> None:
    assert not proves_identity(user, at=NOW)
    assert wrong_attempts(user=user, at=NOW) == 0


def test_a_code_of_the_second_factor_proves_it_once(user: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert proves_identity(user, code=code, at=NOW)
    assert not proves_identity(user, code=code, at=NOW)


def test_a_recovery_code_proves_it_once(user: User) -> None:
    code = RecoveryCodes.activate(user).generate_codes()[0]
    assert proves_identity(user, code=code, at=NOW)
    assert not proves_identity(user, code=code, at=NOW)


def test_five_wrong_attempts_in_fifteen_minutes_close_the_door_also_for_the_right_password(user: User) -> None:
    for minute in range(5):
        assert not proves_identity(user, password="wrong", at=NOW + dt.timedelta(minutes=minute))
    with pytest.raises(NotAllowed) as caught:
        proves_identity(user, password=PASSWORD, at=NOW + dt.timedelta(minutes=5))
    assert caught.value.code == "too_many_attempts"
    assert AuditEntry.objects.filter(act="identity.refused").count() == 5
    assert proves_identity(user, password=PASSWORD, at=NOW + dt.timedelta(minutes=15, seconds=1))


def test_the_attempts_of_one_person_do_not_lock_another_out(user: User) -> None:
    for _attempt in range(5):
        proves_identity(user, password="wrong", at=NOW)
    assert proves_identity(make_user("another"), password=PASSWORD, at=NOW)
