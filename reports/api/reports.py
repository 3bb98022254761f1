"""Reports and their workflow, snapshots with the frozen data, documents with their files."""

from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.fields import CodeField, StrictBoolean, StrictChoice, StrictInteger, StrictText
from operations.api.parameters import Choice, Code, Whole
from operations.api.resources import Resource, WorkflowResource
from operations.api.serializers import (
    Commented,
    Reauthenticated,
    Representation,
    StrictInput,
    TransitionsField,
)
from operations.domain.access import visible_to
from operations.domain.errors import BadInput, NotAllowed, NotFound, Problem, WrongState
from operations.domain.tokens import TokenScope
from operations.models import Meeting, MemberState, Operation, Stage
from reports.domain import reports as verbs
from reports.domain.clearance import candidates, is_asked_for
from reports.domain.definitions import all_definitions
from reports.domain.distribution import record_download
from reports.domain.documents import DocumentKind, ask_for
from reports.domain.gates import reads_whole
from reports.domain.narratives import LONGEST_TEXT
from reports.domain.snapshot_compare import Change, changes
from reports.domain.snapshots import current_snapshot, payload_of
from reports.models import Document, Download, Report, Snapshot
from reports.rendering import store
from reports.rendering.outputs import CONTENT_TYPES, OFFICIAL_FORMATS
from reports.tasks import ready_document


class NarrativeShown(Representation):
    """A section's text in both languages."""

    section = serializers.CharField()
    text_ru = serializers.CharField()
    text_en = serializers.CharField()
    revision = serializers.IntegerField()


class ReportShown(Representation):
    """A report; `snapshot_sha256` is the hash of the data that were last submitted, which an approval names."""

    id = serializers.IntegerField()
    definition = serializers.CharField()
    operation = serializers.CharField(source="operation.slug")
    stage = serializers.IntegerField(source="stage.number", default=None)
    state = serializers.CharField(source="state.code", default=None)
    number = serializers.IntegerField()
    status = serializers.CharField()
    revision = serializers.IntegerField()
    narratives = NarrativeShown(many=True)
    explanation = serializers.CharField()
    decision_comment = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)
    snapshot = serializers.SerializerMethodField()
    snapshot_sha256 = serializers.SerializerMethodField()
    transitions = TransitionsField()

    def get_snapshot(self, report: Report) -> int | None:
        snapshot = _newest(report)
        return None if snapshot is None else snapshot.pk

    def get_snapshot_sha256(self, report: Report) -> str | None:
        snapshot = _newest(report)
        return None if snapshot is None else snapshot.sha256


def _newest(report: Report) -> Snapshot | None:
    """The snapshot that was submitted last, among those that the list fetched at once."""
    submitted = [one for one in report.snapshots.all() if not one.is_draft]
    return max(submitted, key=lambda one: one.number, default=None)


class ClearableShown(Representation):
    """A regional figure that a press release may say once it is cleared with this very number."""

    figure = serializers.CharField(source="indicator.code")
    value = serializers.IntegerField()
    is_cleared = serializers.BooleanField()
    has_moved = serializers.BooleanField()


class ReportInput(StrictInput):
    """A new report, in draft: `stage` (its number) for a report on a stage, `state` for one of a state."""

    definition = StrictChoice(choices=[(one.code, one.code) for one in all_definitions()])
    operation = CodeField(Operation, code="slug")
    stage = StrictInteger(min_value=1, max_value=99, required=False)
    state = CodeField(MemberState, required=False)


class TextInput(StrictInput):
    """One section in both languages."""

    section = StrictText(max_length=30)
    text_ru = StrictText(max_length=LONGEST_TEXT, lines=True, allow_blank=True)
    text_en = StrictText(max_length=LONGEST_TEXT, lines=True, allow_blank=True)
    screening_reason = StrictText(max_length=300, allow_blank=True, required=False)


class ClearedInput(StrictInput):
    """The figure that is cleared for the public, by its code, and the number that the caller was shown."""

    figure = StrictText(max_length=20)
    value = StrictInteger(max_value=10**15)


class FigureInput(StrictInput):
    """The figure whose clearance is withdrawn, by its code."""

    figure = StrictText(max_length=20)


class SubmissionInput(StrictInput):
    """What is said about the points that stay open."""

    explanation = StrictText(max_length=2000, lines=True, allow_blank=True, required=False)


class ApprovalInput(Reauthenticated):
    """The hash that was shown, the meeting that decided (if any), and the caller's password or code once more."""

    snapshot_sha256 = StrictText(max_length=64, required=False)
    meeting = StrictInteger(min_value=1, required=False)


class PublicationInput(StrictInput):
    """That the figures are cleared and the public edition was looked at.

    `disclosure_sha256` binds it to what was shown to be hidden; something else to be hidden by now is a conflict.
    """

    figures_cleared = StrictBoolean(required=False)
    disclosure_sha256 = StrictText(max_length=64, required=False)


class Reports(WorkflowResource):
    """Reports, from the draft to the published document."""

    queryset = Report.objects.select_related("operation", "stage", "state").prefetch_related(
        "narratives", Prefetch("snapshots", Snapshot.objects.defer("content"))
    )
    serializer_class = ReportShown
    ordering = ("-created_at", "-id")
    parameters = {
        "definition": Choice(lookup="definition", choices=[one.code for one in all_definitions()]),
        "operation": Code(lookup="operation__slug", model=Operation, code="slug"),
        "stage": Whole(lookup="stage__number"),
        "state": Code(lookup="state__code", model=MemberState),
        "status": Choice(lookup="status", choices=Report.Status.values),
    }
    write_scope = TokenScope.REPORTS
    transitions = {
        "edit": TextInput,
        "clear": ClearedInput,
        "unclear": FigureInput,
        "submit": SubmissionInput,
        "approve": ApprovalInput,
        "return": Commented,
        "publish": PublicationInput,
    }
    inputs = {"create": ReportInput}
    outputs = {"clearance": ClearableShown}
    is_revised = True

    def create(self, request: Request) -> Response:
        given = self.input(ReportInput)
        if "stage" in given:
            given["stage"] = self._stage(given["stage"], given["operation"])
        report = verbs.compose_report(**given, actor=self.actor, at=self.at)
        return self.answer(self.get_queryset().get(pk=report.pk), status=201)

    @action(detail=True, methods=["get"])
    def clearance(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The figures that can be cleared for a press release, and which are; another report has none."""
        report = self.get_object()
        if not is_asked_for(report):
            raise NotFound
        return Response(ClearableShown(candidates(report), many=True).data)

    def _stage(self, number: int, operation: Operation) -> Stage:
        """The stage of that number; one that is not there is a fault of its field."""
        stages = Stage.objects.filter(plan__operation=operation, number=number)
        found: Stage | None = visible_to(stages, self.actor, at=self.at).first()
        if found is None:
            message = _("The operation has no stage of this number.")
            raise BadInput([Problem(code="unknown", field="stage", message=message)])
        return found

    def carry_out(self, row: Any, name: str, given: dict[str, Any]) -> None:
        if "meeting" in given:
            given["meeting"] = self._meeting(given["meeting"], row)
        super().carry_out(row, name, given)

    def _meeting(self, pk: int, row: Report) -> Meeting:
        found: Meeting | None = visible_to(Meeting, self.actor, at=self.at).filter(pk=pk).first()
        if found is None or found.operation_id not in (None, row.operation_id):
            raise NotFound
        return found


class SnapshotShown(Representation):
    """Frozen data: `sha256` is over the bytes that `…/content/` gives."""

    id = serializers.IntegerField()
    report = serializers.IntegerField(source="report_id")
    number = serializers.IntegerField()
    sha256 = serializers.CharField()
    schema = serializers.IntegerField()
    data_version = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    is_draft = serializers.BooleanField()


class NumberChanged(Representation):
    """A number that changed: what it is of (empty: the margin), its cell before and after (null for none)."""

    operation = serializers.CharField()
    indicator = serializers.CharField()
    category = serializers.CharField()
    state = serializers.CharField()
    time = serializers.CharField()
    agency = serializers.CharField()
    old = serializers.DictField(allow_null=True)
    new = serializers.DictField(allow_null=True)


class Comparison(Representation):
    """Two snapshots, and the numbers that are not the same in both."""

    old = serializers.IntegerField()
    new = serializers.IntegerField()
    changes = NumberChanged(many=True)


def _change(change: Change) -> dict[str, Any]:
    codes = {name: value for name, value in change.place._asdict().items() if name != "vintage"}
    return {**codes, "old": change.old, "new": change.new}


class Snapshots(Resource):
    """The frozen data of reports; they never change."""

    queryset = Snapshot.objects.defer("content")
    serializer_class = SnapshotShown
    ordering = ("-taken_at", "-id")
    parameters = {"report": Whole(lookup="report")}
    outputs = {"compare": Comparison}

    @action(detail=True, methods=["get"])
    def compare(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The numbers that changed from this snapshot to that of `with`, by what they are of; all of them."""
        old = self.get_object()
        if "with" not in self.asked:
            raise serializers.ValidationError({"with": [_("Name the snapshot to compare with.")]})
        new = _compared(self, self.asked["with"])
        found = changes(payload_of(old), payload_of(new))
        return Response(Comparison({"old": old.pk, "new": new.pk, "changes": [_change(one) for one in found]}).data)

    compare.parameters = {"with": Whole(lookup="")}  # type: ignore[attr-defined]

    @action(detail=True, methods=["get"])
    def content(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """The very bytes whose SHA-256 was approved."""
        snapshot = self.get_object()
        return HttpResponse(bytes(snapshot.content), content_type="application/json")


def _compared(resource: Snapshots, pk: int) -> Snapshot:
    """The other snapshot: one that the caller may see, of the same kind on the same subject."""
    found: Snapshot | None = visible_to(Snapshot, resource.actor, at=resource.at).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


class DocumentShown(Representation):
    """A file made of a snapshot and its approval; `…/content/` gives its bytes."""

    id = serializers.IntegerField()
    report = serializers.IntegerField(source="snapshot.report_id")
    snapshot = serializers.IntegerField(source="snapshot_id")
    format = serializers.CharField()
    language = serializers.CharField()
    edition = serializers.CharField()
    marking = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    is_draft = serializers.BooleanField()
    rendered_at = serializers.DateTimeField()
    verification_code = serializers.CharField(source="approval.verification_code", default=None)


class DocumentInput(StrictInput):
    """Which file of an approved report is wanted."""

    report = StrictInteger(min_value=1)
    format = StrictChoice(choices=[(code, code) for code in OFFICIAL_FORMATS])
    language = StrictChoice(choices=[(code, code) for code in ("ru", "en", "both")])


class RequestedDocument(Representation):
    """The job that draws the file, or the document where it exists already."""

    job = serializers.UUIDField(allow_null=True)
    document = serializers.IntegerField(allow_null=True)


class Documents(Resource):
    """Files of reports."""

    queryset = Document.objects.select_related("snapshot", "approval").defer("snapshot__content")
    serializer_class = DocumentShown
    ordering = ("-rendered_at", "-id")
    parameters = {
        "report": Whole(lookup="snapshot__report"),
        "format": Choice(lookup="format", choices=Document.Format.values),
    }
    write_scope = TokenScope.REPORTS
    inputs = {"create": DocumentInput}
    outputs = {"create": RequestedDocument}

    def create(self, request: Request) -> Response:
        """Asks for a file (202 with the job); a file that exists is answered at once (200)."""
        given = self.input(DocumentInput)
        report = visible_to(Report, self.actor, at=self.at).filter(pk=given.pop("report")).first()
        if report is None:
            raise NotFound
        snapshot = current_snapshot(report)
        approval = getattr(snapshot, "approval", None)
        if snapshot is None or approval is None:
            raise WrongState
        if not reads_whole(self.actor, snapshot, at=self.at):
            raise NotAllowed
        kind = DocumentKind(**given)
        known = ready_document(snapshot=snapshot, approval=approval, kind=kind)
        if known is not None:
            return Response({"job": None, "document": known.pk})
        with transaction.atomic():
            job = ask_for(snapshot=snapshot, approval=approval, kind=kind, actor=self.actor, at=self.at)
        return Response({"job": str(job.pk), "document": None}, status=202)

    @action(detail=True, methods=["get"])
    def content(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """The file itself."""
        document = self.get_object()
        try:
            content = store.get(document.sha256)
        except FileNotFoundError as error:
            raise NotFound from error
        record_download(document, user=self.actor, door=Download.Door.API, at=self.at)
        return HttpResponse(content, content_type=CONTENT_TYPES[document.format])
