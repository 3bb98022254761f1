"""Benches of returns: what an officer waits for."""

import datetime as dt
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from illegal_ops.benches import Bench, prepared_bench
from operations.domain.moments import moscow_date
from operations.domain.return_layout import layout_of
from operations.models import Figure, Membership, Return, Role, Submission, User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@prepared_bench("return-page", what="opening the grid of the longest form, filled in, as its officer; counts its cells")
def _return_page() -> Iterator[Bench]:
    """Nothing of it stays: the draft, the open period and the session go with the transaction."""
    with transaction.atomic():
        expected_return, officer = _longest_return()
        _fill_in(expected_return, officer)
        cells = len(layout_of(expected_return.form).addresses)
        address = urlsplit(settings.SITE_ADDRESS)
        client = Client(SERVER_NAME=address.hostname or "localhost")
        client.force_login(officer, backend=BACKEND)
        page = reverse("operations:return", args=[expected_return.pk])
        is_secure = settings.SECURE_SSL_REDIRECT or address.scheme == "https"

        def open_page() -> int:
            response = client.get(page, secure=is_secure)
            shown = response.content.count(b'class="ops-grid__input"')
            if response.status_code != HTTPStatus.OK or shown != cells:
                raise CommandError(f"the page of return {expected_return.pk} did not show its {cells} cells")
            return cells

        yield open_page
        transaction.set_rollback(True)


def _longest_return() -> tuple[Return, User]:
    """A return with the most figures to enter that has an officer today."""
    serving = Membership.objects.on(moscow_date(timezone.now())).filter(
        role=Role.AGENCY_OFFICER, unit__isnull=True, user__is_active=True
    )
    rows = Return.objects.filter(agency__in=serving.values("agency"), unit__isnull=True)
    longest = rows.annotate(asked=Count("form__indicators__breakdowns__categories")).order_by("-asked", "pk").first()
    if longest is None:
        raise CommandError("there is no return with an officer to measure: play the demonstration first")
    return longest, serving.filter(agency=longest.agency_id)[0].user


def _fill_in(expected_return: Return, officer: User) -> None:
    now = timezone.now()
    Return.objects.filter(pk=expected_return.pk).update(closes_at=now + dt.timedelta(days=1), reported_at=None)
    expected_return.submissions.filter(status=Submission.Status.DRAFT).update(status=Submission.Status.RECALLED)
    last = expected_return.submissions.order_by("-number").first()
    draft = Submission.objects.create(
        expected_return=expected_return,
        number=last.number + 1 if last else 1,
        entered_by=officer,
        started_at=now,
        predecessor=last,
    )
    keys = layout_of(expected_return.form).addresses
    Figure.objects.bulk_create(
        Figure(submission=draft, indicator_id=indicator, category_id=category, state="value", value=1)
        for indicator, category in keys
    )
