"""Shows the site in the language and time zone that the signed-in user chose for himself."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation


class PreferencesMiddleware:
    """The user's own language and time zone, where he chose them; else what cookie and browser said stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", "")
        zone = getattr(request.user, "time_zone", "")
        if language and translation.check_for_language(language):
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(ZoneInfo(zone) if zone else None):
            return self.get_response(request)
