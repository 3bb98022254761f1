"""The planning room's pages: who sees which text, the whole way by forms, conflicts, bad input, constant queries."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from operations.domain import agreements, plans
from operations.models import (
    ChairTerm,
    Measure,
    Meeting,
    Operation,
    Plan,
    Return,
    Stage,
)
from tests.clients import signed_in
from tests.factories import plans as made
from tests.factories.people import PASSWORD, Cast, make_officer, make_user
from tests.factories.reference import make_agency

pytestmark = pytest.mark.django_db


def at(plan: Plan, *parts: object) -> str:
    return "/".join(["/operations", plan.operation.slug, *(str(part) for part in parts), ""])


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_whole_way_from_an_empty_operation_to_the_approval_goes_by_forms(cast: Cast) -> None:
    make_agency("RU")
    planner = signed_in(cast.planner)
    operation = {"year": "2026", "kind": "annual", "slug": "illegal-2026", "title_ru": "Н", "title_en": "I"}
    assert planner.post("/operations/new/", operation).status_code == 302
    assert planner.get("/operations/illegal-2026/plan/").status_code == 200
    assert planner.post("/operations/illegal-2026/plan/start/", {"source": ""}).status_code == 302
    plan = Plan.objects.get()
    goal = {"goal_ru": "Цель", "goal_en": "Goal", "interval": "month", "revision": plan.revision}
    assert planner.post(at(plan, "plan/edit/goal"), goal).status_code == 302
    section = {"text_ru": "Основание", "text_en": "Basis", "revision": 0}
    assert planner.post(at(plan, "plan/edit/sections/general"), section).status_code == 302
    stage = made.stage_values(2026, 1, (6, 15), (6, 24)) | {"number": ""}
    assert planner.post(at(plan, "plan/edit/stage/new"), stage).status_code == 302
    planner.post(at(plan, "plan/edit/objective/new"), {"text_ru": "Задача", "text_en": "Objective"})
    measure = made.measure_values(1, objective=plan.objectives.get().pk, stage=plan.stages.get().pk)
    assert planner.post(at(plan, "plan/edit/measure/new"), measure).status_code == 302
    assert planner.get(at(plan, "plan/edit")).status_code == 200
    assert planner.post(at(plan, "plan/circulate")).status_code == 302
    for code, head in cast.heads.items():
        answer = {"state": code, "answer": "agreed"}
        assert signed_in(head).post(at(plan, "agreement/answer"), answer).status_code == 302
    meeting = {"body": "IHQ", "number": 1, "held_on": "2026-02-12", "operation": "illegal-2026"}
    assert planner.post("/meetings/new/", meeting).status_code == 302
    chair = signed_in(cast.hq_chair)
    recorded = chair.post(at(plan, "plan/record-agreement"), {"meeting": Meeting.objects.get().pk})
    assert recorded.status_code == 302
    assert chair.post(at(plan, "plan/submit")).status_code == 302
    council = signed_in(cast.council_chair)
    page = council.get(at(plan, "plan/approval"))
    shown = re.search(r'name="hash" value="([0-9a-f]{64})"', text(page))
    assert shown is not None
    approved = council.post(at(plan, "plan/approval"), {"hash": shown[1], "password": PASSWORD})
    assert approved.status_code == 302
    plan.refresh_from_db()
    assert plan.status == Plan.Status.APPROVED
    assert Return.objects.filter(period__operation=plan.operation).exists()


def test_a_wrong_password_approves_nothing_and_five_of_them_close_the_door(cast: Cast) -> None:
    plan = made.submitted_plan(cast)
    council = signed_in(cast.council_chair)
    form = {"hash": plan.current_version.sha256, "password": "wrong"}
    for _attempt in range(5):
        assert council.post(at(plan, "plan/approval"), form).status_code == 422
    assert council.post(at(plan, "plan/approval"), form | {"password": PASSWORD}).status_code == 403
    plan.refresh_from_db()
    assert plan.status == Plan.Status.SUBMITTED


def test_the_assistant_sees_the_approval_page_without_the_form(cast: Cast) -> None:
    plan = made.submitted_plan(cast)
    page = signed_in(cast.assistant).get(at(plan, "plan/approval"))
    assert page.status_code == 200
    assert 'name="password"' not in text(page)
    form = {"hash": plan.current_version.sha256, "password": PASSWORD}
    assert signed_in(cast.assistant).post(at(plan, "plan/approval"), form).status_code == 403


def test_another_hash_than_the_one_shown_is_a_conflict(cast: Cast) -> None:
    plan = made.submitted_plan(cast)
    answer = signed_in(cast.council_chair).post(at(plan, "plan/approval"), {"hash": "0" * 64, "password": PASSWORD})
    assert answer.status_code == 409


def test_a_draft_looks_missing_to_everybody_but_the_headquarters(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    officer = make_officer(make_agency())
    for person in (cast.heads["RU"], cast.observer, officer):
        client = signed_in(person)
        missing = client.get("/operations/no-such/plan/")
        for page in ("plan", "plan/edit", "agreement", "timeline"):
            found = client.get(at(plan, page))
            assert found.status_code == 404
            assert _without_address(found) == _without_address(missing)
    assert signed_in(cast.planner).get(at(plan, "plan")).status_code == 200


def _without_address(response: Any) -> str:
    """The page without what names the request itself: the address to come back to, the token of the form."""
    return re.sub(r'(value="[^"]*"|"X-CSRFToken": "[^"]*")', "", response.content.decode())


def test_the_text_in_force_is_what_others_read_while_an_amendment_is_drafted(cast: Cast) -> None:
    plan = made.approved_plan(cast)
    plan = plans.amend_plan(plan=plan, comment="Новая задача", actor=cast.planner, at=made.moment())
    made.add(plan, "objective", cast, text_ru="Тайная задача", text_en="A secret objective")
    assert "A secret objective" in text(signed_in(cast.planner).get(at(plan, "plan")))
    for person in (cast.heads["RU"], cast.observer):
        for page in ("plan", "timeline"):
            response = signed_in(person).get(at(plan, page))
            assert response.status_code == 200
            assert "A secret objective" not in text(response)


def test_an_observer_reads_the_plan_in_force_and_no_version_that_was_only_circulated(cast: Cast) -> None:
    plan = made.circulated_plan(cast)
    plan = plans.withdraw_plan(plan=plan, comment="Ошибка", actor=cast.planner, at=made.moment())
    plan = plans.circulate_plan(plan=plan, actor=cast.planner, at=made.moment())
    made.agree_all(plan, cast)
    plan = plans.record_agreement(plan=plan, in_correspondence=True, actor=cast.hq_chair, at=made.moment())
    made.approve(plans.submit_plan(plan=plan, actor=cast.hq_chair, at=made.moment()), cast)
    observer = signed_in(cast.observer)
    assert observer.get(at(plan, "plan/versions/1")).status_code == 404
    assert observer.get(at(plan, "plan/versions/2")).status_code == 200
    page = text(observer.get(at(plan, "plan")))
    assert "Ошибка" not in page
    assert (at(plan, "plan/versions/1") in page, at(plan, "plan/versions/2") in page) == (False, True)


def test_the_second_editor_of_a_row_is_shown_both_texts_and_loses_neither(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    row = Measure.objects.first()
    values = made.measure_values(1, objective=row.objective_id, stage=row.stage_id)
    address = at(plan, "plan/edit/measure", row.pk)
    client = signed_in(cast.planner)
    assert client.post(address, values | {"text_en": "Hers", "revision": 1}).status_code == 302
    conflict = client.post(address, values | {"text_en": "His own", "revision": 1})
    assert conflict.status_code == 409
    assert "Hers" in text(conflict) and "His own" in text(conflict)
    assert 'name="revision" value="2"' in text(conflict)
    row.refresh_from_db()
    assert row.text_en == "Hers"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("start_date", "2026-02-30"),
        ("start_date", "10/11/2026"),
        ("start_date", "0001-01-01"),
        ("start_date", "9999-01-01"),
        ("end_date", "2026-06-01"),
        ("end_date", "2026-10-14"),
        ("name_en", "x" * 1_000_000),
        ("name_en", "bidi \u202e"),
    ],
)
def test_bad_input_is_an_error_of_its_field_and_keeps_what_was_typed(cast: Cast, name: str, typed: str) -> None:
    plan = made.drafted_plan(cast)
    stage = plan.stages.get(number=1)
    values = {**made.stage_values(2026, 1, (6, 15), (6, 24)), "revision": stage.revision, name: typed}
    answer = signed_in(cast.planner).post(at(plan, "plan/edit/stage", stage.pk), values)
    assert answer.status_code == 422
    assert "There is a problem" in text(answer)
    assert typed in answer.content.decode()
    assert Stage.objects.get(pk=stage.pk).revision == stage.revision


def test_script_in_a_text_is_shown_as_text(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    made.add(plan, "objective", cast, text_ru="<script>alert(1)</script>", text_en="{{7*7}} javascript:alert(1)")
    page = signed_in(cast.planner).get(at(plan, "plan"))
    assert "<script>alert" not in page.content.decode()
    assert "{{7*7}}" in page.content.decode()


def test_rows_move_and_go_without_script(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    first, second = Measure.objects.order_by("position")
    client = signed_in(cast.planner)
    assert client.post(at(plan, "plan/edit/measure", second.pk, "move"), {"to": 1}).status_code == 302
    assert list(Measure.objects.order_by("position")) == [second, first]
    assert client.get(at(plan, "plan/edit/measure", first.pk, "remove")).status_code == 200
    assert client.post(at(plan, "plan/edit/measure", first.pk, "remove"), {"revision": 7}).status_code == 409
    assert client.post(at(plan, "plan/edit/measure", first.pk, "remove"), {"revision": 1}).status_code == 302
    assert list(Measure.objects.all()) == [second]


def test_a_circulated_plan_cannot_be_edited(cast: Cast) -> None:
    plan = made.circulated_plan(cast)
    client = signed_in(cast.planner)
    assert client.get(at(plan, "plan/edit")).status_code == 409
    assert client.post(at(plan, "plan/edit/objective/new"), {"text_ru": "Ещё"}).status_code == 409


def test_what_a_draft_lacks_is_listed_with_links_and_holds_up_circulation(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    measure = Measure.objects.first()
    measure.responsible_kinds.clear()
    client = signed_in(cast.planner)
    assert f'href="#measure-{measure.pk}"' in text(client.get(at(plan, "plan/edit")))
    refused = client.post(at(plan, "plan/circulate"))
    assert refused.status_code == 422
    assert "Nobody is responsible for measure 1.1" in text(refused)


def test_a_plan_is_started_as_a_copy_of_the_year_before(cast: Cast) -> None:
    made.drafted_plan(cast)
    planner = signed_in(cast.planner)
    planner.post(
        "/operations/new/",
        {"year": "2027", "kind": "annual", "slug": "illegal-2027", "title_ru": "Н", "title_en": "I"},
    )
    assert planner.post("/operations/illegal-2027/plan/start/", {"source": "illegal-2026"}).status_code == 302
    copy = Operation.objects.get(slug="illegal-2027").plan
    assert copy.stages.count() == 2
    source = Measure.objects.get(pk=copy.objectives.get().measures.first().copied_from_id)
    came_from = f"/operations/illegal-2026/plan/measures/{source.pk}/"
    assert came_from in text(planner.get("/operations/illegal-2027/plan/edit/"))
    assert planner.get(came_from).status_code == 200


def test_an_election_at_a_meeting_of_the_council_makes_a_term(cast: Cast) -> None:
    ChairTerm.objects.all().delete()
    signed_in(cast.assistant).post("/meetings/new/", {"body": "COUNCIL", "number": 28, "held_on": "2026-02-10"})
    meeting = Meeting.objects.get()
    make_user("new-chair")
    election = {"holder": "new-chair", "state": "KG", "from_date": "2026-03-01", "until_date": "2027-03-01"}
    address = f"/meetings/{meeting.pk}/add/election/"
    assert signed_in(cast.assistant).post(address, election).status_code == 403
    assert signed_in(cast.hq_chair).post(address, election).status_code == 302
    assert ChairTerm.objects.get().holder.username == "new-chair"


def test_a_meeting_is_recorded_in_the_order_of_its_minutes(cast: Cast) -> None:
    client = signed_in(cast.assistant)
    client.post("/meetings/new/", {"body": "IHQ", "number": 3, "held_on": "2026-02-10", "place_en": "Cholpon-Ata"})
    meeting = Meeting.objects.get()
    base = f"/meetings/{meeting.pk}/add"
    assert client.post(f"{base}/attendance/", {"state": "KG", "name_ru": "А. Б."}).status_code == 302
    assert client.post(f"{base}/item/", {"title_ru": "О плане", "title_en": "On the plan"}).status_code == 302
    item = meeting.agenda.get()
    decision = {"item": item.pk, "text_ru": "Согласовать", "text_en": "Agree", "due_date": "2026-03-01"}
    assert client.post(f"{base}/decision/", decision).status_code == 302
    row = item.decisions.get()
    follow_up = {"progress": "done", "account_ru": "Исполнено", "revision": row.revision}
    assert client.post(f"/decisions/{row.pk}/", follow_up).status_code == 302
    page = text(client.get(f"/meetings/{meeting.pk}/"))
    assert "Carried out" in page and "Agree" in page


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


@pytest.mark.parametrize("where", ["plan", "plan/edit", "timeline"])
def test_a_draft_of_many_rows_takes_as_many_queries_as_a_small_one(cast: Cast, where: str) -> None:
    plan = made.drafted_plan(cast)
    client, days = signed_in(cast.planner), {"start_date": "2026-06-15", "end_date": "2026-06-16"}
    made.add(plan, "window", cast, stage=plan.stages.first().pk, state="AM", **days)
    before = queries(client, at(plan, where))
    objective = plan.objectives.get()
    for number in range(15):
        dates = {"timing": "dates", "start_date": "2026-03-01", "end_date": "2026-04-01"}
        made.add(plan, "measure", cast, **made.measure_values(number, objective=objective.pk, **dates))
    made.add(plan, "objective", cast, text_ru="Вторая")
    made.add(plan, "window", cast, stage=plan.stages.first().pk, state="KZ", **days)
    assert queries(client, at(plan, where)) == before


@pytest.mark.parametrize("where", ["plan", "agreement", "plan/versions/1"])
def test_a_shared_plan_takes_as_many_queries_with_six_answers_as_with_one(cast: Cast, where: str) -> None:
    plan = made.circulated_plan(cast)
    client = signed_in(cast.planner)
    remarks = [{"place": "", "text": "Раз"}, {"place": "", "text": "Два"}]
    respond = {"plan": plan, "answer": "agreed_with_remarks", "at": made.moment()}
    agreements.respond(state=made.state("AM"), actor=cast.heads["AM"], remarks=remarks[:1], **respond)
    before = queries(client, at(plan, where))
    for code in ("BY", "KZ", "KG", "RU", "TJ"):
        agreements.respond(state=made.state(code), actor=cast.heads[code], remarks=remarks, **respond)
    assert queries(client, at(plan, where)) == before


def test_a_circulated_amendment_is_read_by_those_who_agree_it_and_by_nobody_else(cast: Cast) -> None:
    plan = made.approved_plan(cast)
    plan = plans.amend_plan(plan=plan, comment="Новая задача", actor=cast.planner, at=made.moment())
    made.add(plan, "objective", cast, text_ru="Тайная задача", text_en="A secret objective")
    plan = plans.circulate_plan(plan=plan, actor=cast.planner, at=made.moment())
    observer, head = signed_in(cast.observer), signed_in(cast.heads["RU"])
    assert "A secret objective" in text(head.get(at(plan, "plan")))
    assert "A secret objective" not in text(observer.get(at(plan, "plan")))
    assert observer.get(at(plan, "agreement")).status_code == 404
    assert head.get(at(plan, "agreement")).status_code == 200


def test_what_a_planner_writes_after_the_plan_was_returned_is_not_read_by_a_head(cast: Cast) -> None:
    plan = made.submitted_plan(cast)
    plan = plans.return_plan(plan=plan, comment="Уточнить", actor=cast.council_chair, at=made.moment())
    made.add(plan, "objective", cast, text_ru="Тайная задача", text_en="A secret objective")
    assert "A secret objective" in text(signed_in(cast.planner).get(at(plan, "plan")))
    assert "A secret objective" not in text(signed_in(cast.heads["RU"]).get(at(plan, "plan")))
