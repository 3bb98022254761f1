"""Forms of the acts on a report: what each of them asks for."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from operations.domain.access import standing, visible_to
from operations.domain.errors import Text
from operations.models import Meeting, MemberState, Operation, Stage, User
from operations.web.tags import label, reader_language
from reports.domain.definitions import all_definitions
from reports.domain.reports import composable
from reports.domain.subjects import reported_stages
from reports.domain.texts import stage_name


class ComposeForm(forms.Form):
    """Which report on which operation; on which stage or of which state, where the kind of report asks for it."""

    definition = forms.ChoiceField(label=gettext_lazy("Kind of report"))
    operation = forms.ModelChoiceField(
        label=gettext_lazy("Operation"), queryset=Operation.objects.none(), to_field_name="slug", empty_label=None
    )
    stage = forms.ModelChoiceField(
        label=gettext_lazy("Stage"),
        help_text=gettext_lazy("For a report on one stage."),
        queryset=Stage.objects.none(),
        required=False,
        empty_label=gettext_lazy("the whole operation"),
    )
    state = forms.ModelChoiceField(
        label=pgettext_lazy("country", "State"),
        help_text=gettext_lazy("For a report of one state."),
        queryset=MemberState.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("the whole region"),
    )

    def offer(self, user: User) -> None:
        """The kinds of report that this person may compose, on any operation. Another kind is refused by its verb."""
        at = timezone.now()
        offered = composable(user, at=at)
        self._choose("definition", [(one.code, one.name) for one in all_definitions() if not one.follows])
        self.fields["definition"].widget.choices = [(one.code, one.name) for one in offered]  # type: ignore[attr-defined]
        self._among("operation", visible_to(Operation, user, at=at), lambda row: label(row, "title"))
        if any("stage" in one.scope for one in offered):
            stages = visible_to(reported_stages().select_related("plan__operation"), user, at=at)
            self._among("stage", stages, _stage_label)
        else:
            del self.fields["stage"]
        states = MemberState.objects.filter(pk__in=standing(user, at).agency_states)
        if any("state" in one.scope for one in offered) and states.count() > 1:
            self._among("state", states, label)
        else:
            del self.fields["state"]

    def _choose(self, name: str, choices: list[tuple[str, Text]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _among(self, name: str, rows: QuerySet[Any], words: Callable[[Any], str]) -> None:
        field: Any = self.fields[name]
        field.queryset = rows
        field.label_from_instance = words


def _stage_label(stage: Stage) -> str:
    name = stage_name(stage)
    return f"{label(stage.plan.operation, 'title')}: {name['en' if reader_language() == 'en' else 'ru']}"


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
