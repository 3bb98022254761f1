"""Proof, at the moment of an approval, that the person at the keyboard is the one who signed in.

An approval asks for the password or a second-factor code again, whichever door it comes through (page or API). Wrong
attempts are written to the audit trail and limited per person, so that a session left open is no way to guess.
"""

import datetime as dt

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from operations.domain import audit
from operations.domain.errors import NotAllowed
from operations.models import AuditEntry, User

MOST_WRONG_ATTEMPTS = 5
WITHIN = dt.timedelta(minutes=15)
WRONG_ATTEMPT = "identity.refused"
_CODES = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


def proves_identity(user: User, *, password: str = "", code: str = "", at: dt.datetime) -> bool:
    """Whether the password, or else the one-time or recovery code, is the user's; a used code is used up.

    Answers False for nothing given (which does not count) and for a wrong attempt (which is recorded). Raises
    `NotAllowed` with the code `too_many_attempts` after five wrong attempts within fifteen minutes. Call it
    outside the transaction of the act that it opens the door to, or a refusal of the act takes the record with it.
    """
    if not password and not code:
        return False
    with transaction.atomic():
        # attempts of one person queue up here: guesses sent at once must not outrun the count
        User.objects.select_for_update().get(pk=user.pk)
        limited = wrong_attempts(user=user, at=at) >= MOST_WRONG_ATTEMPTS
        proven = not limited and _is_right(user, password, code)
        if not proven and not limited:
            factor = "password" if password else "code"
            audit.record(act=WRONG_ATTEMPT, subject=user, actor=user, at=at, data={"factor": factor})
    if limited:
        raise NotAllowed(
            _("Too many wrong attempts to confirm your identity. Wait fifteen minutes and try again."),
            code="too_many_attempts",
        )
    return proven


def wrong_attempts(*, user: User, at: dt.datetime) -> int:
    """How many wrong attempts the trail holds of the last fifteen minutes."""
    return AuditEntry.objects.filter(
        object_type="user", object_id=str(user.pk), act=WRONG_ATTEMPT, at__gt=at - WITHIN, at__lte=at
    ).count()


def _is_right(user: User, password: str, code: str) -> bool:
    if password:
        return bool(user.check_password(password))
    return any(
        authenticator.wrap().validate_code(code.strip())
        for authenticator in Authenticator.objects.filter(user=user, type__in=_CODES)
    )
