"""Documents that follow an approval: made by the message of the planning room, once, without a second decision."""

import hashlib
import json

import pytest

from operations.domain import agreements, outbox, plans
from operations.domain.access import refusal
from operations.domain.errors import Conflict
from operations.domain.people import system_user
from operations.models import AuditEntry, Job, Plan
from reports.domain import following
from reports.domain.documents import approval_facts
from reports.domain.report_workflow import REPORT_WORKFLOW
from reports.domain.reports import approved_snapshot
from reports.domain.snapshot_compare import moved_figures
from reports.domain.snapshots import current_snapshot, payload_of
from reports.domain.verification import Verdict, verify_code
from reports.models import Approval, Report, Snapshot
from tests.factories.minutes import AT as HELD_AT
from tests.factories.minutes import recorded_meeting, signed_meeting
from tests.factories.people import Cast
from tests.factories.plans import agree_all, approve, approved_plan, circulated_plan, drafted_plan, hq_meeting, moment
from tests.factories.plans import state as state_of

pytestmark = pytest.mark.django_db
LATER = moment(hour=18)


def delivered(at=LATER) -> None:
    """What the relay does; a job's message would need a worker."""
    messages = outbox.OutboxMessage.objects.exclude(topic__in=["job", "notice"])
    outbox.OutboxMessage.objects.filter(topic__in=["job", "notice"]).delete()
    assert outbox.deliver_waiting(at=at) == messages.count()


def test_the_approval_of_a_plan_makes_its_document(cast: Cast):
    plan = approved_plan(cast)
    delivered()
    report = Report.objects.get(definition="plan")
    approval = Approval.objects.get()
    assert (report.status, report.number) == (Report.Status.APPROVED, plan.in_force_version.number)
    assert (approval.approver, approval.approved_at) == (cast.council_chair, plan.in_force_version.approved_at)
    assert approval.snapshot_sha256 == current_snapshot(report).sha256
    assert approval.audit_head == AuditEntry.objects.get(act="plan.approve").entry_hash
    assert Job.objects.filter(kind="render_document").count() == len(following.DRAWN_AT_ONCE)
    assert AuditEntry.objects.filter(act="report.follow").count() == 1


def test_the_message_may_come_twice_and_a_command_before_it(cast: Cast):
    plan = approved_plan(cast)
    first = following.plan_to_draw(plan, actor=cast.planner, at=LATER)
    following.plan_approved(at=LATER, version_id=plan.in_force_version_id)
    following.plan_approved(at=LATER, version_id=plan.in_force_version_id)
    assert following.plan_to_draw(plan, actor=cast.planner, at=LATER) == first
    assert (Snapshot.objects.count(), Approval.objects.count()) == (1, 1)


def test_the_approved_text_comes_along_with_the_hash_that_was_approved(cast: Cast):
    plan = approved_plan(cast)
    snapshot, _approval = following.follow_plan(plan.in_force_version, at=LATER)
    origin = payload_of(snapshot)["origin"]
    assert hashlib.sha256(origin["content"].encode()).hexdigest() == origin["sha256"] == plan.in_force_version.sha256
    assert json.loads(origin["content"])["operation"]["slug"] == plan.operation.slug


def test_the_approval_sheet_tells_the_acts_of_the_plan(cast: Cast):
    plan = approved_plan(cast)
    _snapshot, approval = following.follow_plan(plan.in_force_version, at=LATER)
    acts = [(act["what"]["en"], act["name"]["en"]) for act in approval_facts(approval)["acts"]]
    assert acts == [
        ("Circulated for agreement", cast.planner.name_en),
        ("Agreement recorded", cast.hq_chair.name_en),
        ("Submitted for approval", cast.hq_chair.name_en),
        ("Approved", cast.council_chair.name_en),
    ]


def test_nobody_edits_decides_on_or_publishes_a_document_that_follows(cast: Cast):
    plan = approved_plan(cast)
    snapshot, _approval = following.follow_plan(plan.in_force_version, at=LATER)
    people = [value for value in vars(cast).values() if not isinstance(value, dict)] + [*cast.heads.values()]
    for status in Report.Status.values:
        report = snapshot.report
        report.status = status
        for transition in REPORT_WORKFLOW:
            for person in people:
                assert refusal(report, transition.name, person, at=LATER) is not None, (status, transition.name)


def test_only_documents_that_follow_take_over_an_approval(cast: Cast):
    plan = approved_plan(cast)
    annual = Report(definition="annual", operation=plan.operation, status="draft", composed_by=cast.planner)
    assert refusal(annual, "follow", system_user("reports"), at=LATER).code == "not_allowed"


def test_an_approved_amendment_supersedes_the_document_before_it(cast: Cast):
    plan = approved_plan(cast)
    _snapshot, first = following.follow_plan(plan.in_force_version, at=LATER)
    plan = plans.amend_plan(plan=plan, comment="Уточнение сроков", actor=cast.planner, at=moment(hour=19))
    plan = plans.circulate_plan(plan=plan, actor=cast.planner, at=moment(hour=19))
    agree_all(plan, cast)
    meeting = hq_meeting(plan, cast, number=2)
    plan = plans.record_agreement(plan=plan, meeting=meeting, actor=cast.hq_chair, at=moment(hour=20))
    plan = approve(plans.submit_plan(plan=plan, actor=cast.hq_chair, at=moment(hour=20)), cast, at=moment(hour=21))
    snapshot, second = following.follow_plan(plan.in_force_version, at=moment(hour=22))
    assert snapshot.report.number == 2
    assert "Уточнение сроков" in json.dumps(payload_of(snapshot)["sections"], ensure_ascii=False)
    assert verify_code(first.verification_code).verdict == Verdict.SUPERSEDED
    assert verify_code(second.verification_code).verdict == Verdict.AUTHENTIC
    assert approved_snapshot(definition="plan", operation=plan.operation) == (snapshot, second)


def test_a_draft_is_of_the_working_text_and_the_same_text_is_one_draft(cast: Cast):
    plan = drafted_plan(cast)
    first, approval = following.plan_to_draw(plan, actor=cast.planner, at=moment())
    again, _approval = following.plan_to_draw(plan, actor=cast.planner, at=moment(hour=13))
    assert (first, approval) == (again, None)
    plans.change_goal(
        plan=plan,
        revision=plan.revision,
        values={"goal_ru": "Иная цель", "goal_en": "Another goal"},
        actor=cast.planner,
        at=moment(hour=14),
    )
    changed, _approval = following.plan_to_draw(Plan.objects.get(pk=plan.pk), actor=cast.planner, at=moment(hour=15))
    assert changed != first
    assert "Another goal" in json.dumps(payload_of(changed)["sections"])


def test_there_is_no_working_copy_of_an_approved_plan(cast: Cast):
    plan = approved_plan(cast)
    with pytest.raises(Conflict):
        following.plan_to_draw(plan, actor=cast.planner, at=LATER, as_working_copy=True)
    plan = plans.amend_plan(plan=plan, comment="Сроки", actor=cast.planner, at=LATER)
    snapshot, approval = following.plan_to_draw(plan, actor=cast.planner, at=LATER, as_working_copy=True)
    assert (snapshot.report.number, approval) == (2, None)


def test_figures_never_move_under_a_plan(cast: Cast):
    plan = approved_plan(cast)
    snapshot, _approval = following.follow_plan(plan.in_force_version, at=LATER)
    plan.operation.data_version += 5
    assert not moved_figures(snapshot, plan.operation, at=moment())


def test_remarks_objections_and_reservations_are_printed(cast: Cast):
    plan = circulated_plan(cast)
    at = moment(hour=13)

    def respond(code: str, answer: str, **given) -> None:
        agreements.respond(plan=plan, state=state_of(code), answer=answer, actor=cast.heads[code], at=at, **given)

    respond("BY", "agreed_with_remarks", remarks=[{"place": "Раздел 5", "text": "Уточнить сроки"}])
    respond("RU", "agreed_with_reservation", comment="Особое мнение о сроках")
    respond("KZ", "objected", comment="Сроки не подходят")
    snapshot, _approval = following.plan_to_draw(plan, actor=cast.planner, at=at)
    annexes = {annex["id"]: json.dumps(annex, ensure_ascii=False) for annex in payload_of(snapshot)["annexes"]}
    assert "Раздел 5: Уточнить сроки" in annexes["annex-remarks"]
    assert "Сроки не подходят" in annexes["annex-remarks"]
    assert "Особое мнение о сроках" in annexes["annex-agreement"]
    assert "ответ не получен" in annexes["annex-agreement"]


def test_the_signature_makes_the_document_of_the_minutes(cast: Cast):
    meeting = signed_meeting(cast, operation=circulated_plan(cast).operation.slug)
    delivered(HELD_AT)
    report = Report.objects.get(definition="minutes")
    approval = Approval.objects.get()
    assert (report.meeting, report.status) == (meeting, Report.Status.APPROVED)
    assert (approval.approver, approval.approved_at) == (cast.hq_chair, HELD_AT)
    assert approval.audit_head == AuditEntry.objects.get(act="meeting.sign").entry_hash
    assert verify_code(approval.verification_code).verdict == Verdict.AUTHENTIC


def test_minutes_of_two_bodies_with_one_number_are_two_documents_and_supersede_nothing(cast: Cast):
    operation = circulated_plan(cast).operation
    _snapshot, first = following.follow_minutes(signed_meeting(cast, operation=operation.slug), at=HELD_AT)
    other = signed_meeting(cast, operation=operation.slug, body="COUNCIL", number=1)
    later = signed_meeting(cast, operation=operation.slug, number=2)
    following.follow_minutes(other, at=HELD_AT)
    following.follow_minutes(later, at=HELD_AT)
    assert Report.objects.filter(definition="minutes").count() == 3
    assert verify_code(first.verification_code).verdict == Verdict.AUTHENTIC


def test_minutes_of_no_operation_are_kept_with_that_of_their_year(cast: Cast):
    operation = drafted_plan(cast).operation
    snapshot, approval = following.minutes_to_draw(recorded_meeting(cast), actor=cast.planner, at=HELD_AT)
    assert (snapshot.report.operation, approval, snapshot.is_draft) == (operation, None, True)
