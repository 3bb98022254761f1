"""What the Council decided on small numbers, and what each public edition hid: both are kept for good."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from operations.models import Decision, User
from reports.models.reports import Snapshot


class DisclosureMethod(models.TextChoices):
    SUPPRESSION = "suppression", _("Small numbers are hidden")
    ROUNDING = "rounding", _("Numbers are rounded")


class DisclosureThresholds(models.Model):
    """From which value on a fine number about persons is shown, by a decision of the Council, from a day on.

    `fine_cell` holds for what is finer than state × indicator × operation, `citizenship_cell` for citizenship × state ×
    stage. Never changed: a new decision is a new row.
    """

    effective_from = models.DateField(unique=True)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="+")
    reference_ru = models.CharField(max_length=300)
    reference_en = models.CharField(max_length=300)
    method = models.CharField(max_length=11, choices=DisclosureMethod, default=DisclosureMethod.SUPPRESSION)
    fine_cell = models.PositiveSmallIntegerField(default=5)
    citizenship_cell = models.PositiveSmallIntegerField(default=10)
    rounding_base = models.PositiveSmallIntegerField(default=5)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["-effective_from"]
        verbose_name_plural = "disclosure thresholds"
        constraints = [
            models.CheckConstraint(condition=Q(fine_cell__gte=3), name="disclosure_fine_cell_at_least_three"),
            models.CheckConstraint(
                condition=Q(citizenship_cell__gte=F("fine_cell")), name="disclosure_citizenship_not_below_fine"
            ),
            models.CheckConstraint(condition=Q(rounding_base__gte=3), name="disclosure_base_at_least_three"),
        ]

    def __str__(self) -> str:
        return f"{self.effective_from}: {self.fine_cell}/{self.citizenship_cell}"


class DisclosureControl(models.Model):
    """What the public edition of a snapshot hides, frozen when the edition is first made from an approved report.

    `hidden`, `limited` and `rounded` list places as `reports.domain.disclosure_relations.Place` has them. Every later
    edition is protected together with all of these.
    """

    snapshot = models.OneToOneField(Snapshot, models.PROTECT, related_name="disclosure")
    thresholds = models.ForeignKey(DisclosureThresholds, models.PROTECT, null=True, blank=True, related_name="+")
    method = models.CharField(max_length=11, choices=DisclosureMethod)
    fine_cell = models.PositiveSmallIntegerField()
    citizenship_cell = models.PositiveSmallIntegerField()
    cells = models.PositiveIntegerField()
    primary = models.PositiveIntegerField()
    hidden = models.JSONField(default=list)
    limited = models.JSONField(default=list)
    rounded = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.snapshot_id}: {len(self.hidden)} of {self.cells} hidden"
