"""The audit trail and background jobs, as far as the caller may see them."""

import json
from typing import Any

from rest_framework import serializers

from operations.api.parameters import Choice, Parameter
from operations.api.resources import Resource
from operations.api.serializers import Representation
from operations.models import AuditEntry, Job


class AuditEntryShown(Representation):
    """One link of the chain. `entry_hash` can be computed again from the other members."""

    sequence = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.IntegerField(source="actor_id", allow_null=True)
    actor_name = serializers.CharField()
    act = serializers.CharField()
    act_group = serializers.UUIDField()
    object_type = serializers.CharField()
    object_id = serializers.CharField()
    object_label = serializers.CharField()
    state = serializers.CharField(source="state_code")
    data = serializers.SerializerMethodField()  # type: ignore[assignment]  # the base class has something of that name
    previous_hash = serializers.CharField()
    entry_hash = serializers.CharField()

    def get_data(self, entry: AuditEntry) -> dict[str, Any]:
        return dict(json.loads(entry.data))


class AuditTrail(Resource):
    """The audit trail, newest first."""

    queryset = AuditEntry.objects.all()
    serializer_class = AuditEntryShown
    ordering = ("-sequence",)
    lookup_field = "sequence"
    parameters = {
        "act": Parameter(lookup="act"),
        "object_type": Parameter(lookup="object_type"),
        "object_id": Parameter(lookup="object_id"),
    }


class JobShown(Representation):
    """Long work with its progress; `result` is filled when it is done."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    status = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    result = serializers.JSONField()
    error = serializers.CharField()


class Jobs(Resource):
    """Background jobs that the caller asked for; the administrator sees all."""

    queryset = Job.objects.all()
    serializer_class = JobShown
    ordering = ("-created_at", "-id")
    lookup_value_regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    parameters = {"status": Choice(lookup="status", choices=Job.Status.values)}
