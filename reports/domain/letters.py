"""The letter that a copy of a document is sent with, in its recipient's language."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from operations.domain.wording import in_language
from reports.domain.documents import release_address, verification_address
from reports.domain.titles import full_title_of
from reports.models import Dispatch, Document, Report


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str


def letter_of(dispatch: Dispatch, document: Document) -> Letter:
    """What the letter says: which report, which copy, the file's hash, and where anybody can verify it."""
    report = dispatch.approval.snapshot.report
    language = dispatch.language
    with in_language(language):
        title = full_title_of(report)
        parts = [title]
        if report.operation.is_demonstration:
            parts.append(_("Demonstration data: invented figures, not the results of any operation."))
        if dispatch.copy_number:
            name = getattr(dispatch, f"name_{language}")
            parts.append(_("Copy No. %(number)s, for: %(name)s") % {"number": dispatch.copy_number, "name": name})
            parts.append(_("The copy is for its recipient alone. Do not pass it on."))
        else:
            parts.append(_("Public edition"))
        if dispatch.approval.registration_number:
            parts.append(_("Reg. No. %(number)s") % {"number": dispatch.approval.registration_number})
        parts.append(f"SHA-256: {document.sha256}")
        address = verification_address(dispatch.approval.verification_code)
        parts.append(_("The file can be verified here: %(address)s") % {"address": address})
        if report.status == Report.Status.PUBLISHED:
            page = _("The report is published here, with all its public files: %(address)s")
            parts.append(page % {"address": release_address(report)})
        return Letter(subject=title[:200], text="\n\n".join(parts))
