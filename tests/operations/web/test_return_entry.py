"""Saving the grid of a return: partly, twice at once, and after the return has left the hands of the officer."""

import html
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from operations.domain.returns import recall_submission, save_draft, submit_return
from operations.models import AuditEntry, Submission, User
from tests.clients import signed_in
from tests.factories.reporting import Story, cells, figures, make_draft, make_story

pytestmark = pytest.mark.django_db
SCRIPT = {"X-Autosave": "1"}


@pytest.fixture
def story(monkeypatch) -> Story:
    """The clock of the pages stands at a moment when the period is open."""
    story = make_story()
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.at)
    return story


def address(story: Story) -> str:
    return reverse("operations:return-save", args=[story.expected_return.pk])


def typed(story: Story, revision: str, **values: tuple[str, str]) -> dict[str, str]:
    """What the script posts: each cell with what stood in it before, both as texts."""
    posted = {"revision": revision}
    for code, (before, after) in values.items():
        cell = f"{code}.TOTAL"
        posted |= {cell: after, f"{cell}.was": before, f"{cell}.status": "", f"{cell}.status.was": ""}
        posted |= {f"{cell}.note": "", f"{cell}.note.was": ""}
    return posted


def changed_by_the_second(story: Story, draft: Submission, **values: int) -> Submission:
    draft.refresh_from_db()
    inputs = figures(story.expected_return, values, rest=None)
    return save_draft(
        submission=draft, figures=inputs, revision=draft.revision, actor=story.second_officer, at=story.at
    )


def test_two_officers_at_different_cells_of_one_draft_do_not_hinder_each_other(story: Story):
    draft = make_draft(story, {"VIO01": 5}, rest=None)
    changed_by_the_second(story, draft, VIO02=6)
    posted = typed(story, f"1.{draft.revision}", VIO01=("5", "1 200"), VIO03=("", "7"))
    response = signed_in(story.officer).post(address(story), posted, headers=SCRIPT)
    assert response.json() == {"revision": f"1.{draft.revision + 2}", "merged": True}
    assert cells(draft) == {"VIO01.TOTAL": 1200, "VIO02.TOTAL": 6, "VIO03.TOTAL": 7}


def test_one_cell_changed_by_both_is_a_conflict_which_shows_both_values_and_stores_neither_silently(story: Story):
    draft = make_draft(story, {"VIO01": 5, "VIO02": 1}, rest=None)
    changed_by_the_second(story, draft, VIO01=8)
    posted = typed(story, f"1.{draft.revision}", VIO01=("5", "9"), VIO02=("1", "2"))
    client = signed_in(story.officer)
    assert client.post(address(story), posted, headers=SCRIPT).status_code == 412
    response = client.post(address(story), posted)
    shown = response.content.decode()
    assert response.status_code == 409
    assert shown.count(f"Saved meanwhile by {name_of(story.second_officer)}: 8") == 2  # at the cell and in the summary
    assert 'id="VIO01.TOTAL" name="VIO01.TOTAL" value="9"' in shown
    assert 'data-autosave-stored="8"' in shown
    assert cells(draft) == {"VIO01.TOTAL": 8, "VIO02.TOTAL": 1}
    again = {"revision": f"1.{draft.revision + 1}", "VIO01.TOTAL": "9", "VIO02.TOTAL": "2"}
    assert client.post(address(story), again).status_code == 302
    assert cells(draft) == {"VIO01.TOTAL": 9, "VIO02.TOTAL": 2}


def name_of(user: User) -> str:
    return AuditEntry.objects.filter(actor=user).latest("sequence").actor_name


def without_script(client: Client, story: Story, **changed: str) -> dict[str, str]:
    """What a browser without scripts posts: every cell of the page as it was shown, but for what was typed over."""
    page = client.get(reverse("operations:return", args=[story.expected_return.pk])).content.decode()
    shown = dict(re.findall(r'name="(revision|shown|[A-Z]{3}[^"]*)" value="([^"]*)"', page))
    return {name: html.unescape(text) for name, text in shown.items()} | {
        f"{code}.TOTAL": text for code, text in changed.items()
    }


def test_without_a_script_two_officers_at_different_cells_do_not_hinder_each_other_either(story: Story):
    draft = make_draft(story, {"VIO01": 1234, "VIO02": 1}, rest=None)
    client = signed_in(story.officer)
    posted = without_script(client, story, VIO01="9")
    assert posted["VIO02.TOTAL"] == "1", "a form sends all that it shows"
    changed_by_the_second(story, draft, VIO02=2, VIO03=3)
    assert client.post(address(story), posted).status_code == 302
    assert cells(draft) == {"VIO01.TOTAL": 9, "VIO02.TOTAL": 2, "VIO03.TOTAL": 3}


def test_without_a_script_only_what_both_changed_is_a_conflict_and_is_settled_by_saving_again(story: Story):
    draft = make_draft(story, {"VIO01": 5, "VIO02": 1}, rest=None)
    client = signed_in(story.officer)
    posted = without_script(client, story, VIO01="9", VIO03="4")
    changed_by_the_second(story, draft, VIO01=8, VIO02=2)
    response = client.post(address(story), posted)
    page = response.content.decode()
    assert response.status_code == 409
    assert page.count("Saved meanwhile by") == 2 and f"by {name_of(story.second_officer)}: 8" in page
    again = dict(re.findall(r'name="(revision|shown|[A-Z]{3}[^"]*)" value="([^"]*)"', page))
    assert client.post(address(story), {name: html.unescape(text) for name, text in again.items()}).status_code == 302
    assert cells(draft) == {"VIO01.TOTAL": 9, "VIO02.TOTAL": 2, "VIO03.TOTAL": 4}


@pytest.mark.parametrize("shown", ["", "[]", "7", '{"VIO01.TOTAL": 5}', "[" * 100_000, '{"VIO01.TOTAL": [1, 2]}'])
def test_a_form_that_does_not_say_properly_what_it_showed_is_taken_whole(story: Story, shown: str):
    draft = make_draft(story, {"VIO01": 5}, rest=None)
    posted = {"revision": f"1.{draft.revision}", "shown": shown, "VIO01.TOTAL": "9"}
    assert signed_in(story.officer).post(address(story), posted).status_code == 302
    assert cells(draft) == {"VIO01.TOTAL": 9}


def test_the_rules_of_a_draft_run_once_for_its_page(story: Story):
    make_draft(story, {"VIO01": 5})
    client, page = signed_in(story.officer), reverse("operations:return", args=[story.expected_return.pk])
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        client.get(page)
    assert sum('FROM "operations_rule"' in query["sql"] for query in captured) == 1


def test_what_the_other_emptied_is_a_conflict_too(story: Story):
    draft = make_draft(story, {"VIO01": 5}, rest=None)
    draft.refresh_from_db()
    save_draft(
        submission=draft,
        figures=[],
        is_whole=True,
        revision=draft.revision,
        actor=story.second_officer,
        at=story.at,
    )
    posted = typed(story, f"1.{draft.revision}", VIO01=("5", "9"))
    response = signed_in(story.officer).post(address(story), posted)
    assert response.status_code == 409
    assert f"Saved meanwhile by {name_of(story.second_officer)}: empty" in response.content.decode()


def test_an_answer_that_was_lost_does_no_harm_when_the_same_is_sent_again(story: Story):
    draft = make_draft(story, {"VIO01": 5}, rest=None)
    posted = typed(story, f"1.{draft.revision}", VIO01=("5", "9"))
    client = signed_in(story.officer)
    for _time in range(2):
        assert client.post(address(story), posted, headers=SCRIPT).status_code == 200
    assert cells(draft) == {"VIO01.TOTAL": 9}


def test_a_revision_of_a_recalled_submission_does_not_pass_for_one_of_its_copy(story: Story):
    draft = make_draft(story, {"ACT03": 5})
    submitted = submit_return(submission=draft, actor=story.officer, at=story.at)
    copy = recall_submission(submission=submitted, actor=story.officer, at=story.at)
    posted = {"revision": f"1.{copy.revision}", "ACT03.TOTAL": "9"}
    client = signed_in(story.officer)
    assert client.post(address(story), posted, headers=SCRIPT).status_code == 412
    assert client.post(address(story), posted | {"revision": f"2.{copy.revision}"}).status_code == 302
    assert cells(copy)["ACT03.TOTAL"] == 9


def test_a_script_is_told_which_cells_cannot_be_taken(story: Story):
    draft = make_draft(story, rest=None)
    posted = {"revision": f"1.{draft.revision}", "VIO01.TOTAL": "1,234", "VIO02.TOTAL": "2"}
    faults = signed_in(story.officer).post(address(story), posted, headers=SCRIPT).json()["faults"]
    assert list(faults) == ["VIO01.TOTAL"]
    assert "1234 or 1 234" in faults["VIO01.TOTAL"]
    posted = {"revision": f"1.{draft.revision}", "VIO01.TOTAL": "5", "VIO01.TOTAL.note": "гр. Иванов И. И."}
    faults = signed_in(story.officer).post(address(story), posted, headers=SCRIPT).json()["faults"]
    assert list(faults) == ["VIO01.TOTAL"]


def test_what_was_typed_into_a_return_that_was_submitted_meanwhile_is_shown_and_not_lost(story: Story):
    draft = make_draft(story, {"ACT03": 5})
    submit_return(submission=draft, actor=story.second_officer, at=story.at)
    posted = {"revision": f"1.{draft.revision}", "ACT03.TOTAL": "77", "VIO02.TOTAL.status": "", "VIO02.TOTAL": ""}
    client = signed_in(story.officer)
    assert client.post(address(story), posted, headers=SCRIPT).status_code == 409
    response = client.post(address(story), posted)
    shown = response.content.decode()
    assert response.status_code == 409
    assert "What you entered was not saved" in shown
    assert ": 77</li>" in shown


@pytest.mark.parametrize("revision", ["", "x", "1.", ".", "1.x", "1.-1", "²", "1.²", "1." + "9" * 12])
def test_a_revision_that_is_none_does_no_harm(story: Story, revision: str):
    draft = make_draft(story, rest=None)
    response = signed_in(story.officer).post(address(story), {"revision": revision, "VIO01.TOTAL": "5"})
    assert response.status_code in (302, 409)
    assert cells(draft) in ({}, {"VIO01.TOTAL": 5})
