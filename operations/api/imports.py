"""Imports of returns as JSON rows: `POST /imports/?dry_run=true` checks, without it the rows become drafts."""

import hashlib
import json
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.fields import CodeField, StrictText
from operations.api.parameters import Code, Flag
from operations.api.resources import Resource
from operations.api.serializers import Representation, StrictInput
from operations.domain.errors import BadInput, Problem
from operations.domain.imports import BadImport, ImportRow, import_rows
from operations.domain.tokens import TokenScope
from operations.models import ImportBatch, Operation

MOST_ROWS = 20_000


class ImportShown(Representation):
    """An import and its counts."""

    id = serializers.IntegerField()
    operation = serializers.CharField(source="operation.slug")
    file_name = serializers.CharField()
    sha256 = serializers.CharField()
    status = serializers.CharField()
    summary = serializers.JSONField()
    imported_by = serializers.CharField(source="imported_by.username")
    imported_at = serializers.DateTimeField()


class RowGiven(StrictInput):
    """One cell; `agency` is a code or a kind, an empty category the indicator's own value, `value` an integer."""

    state = StrictText(max_length=2)
    agency = StrictText(max_length=40)
    period = StrictText(max_length=20)
    indicator = StrictText(max_length=10)
    category = StrictText(max_length=60, required=False, allow_blank=True)
    value = serializers.JSONField(required=False, allow_null=True)
    status = StrictText(max_length=14, required=False, allow_blank=True)
    note = StrictText(max_length=500, required=False, allow_blank=True, lines=True)


class RowsGiven(StrictInput):
    """Rows for one operation; all are taken or none."""

    operation = CodeField(Operation.objects.filter(origin=Operation.Origin.LIVE), code="slug")
    name = StrictText(max_length=200, required=False)
    rows = serializers.ListField(child=RowGiven(), min_length=1, max_length=MOST_ROWS)


class Imports(Resource):
    """Imports of returns, one's own; the headquarters see all."""

    queryset = ImportBatch.objects.select_related("operation", "imported_by")
    serializer_class = ImportShown
    ordering = ("-imported_at", "-id")
    parameters = {"operation": Code(lookup="operation__slug", model=Operation, code="slug")}
    write_scope = TokenScope.RETURNS
    inputs = {"create": RowsGiven}

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Checks the rows, and unless `dry_run=true` stores them as drafts; every fault is reported at once."""
        given = self.input(RowsGiven)
        rows = [
            ImportRow(f"rows.{index}", {**row, "value": _value(row.get("value"))})
            for index, row in enumerate(given["rows"])
        ]
        try:
            batch = import_rows(
                rows=rows,
                operation=given["operation"],
                file_name=given.get("name", ""),
                sha256=hashlib.sha256(json.dumps(given["rows"], sort_keys=True).encode()).hexdigest(),
                actor=self.actor,
                at=self.at,
                dry_run=self.asked.get("dry_run", False),
            )
        except BadImport as error:
            raise BadInput(_at_members(error), error.message) from error
        headers = {"Location": f"{request.path}{batch.pk}/"}
        return self.answer(batch, status=200 if self.asked.get("dry_run") else 201, **headers)

    create.parameters = {"dry_run": Flag(lookup="")}  # type: ignore[attr-defined]


class _NoNumber:
    """A JSON value that is no integer: the domain refuses it where it stands."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw


def _value(raw: Any) -> Any:
    """A text would be read as typed by a person; from a system it is refused like every other wrong type."""
    return raw if raw is None or type(raw) is int else _NoNumber(raw)


def _at_members(error: BadImport) -> list[Problem]:
    return [Problem(code=one.code, field=one.field, message=one.message) for one in error.problems]
