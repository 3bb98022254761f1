"""The calendar feed: the page on which a person gets or revokes its address, and the feed itself, without a sign-in."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from operations.domain import calendar_feed
from operations.web.returns import reader
from operations.workbooks.ics import CONTENT_TYPE, calendar_bytes


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Whether the reader has a feed. A new address is shown once, on the answer to the click."""
    now, address = timezone.now(), ""
    if request.method == "POST":
        if request.POST.get("act") == "revoke":
            calendar_feed.revoke_feed(actor=reader(request), at=now)
            messages.success(request, _("The address is revoked. Calendars that used it get nothing any more."))
            return redirect("operations:calendar")
        secret = calendar_feed.open_feed(actor=reader(request), at=now)
        address = settings.SITE_ADDRESS + reverse("operations:calendar-feed", args=[secret])
    context = {"feed": calendar_feed.feed_of(reader(request)), "address": address}
    response = render(request, "operations/calendar.html", context)
    if address:
        response["Cache-Control"] = "no-store"
    return response


@login_not_required
@require_http_methods(["GET", "HEAD"])
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar of whoever was given the address, in that person's language."""
    owner, now = calendar_feed.reader_of(secret), timezone.now()
    with translation.override(owner.language):
        content = calendar_bytes(
            calendar_feed.entries(owner, at=now),
            name=_("Operation “Illegal”"),
            language=owner.language,
            host=urlsplit(settings.SITE_ADDRESS).hostname or "localhost",
            at=now,
        )
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = 'inline; filename="illegal.ics"'
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
