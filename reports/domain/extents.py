"""How far a report reaches: a whole operation, one stage of it, or one state's part in it.

What is counted of returns, submissions, breaches and queries is narrowed here and nowhere else, so that a stage's
report and the year's count alike. The returns of a state's rights bodies go straight to the headquarters: a report that
the state's officers compose and its head approves does not tell of them, neither that they came nor what was wrong.
"""

from dataclasses import dataclass

from django.db.models import QuerySet

from operations.domain.access import RIGHTS_BODY
from operations.domain.completeness import owed_returns
from operations.domain.standing_figures import OFFICIAL
from operations.models import Breach, MemberState, Operation, Query, Return, Stage, Submission, Total


@dataclass(frozen=True)
class Extent:
    """What a report counts of an operation."""

    operation: Operation
    stage: Stage | None = None
    state: MemberState | None = None

    def owed(self) -> QuerySet[Return]:
        """The agencies' own returns, situation reports among them."""
        rows = owed_returns(self.operation)
        if self.stage is not None:
            rows = rows.filter(period__stage=self.stage)
        if self.state is not None:
            rows = rows.filter(agency__state=self.state).exclude(agency__kind__code=RIGHTS_BODY)
        return rows

    def official(self) -> QuerySet[Return]:
        """The returns that the official series rests on; situation reports are none."""
        return self.owed().filter(period__kind__in=OFFICIAL)

    def submissions(self) -> QuerySet[Submission]:
        return Submission.objects.filter(expected_return__in=self.owed().order_by().values("pk"))

    def breaches(self) -> QuerySet[Breach]:
        return Breach.objects.filter(submission__expected_return__in=self.owed().order_by().values("pk"))

    def queries(self) -> QuerySet[Query]:
        return Query.objects.filter(expected_return__in=self.owed().order_by().values("pk"))

    def accepted_totals(self) -> QuerySet[Total]:
        """The accepted sums, rights among them: those are common to all who take part."""
        rows = Total.objects.filter(period__operation=self.operation, basis=Total.Basis.ACCEPTED)
        if self.stage is not None:
            rows = rows.filter(period__stage=self.stage)
        return rows if self.state is None else rows.filter(state=self.state)
