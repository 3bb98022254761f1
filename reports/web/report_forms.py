"""Forms of the acts on a report: what each of them asks for."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from operations.domain.access import visible_to
from operations.models import Meeting, Operation, User
from operations.web.tags import label
from reports.domain.definitions import Definition, all_definitions


class ComposeForm(forms.Form):
    """Which report on which operation."""

    definition = forms.ChoiceField(label=gettext_lazy("Kind of report"))
    operation = forms.ModelChoiceField(
        label=gettext_lazy("Operation"), queryset=Operation.objects.none(), to_field_name="slug", empty_label=None
    )

    def offer(self, user: User) -> None:
        """The kinds of report that this person may compose, on any operation."""
        definitions: list[Definition] = [one for one in all_definitions() if not one.scope and not one.follows]
        self.fields["definition"].choices = [(one.code, one.name) for one in definitions]  # type: ignore[attr-defined]
        operations = visible_to(Operation, user, at=timezone.now())
        self.fields["operation"].queryset = operations  # type: ignore[attr-defined]
        self.fields["operation"].label_from_instance = lambda row: label(row, "title")  # type: ignore[attr-defined]


class TextForm(forms.Form):
    """One section in both languages. What the text may contain is for the domain to say."""

    text_ru = forms.CharField(label=gettext_lazy("In Russian"), required=False, widget=forms.Textarea({"rows": 8}))
    text_en = forms.CharField(label=gettext_lazy("In English"), required=False, widget=forms.Textarea({"rows": 8}))
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    screening_reason = forms.CharField(
        label=gettext_lazy("Why this is no personal data of a person who was checked"),
        required=False,
        max_length=300,
        widget=forms.HiddenInput,
    )

    def __init__(self, given: Any = None, *, section: str, **options: Any) -> None:
        """`section` tells the fields of one section of the page from those of the others."""
        super().__init__(given, auto_id=f"{section}-%s", **options)
        for name in ("text_ru", "text_en"):
            self.fields[name].widget.attrs["lang"] = name[-2:]
            self.fields[name].widget.attrs["data-cite-into"] = ""


class SubmitForm(forms.Form):
    """What is said about the points of the checklist that stay open."""

    explanation = forms.CharField(
        label=gettext_lazy("Explanation of the open points"),
        help_text=gettext_lazy("The approver reads it. Needed while the checklist is not clean."),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
    )


class ApproveForm(forms.Form):
    """The password again, or a code of the second factor; and the meeting, when the Council decided in one."""

    meeting = forms.ModelChoiceField(
        label=gettext_lazy("Meeting that decided"),
        queryset=Meeting.objects.none(),
        required=False,
        empty_label=gettext_lazy("none: approved by the chair alone"),
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"), required=False, max_length=200, widget=forms.PasswordInput, strip=False
    )
    code = forms.CharField(
        label=gettext_lazy("Or a code of your second factor"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def offer(self, operation: Operation, user: User) -> None:
        meetings = visible_to(Meeting, user, at=timezone.now()).filter(operation=operation, body__kind="council")
        self.fields["meeting"].queryset = meetings  # type: ignore[attr-defined]


class ReturnForm(forms.Form):
    """Why the report goes back."""

    comment = forms.CharField(
        label=gettext_lazy("Comment"), required=False, max_length=2000, widget=forms.Textarea({"rows": 4})
    )


class PublishForm(forms.Form):
    """That somebody looked at what leaves the house."""

    disclosure_sha256 = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    figures_cleared = forms.BooleanField(
        label=gettext_lazy("The figures are cleared for publication, and I have looked at the public edition."),
        required=False,
    )
