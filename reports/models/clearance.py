"""Which figures of a report the headquarters' chair has cleared for the public, one by one."""

from django.db import models

from operations.models import Indicator, User
from reports.models.reports import Report


class ClearedFigure(models.Model):
    """The region's number of an indicator, as it stood when it was cleared: another number is not cleared with it."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="cleared_figures")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    value = models.BigIntegerField()
    cleared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    cleared_at = models.DateTimeField()

    class Meta:
        ordering = ["report", "indicator__position"]
        constraints = [models.UniqueConstraint(fields=["report", "indicator"], name="figure_cleared_once")]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.indicator_id}"
