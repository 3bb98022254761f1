"""Complaints about rights, and the task forces that two states keep for hard cases. Counts only, never a case.

Entered by the rights bodies and by the headquarters; none of it goes through a national head.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from operations.models.catalogue import Agency, Body, Category
from operations.models.operations import Operation
from operations.models.people import User
from operations.models.periods import ReportingPeriod
from operations.models.revision import Revised


class ComplaintAccount(Revised):
    """Complaints of one category that came by one channel in a period: carried over + received = examined + pending."""

    class Channel(models.TextChoices):
        OMBUDSMAN = "ombudsman", _("Ombudsman")
        PROSECUTOR = "prosecutor", _("Prosecutor")
        AGENCY = "agency", _("The competent authority itself")
        CONSULATE = "consulate", _("Consulate")

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="complaint_accounts")
    period = models.ForeignKey(ReportingPeriod, models.PROTECT, related_name="complaint_accounts")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel)
    carried_over = models.PositiveIntegerField()
    received = models.PositiveIntegerField()
    examined = models.PositiveIntegerField()
    pending = models.PositiveIntegerField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["period", "agency", "category", "channel"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "period", "category", "channel"], name="one_complaint_account_per_channel"
            ),
            models.CheckConstraint(
                condition=Q(pending=F("carried_over") + F("received") - F("examined")), name="complaints_balance"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id}/{self.period_id}/{self.category_id}/{self.channel}"


class TaskForceAccount(Revised):
    """What a task force did between two days: questions taken up, settled, open. Decisions belong to its meetings."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="accounts")
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="task_force_accounts")
    start_date = models.DateField()
    end_date = models.DateField()
    carried_over = models.PositiveIntegerField()
    taken_up = models.PositiveIntegerField()
    settled = models.PositiveIntegerField()
    still_open = models.PositiveIntegerField()
    note_ru = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["body", "start_date"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "operation", "start_date"], name="one_account_per_task_force_and_day"
            ),
            models.CheckConstraint(condition=Q(end_date__gte=F("start_date")), name="task_force_dates_in_order"),
            models.CheckConstraint(
                condition=Q(still_open=F("carried_over") + F("taken_up") - F("settled")), name="task_force_balance"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_id} {self.start_date}"
