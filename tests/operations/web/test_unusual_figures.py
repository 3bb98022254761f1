"""Pages on which figures are looked at again: what is unusual, vintages side by side, the history of a breach."""

import datetime as dt

import pytest
from django.urls import reverse

from operations.domain.returns import (
    explain_breach,
    return_submission,
    save_draft,
    submit_return,
)
from tests.clients import signed_in
from tests.factories.operations import make_period, make_return, make_submission
from tests.factories.people import make_head, make_officer
from tests.factories.reference import make_agency
from tests.factories.reporting import Story, figures, make_draft, make_story, make_submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(monkeypatch) -> Story:
    """The clock of the pages stands at a moment when the period is open."""
    story = make_story()
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.at)
    return story


def of_return(story: Story, name: str) -> str:
    return reverse(f"operations:{name}", args=[story.expected_return.pk])


# --- unusual figures ---


def history_of(story: Story) -> None:
    for number, value in enumerate([100, 101, 99, 100, 102, 98]):
        period = make_period(story.operation.plan.stages.get(number=1), code=f"before-{number}")
        period.start_date = period.end_date = dt.date(2026, 1, 1 + number)
        period.save()
        owed = make_return(period, story.agency)
        make_submission(owed, entered_by=story.officer, status="accepted", values={"VIO01": value, "VIO02": value})


def test_an_officer_sees_what_is_unusual_before_submitting_and_nothing_stands_in_the_way(story: Story):
    history_of(story)
    draft = make_draft(story, {"VIO01": 900, "VIO02": 900})
    client = signed_in(story.officer)
    shown = client.get(of_return(story, "return")).content.decode()
    assert 'id="unusual"' in shown and "modified z-score +" in shown and "far outside the range so far" in shown
    for broken in draft.breaches.all():
        explain_breach(submission=draft, rule=broken.rule.code, reason="So it was", actor=story.officer, at=story.at)
    assert submit_return(submission=draft, actor=story.officer, at=story.at).status == "submitted"


def test_the_list_of_a_period_leads_to_the_thread_of_each_unusual_cell_and_knows_its_flag(story: Story):
    history_of(story)
    make_submission(story.expected_return, entered_by=story.officer, status="submitted", values={"VIO01": 900})
    client = signed_in(story.planner)
    address = reverse("operations:unusual", args=[story.operation.slug])
    shown = client.get(address).content.decode()
    thread = of_return(story, "return-comments") + "?cell=VIO01.TOTAL"
    assert thread in shown and "Needs a follow-up" not in shown
    client.post(thread, {"cell": "VIO01.TOTAL", "text": "Tenfold?", "needs_follow_up": "on"})
    assert "Needs a follow-up" in client.get(address).content.decode()
    assert thread not in client.get(address + "?state=BY").content.decode()
    assert "too short" in client.get(address + "?period=before-0").content.decode()
    assert thread not in signed_in(make_head("BY")).get(address).content.decode()
    assert client.get(address + "?period=%00&state=%00").status_code == 200


def test_the_list_of_unusual_figures_takes_a_constant_number_of_queries(story: Story, django_assert_max_num_queries):
    history_of(story)
    make_submission(story.expected_return, entered_by=story.officer, status="submitted", values={"VIO01": 900})
    client, address = signed_in(story.planner), reverse("operations:unusual", args=[story.operation.slug])
    client.get(address)
    with django_assert_max_num_queries(24) as few:
        client.get(address)
    for state in ("BY", "KZ", "KG"):
        agency = make_agency(state)
        owed = make_return(story.period, agency)
        make_submission(owed, entered_by=make_officer(agency), status="accepted", values={"VIO01": 5, "VIO02": 7})
    with django_assert_max_num_queries(len(few)):
        client.get(address)


# --- vintages ---


def test_any_two_submissions_are_compared_cell_by_cell(story: Story):
    submission = make_submitted(story, {"VIO01": 5, "VIO02": 5})
    for number in (2, 3):
        draft = return_submission(submission=submission, comment="Check", actor=story.head, at=story.at)
        inputs = figures(story.expected_return, {"VIO01": 5 + number, "VIO02": 5 + number}, rest=None)
        draft = save_draft(submission=draft, figures=inputs, revision=draft.revision, actor=story.officer, at=story.at)
        submission = submit_return(submission=draft, actor=story.officer, at=story.at)
    client, address = signed_in(story.head), of_return(story, "return-compare")
    assert address in client.get(of_return(story, "return")).content.decode()
    shown = " ".join(client.get(address + "?from=1&to=3").content.decode().split())
    assert '<td class="ops-num">5</td> <td class="ops-num">8</td>' in shown
    shown = " ".join(client.get(address).content.decode().split())
    assert '<td class="ops-num">7</td> <td class="ops-num">8</td>' in shown
    assert "Choose two different" in client.get(address + "?from=2&to=2").content.decode()
    for bad in ("?from=9", "?to=0", "?from=x", "?from=%00", "?to=99999999999999999999"):
        assert client.get(address + bad).status_code == 422, bad


# --- the history of a breach ---


def test_a_breach_shows_both_sides_with_their_places_and_how_it_came_and_went(story: Story):
    history_of(story)
    draft = make_draft(story, {"ADM01": 6, "VIO01": 5, "VIO02": 5})
    client = signed_in(story.officer)
    shown = " ".join(client.get(of_return(story, "return")).content.decode().split())
    assert '<a class="govuk-link" href="#ADM01.TOTAL">ADM01</a>: 6' in shown
    assert "VIO01 (earlier periods)" in shown
    explain_breach(submission=draft, rule="R05", reason="Protocols of May", actor=story.officer, at=story.at)
    inputs = figures(story.expected_return, {"ADM01": 0}, rest=None)
    save_draft(submission=draft, figures=inputs, revision=draft.revision, actor=story.officer, at=story.at)
    breach = draft.breaches.get(rule__code="R05")
    steps = [(step.status, step.left_value, step.reason) for step in breach.steps.all()]
    assert steps == [("open", 6, ""), ("explained", 6, "Protocols of May"), ("fixed", 6, "")]
    shown = client.get(of_return(story, "return")).content.decode()
    assert "History of broken rules" in shown and "Protocols of May" in shown


def test_a_side_that_names_money_is_an_amount_and_the_other_side_a_count(monkeypatch):
    story = make_story(kind="financial_intelligence")
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.at)
    make_draft(story, {"FIN02": 150_00})
    shown = " ".join(signed_in(story.officer).get(of_return(story, "return")).content.decode().split())
    assert '<td class="ops-num"> 150 RUB' in shown
    refused = signed_in(story.officer).get(reverse("operations:return-act", args=[story.expected_return.pk, "submit"]))
    assert "150 RUB against 0" in " ".join(refused.content.decode().split())
