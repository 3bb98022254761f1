"""The pages of control rules, from a proposal to a version in force."""

import pytest

from operations.domain import jobs, rule_versions
from operations.models import Job, Rule
from tests.clients import signed_in
from tests.factories.people import Cast
from tests.factories.reports import make_results
from tests.operations.domain.test_rule_versions import STRICTER

pytestmark = pytest.mark.django_db


def test_a_rule_is_proposed_tried_and_put_in_force(cast: Cast):
    make_results()
    planner = signed_in(cast.planner)
    assert "ADM01 + ADM02 + ADM03" in planner.get("/rules/R05/propose/").content.decode()
    assert planner.post("/rules/R05/propose/", STRICTER).status_code == 302
    jobs.run(Job.objects.get(kind=rule_versions.TRIAL_JOB).pk)
    page = planner.get("/rules/R05/").content.decode()
    assert "120" in page
    assert "put_in_force" not in page
    chair = signed_in(cast.hq_chair)
    assert "put_in_force" in chair.get("/rules/R05/").content.decode()
    assert chair.post("/rules/R05/versions/2/put_in_force/").status_code == 302
    assert Rule.objects.get(code="R05", is_active=True).version == 2
    assert STRICTER["left"] in chair.get("/rules/").content.decode()


def test_what_was_typed_is_kept_beside_the_error(cast: Cast):
    answer = signed_in(cast.planner).post("/rules/R05/propose/", {**STRICTER, "left": "VIO01 + <script>"})
    assert answer.status_code == 422
    assert "VIO01 + &lt;script&gt;" in answer.content.decode()


def test_the_page_of_a_rule_takes_the_same_queries_however_much_a_trial_found(
    cast: Cast, django_assert_max_num_queries
):
    make_results()
    rule_versions.propose_rule(code="R05", values=STRICTER, actor=cast.planner, at=cast.planner.created_at)
    jobs.run(Job.objects.get(kind=rule_versions.TRIAL_JOB).pk)
    with django_assert_max_num_queries(36):
        assert signed_in(cast.planner).get("/rules/R05/").status_code == 200
