"""The whole demonstration in the order of time: people, plan, returns, report, and the draft for the next year."""

import datetime as dt

from illegal_ops.demonstration import accounts
from illegal_ops.demonstration.exchange_story import ExchangeStory
from illegal_ops.demonstration.flow_story import FlowStory
from illegal_ops.demonstration.money_story import MoneyStory
from illegal_ops.demonstration.more_reports import MoreReports
from illegal_ops.demonstration.plan_story import YEAR, PlanStory, copy_to_next_year
from illegal_ops.demonstration.report_story import ReportStory
from illegal_ops.demonstration.returns_story import Reporter
from illegal_ops.demonstration.story import Paper, People, Story
from illegal_ops.demonstration.threads_story import ThreadStory
from illegal_ops.demonstration.units_story import UnitReporter
from operations.domain.moments import moscow_moment
from operations.models import Operation

#: The story ends here; what falls due later waits for the newcomer.
END = moscow_moment(dt.date(2026, 11, 20), 18)


def is_played() -> bool:
    return Operation.objects.filter(is_demonstration=True).exists()


def play(*, out: Paper) -> None:
    """Plays everything; the caller wraps it in one transaction, so that an interrupted demonstration leaves nothing."""
    accounts.make_agencies()
    accounts.make_people()
    people = People()
    planning = Story()
    PlanStory(story=planning, people=people).tell()
    planning.play(out=out, title="plan")
    operation = Operation.objects.get(year=YEAR)
    year = Story()
    Reporter(story=year, people=people, layouts={}).tell(operation, until=END)
    ExchangeStory(story=year, people=people, operation=operation, until=END).tell()
    UnitReporter(story=year, people=people, layouts={}).tell_units(operation)
    FlowStory(story=year, people=people).tell()
    ThreadStory(story=year, people=people, operation=operation).tell()
    MoneyStory(story=year, people=people).tell()
    ReportStory(story=year, people=people, operation=operation).tell()
    MoreReports(story=year, people=people, operation=operation).tell()
    year.on(dt.date(2026, 11, 20), 11, lambda at: copy_to_next_year(operation, people=people, at=at))
    year.play(out=out, title="returns and report")
