"""The sign of the site at the address where browsers look for it when a page does not name it: a feed, plain JSON."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
@cache_control(public=True, max_age=86_400)
def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """Leads to the icon that pages name themselves; a release of the site may give it another name."""
    return HttpResponseRedirect(static("icons/favicon.svg"))
