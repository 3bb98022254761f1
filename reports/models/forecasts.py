"""Flows over months and quarters, and what was forecast of them. Neither is ever added into a total."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from operations.models import Indicator, MemberState, User


class Frequency(models.TextChoices):
    MONTH = "month", _("by month")
    QUARTER = "quarter", _("by quarter")


class FlowObservation(models.Model):
    """A flow of one month or quarter from before the returns, with its source; a corrected one supersedes it."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    state = models.ForeignKey(MemberState, models.PROTECT, related_name="+")
    frequency = models.CharField(max_length=7, choices=Frequency)
    start_date = models.DateField()
    end_date = models.DateField()
    value = models.BigIntegerField()
    source_title = models.CharField(max_length=300)
    source_url = models.URLField(max_length=500, blank=True)
    source_date = models.CharField(max_length=100, blank=True)
    is_demonstration = models.BooleanField(default=False)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    is_superseded = models.BooleanField(default=False)

    class Meta:
        ordering = ["indicator", "state", "start_date"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "state", "frequency", "start_date"],
                condition=Q(is_superseded=False),
                name="one_flow_per_state_and_time",
            ),
            models.CheckConstraint(condition=Q(end_date__gt=F("start_date")), name="flow_dates_in_order"),
            models.CheckConstraint(condition=Q(value__gte=0), name="flow_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}/{self.state_id}/{self.start_date}"


class Forecast(models.Model):
    """A forecast as it was made: the series it saw, the method chosen, its backtest, the points with their intervals.

    Never changed; the newest is shown, the older ones against what came. `state` empty is the sum of the states.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="forecasts")
    state = models.ForeignKey(MemberState, models.PROTECT, null=True, blank=True, related_name="+")
    frequency = models.CharField(max_length=7, choices=Frequency)
    method = models.CharField(max_length=20)
    series = models.JSONField(default=list)
    breaks = models.JSONField(default=list)
    backtest = models.JSONField(default=dict)
    points = models.JSONField(default=list)
    origin_date = models.DateField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                "indicator",
                Coalesce("state_id", 0),
                "frequency",
                "origin_date",
                "made_at",
                name="one_forecast_per_moment",
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.origin_date} {self.method}"
