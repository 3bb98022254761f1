"""What the states exchange besides returns: lists for checking, the registers of controlled persons. Counts only.

No list and no register is kept here, only how many entries they have and what became of them.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from operations.models.catalogue import Category, MemberState
from operations.models.operations import Operation
from operations.models.people import User
from operations.models.revision import Revised


class ListVerification(Revised):
    """One list that a state sent to a partner for checking; its outcomes add up to its entries. No names.

    The breakdown `list_outcome` names the outcomes; `PENDING` is what is still being checked. Each step carries its
    day, and `status` (moved only through `domain/list_workflow.py`) says which state owes the next one.
    """

    class Status(models.TextChoices):
        SENT = "sent", pgettext_lazy("list", "Sent")
        RECEIVED = "received", pgettext_lazy("list", "Received")
        ANSWERED = "answered", pgettext_lazy("list", "Answered")
        WITHDRAWN = "withdrawn", pgettext_lazy("list", "Withdrawn")

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="list_verifications")
    sent_by = models.ForeignKey(MemberState, models.PROTECT, related_name="+")
    received_by = models.ForeignKey(MemberState, models.PROTECT, related_name="+")
    number = models.CharField(max_length=60)
    entries = models.PositiveIntegerField()
    status = models.CharField(max_length=9, choices=Status, default=Status.SENT)
    due_date = models.DateField(null=True, blank=True)
    sent_on = models.DateField()
    received_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["-sent_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["operation", "sent_by", "number"], name="list_number_unique"),
            models.CheckConstraint(condition=~Q(sent_by=F("received_by")), name="list_goes_to_another_state"),
            models.CheckConstraint(condition=Q(entries__gt=0), name="list_has_entries"),
            models.CheckConstraint(
                condition=Q(received_on__isnull=True) | Q(received_on__gte=F("sent_on")),
                name="list_received_after_sent",
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=F("received_on")),
                name="list_answered_after_received",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ListOutcome(models.Model):
    """How many entries of a list had one outcome as of a day; later days replace nothing, the newest counts."""

    verification = models.ForeignKey(ListVerification, models.PROTECT, related_name="outcomes")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    as_of = models.DateField()
    entries = models.PositiveIntegerField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["verification", "as_of", "category"]
        constraints = [
            models.UniqueConstraint(fields=["verification", "as_of", "category"], name="one_outcome_per_list_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.verification_id}/{self.category_id}"


class RegisterReading(models.Model):
    """How many persons a state's register of controlled persons held at a moment; the register stays with the state."""

    state = models.ForeignKey(MemberState, models.PROTECT, related_name="register_readings")
    as_of = models.DateTimeField()
    persons = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    received_from = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["state", "-as_of"]
        constraints = [models.UniqueConstraint(fields=["state", "as_of"], name="one_reading_per_state_and_moment")]

    def __str__(self) -> str:
        return f"{self.state_id} {self.as_of}"
