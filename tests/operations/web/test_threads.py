"""Pages of what is said about returns: queries, comments, and the decision on a submission."""

import datetime as dt
from dataclasses import replace

import pytest
from django.urls import reverse

from operations.domain.comments import comment_on
from operations.domain.moments import moscow_date
from operations.domain.queries import ask_query
from operations.domain.returns import (
    accept_submission,
    correct_return,
    explain_breach,
    return_submission,
    save_draft,
    submit_return,
)
from operations.models import Comment, Query, Submission
from tests.clients import signed_in
from tests.factories.operations import make_return, make_submission
from tests.factories.people import make_head, make_officer
from tests.factories.reference import make_agency
from tests.factories.reporting import Story, figures, make_story, make_submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(monkeypatch) -> Story:
    """The clock of the pages stands at a moment when the period is open."""
    story = make_story()
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.at)
    return story


def accepted(story: Story, values: dict | None = None) -> Submission:
    return accept_submission(submission=make_submitted(story, values), actor=story.head, at=story.at)


def asked(story: Story, **given) -> Query:
    due = moscow_date(story.at) + dt.timedelta(days=3)
    given = {"text": "Check the inspections", "due_date": due, **given}
    return ask_query(expected_return=story.expected_return, actor=story.planner, at=story.at, **given)


def of_return(story: Story, name: str) -> str:
    return reverse(f"operations:{name}", args=[story.expected_return.pk])


# --- queries ---


def test_a_planner_sends_a_query_from_the_return_and_the_officer_answers_it(story: Story):
    accepted(story, {"VIO01": 5, "VIO02": 5})
    planner, officer = signed_in(story.planner), signed_in(story.officer)
    assert of_return(story, "query-new") in planner.get(of_return(story, "return")).content.decode()
    assert of_return(story, "query-new") not in officer.get(of_return(story, "return")).content.decode()
    form = planner.get(of_return(story, "query-new") + "?cell=VIO01.TOTAL").content.decode()
    assert 'value="VIO01.TOTAL" selected' in form
    posted = {"cell": "VIO01.TOTAL", "text": "Check <b>this</b>", "due_date": moscow_date(story.at).isoformat()}
    shown = planner.post(of_return(story, "query-new"), posted, follow=True).content.decode()
    assert "Check &lt;b&gt;this&lt;/b&gt;" in shown and "accepted figure" in shown
    query = Query.objects.get()
    answer = reverse("operations:query-act", args=[query.pk, "answer"])
    assert answer in officer.get(reverse("operations:query", args=[query.pk])).content.decode()
    assert answer not in planner.get(reverse("operations:query", args=[query.pk])).content.decode()
    officer.post(answer, {"text": "It is right", "revision": query.revision})
    query.refresh_from_db()
    assert (query.status, query.answer) == ("answered", "It is right")


def test_what_was_typed_comes_back_with_its_error(story: Story):
    accepted(story)
    client = signed_in(story.planner)
    posted = {"cell": "", "text": "Ask Petrov at petrov@example.org", "due_date": "2020-01-01"}
    response = client.post(of_return(story, "query-new"), posted)
    shown = response.content.decode()
    assert response.status_code == 422
    assert "petrov@example.org" in shown and "an e-mail address" in shown and 'value="2020-01-01"' in shown
    assert not Query.objects.exists()


def test_a_doubt_brings_the_field_for_a_reason_and_the_reason_lets_it_pass(story: Story):
    accepted(story)
    client = signed_in(story.planner)
    posted = {"text": "Сообщил Петров И. И.", "due_date": moscow_date(story.at).isoformat()}
    refused = client.post(of_return(story, "query-new"), posted)
    assert refused.status_code == 422 and 'name="screening_reason"' in refused.content.decode()
    client.post(of_return(story, "query-new"), {**posted, "screening_reason": "An official"})
    assert Query.objects.count() == 1


def test_an_answer_on_an_older_page_is_shown_again(story: Story):
    accepted(story)
    query = asked(story)
    address = reverse("operations:query-act", args=[query.pk, "answer"])
    response = signed_in(story.officer).post(address, {"text": "Right", "revision": 0})
    assert response.status_code == 409
    assert "Right" in response.content.decode()
    assert Query.objects.get().status == "open"


def test_the_list_marks_what_is_overdue_and_narrows(story: Story, monkeypatch):
    accepted(story)
    asked(story, text="First question")
    address = reverse("operations:queries", args=[story.operation.slug])
    client = signed_in(story.head)
    assert "Overdue</strong>" not in client.get(address).content.decode()
    late = story.at + dt.timedelta(days=10)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)
    client = signed_in(story.head)
    shown = client.get(address + "?status=overdue").content.decode()
    assert "First question" in shown and "of which overdue: 1" in shown
    assert "First question" not in client.get(address + "?status=settled").content.decode()
    assert "First question" not in client.get(address + "?state=BY").content.decode()
    assert "First question" not in signed_in(make_head("BY")).get(address).content.decode()
    assert client.get(address + "?status=%00&state=%00&page=zz").status_code == 200


def test_the_list_takes_a_constant_number_of_queries(story: Story, django_assert_max_num_queries):
    accepted(story)
    address, client = reverse("operations:queries", args=[story.operation.slug]), signed_in(story.planner)
    asked(story, cell="VIO01.TOTAL")
    client.get(address)
    with django_assert_max_num_queries(20) as few:
        client.get(address)
    for _one in range(5):
        asked(story, cell="VIO02.TOTAL")
    with django_assert_max_num_queries(len(few)):
        client.get(address)


# --- comments ---


def test_a_cells_thread_opens_from_the_figures_and_shows_the_cell_in_every_submission(story: Story):
    first = make_submitted(story, {"VIO01": 5, "VIO02": 5})
    client = signed_in(story.head)
    link = of_return(story, "return-comments") + "?cell=VIO01.TOTAL"
    assert link in client.get(of_return(story, "return")).content.decode()
    client.post(link, {"cell": "VIO01.TOTAL", "text": "Why <i>five</i>?", "needs_follow_up": "on"})
    shown = client.get(link).content.decode()
    assert "Why &lt;i&gt;five&lt;/i&gt;?" in shown and "Needs a follow-up" in shown
    draft = return_submission(submission=first, comment="See there", actor=story.head, at=story.at)
    submit_return(submission=draft, actor=story.officer, at=story.at)
    shown = signed_in(story.officer).get(link).content.decode()
    assert shown.count(reverse("operations:submission", args=[story.expected_return.pk, 1])) == 1
    assert reverse("operations:submission", args=[story.expected_return.pk, 2]) in shown


def test_a_cell_that_the_form_does_not_have_has_no_page(story: Story):
    make_submitted(story)
    client = signed_in(story.head)
    for cell in ("NOPE.TOTAL", "VIO01", "VIO01.x:y", "%00", "VIO01.TOTAL%20"):
        assert client.get(of_return(story, "return-comments") + f"?cell={cell}").status_code == 404, cell


def test_a_refused_comment_comes_back_as_typed(story: Story):
    make_submitted(story)
    response = signed_in(story.head).post(
        of_return(story, "return-comments"), {"text": "passport 12 345678", "cell": ""}
    )
    shown = response.content.decode()
    assert response.status_code == 422
    assert "passport 12 345678" in shown and "Personal data is not kept here" in shown
    assert not Comment.objects.exists()


def test_a_follow_up_is_listed_until_it_is_settled(story: Story):
    make_submitted(story)
    flag = comment_on(
        expected_return=story.expected_return, text="Look at it", needs_follow_up=True, actor=story.head, at=story.at
    )
    client, address = signed_in(story.head), reverse("operations:follow-ups", args=[story.operation.slug])
    assert "Look at it" in client.get(address).content.decode()
    assert "to follow up: 1" in client.get(reverse("operations:returns", args=[story.operation.slug])).content.decode()
    client.post(reverse("operations:comment-settle", args=[flag.pk]), {"note": "Seen to"})
    assert "Look at it" not in client.get(address).content.decode()
    assert "Look at it" in client.get(address + "?status=settled").content.decode()
    thread = client.get(of_return(story, "return-comments")).content.decode()
    assert "Look at it" in thread and "Seen to" in thread


def test_the_lists_of_follow_ups_and_threads_take_a_constant_number_of_queries(
    story: Story, django_assert_max_num_queries
):
    make_submitted(story)
    client = signed_in(story.planner)
    addresses = [of_return(story, "return-comments"), reverse("operations:follow-ups", args=[story.operation.slug])]

    def say(cell: str) -> None:
        comment_on(
            expected_return=story.expected_return,
            text="Look",
            cell=cell,
            needs_follow_up=True,
            actor=story.head,
            at=story.at,
        )

    say("VIO01.TOTAL")
    for address in addresses:
        client.get(address)
        with django_assert_max_num_queries(32) as few:
            client.get(address)
        for cell in ("VIO02.TOTAL", "ACT01.TOTAL", "VIO01.citizenship_group:AM", ""):
            say(cell)
        with django_assert_max_num_queries(len(few)):
            client.get(address)


# --- what a decision rests on ---


def test_the_page_of_a_decision_shows_changes_breaches_comments_and_both_names(story: Story):
    first = make_submitted(story, {"VIO01": 5, "VIO02": 5})
    draft = return_submission(submission=first, comment="Check", actor=story.head, at=story.at)
    draft = save_draft(
        submission=draft,
        figures=figures(story.expected_return, {"VIO01": 9, "VIO02": 9, "ADM01": 12}, rest=None),
        revision=draft.revision,
        actor=story.officer,
        at=story.at,
    )
    explain_breach(submission=draft, rule="R05", reason="Earlier protocols", actor=story.officer, at=story.at)
    submit_return(submission=draft, actor=story.officer, at=story.at, on_behalf_of=story.second_officer)
    client = signed_in(story.head)
    address = of_return(story, "return-decide")
    assert address in client.get(of_return(story, "return")).content.decode()
    shown = client.get(address).content.decode()
    assert "+4" in shown and "+12" in shown
    assert "Earlier protocols" in shown and "ADM01</a>: 12" in " ".join(shown.split())
    assert str(story.officer.name_en) in shown and str(story.second_officer.name_en) in shown
    assert "The series is too short" in shown
    client.post(reverse("operations:return-act", args=[story.expected_return.pk, "accept"]), {"comment": ""})
    assert Submission.objects.get(number=2).status == "accepted"
    assert client.get(address).status_code == 409


def test_the_page_of_a_decision_says_why_a_figure_is_missing_and_that_nothing_was_changed(story: Story):
    first = make_submitted(story, {"ACT01": "not_available"})
    draft = return_submission(submission=first, comment="Check", actor=story.head, at=story.at)
    submit_return(submission=draft, actor=story.officer, at=story.at)
    shown = signed_in(story.head).get(of_return(story, "return-decide")).content.decode()
    assert "No such record is kept" in shown and "ACT01.TOTAL</span>" not in shown
    assert "Nothing was changed since submission 1" in shown


def test_a_correction_is_not_called_timely_by_the_day_of_the_first_submission(story: Story):
    address = of_return(story, "return-decide")
    first = make_submitted(story)
    shown = signed_in(story.head).get(address).content.decode()
    assert "First submitted" not in shown and "On time" in shown
    assert "Period before" not in shown and "Year before" not in shown, "no column without anything in it"
    accept_submission(submission=first, actor=story.head, at=story.at)
    draft = correct_return(expected_return=story.expected_return, reason="Late list", actor=story.officer, at=story.at)
    submit_return(submission=draft, actor=story.officer, at=story.at + dt.timedelta(hours=1))
    shown = " ".join(signed_in(story.head).get(address).content.decode().split())
    submitted, _row, first_submitted = shown.partition("First submitted")
    assert "On time" not in submitted.partition("Submitted</dt>")[2] and "On time" in first_submitted


def test_a_note_that_changed_alone_stands_among_the_changes(story: Story):
    first = make_submitted(story, {"ACT01": "not_available"})
    draft = return_submission(submission=first, comment="Check", actor=story.head, at=story.at)
    inputs = figures(story.expected_return, {"ACT01": "not_available"})
    inputs = [replace(one, note="Kept since May") if one.state else one for one in inputs]
    draft = save_draft(submission=draft, figures=inputs, revision=draft.revision, actor=story.officer, at=story.at)
    submit_return(submission=draft, actor=story.officer, at=story.at)
    shown = signed_in(story.head).get(of_return(story, "return-decide")).content.decode()
    changes = shown.partition('id="changes"')[2]
    assert "Kept since May" in changes and "No such record is kept" in changes
    assert "Nothing was changed" not in shown


def test_a_vintage_has_no_empty_columns_of_other_periods(story: Story):
    make_submitted(story)
    client = signed_in(story.head)
    page = client.get(reverse("operations:submission", args=[story.expected_return.pk, 1])).content.decode()
    assert "Period before" not in page
    assert "Period before" in client.get(of_return(story, "return")).content.decode()


def test_the_decision_asks_for_a_comment_before_it_sends_a_return_back(story: Story):
    make_submitted(story)
    address = reverse("operations:return-act", args=[story.expected_return.pk, "return"])
    assert signed_in(story.head).post(address, {"comment": " "}).status_code == 422
    assert Submission.objects.get().status == "submitted"


def test_whoever_does_not_decide_has_no_such_page(story: Story):
    make_submitted(story)
    assert signed_in(story.officer).get(of_return(story, "return-decide")).status_code == 403
    assert signed_in(story.planner).get(of_return(story, "return-decide")).status_code == 403


def test_bulk_acceptance_leaves_what_wants_a_look(story: Story):
    first = make_submitted(story)
    comment_on(expected_return=story.expected_return, text="Look", needs_follow_up=True, actor=story.head, at=story.at)
    belarus = make_agency("RU", "border_service")
    clean = make_submission(make_return(story.period, belarus), entered_by=make_officer(belarus), status="submitted")
    client = signed_in(story.head)
    address = reverse("operations:returns-accept", args=[story.operation.slug])
    shown = client.post(address, {"submission": [first.pk, clean.pk]}, follow=True).content.decode()
    assert "Accepted: 1 of 2" in shown and "waits for a follow-up" in shown
    assert set(Submission.objects.values_list("pk", "status")) == {(first.pk, "submitted"), (clean.pk, "accepted")}
