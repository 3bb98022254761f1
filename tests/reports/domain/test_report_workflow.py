"""The report's workflow: the whole table, the binding of the approval to the hash, what an approval leaves behind."""

import pytest

from operations.domain.access import refusal
from operations.domain.errors import BadInput, Conflict, NotAllowed, NotFound, Stale, Unmet, WrongState
from operations.models import AuditEntry, Job, Return
from reports.domain import reports
from reports.domain.definitions import Office
from reports.domain.report_workflow import APPROVERS, COMPOSERS, REPORT_WORKFLOW
from reports.domain.snapshots import current_snapshot
from reports.models import Approval, Report
from tests.factories.operations import make_operation
from tests.factories.people import Cast, make_officer, make_planner
from tests.factories.reports import AT, final_return, make_report, make_results

pytestmark = pytest.mark.django_db

#: From which states, to which, and whose: the table of the design, spelled out for the annual report.
TABLE = {
    "edit": ({"draft", "returned"}, None, {"planner"}),
    # for a press release alone
    "clear": ({"draft", "returned"}, None, set()),
    "unclear": ({"draft", "returned"}, None, set()),
    "submit": ({"draft", "returned"}, "submitted", {"planner"}),
    "approve": ({"submitted"}, "approved", {"council_chair"}),
    "return": ({"submitted"}, "returned", {"council_chair"}),
    "publish": ({"approved"}, "published", {"hq_chair"}),
    "send": ({"approved", "published"}, None, {"planner", "hq_chair"}),
    # for the documents of plans and minutes alone, and by the system alone
    "follow": ({"draft"}, "approved", set()),
}


def test_the_table_is_the_one_of_the_design():
    assert {transition.name: (set(transition.sources), transition.target) for transition in REPORT_WORKFLOW} == {
        name: (sources, target) for name, (sources, target, _who) in TABLE.items()
    }
    assert set(COMPOSERS) == set(APPROVERS) == set(Office)


@pytest.mark.parametrize("status", Report.Status.values)
@pytest.mark.parametrize("name", list(TABLE))
def test_each_transition_starts_where_the_table_says_and_is_its_owners(cast: Cast, name: str, status: str):
    sources, _target, owners = TABLE[name]
    report = Report(definition="annual", operation=make_operation(), status=status, composed_by=cast.planner)
    report.created_at = AT
    report.save()
    people = {
        "planner": cast.planner,
        "hq_chair": cast.hq_chair,
        "council_chair": cast.council_chair,
        "assistant": cast.assistant,
        "observer": cast.observer,
        "administrator": cast.administrator,
        "head": cast.heads["RU"],
    }
    for who, person in people.items():
        refused = refusal(report, name, person, at=AT)
        if status not in sources:
            assert isinstance(refused, WrongState), who
        elif who not in owners:
            assert isinstance(refused, NotAllowed), who
        else:
            assert refused is None or isinstance(refused, Unmet), who


@pytest.mark.parametrize("kind", ["completeness", "national"])
def test_who_approves_depends_on_the_kind_of_report(cast: Cast, kind: str):
    report = Report(definition=kind, status="submitted", state=None)
    attempt_by = {
        "completeness": (cast.hq_chair, cast.council_chair),
        "national": (None, cast.council_chair),
    }[kind]
    allowed, refused = attempt_by
    assert isinstance(refusal(report, "approve", refused, at=AT), NotAllowed)
    if allowed is not None:
        assert refusal(report, "approve", allowed, at=AT) is None


def test_a_report_goes_from_the_draft_to_the_public(cast: Cast):
    operation = make_results()
    report = reports.compose_report(definition="annual", operation=operation, actor=cast.planner, at=AT)
    reports.edit_narrative(
        report=report, section="problems", text_ru="Нет.", text_en="None.", actor=cast.planner, at=AT, revision=0
    )
    report = reports.submit_report(report=report, explanation="Всё известно", actor=cast.planner, at=AT)
    report = approve(report, cast)
    report = reports.publish_report(report=report, figures_cleared=True, actor=cast.hq_chair, at=AT)
    assert report.status == Report.Status.PUBLISHED
    acts = list(AuditEntry.objects.filter(object_type="report").order_by("sequence").values_list("act", flat=True))
    assert acts == ["report.compose", "report.edit", "report.submit", "report.approve", "report.publish"]


def approve(report: Report, cast: Cast, **given) -> Report:
    snapshot = current_snapshot(report)
    assert snapshot is not None
    facts = {"snapshot_sha256": snapshot.sha256, "reauthenticated": True, "actor": cast.council_chair, "at": AT}
    return reports.approve_report(report=report, **{**facts, **given})


def test_an_approval_marks_the_operation_and_the_returns_it_used(cast: Cast):
    operation = make_results()
    version = operation.data_version
    report = approve(make_report("submitted", operation=operation), cast)
    operation.refresh_from_db()
    assert operation.annual_report_approved_at == AT
    assert operation.data_version > version
    assert not Return.objects.filter(period__operation=operation, reported_at__isnull=True).exists()
    approval = Approval.objects.get(snapshot__report=report)
    assert approval.snapshot_sha256 == current_snapshot(report).sha256
    assert approval.name_ru == cast.council_chair.name_ru
    assert approval.capacity_en.startswith("Chair of the Coordination Council")


def test_an_approval_asks_for_documents_in_its_own_transaction(cast: Cast):
    approve(make_report("submitted"), cast)
    wanted = [(job.arguments["format"], job.arguments["language"]) for job in Job.objects.order_by("created_at")]
    assert sorted(wanted) == [("csv", "ru"), ("json", "ru"), ("pdf", "en"), ("pdf", "ru"), ("xlsx", "ru")]


def test_an_approval_of_other_data_than_those_shown_is_a_conflict(cast: Cast):
    report = make_report("submitted")
    shown = current_snapshot(report).sha256
    report = reports.return_report(report=report, comment="Ещё раз", actor=cast.council_chair, at=AT)
    expected = final_return(report.operation)
    expected.submissions.update(reason="corrected")
    report = reports.submit_report(report=report, actor=cast.planner, at=AT.replace(hour=15))
    with pytest.raises(Conflict):
        approve(report, cast, snapshot_sha256=shown)
    report.refresh_from_db()
    assert report.status == Report.Status.SUBMITTED
    assert not Approval.objects.exists()


def test_an_approval_asks_for_the_hash_and_for_the_password_again(cast: Cast):
    report = make_report("submitted")
    with pytest.raises(BadInput) as refused:
        approve(report, cast, snapshot_sha256="", reauthenticated=False)
    assert {problem.field for problem in refused.value.problems} == {"snapshot_sha256", "password"}


def test_nobody_approves_what_he_submitted_himself(cast: Cast):
    report = make_report("submitted")
    report.submitted_by = cast.council_chair
    report.save()
    with pytest.raises(Unmet) as refused:
        approve(report, cast)
    assert [problem.code for problem in refused.value.problems] == ["own_report"]


def test_a_refused_approval_is_in_the_trail(cast: Cast):
    report = make_report("submitted")
    with pytest.raises(NotAllowed):
        approve(report, cast, actor=cast.hq_chair)
    assert AuditEntry.objects.filter(act="report.approve.refused").count() == 1


def test_an_open_checklist_is_submitted_only_with_an_explanation(cast: Cast):
    report = make_report("draft")
    with pytest.raises(Unmet) as refused:
        reports.submit_report(report=report, actor=cast.planner, at=AT)
    assert "rights_unspoken" in {problem.code for problem in refused.value.problems}
    reports.submit_report(report=report, explanation="Правозащитные органы отчитаются позже", actor=cast.planner, at=AT)


def test_a_text_in_one_language_cannot_be_submitted_even_with_an_explanation(cast: Cast):
    report = make_report("draft")
    reports.edit_narrative(report=report, section="rights", text_ru="Есть", text_en="", actor=cast.planner, at=AT)
    with pytest.raises(Unmet) as refused:
        reports.submit_report(report=report, explanation="…", actor=cast.planner, at=AT)
    assert [problem.code for problem in refused.value.problems] == ["one_language_only"]


def test_an_edit_of_an_older_text_is_stale_and_shows_the_newer_one(cast: Cast):
    report = make_report("draft")
    given = {"report": report, "section": "summary", "text_en": "Text", "at": AT}
    reports.edit_narrative(**given, text_ru="Первый", actor=cast.planner, revision=0)
    with pytest.raises(Stale) as refused:
        reports.edit_narrative(**given, text_ru="Второй", actor=make_planner("second"), revision=0)
    assert refused.value.current.text_ru == "Первый"


def test_personal_data_in_a_text_is_refused(cast: Cast):
    with pytest.raises(BadInput) as refused:
        reports.edit_narrative(
            report=make_report("draft"),
            section="problems",
            text_ru="паспорт № 4510 123456",
            text_en="x",
            actor=cast.planner,
            at=AT,
        )
    assert refused.value.problems[0].code == "personal_data"


def test_a_draft_is_not_there_for_a_head_and_an_approved_report_is(cast: Cast):
    report = make_report("draft")
    with pytest.raises(NotFound):
        reports.return_report(report=report, comment="?", actor=cast.heads["KZ"], at=AT)
    approved = make_report("approved", operation=report.operation)
    with pytest.raises(WrongState):
        reports.return_report(report=approved, comment="?", actor=cast.heads["KZ"], at=AT)


def test_publishing_asks_that_the_figures_were_cleared(cast: Cast):
    report = make_report("approved")
    with pytest.raises(BadInput):
        reports.publish_report(report=report, figures_cleared=False, actor=cast.hq_chair, at=AT)


def test_an_officer_composes_no_regional_report(cast: Cast):
    with pytest.raises(NotAllowed):
        reports.compose_report(definition="annual", operation=make_results(), actor=make_officer(), at=AT)
    assert not Report.objects.exists()


def test_an_unknown_kind_of_report_is_a_fault_of_its_field(cast: Cast):
    with pytest.raises(BadInput) as refused:
        reports.compose_report(definition="weekly", operation=make_results(), actor=cast.planner, at=AT)
    assert refused.value.problems[0].field == "definition"
