"""Pages of returns: entering, answering, deciding, and what each person is shown."""

import datetime as dt
import re
import time

import pytest
from django.urls import reverse

from operations.domain.moments import moscow_moment
from operations.domain.returns import accept_submission, return_submission, submit_return
from operations.models import Breach, Figure, Submission
from tests.clients import signed_in
from tests.factories.operations import make_return
from tests.factories.people import make_head, make_officer
from tests.factories.reference import category, indicator, make_agency
from tests.factories.reporting import Story, cells, figures, make_draft, make_story, make_submitted

pytestmark = pytest.mark.django_db
Status = Submission.Status


@pytest.fixture
def story(monkeypatch) -> Story:
    """The clock of the pages stands at a moment when the period is open."""
    story = make_story()
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.at)
    return story


def page(story: Story) -> str:
    return reverse("operations:return", args=[story.expected_return.pk])


def save(story: Story) -> str:
    return reverse("operations:return-save", args=[story.expected_return.pk])


def act(story: Story, name: str) -> str:
    return reverse("operations:return-act", args=[story.expected_return.pk, name])


def test_an_officer_starts_a_return_and_gets_the_grid(story: Story):
    client = signed_in(story.officer)
    before = client.get(page(story)).content.decode()
    assert "data-grid" not in before
    response = client.post(act(story, "start"), follow=True)
    shown = response.content.decode()
    assert "data-grid" in shown
    assert 'id="VIO01.citizenship_group:AM"' in shown
    assert 'data-whole="VIO01.TOTAL"' in shown


def test_what_is_typed_is_stored_and_what_is_left_out_stays(story: Story):
    draft = make_draft(story, {"VIO02": 3}, rest=None)
    posted = {
        "revision": draft.revision,
        "VIO01.TOTAL": "1 234",
        "ADM04.TOTAL": "1,234.50",
        "ACT01.TOTAL": "",
        "ACT01.TOTAL.status": "not_available",
        "ACT01.TOTAL.note": "The register starts in May",
    }
    response = signed_in(story.officer).post(save(story), posted)
    assert response.status_code == 302
    assert cells(draft) == {
        "VIO01.TOTAL": 1234,
        "VIO02.TOTAL": 3,
        "ADM04.TOTAL": 123_450,
        "ACT01.TOTAL": "not_available",
    }


def test_a_refused_number_comes_back_as_typed_with_its_error(story: Story):
    draft = make_draft(story, rest=None)
    posted = {"revision": draft.revision, "VIO01.TOTAL": "1,234", "VIO02.TOTAL": "7"}
    response = signed_in(story.officer).post(save(story), posted)
    shown = response.content.decode()
    assert response.status_code == 422
    assert 'value="1,234"' in shown
    assert 'value="7"' in shown
    assert 'href="#VIO01.TOTAL"' in shown
    assert not draft.figures.exists()


def test_a_script_that_saves_gets_the_new_revision_and_plain_refusals(story: Story):
    draft = make_draft(story, rest=None)
    client = signed_in(story.officer)
    posted = {"revision": draft.revision, "VIO01.TOTAL": "5"}
    response = client.post(save(story), posted, headers={"X-Autosave": "1"})
    assert response.json() == {"revision": f"1.{draft.revision + 1}", "merged": False}
    assert client.post(save(story), posted, headers={"X-Autosave": "1"}).status_code == 412
    posted = {"revision": draft.revision + 1, "VIO01.TOTAL": "1e3"}
    assert client.post(save(story), posted, headers={"X-Autosave": "1"}).status_code == 422
    assert cells(draft) == {"VIO01.TOTAL": 5}


def test_an_older_form_is_shown_again_beside_what_was_saved_meanwhile(story: Story):
    draft = make_draft(story, {"VIO01": 5}, rest=None)
    response = signed_in(story.second_officer).post(save(story), {"revision": 1, "VIO01.TOTAL": "9"})
    shown = response.content.decode()
    assert response.status_code == 409
    assert 'value="9"' in shown
    assert f'name="revision" value="1.{draft.revision}"' in shown
    assert f"Saved meanwhile by {story.officer}: 5" in shown
    assert cells(draft) == {"VIO01.TOTAL": 5}


def test_markup_in_a_note_is_shown_as_text(story: Story):
    draft = make_draft(story, rest=None)
    note = "<script>alert(1)</script>{{7*7}}"
    posted = {"revision": draft.revision, "VIO01.TOTAL": "5", "VIO01.TOTAL.note": note}
    client = signed_in(story.officer)
    client.post(save(story), posted)
    shown = client.get(page(story)).content.decode()
    assert "<script>alert(1)" not in shown
    assert "{{7*7}}" in shown


def test_submitting_tells_every_open_point_with_a_link_to_its_cell(story: Story):
    make_draft(story, {"VIO01": 5, "CRM01": 3}, rest=None)
    response = signed_in(story.officer).get(act(story, "submit"))
    shown = response.content.decode()
    assert response.status_code == 422
    assert 'href="#VIO02.TOTAL"' in shown
    assert 'href="#ACT01.TOTAL"' in shown


def test_a_complete_return_is_submitted_on_behalf_of_a_named_officer(story: Story):
    make_draft(story)
    client = signed_in(story.officer)
    assert client.get(act(story, "submit")).status_code == 200
    response = client.post(act(story, "submit"), {"on_behalf_of": story.second_officer.pk})
    assert response.status_code == 302
    submission = story.expected_return.submissions.get()
    assert (submission.status, submission.on_behalf_of) == (Status.SUBMITTED, story.second_officer)


def test_a_nil_return_is_one_click_and_complete(story: Story):
    client = signed_in(story.officer)
    assert f'<form action="{act(story, "nil")}" method="post">' in client.get(page(story)).content.decode()
    client.post(act(story, "nil"))
    submission = story.expected_return.submissions.get()
    assert (submission.status, submission.is_nil) == (Status.SUBMITTED, True)


def test_a_nil_return_that_would_replace_figures_asks_first(story: Story):
    make_draft(story, {"VIO01": 5}, rest=None)
    client = signed_in(story.officer)
    shown = client.get(page(story)).content.decode()
    assert f'href="{act(story, "nil")}"' in shown
    assert f'<form action="{act(story, "nil")}"' not in shown
    assert "every figure is zero" in client.get(act(story, "nil")).content.decode()


def test_while_the_period_runs_whoever_submits_and_whoever_decides_is_told_so(story: Story, monkeypatch):
    last_day = story.period.end_date
    noon_before = moscow_moment(last_day - dt.timedelta(days=1), 12)
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon_before)
    officer, head = signed_in(story.officer), signed_in(story.head)
    shown = officer.get(page(story)).content.decode()
    assert f'href="{act(story, "nil")}"' in shown and f'<form action="{act(story, "nil")}"' not in shown
    assert "is still to come" in officer.get(act(story, "nil")).content.decode()
    make_draft(story, at=noon_before)
    assert "is still to come" in officer.get(act(story, "submit")).content.decode()
    officer.post(act(story, "submit"))
    decide = reverse("operations:return-decide", args=[story.expected_return.pk])
    assert "Submitted before the period ended" in head.get(decide).content.decode()
    listed = head.get(reverse("operations:returns", args=[story.operation.slug])).content.decode()
    assert 'name="submission"' not in listed and f'href="{decide}"' in listed
    assert "before the period ended" in listed
    monkeypatch.setattr("django.utils.timezone.now", lambda: moscow_moment(last_day))
    assert "is still to come" not in officer.get(act(story, "recall")).content.decode()
    officer.post(act(story, "recall"))
    assert "is still to come" not in officer.get(act(story, "submit")).content.decode()
    officer.post(act(story, "submit"))
    assert "Submitted before the period ended" not in head.get(decide).content.decode()


def test_the_head_waives_a_blocking_rule_on_the_page_and_the_officer_explains_a_warning(story: Story):
    draft = make_draft(story, {"CRM01": 5, "ADM01": 5})
    head, officer = signed_in(story.head), signed_in(story.officer)
    assert "waive-breach" in head.get(page(story)).content.decode()
    head.post(act(story, "waive-breach"), {"rule": "R01", "reason": "Kinds come later"})
    officer.post(act(story, "explain-breach"), {"rule": "R05", "reason": "Protocols of May"})
    answers = dict(draft.breaches.values_list("rule__code", "status"))
    assert answers == {"R01": Breach.Status.WAIVED, "R05": Breach.Status.EXPLAINED}


def test_of_a_rule_that_a_withheld_part_weakens_it_is_said_what_was_checked(story: Story):
    words = "it is only checked that what is known of its side does not exceed the other side"
    draft = make_draft(story, {"CRM01": 5, "CRM02": 3, "CRM03": 4})
    client = signed_in(story.officer)
    shown = client.get(page(story)).content.decode()
    assert 'id="breach-R01"' in shown and words not in shown
    draft.figures.filter(indicator__code="CRM04").delete()
    Figure.objects.create(
        submission=draft, indicator=indicator("CRM04"), category=category(), state="withheld", value=None
    )
    shown = client.get(page(story)).content.decode()
    assert 'id="breach-R01"' in shown and words in shown
    Figure.objects.filter(submission=draft, indicator__code="CRM01").update(value=9)
    assert 'id="breach-R01"' not in client.get(page(story)).content.decode()


def test_a_return_is_sent_back_only_with_a_comment_and_personal_data_is_refused(story: Story):
    make_submitted(story)
    client = signed_in(story.head)
    assert client.post(act(story, "return"), {"comment": ""}).status_code == 422
    response = client.post(act(story, "return"), {"comment": "гр. Иванов И. И., паспорт № 4510 123456"})
    assert response.status_code == 422
    doubtful = {"comment": "Спросите Петрова, Петров И. И. знает"}
    response = client.post(act(story, "return"), doubtful)
    assert response.status_code == 422
    assert 'type="text" name="screening_reason"' in response.content.decode()
    response = client.post(act(story, "return"), {**doubtful, "screening_reason": "An official"})
    assert response.status_code == 302
    assert story.expected_return.submissions.filter(status=Status.RETURNED).exists()


def test_every_act_has_a_page_and_a_wrong_one_is_refused(story: Story):
    submission = make_submitted(story)
    officer, head = signed_in(story.officer), signed_in(story.head)
    assert head.get(act(story, "accept")).status_code == 200
    assert officer.get(act(story, "accept")).status_code == 403
    assert officer.get(act(story, "recall")).status_code == 200
    assert officer.get(act(story, "correct")).status_code == 409
    assert officer.get(act(story, "nonsense")).status_code == 404
    head.post(act(story, "accept"))
    submission.refresh_from_db()
    assert submission.status == Status.ACCEPTED
    assert officer.post(act(story, "correct"), {"reason": "Found"}).status_code == 302


def test_another_states_return_looks_exactly_like_a_missing_one(story: Story):
    stranger = signed_in(make_head("BY"))
    there, missing = stranger.get(page(story)), stranger.get(reverse("operations:return", args=[10**12]))
    assert (there.status_code, missing.status_code) == (404, 404)
    secret = re.compile(r'("X-CSRFToken": |csrfmiddlewaretoken" value=)"[^"]+"|/returns/[0-9]+/')
    assert secret.sub("", there.content.decode()) == secret.sub("", missing.content.decode())


def test_a_closed_period_says_how_to_ask_for_reopening(story: Story, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.closed)
    client = signed_in(story.officer)
    assert "reopen" in client.get(page(story)).content.decode()
    assert client.post(act(story, "start")).status_code == 409


def test_the_headquarters_reopen_a_period_for_an_agency(story: Story, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.closed)
    until = {"expires_at": f"{story.closed.date().replace(year=2027)}", "reason": "The line was down"}
    assert signed_in(story.planner).post(act(story, "reopen-period"), until).status_code == 302
    assert signed_in(story.officer).post(act(story, "start")).status_code == 302


def test_each_vintage_can_be_looked_at_with_what_changed(story: Story):
    submission = make_submitted(story, {"ACT03": 5})
    again = return_submission(submission=submission, comment="Look again", actor=story.head, at=story.at)
    from operations.domain.returns import save_draft

    inputs = figures(story.expected_return, {"ACT03": 6}, rest=None)
    again = save_draft(submission=again, figures=inputs, revision=again.revision, actor=story.officer, at=story.at)
    submit_return(submission=again, actor=story.officer, at=story.at)
    shown = signed_in(story.head).get(reverse("operations:submission", args=[story.expected_return.pk, 2]))
    assert shown.status_code == 200
    assert "Changed since submission 1" in shown.content.decode()
    assert [change.address for change in shown.context["compared"]] == ["ACT03.TOTAL"]


def test_the_list_shows_what_the_reader_may_see_and_accepts_clean_returns_at_once(story: Story):
    submission = make_submitted(story)
    make_return(story.period, make_agency("BY"))
    listed = reverse("operations:returns", args=["illegal-2026"])
    client = signed_in(story.head)
    assert [row.expected_return.pk for row in client.get(listed).context["rows"]] == [story.expected_return.pk]
    assert len(signed_in(story.planner).get(listed).context["rows"]) == 2
    assert len(signed_in(story.planner).get(listed + "?state=BY").context["rows"]) == 1
    client.post(reverse("operations:returns-accept", args=["illegal-2026"]), {"submission": [submission.pk]})
    submission.refresh_from_db()
    assert submission.status == Status.ACCEPTED


@pytest.mark.parametrize("query", ["?state=abc", "?page=100000000000000000000", "?kind=%00", "?period=%27"])
def test_strange_parameters_give_an_empty_list_and_no_failure(story: Story, query: str):
    assert signed_in(story.planner).get(reverse("operations:returns", args=["illegal-2026"]) + query).status_code == 200


def test_completeness_is_shown_by_state_and_as_a_matrix(story: Story, monkeypatch):
    accept_submission(submission=make_submitted(story), actor=story.head, at=story.at)
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.late)
    response = signed_in(story.planner).get(reverse("operations:completeness", args=["illegal-2026"]))
    assert response.status_code == 200
    assert response.context["page"].whole.measures.received == 1
    assert len(response.context["rows"]) == 1


def test_a_return_of_two_hundred_cells_opens_fast_with_a_constant_number_of_queries(
    story: Story, django_assert_max_num_queries
):
    client = signed_in(story.officer)
    draft = make_draft(story)
    assert len(draft.expected_return.form.indicators.all()) > 30
    client.get(page(story))  # templates are compiled once
    with django_assert_max_num_queries(45):
        shown = client.get(page(story)).content.decode()
    assert shown.count("ops-grid__input") > 200

    def opened() -> float:
        """Seconds of the processor, so that a busy machine measures the same."""
        started = time.process_time()
        client.get(page(story))
        return time.process_time() - started

    assert min(opened() for _time in range(3)) < 0.2


def test_the_list_takes_a_constant_number_of_queries(story: Story, django_assert_max_num_queries):
    listed = reverse("operations:returns", args=["illegal-2026"])
    for state in ("RU", "BY", "KZ"):
        for kind in ("border_service", "state_security"):
            agency = make_agency(state, kind)
            make_return(story.period, agency)
            make_officer(agency)
    client = signed_in(story.planner)
    with django_assert_max_num_queries(25):
        client.get(listed)


def test_my_work_shows_what_is_to_be_entered_and_decided_on(story: Story):
    officer, head = signed_in(story.officer), signed_in(story.head)
    assert page(story) in officer.get("/").content.decode()
    make_submitted(story)
    assert page(story) not in officer.get("/").content.decode()
    assert page(story) in head.get("/").content.decode()


def test_many_submissions_of_a_period_are_one_line_of_my_work(story: Story):
    for kind in ("border_service", "state_security", "migration_authority", "financial_intelligence"):
        agency = make_agency("RU", kind)
        officer = make_officer(agency)
        expected_return = make_return(story.period, agency)
        from tests.factories.operations import make_submission

        make_submission(expected_return, entered_by=officer, status=Status.SUBMITTED)
    shown = signed_in(story.head).get("/").content.decode()
    assert "returns/?period=S1-final" in shown
    assert "4 returns to decide on" in shown


def test_the_headquarters_find_the_button_that_reopens_a_closed_period(story: Story, monkeypatch):
    assert act(story, "reopen-period") not in signed_in(story.planner).get(page(story)).content.decode()
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.closed)
    assert act(story, "reopen-period") in signed_in(story.planner).get(page(story)).content.decode()
