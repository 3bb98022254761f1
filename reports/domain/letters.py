"""The letter that a copy of a document is sent with, in its recipient's language."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from operations.domain.wording import in_language
from reports.domain.definitions import definition_of
from reports.domain.documents import verification_address
from reports.models import Dispatch, Document


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str


def letter_of(dispatch: Dispatch, document: Document) -> Letter:
    """What the letter says: which report, which copy, the file's hash, and where anybody can verify it."""
    report = dispatch.approval.snapshot.report
    language = dispatch.language
    with in_language(language):
        title = definition_of(report).title["en" if language == "en" else "ru"]
        operation = getattr(report.operation, f"title_{language}")
        parts = [f"{title}. {operation}"]
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
        return Letter(subject=f"{title}, {operation}"[:200], text="\n\n".join(parts))
