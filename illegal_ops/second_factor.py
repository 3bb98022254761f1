"""Makes the second factor compulsory where it has to be: everywhere but in the demonstration.

A signed-in user without one reaches nothing but the pages where a second factor is set up (and sign-out, language
and health). Systems that use a token are not asked: their token is shown once, has scopes, and expires.
"""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

OPEN_PREFIXES = ("/accounts/", "/i18n/", "/static/", "/health")


class SecondFactorMiddleware:
    """Sends a user who has no second factor yet to the page where one is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.SECOND_FACTOR_REQUIRED or request.path.startswith(OPEN_PREFIXES):
            return self.get_response(request)
        if not request.user.is_authenticated or is_mfa_enabled(request.user):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            problem = {
                "type": "about:blank",
                "title": _("Second factor needed"),
                "status": 403,
                "code": "second_factor_needed",
                "detail": _("Set up a second factor before you use the interface with a browser session."),
            }
            return JsonResponse(problem, status=403, content_type="application/problem+json")
        return HttpResponseRedirect(reverse("mfa_index"))
