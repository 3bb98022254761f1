"""The maintained sums. Every official number is read here; figures are read for lineage and tables by unit alone."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from operations.models.catalogue import AgencyKind, Category, Indicator, MemberState
from operations.models.periods import ReportingPeriod


class Total(models.Model):
    """The sum over the agencies of one kind in one state, for one period, indicator, category and basis.

    `accepted` counts accepted submissions of official periods. `provisional` counts, for each return, its submitted
    figures while they wait for a decision, else its accepted ones. `returns` is the number of returns with a value: a
    row exists only while it is positive, so that "not reported" never reads as zero. Money in minor units of
    the state's currency.
    """

    class Basis(models.TextChoices):
        ACCEPTED = "A", _("Accepted")
        PROVISIONAL = "P", _("Provisional")

    pk = models.CompositePrimaryKey("period_id", "state_id", "agency_kind_id", "indicator_id", "category_id", "basis")
    period = models.ForeignKey(ReportingPeriod, models.PROTECT, related_name="totals", db_index=False)
    state = models.ForeignKey(MemberState, models.PROTECT, related_name="+", db_index=False)
    agency_kind = models.ForeignKey(AgencyKind, models.PROTECT, related_name="+", db_index=False)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", db_index=False)
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", db_index=False)
    basis = models.CharField(max_length=1, choices=Basis)
    value = models.BigIntegerField()
    returns = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(returns__gte=1), name="total_counts_at_least_one_return"),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="total_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.period_id}/{self.state_id}/{self.indicator_id}/{self.basis}"
