"""The page of the headquarters' digest, and the ways to it."""

import pytest
from django.urls import reverse

from operations.models import User
from tests.clients import signed_in
from tests.factories.operations import make_return
from tests.factories.people import make_officer
from tests.factories.reference import make_agency
from tests.factories.reporting import Story, make_story, make_submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(monkeypatch) -> Story:
    """The clock of the pages stands a day after the return was due."""
    story = make_story()
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.late)
    return story


def shown(user: User, name: str = "returns-digest", **query: str) -> str:
    response = signed_in(user).get(reverse(f"operations:{name}", args=["illegal-2026"]), query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_names_what_is_overdue_and_what_waits_by_state(story: Story):
    other = make_agency("KZ")
    sent = Story(**{**vars(story), "expected_return": make_return(story.period, other), "officer": make_officer(other)})
    make_submitted(sent, at=story.at)
    page = shown(story.planner)
    assert f'href="/returns/{story.expected_return.pk}/"' in page
    assert f'href="/returns/{sent.expected_return.pk}/"' in page
    assert page.index("Kazakhstan") != page.index("Russia")


@pytest.mark.parametrize("name", ["returns", "completeness"])
def test_whoever_looks_across_states_finds_the_way_to_the_digest_and_others_are_not_offered_it(story: Story, name: str):
    address = reverse("operations:returns-digest", args=["illegal-2026"])
    assert f'href="{address}"' in shown(story.hq_chair, name)
    assert f'href="{address}"' not in shown(story.head, name)


def test_the_page_takes_a_constant_number_of_queries(story: Story, django_assert_max_num_queries):
    with django_assert_max_num_queries(40) as few:
        shown(story.planner)
    for code in ("AM", "BY", "KG", "KZ"):
        for kind in ("internal_affairs", "border_service", "state_security"):
            make_return(story.period, make_agency(code, kind))
    with django_assert_max_num_queries(len(few.captured_queries)):
        shown(story.planner)
