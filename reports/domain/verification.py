"""Whether a file or a printed code is ours, and what it is.

A file is recognised by the hash of all its bytes alone: the name, the date and whoever sent it prove nothing, and a
seal does not cover the bytes that it is written in. A file that is not known but carries the marks of a known document
was altered, or was made elsewhere to look like one.
"""

import hashlib
import re
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.domain.snapshots import is_superseded
from reports.domain.titles import NAMED_BY
from reports.models import Approval, Document

#: A verification code, or the hash of a snapshot, as our documents print them.
_CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){3}")
#: What stands between the groups of a code when it is typed or copied: spaces, hyphens and dashes of every kind.
_BETWEEN = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212]")
#: Whoever reads a code from paper can't see in which alphabet its letters are; Cyrillic ones are taken for their likes.
_AS_LATIN = str.maketrans("АВЕКМНРСТУХ", "ABEKMHPCTYX")
#: What of a report its title names, as seen from a document or an approval.
_NAMED_BY = tuple(f"snapshot__report__{name}" for name in NAMED_BY)


class Verdict(models.TextChoices):
    AUTHENTIC = "authentic", _("Authentic")
    AUTHENTIC_DRAFT = "authentic_draft", _("Authentic draft")
    SUPERSEDED = "superseded", _("Authentic, superseded by a newer one")
    ALTERED = "altered", _("Altered")
    UNKNOWN = "unknown", _("Unknown")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found: the verdict, the hash of what was looked at, and the document or approval it belongs to.

    `is_earlier` when the document was drawn and sealed again since this file of it was issued; `is_cut_off` when an
    altered or unknown file lacks its end, as one does that was not loaded or copied whole.
    """

    verdict: Verdict
    sha256: str = ""
    document: Document | None = None
    approval: Approval | None = None
    is_earlier: bool = False
    is_cut_off: bool = False

    @property
    def is_authentic(self) -> bool:
        return self.verdict in (Verdict.AUTHENTIC, Verdict.AUTHENTIC_DRAFT, Verdict.SUPERSEDED)


def verify_bytes(content: bytes, *, text: str = "", is_cut_off: bool = False) -> Finding:
    """Looks a file up. `text` is what was extracted from it, if anything: a code in it tells altered from alien.

    `is_cut_off` says that its end is missing, which is told of a file that is not known.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    document = _known(sha256=sha256)
    is_earlier = document is None
    if is_earlier:
        document = _known(earlier_files__sha256=sha256)
    if document is not None:
        return Finding(
            verdict=_verdict(document),
            sha256=sha256,
            document=document,
            approval=document.approval,
            is_earlier=is_earlier,
        )
    approval = _claimed_approval(text or content.decode("latin-1"))
    verdict = Verdict.UNKNOWN if approval is None else Verdict.ALTERED
    return Finding(verdict=verdict, sha256=sha256, approval=approval, is_cut_off=is_cut_off)


def verify_code(code: str) -> Finding:
    """Looks up the code that an approval sheet prints."""
    approval = approval_by_code(code)
    if approval is None:
        return Finding(verdict=Verdict.UNKNOWN)
    verdict = Verdict.SUPERSEDED if is_superseded(approval.snapshot) else Verdict.AUTHENTIC
    return Finding(verdict=verdict, approval=approval)


def approval_by_code(code: str) -> Approval | None:
    """Spaces, lower case, missing hyphens and Cyrillic letters are forgiven: the code is typed from paper."""
    letters = _BETWEEN.sub("", code).upper().translate(_AS_LATIN)
    tidy = "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
    if not _CODE.fullmatch(tidy):
        return None
    return Approval.objects.filter(verification_code=tidy).select_related(*_NAMED_BY, "meeting").first()


def _known(**hashes: str) -> Document | None:
    rows = Document.objects.filter(**hashes).select_related(*_NAMED_BY, "approval")
    return rows.order_by("pk").first()


def _verdict(document: Document) -> Verdict:
    if document.approval is None:
        return Verdict.AUTHENTIC_DRAFT
    return Verdict.SUPERSEDED if is_superseded(document.snapshot) else Verdict.AUTHENTIC


def _claimed_approval(text: str) -> Approval | None:
    """The approval that a file names, by its code or by the snapshot's hash."""
    codes = _CODE.findall(text)[:20]
    hashes = re.findall(r"\b[0-9a-f]{64}\b", text)[:50]
    return (
        Approval.objects.filter(models.Q(verification_code__in=codes) | models.Q(snapshot_sha256__in=hashes))
        .select_related(*_NAMED_BY)
        .first()
    )
