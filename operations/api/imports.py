"""Imports of returns as JSON: `POST /imports/?dry_run=true` checks, without it the rows become drafts.

Rows of our own shape, or the data values that DHIS2 writes. A few thousand rows are answered at once; more are taken
(202), and the record at `Location` tells what became of them.
"""

import hashlib
import json
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations import tasks  # noqa: F401 - registers the jobs that are asked for here
from operations.api.fields import CodeField, StrictText
from operations.api.parameters import Choice, Code, Flag
from operations.api.resources import Resource
from operations.api.serializers import Representation, StrictInput
from operations.domain.import_requests import request_import
from operations.domain.import_rows import kept_conflict
from operations.domain.imports import import_rows
from operations.domain.tokens import TokenScope
from operations.models import ImportBatch, Operation
from operations.workbooks import import_files

#: So many rows are imported while the caller waits; more of them in the background.
AT_ONCE = 2_000
_LIVE = Operation.objects.filter(origin=Operation.Origin.LIVE)


class ImportListed(Representation):
    """An import and its counts; while `status` is `waiting`, `job` tells how far it is."""

    id = serializers.IntegerField()
    operation = serializers.CharField(source="operation.slug")
    file_name = serializers.CharField()
    sha256 = serializers.CharField()
    status = serializers.CharField()
    atomicity = serializers.CharField()
    summary = serializers.JSONField()
    job = serializers.UUIDField(source="job_id", allow_null=True)
    imported_by = serializers.CharField(source="imported_by.username")
    imported_at = serializers.DateTimeField()


class ConflictShown(Representation):
    """One thing that was wrong: `place` is a JSON pointer or the cell of a sheet, `row` the line of a table,
    `value` what stands there (nothing of a note, nothing that looks personal)."""

    row = serializers.IntegerField()
    place = serializers.CharField()
    column = serializers.CharField()
    code = serializers.CharField()
    value = serializers.CharField()
    detail = serializers.CharField(source="message")


class ImportShown(ImportListed):
    """An import with every conflict that it met."""

    conflicts = serializers.SerializerMethodField()

    @extend_schema_field(ConflictShown(many=True))
    def get_conflicts(self, batch: ImportBatch) -> Any:
        language = get_language() or "ru"
        return ConflictShown([kept_conflict(row, language) for row in batch.conflicts], many=True).data


class RowGiven(StrictInput):
    """One cell; `agency` is a code or a kind, an empty category the indicator's own value, `value` an integer."""

    state = StrictText(max_length=2)
    agency = StrictText(max_length=40)
    period = StrictText(max_length=20)
    unit = StrictText(max_length=40, required=False, allow_blank=True)
    indicator = StrictText(max_length=10)
    category = StrictText(max_length=60, required=False, allow_blank=True)
    value = serializers.JSONField(required=False, allow_null=True)
    status = StrictText(max_length=14, required=False, allow_blank=True)
    note = StrictText(max_length=500, required=False, allow_blank=True, lines=True)


class DataValueGiven(StrictInput):
    """One cell as DHIS2 writes it; `orgUnit` is an agency's code, or `agency/unit`."""

    dataElement = StrictText(max_length=10)  # noqa: N815 - DHIS2's word
    period = StrictText(max_length=20, required=False)
    orgUnit = StrictText(max_length=80, required=False)  # noqa: N815 - DHIS2's word
    categoryOptionCombo = StrictText(max_length=60, required=False, allow_blank=True)  # noqa: N815 - DHIS2's word
    value = serializers.JSONField(required=False, allow_null=True)
    comment = StrictText(max_length=500, required=False, allow_blank=True, lines=True)
    attributeOptionCombo = StrictText(max_length=60, required=False)  # noqa: N815 - DHIS2's word; `default` alone
    # written by DHIS2 with every value, read over here
    storedBy = StrictText(max_length=255, required=False)  # noqa: N815 - DHIS2's word
    created = StrictText(max_length=40, required=False)
    lastUpdated = StrictText(max_length=40, required=False)  # noqa: N815 - DHIS2's word
    followup = serializers.BooleanField(required=False)
    deleted = serializers.BooleanField(required=False)


_OF_DHIS2 = {"dataSet", "period", "orgUnit", "completeDate", "attributeOptionCombo", "dataValues"}


class _List(serializers.Field):
    """A list that is not looked into: its rows are read like those of a file."""

    default_error_messages = {
        "not_a_list": _("Give a JSON list."),
        "required": _("This has to be filled in."),
    }

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, list):
            self.fail("not_a_list")
        if not data:
            self.fail("required")
        return data


@extend_schema_field(serializers.ListField(child=RowGiven(), min_length=1))
class Rows(_List):
    """Rows of our own shape."""


@extend_schema_field(serializers.ListField(child=DataValueGiven(), min_length=1))
class DataValues(_List):
    """Rows as DHIS2 writes them."""


class RowsGiven(StrictInput):
    """`operation` and `rows`; or `dataSet` (the operation), `dataValues` and what holds for all of them."""

    operation = CodeField(_LIVE, code="slug", required=False)
    name = StrictText(max_length=190, required=False)
    rows = Rows(required=False)
    dataSet = CodeField(_LIVE, code="slug", required=False)  # noqa: N815 - DHIS2's word
    period = StrictText(max_length=20, required=False)
    orgUnit = StrictText(max_length=80, required=False)  # noqa: N815 - DHIS2's word
    completeDate = StrictText(max_length=40, required=False)  # noqa: N815 - DHIS2's word, read over
    attributeOptionCombo = StrictText(max_length=60, required=False)  # noqa: N815 - DHIS2's word; `default` alone
    dataValues = DataValues(required=False)  # noqa: N815 - DHIS2's word

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        is_dhis2 = bool(attrs.keys() & _OF_DHIS2)
        wanted = ("dataSet", "dataValues") if is_dhis2 else ("operation", "rows")
        errors = {name: [_required()] for name in wanted if name not in attrs}
        if is_dhis2:
            errors |= {name: [_unknown()] for name in ("operation", "rows") if name in attrs}
        if errors:
            raise serializers.ValidationError(errors)
        return attrs


def _required() -> Any:
    return serializers.ErrorDetail(str(_("This has to be filled in.")), code="required")


def _unknown() -> Any:
    return serializers.ErrorDetail(str(_("There is no such member.")), code="unknown_field")


class Imports(Resource):
    """Imports of returns, one's own; the headquarters see all."""

    queryset = ImportBatch.objects.select_related("operation", "imported_by")
    serializer_class = ImportListed
    outputs = {"create": ImportShown, "retrieve": ImportShown}
    ordering = ("-imported_at", "-id")
    parameters = {
        "operation": Code(lookup="operation__slug", model=Operation, code="slug"),
        "status": Choice(lookup="status", choices=ImportBatch.Status.values),
    }
    write_scope = TokenScope.RETURNS
    inputs = {"create": RowsGiven}

    def get_serializer_class(self) -> Any:
        return self.outputs.get(self.action, self.serializer_class)

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows.defer("conflicts") if self.action == "list" else rows

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Checks the rows, and unless `dry_run=true` stores them as drafts; every fault is reported at once.

        With `atomicity=return` the faultless returns are imported and the others refused.
        """
        given = self.input(RowsGiven)
        operation = given.get("operation") or given["dataSet"]
        content = {name: value for name, value in given.items() if name in _CONTENT}
        data = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
        name, dry_run = given.get("name", ""), self.asked.get("dry_run", False)
        atomicity = self.asked.get("atomicity", ImportBatch.Atomicity.FILE)
        if len(content.get("rows") or content["dataValues"]) > AT_ONCE:
            batch = request_import(
                operation=operation,
                file_name=f"{name.removesuffix('.json')}.json",
                sha256=import_files.keep([data], at=self.at),
                atomicity=atomicity,
                dry_run=dry_run,
                actor=self.actor,
                at=self.at,
            )
            status = 202
        else:
            sha256 = hashlib.sha256(data).hexdigest()
            batch = import_rows(
                source=import_files.json_source(data, sha256=sha256, operation=operation),
                operation=operation,
                file_name=name,
                actor=self.actor,
                at=self.at,
                atomicity=atomicity,
                dry_run=dry_run,
            )
            status = 200 if dry_run else 201
        return self.answer(batch, status=status, Location=f"{request.path}{batch.pk}/")

    create.parameters = {  # type: ignore[attr-defined]
        "dry_run": Flag(lookup=""),
        "atomicity": Choice(lookup="", choices=ImportBatch.Atomicity.values),
    }


#: What of the body is read as a file.
_CONTENT = ("rows", "period", "orgUnit", "attributeOptionCombo", "dataValues")
