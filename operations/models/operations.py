"""An operation «Нелегал» of one year (or a special one) and who takes part in it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from operations.models.catalogue import MemberState


class Operation(models.Model):
    """One operation. A historical one knows published figures alone and has no workflow of its own.

    `data_version` is raised with every change that could move a number of this operation; pages answer 304 by it.
    `annual_report_approved_at` is set by the approval of the annual report and lets the plan be closed.
    """

    class Kind(models.TextChoices):
        ANNUAL = "annual", _("Annual operation")
        SPECIAL = "special", _("Special operation")

    class Origin(models.TextChoices):
        LIVE = "live", _("Planned and reported in the system")
        HISTORICAL = "historical", _("Known from published sources")

    slug = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.ANNUAL)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.LIVE)
    year = models.PositiveSmallIntegerField()
    title_ru = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    is_demonstration = models.BooleanField(default=False)
    data_version = models.PositiveIntegerField(default=0)
    annual_report_approved_at = models.DateTimeField(null=True, blank=True)
    participants = models.ManyToManyField(MemberState, through="Participation", related_name="operations")

    class Meta:
        ordering = ["-year", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["year"], condition=models.Q(kind="annual"), name="one_annual_operation_per_year"
            ),
            models.CheckConstraint(condition=models.Q(year__gte=2000, year__lte=2100), name="operation_year_plausible"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_historical(self) -> bool:
        return self.origin == self.Origin.HISTORICAL


class Participation(models.Model):
    """A state's part in an operation; an absence carries its reason and is not waited for."""

    operation = models.ForeignKey(Operation, models.CASCADE, related_name="participations")
    state = models.ForeignKey(MemberState, models.PROTECT, related_name="participations")
    takes_part = models.BooleanField(default=True)
    absence_reason_ru = models.CharField(max_length=300, blank=True)
    absence_reason_en = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["operation", "state__short_ru"]
        constraints = [
            models.UniqueConstraint(fields=["operation", "state"], name="one_participation_per_state"),
            models.CheckConstraint(
                condition=models.Q(takes_part=True) | ~models.Q(absence_reason_ru=""),
                name="absence_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation_id}/{self.state_id}"
