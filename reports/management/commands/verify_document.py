"""Says whether a file is one of our documents: exit code 0 when authentic, 1 when altered or unknown."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from reports.domain.verification import Finding, verify_bytes
from reports.rendering.reading import text_of


class Command(BaseCommand):
    help = "Verifies a document by its bytes"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file to look at")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} could not be read: {error.strerror}") from error
        finding = verify_bytes(content, text=text_of(content))
        with translation.override("en"):
            self.stdout.write("\n".join(_lines(path, finding)))
        if not finding.is_authentic:
            sys.exit(1)


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
    if report is not None:
        lines.insert(1, f"  report    {report.definition} {report.operation.slug} No. {report.number}")
    if approval is not None and document is not None:
        lines.append(f"  approved  {approval.approved_at.isoformat()} by {approval.name_en}, {approval.capacity_en}")
        lines.append(f"  code      {approval.verification_code}")
    return lines
