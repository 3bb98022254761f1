"""What happens when a report is edited, submitted, approved, returned or published: the effects of its workflow.

Each runs inside the transaction of its transition, on the locked row; files are made later, by jobs that are requested
here and read nothing but the snapshot and the approval.
"""

import secrets
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from operations.domain import audit
from operations.domain.errors import BadInput, Conflict, Problem, Stale, Unmet
from operations.domain.notices import notify
from operations.domain.screening import clean
from operations.domain.transitions import Attempt
from operations.models import Operation, Return, User
from reports.domain.capacities import capacity_to_approve
from reports.domain.definitions import definition_of
from reports.domain.disclosure import NotProtected
from reports.domain.documents import APPROVED_SET, PUBLIC_SET, DocumentKind, ask_for
from reports.domain.public_numbers import control_sha256, freeze_edition
from reports.domain.registration import next_registration
from reports.domain.snapshots import current_snapshot, payload_of, take_snapshot
from reports.domain.titles import full_titles_of
from reports.models import Approval, Narrative, Report, Snapshot

#: Letters and digits that nobody mistakes for one another when reading a code from paper: of those that look alike
#: (0 O Q, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V) at most one is among them. Codes given before have more, and are still read.
_CODE_ALPHABET = "34679ACDEFHJKMNPRTUWXY"


def write_narrative(attempt: Attempt) -> Narrative:
    """Stores one section's text in both languages. Raises `Stale` when somebody edited it since it was shown."""
    report, given = attempt.subject, attempt.given
    section = str(given.get("section") or "")
    if definition_of(report).section(section) is None:
        raise BadInput([Problem(code="unknown_section", field="section", message=_("The report has no such section."))])
    narrative: Narrative | None = report.narratives.filter(section=section).first()
    if narrative is None:
        narrative = Narrative(report=report, section=section, revision=0)
    if given.get("revision") is not None and int(given["revision"]) != narrative.revision:
        raise Stale(current=narrative)
    for language in ("ru", "en"):
        text = clean(str(given.get(f"text_{language}") or "")).replace("\r\n", "\n")
        setattr(narrative, f"text_{language}", text)
    narrative.revision += 1
    narrative.save()
    report.revision += 1
    return narrative


def freeze_data(attempt: Attempt) -> None:
    """Takes the snapshot that the approver will see, and keeps what was said about open points."""
    report: Report = attempt.subject
    report.revision += 1
    report.submitted_by, report.submitted_at = attempt.actor, attempt.at
    report.explanation = str(attempt.given.get("explanation") or report.explanation)
    report.decision_comment = ""
    snapshot = take_snapshot(report=report, actor=attempt.actor, at=attempt.at)
    attempt.noted["snapshot_sha256"] = snapshot.sha256


def bind_approval(attempt: Attempt) -> None:
    """Binds the approval to the hash that was shown. Raises `Conflict` when the submitted data are other ones."""
    report: Report = attempt.subject
    snapshot = current_snapshot(report)
    if snapshot is None or snapshot.sha256 != str(attempt.given["snapshot_sha256"]).strip():
        raise Conflict(_("The data submitted are no longer those that you were shown. Open the report and look again."))
    capacity = capacity_to_approve(report)
    registration_number, registered_on = next_registration(attempt.at)
    approval = Approval.objects.create(
        snapshot=snapshot,
        approver=attempt.actor,
        name_ru=attempt.actor.name_ru,
        name_en=attempt.actor.name_en,
        capacity_ru=capacity["ru"],
        capacity_en=capacity["en"],
        approved_at=attempt.at,
        meeting=attempt.given.get("meeting"),
        snapshot_sha256=snapshot.sha256,
        audit_head=audit.head(),
        verification_code=new_verification_code(),
        registration_number=registration_number,
        registered_on=registered_on,
    )
    report.revision += 1
    _mark_as_reported(report, snapshot, attempt)
    for kind in APPROVED_SET:
        request_document(snapshot=snapshot, approval=approval, kind=kind, attempt=attempt)
    _tell_composers(report, attempt, ru="Отчёт утверждён", en="The report was approved")
    attempt.noted.update(approval=approval.pk, snapshot_sha256=snapshot.sha256, registration_number=registration_number)


def keep_comment(attempt: Attempt) -> None:
    attempt.subject.revision += 1
    attempt.subject.decision_comment = str(attempt.given["comment"]).strip()
    _tell_composers(attempt.subject, attempt, ru="Отчёт возвращён на доработку", en="The report was returned")


def open_to_the_public(attempt: Attempt) -> None:
    """Marks the report as published, freezes what its public edition hides, and asks for the files of that edition."""
    report: Report = attempt.subject
    report.revision += 1
    report.published_at, report.published_by = attempt.at, attempt.actor
    snapshot = current_snapshot(report)
    if snapshot is None:
        raise Conflict
    try:
        control = freeze_edition(snapshot, approval=snapshot.approval)
    except NotProtected as error:
        message = _("The figures of the public edition cannot be protected: %(reason)s.") % {"reason": error}
        raise Unmet([Problem(code="not_protected", message=message)]) from error
    shown = str(attempt.given.get("disclosure_sha256") or "").strip()
    if shown and shown != control_sha256(control):
        raise Conflict(_("What the public edition hides is no longer what you were shown. Look at it again."))
    attempt.noted["disclosure_sha256"] = control_sha256(control)
    for kind in PUBLIC_SET:
        request_document(snapshot=snapshot, approval=snapshot.approval, kind=kind, attempt=attempt)


def request_document(*, snapshot: Snapshot, approval: Approval | None, kind: DocumentKind, attempt: Attempt) -> Any:
    """Asks for a file; the job's row and message are written with the act that wants it."""
    return ask_for(snapshot=snapshot, approval=approval, kind=kind, actor=attempt.actor, at=attempt.at)


def new_verification_code() -> str:
    """Sixteen characters in groups of four: short enough to type from paper, too many to guess."""
    letters = "".join(secrets.choice(_CODE_ALPHABET) for _position in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def _mark_as_reported(report: Report, snapshot: Snapshot, attempt: Attempt) -> None:
    """The returns that the report used are reported from now on: correcting one needs the headquarters' chair.

    A return that was reopened after an earlier report is bound again by this one. A press release binds none: its
    figures are preliminary, and a clearance does not outlive a correction.
    """
    sources = payload_of(snapshot)["source_submissions"]
    if sources and definition_of(report).binds_returns:
        Return.objects.filter(submissions__in=sources).update(reported_at=attempt.at)
    if report.definition == "annual":
        Operation.objects.filter(pk=report.operation_id).update(
            annual_report_approved_at=attempt.at, data_version=F("data_version") + 1
        )


def _tell_composers(report: Report, attempt: Attempt, *, ru: str, en: str) -> None:
    authors = [pk for pk in (report.composed_by_id, report.submitted_by_id) if pk not in (None, attempt.actor.pk)]
    people = User.objects.filter(pk__in=[pk for pk in authors if pk], is_system=False)
    titles = full_titles_of(report)
    notify(
        people,
        topic="report",
        subject_ru=f"{ru}: {titles['ru']}",
        subject_en=f"{en}: {titles['en']}",
        address=f"/reports/{report.pk}/",
        at=attempt.at,
    )
