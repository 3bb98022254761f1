"""The plan's workflow: the whole table, the binding of the approval, amendments, and that nothing is half done."""

import datetime as dt

import pytest
from django.db.models import Model

from operations.domain import plans
from operations.domain.access import refusal
from operations.domain.errors import BadInput, Conflict, NotAllowed, NotFound, Unmet, WrongState
from operations.domain.moments import moscow_moment
from operations.domain.operations import OPERATION_WORKFLOW
from operations.domain.plan_content import canonical_bytes, frozen_content, working_content
from operations.domain.plan_workflow import PLAN_WORKFLOW
from operations.models import AuditEntry, ChairTerm, Measure, Operation, Plan, ReportingPeriod, Return
from tests.factories import plans as made
from tests.factories.people import Cast, make_council_chair, make_officer, make_planner
from tests.factories.reference import make_agency

pytestmark = pytest.mark.django_db

#: Who may do what, and from which states: the table of the design, spelled out.
NOT_CLOSED = {"draft", "in_agreement", "agreed", "submitted", "returned", "approved"}
TABLE = {
    "edit": ({"draft", "returned"}, None, {"planner"}),
    "circulate": ({"draft", "returned"}, "in_agreement", {"planner"}),
    "respond": ({"in_agreement"}, None, {"head"}),
    "record_letter": ({"in_agreement"}, None, {"planner"}),
    "confirm_letter": ({"in_agreement"}, None, {"planner", "hq_chair"}),
    "answer_remark": ({"in_agreement"}, None, {"planner"}),
    "confirm_remark": ({"in_agreement"}, None, {"head"}),
    "remind": ({"in_agreement"}, None, {"planner", "hq_chair"}),
    "withdraw": ({"in_agreement", "agreed"}, "draft", {"planner"}),
    "record_agreement": ({"in_agreement"}, "agreed", {"hq_chair"}),
    "submit": ({"agreed"}, "submitted", {"hq_chair"}),
    "approve": ({"submitted"}, "approved", {"council_chair"}),
    "return": ({"submitted"}, "returned", {"council_chair"}),
    "account": (NOT_CLOSED, None, {"planner", "hq_chair", "head", "officer"}),
    "amend": ({"approved"}, "draft", {"planner"}),
    "discard_amendment": ({"draft", "returned"}, "approved", {"planner"}),
    "close": ({"approved"}, "closed", {"hq_chair"}),
}


def everybody(cast: Cast) -> dict[str, Model]:
    return {
        "planner": cast.planner,
        "hq_chair": cast.hq_chair,
        "council_chair": cast.council_chair,
        "head": cast.heads["RU"],
        "officer": make_officer(make_agency()),
        "assistant": cast.assistant,
        "observer": cast.observer,
        "administrator": cast.administrator,
    }


def test_every_transition_in_every_status_and_role_is_what_the_literal_table_says(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    assert set(PLAN_WORKFLOW.names()) == set(TABLE)
    for name, (sources, target, roles) in TABLE.items():
        assert PLAN_WORKFLOW[name].target == target
        for status in Plan.Status.values:
            plan.status = status
            for role, person in everybody(cast).items():
                refused = refusal(plan, name, person, at=made.moment())
                if status not in sources:
                    assert isinstance(refused, WrongState), (name, status, role)
                elif role not in roles:
                    assert isinstance(refused, NotAllowed), (name, status, role)
                elif name == "account":  # of a plan in force alone, and this one never was
                    assert isinstance(refused, WrongState), (name, status, role)
                else:
                    assert refused is None or isinstance(refused, Unmet), (name, status, role)


#: The same of an operation, which has no states: before its plan, while the plan is drafted, and once it is shared.
OPERATION_TABLE = {
    "create": ({"planner"}, {"planner"}, {"planner"}),
    "start_plan": ({"planner"}, set(), set()),
    "change_participation": ({"planner"}, {"planner"}, set()),
}


@pytest.mark.parametrize(("stage", "status"), [(0, None), (1, "draft"), (1, "returned"), (2, "in_agreement")])
def test_every_act_on_an_operation_by_every_role_is_what_the_literal_table_says(
    cast: Cast, stage: int, status: str | None
) -> None:
    operation = made.drafted_plan(cast).operation
    if status is None:
        operation = Operation.objects.create(slug="illegal-2040", kind="annual", year=2040, title_ru="Н", title_en="I")
    else:
        Plan.objects.filter(operation=operation).update(status=status)
    assert set(OPERATION_WORKFLOW.names()) == set(OPERATION_TABLE)
    for name, allowed in OPERATION_TABLE.items():
        for role, person in everybody(cast).items():
            refused = refusal(operation, name, person, at=made.moment())
            if role in allowed[stage]:
                assert refused is None, (name, role)
            elif role in allowed[0]:
                assert isinstance(refused, Unmet), (name, role)
            else:
                assert isinstance(refused, NotAllowed), (name, role)


def test_a_person_who_may_not_see_the_plan_is_told_that_there_is_none(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    for person in (cast.heads["RU"], cast.observer, make_officer(make_agency())):
        with pytest.raises(NotFound):
            plans.circulate_plan(plan=plan, actor=person, at=made.moment())


def test_the_whole_way_leads_from_draft_to_approved_and_leaves_one_entry_per_act(cast: Cast) -> None:
    plan = made.approved_plan(cast)
    assert plan.status == Plan.Status.APPROVED
    assert plan.in_force_version == plan.current_version
    assert plan.current_version.approved_by == cast.council_chair
    acts = AuditEntry.objects.filter(object_type="plan").values_list("act", flat=True)
    assert [act for act in acts if act not in ("plan.edit", "plan.respond")] == [
        "plan.circulate",
        "plan.record_agreement",
        "plan.submit",
        "plan.approve",
    ]
    assert list(acts).count("plan.respond") == 6


def test_approving_raises_the_data_version_and_makes_periods_and_returns(cast: Cast) -> None:
    make_agency("RU")
    plan = made.submitted_plan(cast)
    before = plan.operation.data_version
    made.approve(plan, cast)
    plan.operation.refresh_from_db()
    assert plan.operation.data_version == before + 1
    assert ReportingPeriod.objects.filter(operation=plan.operation).exists()
    assert Return.objects.filter(period__operation=plan.operation).exists()


def test_a_circulated_version_holds_the_text_in_both_languages_and_its_own_hash(cast: Cast) -> None:
    plan = made.circulated_plan(cast)
    version = plan.current_version
    content = frozen_content(version)
    assert content["goal"] == {"ru": "Цель операции «Нелегал-2026»", "en": "The goal of “Illegal-2026”"}
    assert [m["text"]["en"] for m in content["objectives"][0]["measures"]] == ["Measure 1", "Measure 2"]
    assert canonical_bytes(content) == bytes(version.content)
    assert canonical_bytes(working_content(plan)) == bytes(version.content)


def test_approving_another_hash_than_the_versions_own_is_a_conflict(cast: Cast) -> None:
    plan = made.submitted_plan(cast)
    with pytest.raises(Conflict):
        plans.approve_plan(plan=plan, sha256="0" * 64, reauthenticated=True, actor=cast.council_chair, at=made.moment())
    plan.refresh_from_db()
    assert plan.status == Plan.Status.SUBMITTED
    assert not ReportingPeriod.objects.exists()
    assert AuditEntry.objects.filter(act="plan.approve.refused").count() == 1


def test_approving_needs_the_password_again_and_the_hash_that_was_shown(cast: Cast) -> None:
    plan = made.submitted_plan(cast)
    with pytest.raises(BadInput) as caught:
        plans.approve_plan(plan=plan, sha256="", reauthenticated=False, actor=cast.council_chair, at=made.moment())
    assert [problem.field for problem in caught.value.problems] == ["password", "sha256"]


def test_a_second_approval_finds_the_plan_approved_already(cast: Cast) -> None:
    plan = made.submitted_plan(cast)
    made.approve(plan, cast)
    with pytest.raises(WrongState):
        made.approve(plan, cast)


@pytest.mark.parametrize(
    ("day", "allowed"),
    [("2026-02-09", False), ("2026-02-10", True), ("2026-03-01", True), ("2026-03-02", False)],
)
def test_the_chair_approves_on_the_days_of_the_term_by_moscow_and_on_no_other(
    cast: Cast, day: str, allowed: bool
) -> None:
    ChairTerm.objects.all().delete()
    chair = make_council_chair(from_date=dt.date(2026, 2, 10), until_date=dt.date(2026, 3, 1))
    at = moscow_moment(dt.date.fromisoformat(day), 23, 59)
    refused = refusal(made.submitted_plan(cast), "approve", chair, at=at)
    assert (refused is None) is allowed


def test_a_chair_who_drew_up_the_plan_cannot_approve_it(cast: Cast) -> None:
    ChairTerm.objects.all().delete()
    planner = make_council_chair(cast.planner.username)
    plan = made.submitted_plan(cast)
    with pytest.raises(NotAllowed):
        plans.approve_plan(
            plan=plan, sha256=plan.current_version.sha256, reauthenticated=True, actor=planner, at=made.moment()
        )


def test_a_chair_who_edited_somebody_elses_plan_cannot_approve_it(cast: Cast) -> None:
    ChairTerm.objects.all().delete()
    other = make_council_chair("other-chair")
    plan = made.drafted_plan(cast)
    editor = make_planner("other-chair")
    plans.move_row(row=Measure.objects.first(), to=2, actor=editor, at=made.moment())
    plan.status = Plan.Status.SUBMITTED
    assert isinstance(refusal(plan, "approve", other, at=made.moment()), NotAllowed)


def test_returning_needs_a_comment_and_leads_back_to_drafting(cast: Cast) -> None:
    plan = made.submitted_plan(cast)
    with pytest.raises(BadInput):
        plans.return_plan(plan=plan, comment="  ", actor=cast.council_chair, at=made.moment())
    plan = plans.return_plan(plan=plan, comment="Уточнить сроки", actor=cast.council_chair, at=made.moment())
    assert plan.status == Plan.Status.RETURNED
    again = plans.circulate_plan(plan=plan, actor=cast.planner, at=made.moment())
    assert again.current_version.number == 2
    assert plan.versions.get(number=1).lapsed_at is not None


def test_a_withdrawn_version_lapses_and_its_agreements_count_no_longer(cast: Cast) -> None:
    plan = made.circulated_plan(cast)
    made.agree_all(plan, cast)
    plan = plans.withdraw_plan(plan=plan, comment="Ошибка в сроках", actor=cast.planner, at=made.moment())
    assert plan.current_version.lapsed_at is not None
    plan = plans.circulate_plan(plan=plan, actor=cast.planner, at=made.moment())
    with pytest.raises(Unmet) as caught:
        plans.record_agreement(plan=plan, in_correspondence=True, actor=cast.hq_chair, at=made.moment())
    assert len(caught.value.problems) == 6


def test_an_amendment_leaves_the_approved_version_in_force_until_the_next_is_approved(cast: Cast) -> None:
    plan = made.approved_plan(cast)
    first = plan.in_force_version
    plan = plans.amend_plan(plan=plan, comment="Новый этап", actor=cast.planner, at=made.moment())
    made.add(plan, "objective", cast, text_ru="Ещё задача", text_en="One more objective")
    plan = plans.circulate_plan(plan=plan, actor=cast.planner, at=made.moment())
    assert plan.in_force_version == first
    made.agree_all(plan, cast)
    plan = plans.record_agreement(plan=plan, in_correspondence=True, actor=cast.hq_chair, at=made.moment())
    plan = plans.submit_plan(plan=plan, actor=cast.hq_chair, at=made.moment())
    plan = made.approve(plan, cast)
    assert plan.in_force_version.number == 2
    assert "Новый этап" in frozen_content(plan.in_force_version)["amendment_reason"]


def test_a_discarded_amendment_puts_every_row_back_as_the_version_in_force_says(cast: Cast) -> None:
    plan = made.approved_plan(cast)
    plan = plans.amend_plan(plan=plan, comment="Проба", actor=cast.planner, at=made.moment())
    objective = made.add(plan, "objective", cast, text_ru="Ещё задача")
    stage = made.add(plan, "stage", cast, **made.stage_values(2026, 3, (11, 9), (11, 13)))
    first, second = Measure.objects.order_by("position")
    values = {"objective": objective.pk, "stage": stage.pk, "text_ru": "Другое", "predecessors": [second.pk]}
    plans.change_row(row=first, revision=first.revision, values=values, actor=cast.planner, at=made.moment())
    plans.remove_row(row=second, revision=second.revision, actor=cast.planner, at=made.moment())
    old = plan.stages.get(number=1)
    plans.change_row(
        row=old, revision=old.revision, values={"end_date": "2026-06-30"}, actor=cast.planner, at=made.moment()
    )
    plan = plans.discard_amendment(plan=plan, actor=cast.planner, at=made.moment())
    assert plan.status == Plan.Status.APPROVED
    assert canonical_bytes(working_content(plan)) == bytes(plan.in_force_version.content)


def test_a_plan_that_was_never_approved_has_no_amendment_to_discard(cast: Cast) -> None:
    with pytest.raises(Unmet):
        plans.discard_amendment(plan=made.drafted_plan(cast), actor=cast.planner, at=made.moment())


def test_a_plan_is_closed_after_the_annual_report_is_approved(cast: Cast) -> None:
    plan = made.approved_plan(cast)
    with pytest.raises(Unmet):
        plans.close_plan(plan=plan, actor=cast.hq_chair, at=made.moment())
    plan.operation.annual_report_approved_at = made.moment()
    plan.operation.save()
    assert plans.close_plan(plan=plan, actor=cast.hq_chair, at=made.moment()).status == Plan.Status.CLOSED
