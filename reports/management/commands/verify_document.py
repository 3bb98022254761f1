"""Says whether a file is one of our documents: exit code 0 when authentic, 1 when altered or unknown.

An authentic document is drawn again from its frozen data and compared where the renderer is the same as then; where it
is another one, the stored hash and the data stand for it, and the answer says which.
"""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from reports.domain.snapshots import has_its_hash
from reports.domain.verification import Finding
from reports.models import Document
from reports.rendering.process import RenderingFailed
from reports.rendering.reading import verify_file
from reports.tasks import redraw


class Command(BaseCommand):
    help = "Verifies a document by its bytes"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file to look at")
        parser.add_argument("--no-redraw", action="store_true", help="compare with the stored hash alone")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} could not be read: {error.strerror}") from error
        try:
            finding = verify_file(content)
            with translation.override("en"):
                self.stdout.write("\n".join(_lines(path, finding)))
            if finding.document is not None and not options["no_redraw"]:
                self.stdout.write(f"  compared  {_compared(finding.document)}")
        except RenderingFailed as error:
            raise CommandError(f"The document could not be compared: {error}") from error
        if not finding.is_authentic:
            sys.exit(1)


def _compared(document: Document) -> str:
    same = redraw(document, at=timezone.now())
    if same is not None:
        return "drawn again: the same bytes" if same else "drawn again: OTHER bytes; tell the administrator"
    held = "the frozen data have their hash" if has_its_hash(document.snapshot) else "THE FROZEN DATA WERE CHANGED"
    return f"by the stored hash, because the renderer is another one than then; {held}"


def _lines(path: Path, finding: Finding) -> list[str]:
    lines = [f"{path}: {str(finding.verdict.label).lower()}", f"  sha256    {finding.sha256}"]
    document, approval = finding.document, finding.approval
    report = None
    if document is not None:
        report = document.snapshot.report
        lines.append(f"  document  {document.format}, {document.language}, {document.get_edition_display()}")
        lines.append(f"  data      {document.snapshot.sha256} as of {document.snapshot.as_of.isoformat()}")
    elif approval is not None:
        report = approval.snapshot.report
        lines.append("  the file names this report, but its bytes are not those of any document of it")
    if finding.is_cut_off:
        lines.append("  incomplete: the file breaks off; get it whole and verify that")
    if report is not None:
        lines.insert(1, f"  report    {report.definition} {report.operation.slug} No. {report.number}")
    if approval is not None and document is not None:
        lines.append(f"  approved  {approval.approved_at.isoformat()} by {approval.name_en}, {approval.capacity_en}")
        lines.append(f"  code      {approval.verification_code}")
        if approval.registration_number:
            lines.append(f"  register  No. {approval.registration_number} of {approval.registered_on}")
    if document is not None and document.seal:
        told = "of an earlier file; the document was sealed again since" if finding.is_earlier else "in place"
        lines.append(f"  seal      {told}, certificate {document.seal[:16]}")
    return lines
