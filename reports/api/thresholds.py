"""The thresholds of disclosure control, to read."""

from rest_framework import serializers

from operations.api.resources import Resource
from operations.api.serializers import Representation
from reports.models import DisclosureThresholds


class ThresholdsShown(Representation):
    """From which value on a fine number about persons is shown in public editions, by which decision, since when."""

    id = serializers.IntegerField()
    effective_from = serializers.DateField()
    reference_ru = serializers.CharField()
    reference_en = serializers.CharField()
    method = serializers.CharField()
    fine_cell = serializers.IntegerField()
    citizenship_cell = serializers.IntegerField()
    rounding_base = serializers.IntegerField()
    entered_at = serializers.DateTimeField()


class Thresholds(Resource):
    """Decisions of the Council on disclosure control, the newest first; without one 5 and 10 hold."""

    queryset = DisclosureThresholds.objects.all()
    serializer_class = ThresholdsShown
    ordering = ("-effective_from", "-id")
