"""My language and my time zone: where each reader chooses by which clock moments are shown."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from operations.domain.errors import BadInput
from operations.domain.preferences import choose_preferences
from operations.models import Language
from operations.web.drawn_forms import DrawnForm, radios, select
from operations.web.returns import reader
from operations.web.zones import zone_choices


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """The reader's own language and clock, with what the clock shows now."""
    user, now = reader(request), timezone.now()
    initial = {"language": user.language, "time_zone": user.time_zone}
    form = DrawnForm(request.POST if request.method == "POST" else None, initial=initial)
    hint = _("Moments are shown by this clock and by Moscow time. Deadlines count by Moscow time.")
    zones = zone_choices(user.time_zone, at=now)
    form.fields["language"] = radios(_("Language"), Language.choices)
    form.fields["time_zone"] = select(_("Time zone"), zones, required=True, hint=hint)
    if request.method == "POST":
        try:
            person = choose_preferences(values=form.typed(), actor=user, at=now)
        except BadInput as error:
            form.refuse(error)
        else:
            with translation.override(person.language):
                messages.success(request, _("Your settings are kept."))
            return redirect("operations:preferences")
    return render(
        request, "operations/preferences.html", {"form": form, "now": now}, status=422 if form.errors else 200
    )
