"""Makes a report's document from the command line, without a server.

An approved report is drawn as it was approved. Without one, the data as they stand are frozen as a marked draft, which
`verify_document` will recognise as such.
"""

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from operations.domain.errors import DomainError
from operations.domain.people import system_user
from operations.models import Meeting, MemberState, Operation, Plan, Stage
from reports.domain import definitions
from reports.domain.definitions import Definition
from reports.domain.documents import DocumentKind
from reports.domain.following import minutes_to_draw, plan_to_draw
from reports.domain.payload import UnsoundPayload
from reports.domain.reports import approved_snapshot, report_for_a_draft
from reports.domain.snapshots import take_snapshot
from reports.domain.subjects import first_state_with_data, last_finished_stage
from reports.models import Approval, Document, Snapshot
from reports.rendering import store
from reports.rendering.outputs import CONTENT_TYPES
from reports.rendering.process import RenderingFailed
from reports.tasks import document_for


class Command(BaseCommand):
    help = "Writes a report's document: report DEFINITION OPERATION -o FILE"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("definition", choices=[one.code for one in definitions.all_definitions()])
        parser.add_argument("operation", help="the operation's short name, such as illegal-2026")
        parser.add_argument("--stage", type=int, help="number of a stage; the last finished one unless given")
        parser.add_argument("--state", help="code of a state; the first with data unless given")
        parser.add_argument("--meeting", type=int, help="number of a meeting; the last one unless given")
        parser.add_argument("--language", choices=["ru", "en", "both"], default="ru")
        parser.add_argument("--format", choices=list(CONTENT_TYPES), default="pdf")
        parser.add_argument("--edition", choices=Document.Edition.values, default=Document.Edition.FULL)
        parser.add_argument("-o", "--output", required=True, help="the file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        operation = Operation.objects.filter(slug=options["operation"]).first()
        if operation is None:
            known = ", ".join(Operation.objects.values_list("slug", flat=True)) or "none; run load_reference"
            raise CommandError(f"There is no operation {options['operation']}. Known: {known}.")
        try:
            snapshot, approval = self._source(operation, options, at)
            document = document_for(snapshot=snapshot, approval=approval, kind=_kind(options), at=at)
        except (RenderingFailed, UnsoundPayload, DomainError) as error:
            raise CommandError(f"The document could not be drawn: {error}") from error
        target = Path(options["output"])
        try:
            target.write_bytes(store.get(document.sha256))
        except OSError as error:
            raise CommandError(f"{target} could not be written: {error.strerror}") from error
        self.stdout.write(_told(target, document, snapshot, approval))

    def _source(
        self, operation: Operation, options: dict[str, Any], at: dt.datetime
    ) -> tuple[Snapshot, Approval | None]:
        """The frozen data to draw, with their approval: what was approved, else a draft of what there is."""
        definition = definitions.find(options["definition"])
        if definition is None:
            raise CommandError(f"There is no kind of report {options['definition']}.")
        unsuited = definition.unsuited(operation)
        if unsuited:
            raise CommandError(f"There is no such report on {operation.slug}. {unsuited}")
        subject = _subject(options, operation, definition, at)
        if definition.follows:
            if options["edition"] == Document.Edition.PUBLIC:
                raise CommandError("Plans and minutes have no public edition.")
            return _followed(operation, options, at)
        found = approved_snapshot(definition=options["definition"], operation=operation, **subject)
        return found or (self._draft(options["definition"], operation, subject, at), None)

    def _draft(self, definition: str, operation: Operation, subject: dict[str, Any], at: Any) -> Snapshot:
        actor = system_user("reports")
        report = report_for_a_draft(definition=definition, operation=operation, actor=actor, at=at, **subject)
        return take_snapshot(report=report, actor=actor, at=at, is_draft=True)


def _followed(operation: Operation, options: dict[str, Any], at: dt.datetime) -> tuple[Snapshot, Approval | None]:
    """The plan's version in force, or the minutes of the meeting; a Word file is always a working copy of the draft."""
    actor = system_user("reports")
    if options["definition"] == "minutes":
        return minutes_to_draw(_meeting(operation, options["meeting"]), actor=actor, at=at)
    plan = Plan.objects.filter(operation=operation).select_related("operation", "in_force_version").first()
    if plan is None:
        raise CommandError(f"{operation.slug} has no plan.")
    return plan_to_draw(plan, actor=actor, at=at, as_working_copy=options["format"] == Document.Format.DOCX)


def _meeting(operation: Operation, number: int | None) -> Meeting:
    """The last meeting of the operation, or the last of that number: each body counts its own meetings."""
    meetings = Meeting.objects.filter(operation=operation).select_related("operation", "body")
    if number is not None:
        meetings = meetings.filter(number=number)
    meeting = meetings.order_by("-held_on", "-pk").first()
    if meeting is None:
        raise CommandError(f"{operation.slug} has no meeting{'' if number is None else f' {number}'}.")
    return meeting


def _subject(options: dict[str, Any], operation: Operation, definition: Definition, at: dt.datetime) -> dict[str, Any]:
    """The stage and the state, for kinds of report that have one; a value that does not exist is refused either way."""
    subject: dict[str, Any] = {}
    if options["stage"] is not None:
        stage = Stage.objects.filter(plan__operation=operation, number=options["stage"]).first()
        if stage is None:
            raise CommandError(f"{operation.slug} has no stage {options['stage']}.")
    else:
        stage = last_finished_stage(operation, at=at)
    if options["state"]:
        state = MemberState.objects.filter(code=options["state"].upper()).first()
        if state is None:
            raise CommandError(f"There is no state {options['state']}.")
    else:
        state = first_state_with_data(operation)
    if "stage" in definition.scope:
        subject["stage"] = stage
    if "state" in definition.scope:
        subject["state"] = state
    return subject


def _kind(options: dict[str, Any]) -> DocumentKind:
    is_public = options["edition"] == Document.Edition.PUBLIC
    return DocumentKind(
        format=options["format"],
        language=options["language"],
        edition=options["edition"],
        marking=Document.Marking.OPEN if is_public else Document.Marking.INTERNAL,
    )


def _told(target: Path, document: Document, snapshot: Snapshot, approval: Approval | None) -> str:
    status = "draft" if approval is None else f"approved, code {approval.verification_code}"
    return f"{target}: {document.size} bytes, {status}\n  sha256 {document.sha256}\n  data   {snapshot.sha256}"
