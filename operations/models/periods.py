"""The calendar of reporting: periods with the moments at which they open, fall due and close."""

from django.db import models
from django.db.models import F, Q

from operations.models.catalogue import Agency, MemberState, PeriodKind
from operations.models.operations import Operation
from operations.models.people import User
from operations.models.plans import Stage


class ReportingPeriod(models.Model):
    """One reporting period. `start_date`–`end_date` is what the figures cover; the three moments say when they come.

    Interval periods have no stage. Official kinds (final, follow-up, interval) never overlap for one agency and
    indicator, because their forms share no flow for the same days. What was `adjusted` by hand, an amendment of the
    plan leaves as it is.
    """

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="periods")
    kind = models.CharField(max_length=11, choices=PeriodKind)
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="periods")
    code = models.CharField(max_length=20)
    start_date = models.DateField()
    end_date = models.DateField()
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    adjusted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    adjusted_at = models.DateTimeField(null=True, blank=True)
    adjustment_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["operation", "start_date", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["operation", "code"], name="period_code_unique_in_operation"),
            models.CheckConstraint(condition=Q(end_date__gte=F("start_date")), name="period_dates_in_order"),
            models.CheckConstraint(
                condition=Q(opens_at__lte=F("due_at")) & Q(due_at__lte=F("closes_at")),
                name="period_moments_in_order",
            ),
            models.CheckConstraint(
                condition=(Q(kind="interval") & Q(stage__isnull=True)) | (~Q(kind="interval") & Q(stage__isnull=False)),
                name="period_has_a_stage_unless_interval",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_official(self) -> bool:
        """Situation reports never enter the accepted series."""
        return self.kind != PeriodKind.OPERATIONAL


class ReopenedPeriod(models.Model):
    """Lets one agency enter figures after a period closed, until `expires_at`."""

    period = models.ForeignKey(ReportingPeriod, models.PROTECT, related_name="reopenings")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    reason = models.TextField()
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return f"{self.period_id}/{self.agency_id}"


class Holiday(models.Model):
    """A day off in a state: its returns' working days leave it out, Russia's also those of the common moments."""

    state = models.ForeignKey(MemberState, models.PROTECT, related_name="holidays")
    day = models.DateField()
    name_ru = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["state", "day"], name="one_holiday_per_day")]

    def __str__(self) -> str:
        return f"{self.state_id}/{self.day}"
