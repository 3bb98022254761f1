"""The yearly plan: its working text, the frozen versions of it, and the states' agreement to a version.

Editors change the working rows (`Objective`, `Stage`, `Measure`, …) while the plan is a draft. Circulating freezes them
into a `PlanVersion`; agreements, remarks and the approval belong to that version and its hash. An approved version
stays `in_force` while an amendment is drafted.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from operations.models.catalogue import AgencyKind, Body, Indicator, MemberState
from operations.models.operations import Operation
from operations.models.people import User
from operations.models.revision import Revised


class Plan(Revised):
    """The plan of one operation; `status` moves only through `domain/plan_workflow.py`."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_AGREEMENT = "in_agreement", _("In agreement")
        AGREED = "agreed", pgettext_lazy("plan", "Agreed")
        SUBMITTED = "submitted", _("Submitted for approval")
        RETURNED = "returned", _("Returned for revision")
        APPROVED = "approved", _("Approved")
        CLOSED = "closed", _("Closed")

    class Interval(models.TextChoices):
        """What periodic returns (exchange, flows, prevention) cover."""

        QUARTER = "quarter", _("By quarter")
        MONTH = "month", _("By month")

    operation = models.OneToOneField(Operation, models.PROTECT, related_name="plan")
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    goal_ru = models.TextField(blank=True)
    goal_en = models.TextField(blank=True)
    interval = models.CharField(max_length=7, choices=Interval, default=Interval.QUARTER)
    current_version = models.ForeignKey("PlanVersion", models.PROTECT, null=True, blank=True, related_name="+")
    in_force_version = models.ForeignKey("PlanVersion", models.PROTECT, null=True, blank=True, related_name="+")
    agreed_at_meeting = models.ForeignKey(
        "operations.Meeting", models.PROTECT, null=True, blank=True, related_name="agreed_plans"
    )
    amendment_reason = models.TextField(blank=True)
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="copies")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-operation__year"]

    def __str__(self) -> str:
        return str(self.operation_id)


class PlanSection(Revised):
    """A narrative section of the plan document, in the order of the official form."""

    class Kind(models.TextChoices):
        GENERAL = "general", _("General provisions")
        SITUATION = "situation", _("Situation and forecast")
        CONCEPT = "concept", _("Concept")
        FORCES = "forces", _("Participants, forces and means")
        COMMAND = "command", _("Command and communications")
        LEGALITY = "legality", _("Legality and human rights")
        RECORDING = "recording", _("Recording and reporting")
        MEDIA = "media", _("Media")
        CONTROL = "control", _("Control")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="sections")
    kind = models.CharField(max_length=10, choices=Kind)
    text_ru = models.TextField(blank=True)
    text_en = models.TextField(blank=True)

    class Meta:
        ordering = ["plan", "id"]
        constraints = [models.UniqueConstraint(fields=["plan", "kind"], name="one_section_of_a_kind")]

    def __str__(self) -> str:
        return self.kind


class Objective(Revised):
    """An objective («задача») of the plan, with its measures."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="objectives")
    position = models.PositiveSmallIntegerField()
    text_ru = models.TextField()
    text_en = models.TextField(blank=True)
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="copies")

    class Meta:
        ordering = ["plan", "position"]

    def __str__(self) -> str:
        return f"{self.position}. {self.text_ru[:60]}"


class Stage(Revised):
    """A stage of the operation; first and last day are both days of the stage."""

    class Kind(models.TextChoices):
        PREPARATORY = "preparatory", _("Preparatory")
        ACTIVE = "active", _("Active measures")
        SUMMARY = "summary", _("Summing up")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="stages")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=11, choices=Kind, default=Kind.ACTIVE)
    name_ru = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    codename = models.CharField(max_length=100, blank=True)
    start_date = models.DateField()
    end_date = models.DateField()
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="copies")

    class Meta:
        ordering = ["plan", "start_date", "number"]
        constraints = [
            models.CheckConstraint(condition=Q(end_date__gte=F("start_date")), name="stage_dates_in_order"),
            models.UniqueConstraint(fields=["plan", "number"], name="stage_number_unique_in_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name_ru}"

    @property
    def days(self) -> int:
        return (self.end_date - self.start_date).days + 1


class StageWindow(Revised):
    """A state's own dates inside a stage («национальные сроки»)."""

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="windows")
    state = models.ForeignKey(MemberState, models.PROTECT, related_name="+")
    codename = models.CharField(max_length=100, blank=True)
    start_date = models.DateField()
    end_date = models.DateField()

    class Meta:
        ordering = ["stage", "state__short_ru"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "state"], name="one_window_per_state"),
            models.CheckConstraint(condition=Q(end_date__gte=F("start_date")), name="window_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id}/{self.state_id}"


class Measure(Revised):
    """A measure («мероприятие»): what is done, by when, by whom, and which indicators show its effect."""

    class Timing(models.TextChoices):
        DATES = "dates", _("By dates")
        PERMANENT = "permanent", _("Permanently")
        DURING_STAGE = "during_stage", _("During the stage")
        QUARTERLY = "quarterly", _("Quarterly")

    class Progress(models.TextChoices):
        NOT_STARTED = "not_started", _("Not started")
        IN_PROGRESS = "in_progress", _("In progress")
        DONE = "done", _("Done")
        NOT_DONE = "not_done", _("Not done")

    objective = models.ForeignKey(Objective, models.CASCADE, related_name="measures")
    position = models.PositiveSmallIntegerField()
    text_ru = models.TextField()
    text_en = models.TextField(blank=True)
    expected_result_ru = models.TextField(blank=True)
    expected_result_en = models.TextField(blank=True)
    timing = models.CharField(max_length=12, choices=Timing, default=Timing.DURING_STAGE)
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="measures")
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)
    responsible_kinds = models.ManyToManyField(AgencyKind, related_name="+", blank=True)
    responsible_states = models.ManyToManyField(MemberState, related_name="+", blank=True)
    responsible_bodies = models.ManyToManyField(Body, related_name="+", blank=True)
    co_executor_kinds = models.ManyToManyField(AgencyKind, related_name="+", blank=True)
    co_executor_bodies = models.ManyToManyField(Body, related_name="+", blank=True)
    predecessors = models.ManyToManyField("self", symmetrical=False, related_name="successors", blank=True)
    indicators = models.ManyToManyField(Indicator, related_name="measures", blank=True)
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="copies")

    class Meta:
        ordering = ["objective__position", "position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start_date__isnull=True) | Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="measure_dates_in_order",
            )
        ]

    def __str__(self) -> str:
        return self.text_ru[:60]


class MeasureAccount(Revised):
    """What a side responsible for a measure says of it during the operation: a state, or (`state` empty) the bodies."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="accounts")
    state = models.ForeignKey(MemberState, models.PROTECT, null=True, blank=True, related_name="+")
    progress = models.CharField(max_length=11, choices=Measure.Progress, default=Measure.Progress.NOT_STARTED)
    account_ru = models.TextField(blank=True)
    account_en = models.TextField(blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        # the two databases put an empty place at different ends
        ordering = ["measure", F("state__short_ru").asc(nulls_first=True)]
        constraints = [
            models.UniqueConstraint("measure", Coalesce("state_id", 0), name="one_account_per_measure_and_side")
        ]

    def __str__(self) -> str:
        return f"{self.measure_id}/{self.state_id}: {self.progress}"


class ExchangeProcedure(Revised):
    """A procedure of cooperation and exchange of information that the plan lays down."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="exchange_procedures")
    position = models.PositiveSmallIntegerField()
    text_ru = models.TextField()
    text_en = models.TextField(blank=True)
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="copies")

    class Meta:
        ordering = ["plan", "position"]

    def __str__(self) -> str:
        return self.text_ru[:60]


class Contact(Revised):
    """A duty contact printed in the plan's annex; never shown on a public page."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="contacts")
    state = models.ForeignKey(MemberState, models.PROTECT, null=True, blank=True, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    name_ru = models.CharField(max_length=150)
    name_en = models.CharField(max_length=150, blank=True)
    post_ru = models.CharField(max_length=300, blank=True)
    post_en = models.CharField(max_length=300, blank=True)
    telephone = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)

    class Meta:
        ordering = ["plan", "id"]

    def __str__(self) -> str:
        return self.name_ru


class PlanVersion(models.Model):
    """A frozen version («редакция»): canonical JSON as bytes and its SHA-256, never changed."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    lapsed_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["plan", "number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number_unique")]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.number}"


class VersionSeen(models.Model):
    """When a person first opened a version: the next one is shown with what changed since."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["version", "seen_at"]
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="version_seen_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.version_id}"


class Agreement(models.Model):
    """A state's answer to a version. The latest row of a state counts; all of them stay."""

    class Answer(models.TextChoices):
        AGREED = "agreed", _("Agreed")
        AGREED_WITH_REMARKS = "agreed_with_remarks", _("Agreed with remarks")
        AGREED_WITH_RESERVATION = "agreed_with_reservation", _("Agreed with a reservation")
        OBJECTED = "objected", _("Objected")

    class Method(models.TextChoices):
        SYSTEM = "system", _("In the system")
        LETTER = "letter", _("By letter")
        PAPER = "paper", _("On paper")

    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="agreements")
    state = models.ForeignKey(MemberState, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=24, choices=Answer)
    method = models.CharField(max_length=6, choices=Method, default=Method.SYSTEM)
    letter_number = models.CharField(max_length=60, blank=True)
    letter_date = models.DateField(null=True, blank=True)
    comment = models.TextField(blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering = ["version", "given_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "state"], condition=Q(is_current=True), name="one_current_answer_per_state"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id}/{self.state_id}: {self.answer}"


class Remark(models.Model):
    """One remark («замечание») made with an answer, the planner's reply and the head's confirmation of it."""

    class Disposition(models.TextChoices):
        TAKEN = "taken", _("Taken into account")
        PARTLY = "partly", _("Taken into account in part")
        DECLINED = "declined", _("Declined")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="remarks")
    place = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    disposition = models.CharField(max_length=8, choices=Disposition, blank=True)
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    replied_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["agreement", "id"]

    def __str__(self) -> str:
        return self.text[:60]
