"""Fields and errors reach the reader whatever the widget: each input has a label, each error a place."""

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from operations.domain.errors import Problem
from operations.web import controls

pytestmark = pytest.mark.once


class EveryKind(forms.Form):
    text = forms.CharField(label="Text", help_text="As in the document")
    long = forms.CharField(label="Long", widget=forms.Textarea)
    choice = forms.ChoiceField(label="Choice", choices=[("1", "One")])
    radio = forms.ChoiceField(label="Radio", choices=[("1", "One"), ("2", "Two")], widget=forms.RadioSelect)
    many = forms.MultipleChoiceField(label="Many", choices=[("1", "One")], widget=forms.CheckboxSelectMultiple)
    sure = forms.BooleanField(label="Sure")
    day = forms.DateField(label="Day")
    secret = forms.CharField(label="Secret", widget=forms.PasswordInput(attrs={"placeholder": "Secret"}))
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def render(form: forms.Form) -> str:
    return Template("{{ form }}").render(Context({"form": form}))


def test_the_kind_of_a_field_follows_from_its_widget():
    kinds = {field.name: controls.kind(field) for field in EveryKind()}
    assert kinds == {
        "text": "text",
        "long": "textarea",
        "choice": "select",
        "radio": "radios",
        "many": "checkboxes",
        "sure": "checkbox",
        "day": "date",
        "secret": "password",
        "hidden": "hidden",
    }


def test_every_input_has_a_label_and_its_hint_is_tied_to_it():
    shown = render(EveryKind())
    for name in ("text", "long", "choice", "radio_0", "radio_1", "many_0", "sure", "day", "secret"):
        assert f'for="id_{name}"' in shown
    assert 'aria-describedby="id_text_helptext"' in shown
    assert 'id="id_text_helptext"' in shown
    assert "placeholder" not in shown


def test_an_error_stands_at_its_field_and_is_tied_to_it():
    shown = render(EveryKind({}))
    assert 'id="id_text_error"' in shown
    assert "id_text_helptext id_text_error" in shown
    assert 'aria-invalid="true"' in shown
    assert "govuk-textarea--error" in shown


def test_the_summary_lists_each_problem_once_with_a_place_that_can_have_the_focus():
    problems = controls.page_problems({"form": EveryKind({}), "problems": ["Also this", "Also this"]})
    hrefs = [problem.href for problem in problems]
    assert hrefs[:6] == ["#id_text", "#id_long", "#id_choice", "#id_radio_0", "#id_many_0", "#id_sure"]
    assert [problem.text for problem in problems].count("Also this") == 1


def test_a_domain_problem_keeps_its_words_and_its_place():
    problems = controls.page_problems({"problems": [Problem(code="x", message="No stage", href="stage-2")]})
    assert problems == [controls.Problem(text="No stage", href="#stage-2")]


def test_a_form_that_was_not_sent_has_no_problems():
    assert controls.page_problems({"form": EveryKind()}) == []


def test_what_was_typed_is_escaped():
    assert "<script>" not in render(EveryKind({"text": "<script>alert(1)</script>"}))
