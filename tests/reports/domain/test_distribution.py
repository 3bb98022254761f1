"""Recipients, numbered copies, the letters they leave with, and who fetched what."""

import pytest
from django.core import mail

from operations.domain import jobs, outbox
from operations.domain.access import visible_to
from operations.domain.errors import BadInput, NotAllowed, Stale, WrongState
from operations.models import AuditEntry, Job, OutboxMessage
from reports.domain import distribution, reports
from reports.domain.verification import Verdict, verify_bytes
from reports.models import Dispatch, Document, Recipient, Report
from reports.rendering import store
from reports.rendering.reading import text_of
from tests.factories.people import Cast, make_planner
from tests.factories.reports import AT, make_report

pytestmark = pytest.mark.django_db


def entered(name: str = "secretariat", **values: object) -> Recipient:
    given = {
        "name_ru": "Секретариат ОДКБ",
        "name_en": "CSTO Secretariat",
        "email": f"{name}@office.example",
        "language": "ru",
        "edition": "full",
        "definitions": [],
        "is_active": "on",
    }
    return distribution.add_recipient(values={**given, **values}, actor=make_planner(), at=AT)


def sent(report: Report, *recipients: Recipient, **who: object) -> list[Dispatch]:
    given = {"actor": make_planner(), "at": AT, **who}
    return reports.send_copies(report=report, recipients=[one.pk for one in recipients], **given)


def test_a_recipient_is_kept_by_the_headquarters_alone(cast: Cast):
    row = entered()
    assert AuditEntry.objects.filter(act="recipient.create").count() == 1
    for person in (cast.heads["RU"], cast.observer, cast.council_chair, cast.administrator):
        with pytest.raises(NotAllowed):
            distribution.add_recipient(values={}, actor=person, at=AT)
        assert not visible_to(Recipient, person, at=AT).exists()
    changed = distribution.change_recipient(
        recipient=row, values={"language": "en"}, revision=1, actor=cast.hq_chair, at=AT
    )
    assert (changed.language, changed.revision) == ("en", 2)
    with pytest.raises(Stale):
        distribution.change_recipient(recipient=row, values={"language": "ru"}, revision=1, actor=cast.hq_chair, at=AT)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("email", "nobody", "bad_address"),
        ("email", "a@b.example\nBcc: c@d.example", "line_break"),
        ("email", "Secretariat@Office.example", "taken"),
        ("name_ru", "", "required"),
        ("name_en", "a\nb", "line_break"),
        ("edition", "secret", "unknown_choice"),
        ("language", "de", "unknown_choice"),
        ("definitions", ["weekly"], "unknown_definition"),
        ("password", "x", "unknown_field"),
    ],
)
def test_a_bad_entry_is_named_at_its_field(field: str, value: object, code: str):
    entered()
    with pytest.raises(BadInput) as refused:
        entered("other", **{field: value})
    assert [(one.field, one.code) for one in refused.value.problems] == [(field, code)]


def test_copies_are_numbered_after_the_headquarters_own_and_nobody_gets_two(cast: Cast):
    report = make_report("approved")
    first, second = entered("a"), entered("b")
    assert [one.copy_number for one in sent(report, first)] == [2]
    assert [one.copy_number for one in sent(report, first, second)] == [3]
    assert sent(report, first, second) == []
    assert Job.objects.filter(kind=distribution.SEND_JOB).count() == 2
    assert AuditEntry.objects.filter(act="report.send").count() == 3


def test_a_copy_is_drawn_with_its_name_and_number_and_leaves_once(cast: Cast):
    report = make_report("approved")
    (dispatch,) = sent(report, entered())
    job = Job.objects.get(kind=distribution.SEND_JOB)
    assert jobs.run(job.pk).status == Job.Status.DONE, job.error
    Job.objects.filter(pk=job.pk).update(status=Job.Status.QUEUED)
    assert jobs.run(job.pk).status == Job.Status.DONE
    letters = OutboxMessage.objects.filter(topic=distribution.TOPIC)
    assert letters.count() == 1
    outbox.deliver_waiting(at=AT.replace(year=2030))
    letters.update(delivered_at=None)
    outbox.deliver_waiting(at=AT.replace(year=2030))
    (letter,) = mail.outbox
    dispatch.refresh_from_db()
    document = dispatch.document
    assert letter.to == ["secretariat@office.example"]
    assert "Экз. № 2" in letter.body
    assert document.sha256 in letter.body
    assert dispatch.approval.verification_code in letter.body
    (name, content, kind) = letter.attachments[0]
    assert (name.endswith(".pdf"), kind) == (True, "application/pdf")
    assert content == store.get(document.sha256)
    assert verify_bytes(content, text=text_of(content)).verdict == Verdict.AUTHENTIC
    assert (document.marking, document.copy_number) == (Document.Marking.NAMED, 2)
    assert name == "illegal-2026-annual-1-ru-copy-2.pdf"
    assert visible_to(Document, cast.hq_chair, at=AT).filter(pk=document.pk).exists()
    assert not visible_to(Document, cast.heads["RU"], at=AT).filter(pk=document.pk).exists()


def test_what_was_sent_keeps_the_name_and_address_that_it_was_sent_with(cast: Cast):
    report = make_report("approved")
    row = entered()
    (dispatch,) = sent(report, row)
    distribution.change_recipient(
        recipient=row, values={"name_ru": "Иное", "email": "x@y.example"}, revision=1, actor=cast.hq_chair, at=AT
    )
    dispatch.refresh_from_db()
    assert (dispatch.name_ru, dispatch.email) == ("Секретариат ОДКБ", "secretariat@office.example")
    assert distribution.addressee(dispatch.approval, distribution.kind_of(dispatch)) == {
        "ru": "Секретариат ОДКБ",
        "en": "CSTO Secretariat",
    }


def test_the_public_edition_is_sent_when_it_is_public_and_to_whom_such_reports_go(cast: Cast):
    public, other, resting = (
        entered("p", edition="public"),
        entered("o", definitions=["cumulative"]),
        entered("r", is_active=""),
    )
    report = make_report("approved")
    for row in (public, other, resting):
        with pytest.raises(BadInput):
            sent(report, row)
    with pytest.raises(BadInput):
        sent(report)
    report = reports.publish_report(report=report, figures_cleared=True, actor=cast.hq_chair, at=AT)
    (dispatch,) = sent(report, public)
    assert (dispatch.copy_number, distribution.kind_of(dispatch).edition) == (0, "public")


def test_nothing_is_sent_of_a_report_that_nobody_approved_nor_by_anybody_else(cast: Cast):
    row = entered()
    with pytest.raises(WrongState):
        sent(make_report("submitted"), row)
    report = make_report("approved", operation=Report.objects.get().operation)
    for person in (cast.council_chair, cast.heads["RU"], cast.administrator):
        with pytest.raises(NotAllowed):
            sent(report, row, actor=person)
