"""Returns through the programming interface: the same way as the pages, with strict numbers and revisions."""

import pytest

from operations.domain.returns import accept_submission, start_return
from operations.models import Submission
from tests.factories.operations import make_return
from tests.factories.people import make_head
from tests.factories.reference import make_agency
from tests.factories.reporting import Story, cells, make_draft, make_story, make_submitted
from tests.operations.api.callers import Caller, with_token

pytestmark = pytest.mark.django_db
Status = Submission.Status


@pytest.fixture
def story(monkeypatch) -> Story:
    story = make_story()
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.at)
    return story


def path(story: Story, more: str = "") -> str:
    return f"returns/{story.expected_return.pk}/{more}"


def figure(code: str, value: object = 0, **members: object) -> dict:
    return {"indicator": code, "value": value, **members}


def full(story: Story, **values: int) -> dict:
    from operations.domain.return_layout import layout_of

    lines = [line.indicator.code for line in layout_of(story.expected_return.form).lines if line.is_entered]
    return {"figures": [figure(code, values.get(code, 0)) for code in lines]}


def test_the_whole_way_of_a_return_by_token(story: Story):
    officer, head = with_token(story.officer), with_token(story.head)
    started = officer.post(path(story, "start/"))
    assert started.status_code == 200
    etag = started["ETag"]
    put = officer.send("PUT", path(story, "figures/"), full(story, ACT03=5), if_match=etag)
    assert put.status_code == 200
    submitted = officer.post(path(story, "submit/"), {}, if_match=put["ETag"])
    assert submitted.json()["submission"]["status"] == "submitted"
    offered = head.get(path(story)).json()["transitions"]
    assert {one["name"] for one in offered} == {"accept", "return"}
    accepted = head.post(path(story, "accept/"), {"comment": "Agreed"}, if_match=submitted["ETag"])
    assert accepted.json()["submission"]["status"] == "accepted"
    totals = head.get("totals/?operation=illegal-2026&indicator=ACT03").json()["results"]
    assert [(row["value"], row["basis"], row["state"]) for row in totals] == [(5, "accepted", "RU")]
    measures = head.get("completeness/?operation=illegal-2026&by=agency").json()["results"]
    assert [(one["expected"], one["standings"]["on_time"]) for one in measures] == [(0, 1)]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("12", "bad_number"),
        (True, "bad_number"),
        (1.5, "bad_number"),
        (1.0, "bad_number"),
        (-1, "negative_number"),
        (10**30, "too_large"),
        ("1 234", "bad_number"),
        ([], "bad_number"),
    ],
)
def test_a_number_is_a_json_integer_and_nothing_else(story: Story, value: object, code: str):
    draft = make_draft(story, rest=None)
    body = {"figures": [figure("VIO01", value)]}
    answer = Caller(story.officer).send("PUT", path(story, "figures/"), body, if_match=f'"{draft.revision}"')
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert (error["code"], error["pointer"]) == (code, "/figures/0/value")


@pytest.mark.parametrize("body", [b'{"figures": [{"indicator": "VIO01", "value": 1e999}]}', b'{"figures": [NaN]}'])
def test_what_is_no_json_number_is_no_json(story: Story, body: bytes):
    draft = make_draft(story, rest=None)
    answer = Caller(story.officer).send("PUT", path(story, "figures/"), body, if_match=f'"{draft.revision}"')
    assert answer.status_code == 400


def test_every_faulty_cell_is_named_at_once_and_nothing_is_stored(story: Story):
    draft = make_draft(story, {"VIO01": 7}, rest=None)
    body = {
        "figures": [
            figure("VIO01", 5),
            figure("VIO99", 5),
            figure("RET01", 5, category="OTHER"),
            figure("VIO02", 5, state="withheld"),
            figure("VIO03", None, state="not_available"),
            figure("VIO01", 6),
        ]
    }
    answer = Caller(story.officer).send("PUT", path(story, "figures/"), body, if_match=f'"{draft.revision}"')
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert pointers == ["/figures/1", "/figures/2", "/figures/3/value", "/figures/4/note", "/figures/5"]
    assert cells(draft) == {"VIO01.TOTAL": 7}


def test_putting_figures_replaces_them_and_needs_the_present_revision(story: Story):
    draft = make_draft(story, {"VIO01": 7}, rest=None)
    officer = Caller(story.officer)
    body = {"figures": [figure("VIO02", 1), figure("RET01", 2, breakdown="decision_body", category="OTHER")]}
    assert officer.send("PUT", path(story, "figures/"), body).status_code == 428
    assert officer.send("PUT", path(story, "figures/"), body, if_match='"1"').status_code == 412
    answer = officer.send("PUT", path(story, "figures/"), body, if_match=f'"{draft.revision}"')
    assert answer.json()["revision"] == draft.revision + 1
    assert cells(draft) == {"VIO02.TOTAL": 1, "RET01.decision_body:OTHER": 2}
    shown = officer.get(path(story, "figures/"))
    assert shown["ETag"] == f'"{draft.revision + 1}"'
    assert {row["breakdown"] for row in shown.json()["figures"]} == {None, "decision_body"}


def test_a_revision_of_a_recalled_submission_does_not_fit_its_copy(story: Story):
    submission = make_submitted(story)
    officer = Caller(story.officer)
    etag = f'"{submission.revision}"'
    assert officer.post(path(story, "recall/"), {"reason": "A slip"}, if_match=etag).status_code == 200
    assert officer.send("PUT", path(story, "figures/"), {"figures": []}, if_match=etag).status_code == 412


def test_submitting_an_unready_return_lists_everything(story: Story):
    draft = make_draft(story, {"CRM01": 5}, rest=None)
    answer = Caller(story.officer).post(path(story, "submit/"), {}, if_match=f'"{draft.revision}"')
    assert answer.status_code == 422
    codes = {error["code"] for error in answer.json()["errors"]}
    assert codes == {"required"}
    assert "/VIO01/TOTAL" in {error["pointer"] for error in answer.json()["errors"]}


def test_who_may_not_is_told_so_and_who_may_not_see_finds_nothing(story: Story):
    submission = make_submitted(story)
    etag = f'"{submission.revision}"'
    assert Caller(story.officer).post(path(story, "accept/"), {}, if_match=etag).status_code == 403
    stranger = Caller(make_head("BY"))
    assert stranger.get(path(story)).content == stranger.get("returns/999999/").content
    assert stranger.get(path(story, "figures/")).status_code == 404


def test_a_return_without_a_comment_is_not_sent_back(story: Story):
    submission = make_submitted(story)
    head = Caller(story.head)
    etag = f'"{submission.revision}"'
    answer = head.post(path(story, "return/"), {}, if_match=etag)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/comment")
    assert head.post(path(story, "return/"), {"comment": "Look again"}, if_match=etag).status_code == 200
    assert head.post(path(story, "return/"), {"status": "accepted"}, if_match=etag).status_code in (400, 412)


def test_a_rule_is_explained_and_waived_by_whom_it_may_be(story: Story):
    draft = make_draft(story, {"CRM01": 5, "ADM01": 5})
    etag = f'"{draft.revision}"'
    answer = {"rule": "R05", "reason": "Protocols of May"}
    assert Caller(story.officer).post(path(story, "explain-breach/"), answer, if_match=etag).status_code == 200
    waiver = {"rule": "R01", "reason": "Kinds come later"}
    assert Caller(story.officer).post(path(story, "waive-breach/"), waiver, if_match=etag).status_code == 403
    shown = Caller(story.head).post(path(story, "waive-breach/"), waiver, if_match=etag).json()
    assert {(one["rule"], one["status"]) for one in shown["breaches"]} == {("R01", "waived"), ("R05", "explained")}


def test_the_headquarters_reopen_a_period(story: Story, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.closed)
    officer = Caller(story.officer)
    assert officer.post(path(story, "start/")).status_code == 409
    until = {"expires_at": "2027-01-01T00:00:00+03:00", "reason": "The line was down"}
    assert Caller(story.planner).post(path(story, "reopen-period/"), until).status_code == 200
    assert officer.post(path(story, "start/")).status_code == 200


def test_lists_are_narrowed_by_known_parameters_alone(story: Story, django_assert_max_num_queries):
    for state in ("BY", "KZ", "AM"):
        make_return(story.period, make_agency(state))
    make_draft(story)
    planner = Caller(story.planner)
    with django_assert_max_num_queries(15):
        listed = planner.get("returns/?operation=illegal-2026").json()["results"]
    assert len(listed) == 4
    assert len(planner.get("returns/?state=RU&status=draft").json()["results"]) == 1
    for wrong in ("?state=abc", "?ordering=password", "?period=%00", "?unknown=1"):
        assert planner.get(f"returns/{wrong}").status_code == 400
    assert planner.get("periods/?operation=illegal-2026").json()["results"][0]["code"] == "S1-final"


def test_totals_are_paged_by_their_composite_key(story: Story):
    accept_submission(submission=make_submitted(story), actor=story.head, at=story.at)
    planner = Caller(story.planner)
    first = planner.get("totals/?page_size=7").json()
    seen, following = [*first["results"]], first["next"]
    while following:
        page = planner.client.get(following).json()
        seen += page["results"]
        following = page["next"]
    keys = {(row["indicator"], row["category"]) for row in seen}
    assert len(seen) == len(keys) == len(story.expected_return.form.indicators.filter(is_derived=False))


def test_completeness_wants_its_operation(story: Story):
    assert Caller(story.planner).get("completeness/").status_code == 400


def row(**members: object) -> dict:
    return {
        "state": "RU",
        "agency": "internal_affairs",
        "period": "S1-final",
        "indicator": "VIO01",
        "value": 5,
        **members,
    }


def test_rows_are_checked_and_then_imported(story: Story):
    officer = with_token(story.officer)
    body = {"operation": "illegal-2026", "rows": [row(), row(indicator="ADM04", value=123_450)]}
    checked = officer.post("imports/?dry_run=true", body)
    assert (checked.status_code, checked.json()["status"]) == (200, "checked")
    assert not Submission.objects.exists()
    made = officer.post("imports/", body)
    assert (made.status_code, made.json()["summary"]["cells"]["imported"]) == (201, 2)
    assert cells(Submission.objects.get()) == {"VIO01.TOTAL": 5, "ADM04.TOTAL": 123_450}


def test_every_faulty_row_of_an_import_has_its_pointer(story: Story):
    body = {
        "operation": "illegal-2026",
        "rows": [row(value="5"), row(state="BY"), row(indicator="VIO99"), row(indicator="VIO02", value=True)],
    }
    answer = with_token(story.officer).post("imports/", body)
    assert answer.status_code == 400
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"/rows/0/value", "/rows/1/state", "/rows/2/indicator", "/rows/3/value"}
    assert not Submission.objects.exists()


def test_a_started_return_cannot_be_started_again(story: Story):
    start_return(expected_return=story.expected_return, actor=story.officer, at=story.at)
    assert Caller(story.officer).post(path(story, "start/")).status_code == 409
