"""The page of the timeline: one picture, and the same in a table."""

import datetime as dt
import re

import pytest

from operations.models import (
    Measure,
    ReportingPeriod,
)
from tests.clients import signed_in
from tests.factories import plans as made
from tests.factories.people import Cast
from tests.operations.web.test_plans import at, text

pytestmark = pytest.mark.django_db


def test_the_timeline_draws_by_attributes_and_says_the_same_in_a_table(cast: Cast) -> None:
    plan = made.approved_plan(cast)
    page = signed_in(cast.planner).get(at(plan, "timeline"))
    markup = page.content.decode()
    assert "style=" not in markup
    assert re.search(r'<rect x="\d+(\.\d)?" y="\d+" width="\d', markup)
    assert "S1-FINAL" in markup
    assert "2026-06-15" in markup


def test_a_measure_of_a_stage_is_drawn_over_the_days_of_its_stage(cast: Cast) -> None:
    plan = made.approved_plan(cast)
    stage = plan.stages.first()
    measure = Measure.objects.filter(objective__plan=plan, timing=Measure.Timing.DURING_STAGE, stage=stage).first()
    picture = signed_in(cast.planner).get(at(plan, "timeline")).context["timeline"]
    line = next(one for one in picture.lines if one.kind == "measure" and measure.text_en in one.label)
    assert (line.first, line.last) == (stage.start_date, stage.end_date)
    assert line.note.startswith(f"during stage {stage.number}")


def test_what_is_done_all_year_or_each_quarter_fills_the_year_and_is_no_date(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    standing, quarterly = Measure.objects.filter(objective__plan=plan).order_by("pk")[:2]
    for measure, timing in ((standing, Measure.Timing.PERMANENT), (quarterly, Measure.Timing.QUARTERLY)):
        Measure.objects.filter(pk=measure.pk).update(timing=timing, stage=None, start_date=None, end_date=None)
    address = at(plan, "timeline")
    page = signed_in(cast.planner).get(address)
    lines = [line for line in page.context["timeline"].lines if line.kind == "standing"]
    assert [len(line.bars) for line in lines] == [1, 4]
    for line, words in zip(lines, ("permanently", "quarterly"), strict=True):
        assert (line.first, line.last) == (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
        assert line.note.startswith(words)
    ends = [bar.x + bar.width for bar in lines[1].bars[:3]]
    assert all(end < bar.x for end, bar in zip(ends, lines[1].bars[1:], strict=True)), "quarters are told apart"
    quarter = signed_in(cast.planner).get(f"{address}?zoom=quarter&at=2").context["timeline"]
    assert [len(line.bars) for line in quarter.lines if line.kind == "standing"] == [1, 1]


def test_a_return_of_the_year_that_is_due_in_the_next_is_marked_at_the_edge_and_named_in_the_table(cast: Cast) -> None:
    plan = made.approved_plan(cast)
    ReportingPeriod.objects.filter(operation=plan.operation, kind="interval").exclude(code__contains="Q4").delete()
    page = signed_in(cast.planner).get(at(plan, "timeline"))
    (bar,) = (bar for line in page.context["timeline"].lines for bar in line.bars if bar.kind == "later")
    assert bar.first == dt.date(2027, 1, 15)
    assert "2027-01-15" in text(page)
    for part in (1, 4):
        zoomed = signed_in(cast.planner).get(f"{at(plan, 'timeline')}?zoom=quarter&at={part}").context["timeline"]
        assert not [bar for line in zoomed.lines for bar in line.bars if bar.kind == "later"]
