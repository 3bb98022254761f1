"""The usual story of a return: one agency, its officer, the head to whom it goes, a period with two earlier ones."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from operations.domain.figures import FigureInput
from operations.domain.return_layout import layout_of
from operations.domain.returns import save_draft, start_return, submit_return
from operations.models import Agency, CellState, Operation, PeriodKind, ReportingPeriod, Return, Submission, User
from tests.factories.operations import make_operation, make_period, make_plan, make_return
from tests.factories.people import make_head, make_hq_chair, make_officer, make_planner
from tests.factories.reference import make_agency


@dataclass
class Story:
    """Everybody and everything that a return needs; `at` is a moment at which its period is open."""

    operation: Operation
    period: ReportingPeriod
    agency: Agency
    expected_return: Return
    officer: User
    second_officer: User
    head: User
    planner: User
    hq_chair: User

    @property
    def at(self) -> dt.datetime:
        return self.period.due_at - dt.timedelta(days=1)

    @property
    def late(self) -> dt.datetime:
        return self.period.due_at + dt.timedelta(days=1)

    @property
    def closed(self) -> dt.datetime:
        return self.period.closes_at + dt.timedelta(days=1)

    def again(self) -> Return:
        return Return.objects.select_related("period", "agency").get(pk=self.expected_return.pk)

    def decider(self) -> User:
        return self.planner if self.agency.kind.code == "rights_body" else self.head


def make_story(*, state: str = "RU", kind: str = "internal_affairs", period_kind: str = PeriodKind.FINAL) -> Story:
    operation = make_operation()
    plan = make_plan(operation)
    stage = plan.stages.get(number=1)
    period = make_period(stage, period_kind)
    agency = make_agency(state, kind)
    return Story(
        operation=operation,
        period=period,
        agency=agency,
        expected_return=make_return(period, agency),
        officer=make_officer(agency),
        second_officer=make_officer(agency, username="second-officer"),
        head=make_head(state),
        planner=make_planner(),
        hq_chair=make_hq_chair(),
    )


def next_stage(story: Story, kind: str = PeriodKind.FINAL) -> Return:
    """The return of the same agency for the second stage."""
    period = make_period(story.operation.plan.stages.get(number=2), kind)
    return make_return(period, story.agency)


def figures(expected_return: Return, values: Mapping[str, int | str] | None = None, *, rest: int | None = 0):
    """Inputs by address: `VIO01`, `VIO01.citizenship_group:AM`. A text is a cell state; `rest` fills the others."""
    layout = layout_of(expected_return.form)
    given = {} if rest is None else dict.fromkeys(layout.required, rest)
    for address, value in (values or {}).items():
        code, _dot, category = address.partition(".")
        given[layout.find(code, category)] = value
    return [
        FigureInput(*key, state=value, note="No such record is kept")
        if isinstance(value, str)
        else FigureInput(*key, state=CellState.VALUE, value=value)
        for key, value in given.items()
    ]


def make_draft(
    story: Story, values: Mapping[str, int | str] | None = None, *, at: dt.datetime | None = None, **options
):
    """A draft entered by the officer, every other required cell zero."""
    at = at or story.at
    draft = start_return(expected_return=story.expected_return, actor=story.officer, at=at)
    inputs = figures(story.expected_return, values, **options)
    return save_draft(submission=draft, figures=inputs, revision=draft.revision, actor=story.officer, at=at)


def make_submitted(story: Story, values: Mapping[str, int | str] | None = None, *, at: dt.datetime | None = None):
    draft = make_draft(story, values, at=at)
    return submit_return(submission=draft, actor=story.officer, at=at or story.at)


def cells(submission: Submission) -> dict[str, int | str | None]:
    """What a submission holds, by address."""
    addresses = layout_of(submission.expected_return.form).addresses
    return {
        addresses[figure.indicator_id, figure.category_id]: figure.value if figure.value is not None else figure.state
        for figure in submission.figures.all()
    }
