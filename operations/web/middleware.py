"""Shows the site in the language and time zone that the signed-in user chose for himself, and keeps the choice."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from operations.models import Language, User


class PreferencesMiddleware:
    """The user's own language and time zone, where he chose them; else what cookie and browser said stays.

    A choice of language is answered with the language cookie, whichever page offered it. A signed-in user's choice
    is kept with the user as well, so that it holds on every machine.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        language = getattr(user, "language", "")
        zone = getattr(user, "time_zone", "")
        if language and translation.check_for_language(language):
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(ZoneInfo(zone) if zone else None):
            response = self.get_response(request)
        if isinstance(user, User):
            self._keep_choice(user, response)
        return response

    @staticmethod
    def _keep_choice(user: User, response: HttpResponse) -> None:
        cookie = response.cookies.get(settings.LANGUAGE_COOKIE_NAME)
        if cookie is not None and cookie.value in Language.values and cookie.value != user.language:
            User.objects.filter(pk=user.pk).update(language=cookie.value)
