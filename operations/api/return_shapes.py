"""How returns look in the programming interface, and what is taken for them."""

from typing import Any

from rest_framework import serializers

from operations.api.fields import CodeField, StrictBoolean, StrictChoice, StrictMoment, StrictText
from operations.api.serializers import Representation, StrictInput, TransitionsField
from operations.domain.reporting_calendar import delay, is_timely
from operations.domain.unit_returns import Coverage, RolledUp
from operations.domain.vintages import CellChange
from operations.models import Breach, CellState, Figure, Return, Submission, User

MOST_CELLS = 5_000


def newest_of(row: Return) -> Submission | None:
    """The newest submission, from what was read with the return."""
    submissions = list(row.submissions.all())
    return submissions[-1] if submissions else None


# --- what is shown ---


class PeriodBrief(Representation):
    """The period of a return, with its common moments; the return's own `due_at` and `closes_at` are what counts."""

    operation = serializers.CharField(source="operation.slug")
    code = serializers.CharField()
    kind = serializers.CharField()
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    opens_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()


class BreachShown(Representation):
    """A rule that the submission broke, with both sides and the answer."""

    rule = serializers.CharField(source="rule.code")
    severity = serializers.CharField()
    left = serializers.IntegerField(source="left_value")
    right = serializers.IntegerField(source="right_value")
    status = serializers.CharField()
    reason = serializers.CharField()
    history = serializers.SerializerMethodField()

    def get_history(self, row: Breach) -> list[dict[str, Any]]:
        """How it was found, explained, waived or fixed, in this submission."""
        return [dict(BreachStepShown(step).data) for step in row.steps.all()]


class BreachStepShown(Representation):
    """One step in the history of a breach."""

    status = serializers.CharField()
    left = serializers.IntegerField(source="left_value")
    right = serializers.IntegerField(source="right_value")
    reason = serializers.CharField()
    taken_by = serializers.CharField(source="taken_by.username")
    taken_at = serializers.DateTimeField()


class SubmissionShown(Representation):
    """One submission of a return; nothing is ever overwritten."""

    number = serializers.IntegerField()
    status = serializers.CharField()
    revision = serializers.IntegerField()
    is_nil = serializers.BooleanField()
    is_correction = serializers.BooleanField()
    reason = serializers.CharField()
    entered_by = serializers.CharField(source="entered_by.username")
    started_at = serializers.DateTimeField()
    submitted_by = serializers.CharField(source="submitted_by.username", default=None)
    on_behalf_of = serializers.CharField(source="on_behalf_of.username", default=None)
    submitted_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField(source="decided_by.username", default=None)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_comment = serializers.CharField()


class ReturnListed(Representation):
    """A return in a list, with its newest submission; `due_at` and `closes_at` are by its own state's holidays."""

    id = serializers.IntegerField()
    period = PeriodBrief()
    state = serializers.CharField(source="agency.state.code")
    agency = serializers.CharField(source="agency.code")
    agency_kind = serializers.CharField(source="agency.kind.code")
    unit = serializers.CharField(source="unit.code", default=None)
    form_version = serializers.IntegerField(source="form.version")
    due_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    first_submitted_at = serializers.DateTimeField(allow_null=True)
    is_timely = serializers.SerializerMethodField()
    delay = serializers.SerializerMethodField()
    reported_at = serializers.DateTimeField(allow_null=True)
    submission = serializers.SerializerMethodField()

    def get_is_timely(self, row: Return) -> bool | None:
        return is_timely(row)

    def get_delay(self, row: Return) -> int | None:
        """Days by Moscow's dates; hours for a situation report."""
        return delay(row)

    def get_submission(self, row: Return) -> dict[str, Any] | None:
        newest = newest_of(row)
        return None if newest is None else dict(SubmissionShown(newest).data)


class ReturnShown(ReturnListed):
    """A return with its whole history, what it broke, and what can be done with it."""

    submissions = SubmissionShown(many=True)
    breaches = serializers.SerializerMethodField()
    transitions = TransitionsField()

    def get_breaches(self, row: Return) -> list[dict[str, Any]]:
        newest = newest_of(row)
        kept = [] if newest is None else newest.breaches.select_related("rule").prefetch_related("steps__taken_by")
        return [dict(BreachShown(breach).data) for breach in kept]


class FigureShown(Representation):
    """A cell: a value, or a status that says why there is none. Money is in minor units."""

    indicator = serializers.CharField(source="indicator.code")
    breakdown = serializers.CharField(source="category.breakdown.code", default=None)
    category = serializers.CharField(source="category.code")
    state = serializers.CharField()
    value = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()


class FiguresShown(Representation):
    """The cells of the newest submission."""

    submission = serializers.IntegerField()
    revision = serializers.IntegerField()
    figures = FigureShown(many=True)


class ChangeShown(Representation):
    """A cell that differs between two submissions of a return; null where it was empty."""

    cell = serializers.CharField(source="address")
    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()

    def get_before(self, row: CellChange) -> dict[str, Any] | None:
        return _content(row.before)

    def get_after(self, row: CellChange) -> dict[str, Any] | None:
        return _content(row.after)


def _content(figure: Figure | None) -> dict[str, Any] | None:
    return None if figure is None else {"state": figure.state, "value": figure.value, "note": figure.note}


class ComparedShown(Representation):
    """Two submissions of a return, cell by cell: how many cells the form has, and those that differ."""

    submission_from = serializers.IntegerField()
    submission_to = serializers.IntegerField()
    cells = serializers.IntegerField()
    changes = ChangeShown(many=True)


class VerdictShown(Representation):
    """What one method says of a figure: its score and limit in tenths, `silence` is why it says nothing."""

    method = serializers.CharField()
    is_outlier = serializers.BooleanField()
    tenths = serializers.IntegerField(allow_null=True)
    limit = serializers.IntegerField(allow_null=True)
    silence = serializers.CharField(allow_null=True)


class UnusualFigureShown(Representation):
    """A figure that at least one method finds out of the ordinary for whoever reports it."""

    cell = serializers.CharField(source="address")
    value = serializers.IntegerField(source="judged.value")
    earlier = serializers.ListField(child=serializers.IntegerField(), source="judged.earlier")
    verdicts = VerdictShown(many=True, source="judged.verdicts")


class UnusualShown(Representation):
    """The newest submission against earlier figures; of a situation report what its day added against earlier days."""

    is_compared = serializers.BooleanField()
    is_by_day = serializers.BooleanField()
    numbers = serializers.IntegerField()
    comparable = serializers.IntegerField()
    figures = UnusualFigureShown(many=True)


class CoverageShown(Representation):
    """Of how many units something speaks; the central office apart, null where none is expected."""

    counted = serializers.IntegerField()
    expected = serializers.IntegerField()
    central_office = serializers.BooleanField(allow_null=True)
    missing = serializers.SerializerMethodField()

    def get_missing(self, row: Coverage) -> list[str]:
        """The codes of the units that are left out."""
        return [unit.code for unit in row.missing]


class RolledUpShown(Representation):
    """What the newest submission was summed from, what is accepted by now, and which units have moved since."""

    at = serializers.DateTimeField(allow_null=True)
    summed = CoverageShown(source="coverage")
    accepted = CoverageShown()
    moved = serializers.SerializerMethodField()

    def get_moved(self, row: RolledUp) -> list[str]:
        return [unit.code for unit in row.moved]


class UnitStandingShown(Representation):
    """How one unit stands. Its return is read at `/returns/{return}/`, by the officers of the agency."""

    unit = serializers.CharField(source="unit.code")
    is_central_office = serializers.BooleanField(source="unit.is_central_office")
    expected_return = serializers.IntegerField(source="expected_return.pk")
    status = serializers.CharField()
    is_late = serializers.BooleanField()
    is_clean = serializers.BooleanField()
    may_decide = serializers.BooleanField()


class ReturnUnitsShown(Representation):
    """The units behind an agency's return; `rolled_up` is null where it does not report through units."""

    rolled_up = RolledUpShown(allow_null=True)
    units = UnitStandingShown(many=True)


# --- what is taken ---


class FigureGiven(StrictInput):
    """A cell. `state` is "value" unless said otherwise; a missing or null value empties the cell."""

    indicator = StrictText(max_length=10)
    breakdown = StrictText(max_length=30, required=False, allow_null=True)
    category = StrictText(max_length=60, required=False)
    value = serializers.JSONField(required=False, allow_null=True)
    state = StrictChoice(choices=CellState.choices, required=False)
    note = StrictText(max_length=500, required=False, allow_blank=True, lines=True)


class FiguresGiven(StrictInput):
    """All cells of the draft: a cell that is not listed becomes empty."""

    figures = serializers.ListField(child=FigureGiven(), max_length=MOST_CELLS)
    screening_reason = StrictText(max_length=300, required=False)


class Reasoned(StrictInput):
    """A reason, and why a doubtful text is no personal data."""

    reason = StrictText(max_length=2000, lines=True, allow_blank=True, required=False)
    screening_reason = StrictText(max_length=300, required=False)


class CommentedDecision(StrictInput):
    """A comment, and why a doubtful text is no personal data."""

    comment = StrictText(max_length=2000, lines=True, allow_blank=True, required=False)
    screening_reason = StrictText(max_length=300, required=False)


class Submitted(StrictInput):
    """The responsible officer, when somebody else submits."""

    on_behalf_of = CodeField(User.objects.filter(is_active=True, is_system=False), code="username", required=False)


class RolledUpInput(StrictInput):
    """Whether the units' sums take the place of figures typed by hand."""

    confirmed = StrictBoolean(required=False)


class Answered(Reasoned):
    """An answer to a broken rule."""

    rule = StrictText(max_length=10)


class Reopened(Reasoned):
    """Until when figures may be entered."""

    expires_at = StrictMoment()
