"""Forms of the acts on a return: the few words that each of them asks for."""

import datetime as dt

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from operations.domain.moments import MOSCOW, moscow_date
from operations.models import Membership, Return, Role, User


class ReasonForm(forms.Form):
    """A word of explanation; a doubt about personal data asks for a second."""

    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea, max_length=2000)
    screening_reason = forms.CharField(
        label=gettext_lazy("Why this is no personal data of a person who was checked"),
        required=False,
        max_length=300,
        widget=forms.HiddenInput,
    )


class CommentForm(ReasonForm):
    """A comment under the name that the workflow gives it."""

    field_order = ("comment", "screening_reason")
    reason = None  # type: ignore[assignment]
    comment = forms.CharField(label=gettext_lazy("Comment"), widget=forms.Textarea, required=False, max_length=2000)


class SendBackForm(CommentForm):
    """Whoever sends a return back says what is to be mended."""

    comment = forms.CharField(label=gettext_lazy("Comment"), widget=forms.Textarea, max_length=2000)


class RecallForm(ReasonForm):
    """What is one's own may be taken back without a reason."""

    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea, required=False, max_length=2000)


class RuleForm(ReasonForm):
    """An answer to a broken rule."""

    rule = forms.CharField(widget=forms.HiddenInput, max_length=10)


class SubmitForm(forms.Form):
    """Who answers for the figures, when it is not whoever submits them."""

    on_behalf_of = forms.ModelChoiceField(
        label=gettext_lazy("On behalf of"),
        help_text=gettext_lazy("The responsible officer, when you submit for somebody else."),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("nobody else: I answer for the figures"),
    )

    def offer(self, expected_return: Return, user: User) -> None:
        serving = Membership.objects.on(moscow_date(timezone.now())).filter(
            Q(unit__isnull=True) | Q(unit=expected_return.unit_id),
            role=Role.AGENCY_OFFICER,
            agency=expected_return.agency_id,
        )
        self.fields["on_behalf_of"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            pk__in=serving.values("user"), is_active=True
        ).exclude(pk=user.pk)


class ReopeningForm(ReasonForm):
    """Until when the agency may enter figures."""

    field_order = ("expires_at", "reason", "screening_reason")
    expires_at = forms.DateField(
        label=gettext_lazy("Open until the end of"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean_expires_at(self) -> dt.datetime:
        day = self.cleaned_data["expires_at"]
        return dt.datetime.combine(day, dt.time(23, 59, 59), tzinfo=MOSCOW)


class NothingForm(forms.Form):
    """For acts that only want a yes."""
