"""What every page's frame shows: the navigation, who is signed in and in which capacity.

Everything is looked up only when a template asks, so that a part of a page sent to htmx costs nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from operations.domain.access import Standing, standing
from operations.domain.moments import moscow_date
from operations.models import Membership, Role
from operations.web.tags import label


@dataclass(frozen=True)
class Place:
    """An entry of the service navigation; `open_to` says whose it is."""

    text: Promise
    url_name: str
    open_to: Callable[[Standing], bool] = lambda seen: True


def _is_administrator(seen: Standing) -> bool:
    return Role.ADMINISTRATOR in seen.roles


def _reads_audit(seen: Standing) -> bool:
    return bool(seen.roles & {Role.ADMINISTRATOR, Role.HQ_CHAIR})


def _keeps_units(seen: Standing) -> bool:
    return bool(seen.agencies) or _is_administrator(seen)


PLACES = (
    Place(_("My work"), "operations:my-work"),
    Place(_("Operations"), "operations:operations"),
    Place(_("Meetings"), "operations:meetings"),
    Place(_("Statistics"), "reports:explorer"),
    Place(_("Reports"), "reports:reports"),
    Place(_("History"), "reports:history"),
    Place(_("Flows"), "reports:flows"),
    Place(pgettext_lazy("of an authority", "Units"), "operations:units", _keeps_units),
    Place(_("Audit"), "operations:audit", _reads_audit),
    Place(_("Jobs"), "operations:jobs", _is_administrator),
)


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the frame."""
    return {
        "navigation": SimpleLazyObject(lambda: navigation(request)),
        "capacities": SimpleLazyObject(lambda: capacities(request)),
    }


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The places open to the reader; the one whose address the page's address continues is current."""
    user = getattr(request, "user", None)
    if not getattr(user, "is_authenticated", False):
        return []
    seen = standing(user, timezone.now())
    shown = []
    for place in PLACES:
        url = _address(place.url_name)
        if url and place.open_to(seen):
            shown.append({"text": place.text, "url": url, "is_current": _is_inside(request.path, url)})
    return shown


def _address(url_name: str) -> str:
    """A place without a page is left out of the navigation."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _is_inside(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))


def capacities(request: HttpRequest) -> list[str]:
    """In which capacities the reader acts today, in words: the role and whose it is."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    now = timezone.now()
    words = []
    if standing(user, now).is_council_chair:
        words.append(gettext("Chair of the Coordination Council"))
    held = Membership.objects.on(moscow_date(now)).filter(user=user)
    for membership in held.select_related("state", "agency__state", "agency__kind", "unit"):
        words.append(_capacity(membership))
    return words


def _capacity(membership: Membership) -> str:
    role = Role(membership.role).label
    whose = membership.unit or membership.agency or membership.state
    text = f"{role}: {label(whose)}" if whose else str(role)
    return gettext("Acting: %(capacity)s") % {"capacity": text} if membership.acting_for_id else text
