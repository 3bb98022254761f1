"""Bases of what is sent and what is shown.

An input refuses members that it does not know: a client that sends `status` believes that it changes something. A
representation is a plain list of fields; where the row has a workflow it ends with the transitions that the caller may
take.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from operations.api.fields import StrictText


class StrictInput(serializers.Serializer):
    """An object whose members are all known; anything else in it is an error at its own pointer."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise serializers.ValidationError(
                {"non_field_errors": [ErrorDetail(str(_("Give a JSON object.")), code="not_an_object")]}
            )
        unknown = [name for name in data if name not in self.fields or self.fields[name].read_only]
        errors: dict[str, Any] = {
            name: [ErrorDetail(str(_("There is no such member.")), code="unknown_field")] for name in unknown
        }
        try:
            taken = super().to_internal_value({name: data[name] for name in data if name not in unknown})
        except serializers.ValidationError as error:
            found: Any = error.detail
            raise serializers.ValidationError({**found, **errors}) from error
        if errors:
            raise serializers.ValidationError(errors)
        return taken


class Nothing(StrictInput):
    """For transitions that take no input: an empty body or `{}`."""


class Commented(StrictInput):
    """For transitions that may carry a word of explanation; where one is needed, the workflow says so."""

    comment = StrictText(max_length=4000, lines=True, allow_blank=True, required=False)


class Reauthenticated(StrictInput):
    """For approvals: the caller's password, or a code of the second factor, once more."""

    password = serializers.CharField(max_length=200, required=False, write_only=True, trim_whitespace=False)
    code = StrictText(max_length=20, required=False, write_only=True)


class Representation(serializers.Serializer):
    """What is shown of a row. `Revised` rows show their `revision`, which is also the ETag."""


class Refusal(serializers.Serializer):
    """One unmet need of a transition."""

    code = serializers.CharField()
    detail = serializers.CharField()
    pointer = serializers.CharField(required=False)


class OfferedTransition(serializers.Serializer):
    """A transition that is the caller's to take: where to POST, and what still stands in the way."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the base class has something of that name
    href = serializers.CharField()
    allowed = serializers.BooleanField()
    problems = Refusal(many=True)


class CodesField(serializers.ListField):
    """The codes of the rows behind a relation of many."""

    child = serializers.CharField()

    def to_representation(self, related: Any) -> list[str]:
        return [row.code for row in related.all()]


class TransitionsField(serializers.ListField):
    """The transitions that start in the row's present state and are the caller's to take."""

    child = OfferedTransition()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, row: Any) -> Any:
        return self.context["view"].offered(row)
