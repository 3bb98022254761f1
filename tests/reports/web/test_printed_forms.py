"""Forms on paper: what stands on an empty one and on a filled one, and who may print whose return."""

import pytest

from operations.domain.wording import number_text
from operations.models import Breach, Operation, Return, ReturnForm, Rule
from tests.clients import signed_in
from tests.factories.people import Cast, make_officer
from tests.factories.reference import make_agency
from tests.factories.reports import make_results
from tests.reports.rendering.pages import plain, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def expected(cast: Cast) -> Return:
    make_results()
    return Return.objects.get(agency__code="ru-internal-affairs", period__stage__number=1)


def test_a_filled_form_says_who_reports_what_and_leaves_lines_to_sign(cast: Cast, expected: Return):
    answer = signed_in(cast.planner).get(f"/returns/{expected.pk}/printed.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    text = text_of(answer.content)
    figure = expected.submissions.get().figures.get(indicator__code="VIO01", category__code="TOTAL")
    for said in (
        expected.agency.name_en,
        "internal_affairs/final/1",
        "Internal affairs authority; final return of a stage; version 1",
        "Submission No. 1: accepted",
        "Head of the authority",
        "name in full",
        "Date:",
        number_text(figure.value, language="en"),
    ):
        assert plain(said) in text
    assert "Draft" not in text


def test_the_reason_of_a_cell_and_what_was_said_of_a_broken_rule_are_printed(cast: Cast, expected: Return):
    submission = expected.submissions.get()
    submission.figures.filter(indicator__code="VIO01", category__code="TOTAL").update(
        state="not_available", value=None, note="Counted from July on"
    )
    submission.breaches.all().delete()
    said = {"submission": submission, "severity": "block", "answered_by": cast.planner}
    fine, waived, mended = Rule.objects.get(code="R06"), Rule.objects.get(code="R01"), Rule.objects.get(code="R02")
    Breach.objects.create(rule=waived, left_value=691, right_value=1692, status="waived", reason="Two kinds", **said)
    Breach.objects.create(rule=fine, left_value=123450, right_value=0, status="explained", reason="Of 2025", **said)
    Breach.objects.create(rule=mended, left_value=5, right_value=4, status="fixed", reason="Never said", **said)
    text = text_of(signed_in(cast.planner).get(f"/returns/{expected.pk}/printed.pdf").content)
    for words in ("Counted from July on", "R01 ", "691 / 1,692. Waived: Two kinds", "1,234.50 RUB / 0 RUB. Explained"):
        assert plain(words) in text
    assert plain("Never said") not in text


def test_a_nil_return_says_so(cast: Cast, expected: Return):
    expected.submissions.update(is_nil=True)
    text = text_of(signed_in(cast.planner).get(f"/returns/{expected.pk}/printed.pdf").content)
    assert plain("Nil return: there was nothing to report.") in text


def test_the_form_of_another_state_is_not_there(cast: Cast, expected: Return):
    stranger = make_officer(make_agency("KZ"), username="officer-of-kz")
    missing = signed_in(stranger).get("/returns/999999/printed.pdf")
    hidden = signed_in(stranger).get(f"/returns/{expected.pk}/printed.pdf")
    assert (hidden.status_code, missing.status_code) == (404, 404)


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "1e3", "99999", "٣"])
def test_a_submission_that_is_not_there_is_not_found(cast: Cast, expected: Return, number: str):
    answer = signed_in(cast.planner).get(f"/returns/{expected.pk}/printed.pdf", {"submission": number})
    assert answer.status_code == 404


@pytest.mark.parametrize("format", ["pdf", "xlsx"])
def test_every_kind_of_file_of_an_empty_form_is_drawn(cast: Cast, expected: Return, format: str):
    form = ReturnForm.objects.get(agency_kind__code="information_centre", period_kind="interval")
    answer = signed_in(cast.planner).get(f"/forms/{form.pk}/empty.{format}")
    assert answer.status_code == 200
    assert answer.content[:4] == (b"%PDF" if format == "pdf" else b"PK\x03\x04")
    assert f'-information_centre-interval-1-en.{format}"' in answer["Content-Disposition"]


def test_the_list_of_forms_names_number_and_version(cast: Cast):
    assert Operation.objects.exists()
    assert "internal_affairs/final/1" in signed_in(cast.planner).get("/forms/").content.decode()
