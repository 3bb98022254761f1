"""Returns and what is in them: submissions, figures, breaches, queries, comments.

A `Return` is expected of an agency (or unit) for a period; the workflow lives in its `Submission`s. A correction is a
new submission: what was accepted stands until the new one is accepted, and no vintage is ever overwritten.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from operations.models.catalogue import Agency, Category, Indicator, ReturnForm, Rule, Unit
from operations.models.operations import Operation
from operations.models.people import User
from operations.models.periods import ReportingPeriod
from operations.models.revision import Revised


class Return(models.Model):
    """The return that one agency (or one of its units) owes for one period.

    `due_at` and `closes_at` are the period's moments by the working days of the agency's state; whatever judges the
    return reads these. `first_submitted_at` is the server's moment of the first submission that was not recalled:
    timeliness is measured by it. `reported_at` is set when an approved report used the figures; a correction then needs
    the headquarters' chair to reopen the return.
    """

    period = models.ForeignKey(ReportingPeriod, models.PROTECT, related_name="returns")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="returns")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="returns")
    form = models.ForeignKey(ReturnForm, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    first_submitted_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["period", "agency", models.F("unit__code").asc(nulls_first=True)]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "agency"],
                condition=Q(unit__isnull=True),
                name="one_return_per_agency_and_period",
            ),
            models.UniqueConstraint(
                fields=["period", "unit"],
                condition=Q(unit__isnull=False),
                name="one_return_per_unit_and_period",
            ),
            models.CheckConstraint(condition=Q(due_at__lte=F("closes_at")), name="return_moments_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.period_id}/{self.agency_id}"


class Submission(Revised):
    """One attempt at a return; `status` moves only through `domain/submission_workflow.py`.

    An agency that reports through its units sums their accepted `unit_submissions` into its own at `rolled_up_at`.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("submission", "Draft")
        SUBMITTED = "submitted", _("Submitted")
        RECALLED = "recalled", _("Recalled")
        RETURNED = "returned", _("Returned for revision")
        ACCEPTED = "accepted", _("Accepted")
        SUPERSEDED = "superseded", _("Superseded")

    LIVE = (Status.DRAFT, Status.SUBMITTED)

    expected_return = models.ForeignKey(Return, models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    predecessor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")
    is_correction = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    is_nil = models.BooleanField(default=False)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_comment = models.TextField(blank=True)
    unit_submissions = models.ManyToManyField("self", symmetrical=False, related_name="rolled_up_in", blank=True)
    rolled_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["expected_return", "number"]
        constraints = [
            models.UniqueConstraint(fields=["expected_return", "number"], name="submission_number_unique"),
            models.UniqueConstraint(
                fields=["expected_return"],
                condition=Q(status__in=["draft", "submitted"]),
                name="one_live_submission_per_return",
            ),
            models.UniqueConstraint(
                fields=["expected_return"],
                condition=Q(status="accepted"),
                name="one_accepted_submission_per_return",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expected_return_id}/{self.number}"


class CellState(models.TextChoices):
    """What a cell says. A cell without a row is not reported, and never a zero."""

    VALUE = "value", _("Value")
    NOT_AVAILABLE = "not_available", _("Not available")
    NOT_APPLICABLE = "not_applicable", _("Not applicable")
    WITHHELD = "withheld", _("Withheld")


class Figure(models.Model):
    """One cell of a submission. Counts are whole numbers; money is in minor units of the state's currency.

    The key is composite and no column has an index of its own: a year brings millions of rows.
    """

    pk = models.CompositePrimaryKey("submission_id", "indicator_id", "category_id")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="figures", db_index=False)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", db_index=False)
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=14, choices=CellState, default=CellState.VALUE)
    value = models.BigIntegerField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="value", value__isnull=False) | (~Q(state="value") & Q(value__isnull=True)),
                name="figure_has_a_value_or_a_state",
            ),
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(value__gte=0), name="figure_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.indicator_id}/{self.category_id}"


class Breach(models.Model):
    """A rule that a submission broke, with both sides' values, and what was said about it.

    An explained warning lets the submission through; a blocking breach needs a waiver by the national head.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        EXPLAINED = "explained", _("Explained")
        WAIVED = "waived", _("Waived")
        FIXED = "fixed", _("Fixed")

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="breaches")
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="breaches")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")
    severity = models.CharField(max_length=5, choices=Rule.Severity)
    left_value = models.BigIntegerField()
    right_value = models.BigIntegerField()
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    reason = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["submission", "rule"]
        verbose_name_plural = "breaches"
        constraints = [models.UniqueConstraint(fields=["submission", "rule"], name="one_breach_per_rule")]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.rule_id}"


class BreachStep(models.Model):
    """One step in the history of a breach: found, found again with other values, explained, waived, fixed.

    `taken_by` is who entered the figures or gave the answer; a breach carried over into a copied draft has no step for
    that.
    """

    breach = models.ForeignKey(Breach, models.PROTECT, related_name="steps")
    status = models.CharField(max_length=9, choices=Breach.Status)
    left_value = models.BigIntegerField()
    right_value = models.BigIntegerField()
    reason = models.TextField(blank=True)
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["breach", "pk"]

    def __str__(self) -> str:
        return f"{self.breach_id}: {self.status}"


class Query(Revised):
    """A query of the headquarters on an accepted return; it changes no figure.

    Asked → answered by the agency or the head of its state → settled, or asked again. `status` moves only through
    `domain/query_workflow.py`. The columns hold the newest question and its answer; `turns` keep every word said.
    """

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("query", "Waiting for an answer")
        ANSWERED = "answered", _("Answered")
        SETTLED = "settled", pgettext_lazy("query", "Settled")

    expected_return = models.ForeignKey(Return, models.PROTECT, related_name="queries")
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    text = models.TextField()
    due_date = models.DateField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_date", "id"]
        verbose_name_plural = "queries"

    def __str__(self) -> str:
        return self.text[:60]


class QueryTurn(models.Model):
    """What was said in a query: a question with its due date, an answer, the words with which it was settled."""

    class Kind(models.TextChoices):
        ASKED = "asked", _("Asked")
        ANSWERED = "answered", _("Answered")
        ASKED_AGAIN = "asked_again", _("Asked again")
        SETTLED = "settled", pgettext_lazy("query", "Settled")

    query = models.ForeignKey(Query, models.PROTECT, related_name="turns")
    kind = models.CharField(max_length=11, choices=Kind)
    text = models.TextField(blank=True)
    due_date = models.DateField(null=True, blank=True)
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        ordering = ["query", "pk"]

    def __str__(self) -> str:
        return f"{self.query_id}: {self.kind}"


class Comment(models.Model):
    """A remark in the thread of a return or of one of its cells; one that `needs_follow_up` waits to be settled.

    A cell's thread is keyed by the figure's three columns and goes on over all submissions of the return. What was said
    is neither changed nor removed.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="comments")
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField()
    needs_follow_up = models.BooleanField(default=False)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_note = models.TextField(blank=True)

    class Meta:
        ordering = ["submission", "written_at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]


class ImportBatch(models.Model):
    """One import of returns from a file or by the API, with its summary and every conflict that it met.

    `atomicity` says what one fault refuses: the whole file, or only the return that it is in.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CHECKED = "checked", _("Checked, nothing stored")
        IMPORTED = "imported", _("Imported")
        PARTLY = "partly", _("Imported in part")
        REFUSED = "refused", _("Refused")

    class Atomicity(models.TextChoices):
        FILE = "file", _("All or nothing")
        RETURN = "return", _("Each return by itself")

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=8, choices=Status)
    atomicity = models.CharField(max_length=6, choices=Atomicity, default=Atomicity.FILE)
    summary = models.JSONField(default=dict)
    conflicts = models.JSONField(default=list)
    job = models.ForeignKey("operations.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    imported_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ["-imported_at"]
        verbose_name_plural = "import batches"

    def __str__(self) -> str:
        return self.file_name
