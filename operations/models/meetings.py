"""Meetings of the Coordination Council and of the International Headquarters, and what they decided."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from operations.models.catalogue import Body, MemberState
from operations.models.operations import Operation
from operations.models.people import User
from operations.models.revision import Revised


class Meeting(Revised):
    """A numbered meeting; `is_in_correspondence` marks decisions taken by letters («заочно»).

    Whoever chaired it signs the minutes (`signed_at`); from then on the record is changed no more. Where that person
    has left office, another signs instead and says on what ground.
    """

    body = models.ForeignKey(Body, models.PROTECT, related_name="meetings")
    operation = models.ForeignKey(Operation, models.PROTECT, null=True, blank=True, related_name="meetings")
    number = models.PositiveSmallIntegerField()
    held_on = models.DateField()
    place_ru = models.CharField(max_length=200, blank=True)
    place_en = models.CharField(max_length=200, blank=True)
    minutes_number = models.CharField(max_length=60, blank=True)
    is_in_correspondence = models.BooleanField(default=False)
    chaired_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_instead_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-held_on", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["body", "number"], name="meeting_number_unique_in_body"),
            models.CheckConstraint(
                condition=models.Q(signed_at__isnull=True, signed_by__isnull=True)
                | models.Q(signed_at__isnull=False, signed_by__isnull=False),
                name="minutes_signed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_id} № {self.number}"


class Attendance(Revised):
    """Who was present, by state or body."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances")
    state = models.ForeignKey(MemberState, models.PROTECT, null=True, blank=True, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    name_ru = models.CharField(max_length=150)
    name_en = models.CharField(max_length=150, blank=True)
    post_ru = models.CharField(max_length=300, blank=True)
    post_en = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["meeting", "id"]

    def __str__(self) -> str:
        return self.name_ru


class AgendaItem(Revised):
    """An item of the agenda («повестка дня») with who was heard and who spoke."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField()
    title_ru = models.CharField(max_length=500)
    title_en = models.CharField(max_length=500, blank=True)
    heard_ru = models.TextField(blank=True)
    heard_en = models.TextField(blank=True)
    spoke_ru = models.TextField(blank=True)
    spoke_en = models.TextField(blank=True)

    class Meta:
        ordering = ["meeting", "position"]

    def __str__(self) -> str:
        return self.title_ru


class Decision(Revised):
    """A decision («решили») with its responsible side, due date and follow-up."""

    class Progress(models.TextChoices):
        OPEN = "open", pgettext_lazy("decision", "Open")
        DONE = "done", _("Carried out")
        DROPPED = "dropped", _("Withdrawn")

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="decisions")
    position = models.PositiveSmallIntegerField()
    text_ru = models.TextField()
    text_en = models.TextField(blank=True)
    responsible_states = models.ManyToManyField(MemberState, related_name="+", blank=True)
    responsible_bodies = models.ManyToManyField(Body, related_name="+", blank=True)
    due_date = models.DateField(null=True, blank=True)
    progress = models.CharField(max_length=7, choices=Progress, default=Progress.OPEN)
    account_ru = models.TextField(blank=True)
    account_en = models.TextField(blank=True)

    class Meta:
        ordering = ["item", "position"]

    def __str__(self) -> str:
        return self.text_ru[:60]
