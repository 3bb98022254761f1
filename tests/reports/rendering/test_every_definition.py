"""Each kind of report that is registered, drawn from a small operation: heard as it is written, number by number.

A definition that is added is tried here by its registration alone.
"""

from typing import Any

import pytest

from operations.models import Operation
from reports.domain import following
from reports.domain.clearance import candidates
from reports.domain.definitions import all_definitions, find
from reports.domain.payload import Payload
from reports.domain.reports import clear_figure, compose_report
from reports.domain.snapshots import build_payload, payload_of
from reports.rendering.outputs import CONTENT_TYPES, render
from reports.rendering.pdf import render_pdf
from tests.factories.minutes import AT as HELD_AT
from tests.factories.minutes import recorded_meeting
from tests.factories.people import Cast, make_officer
from tests.factories.plans import drafted_plan, moment
from tests.factories.reference import make_agency, state
from tests.factories.reports import AT, make_results
from tests.reports.rendering.spoken import Spoken, differences_of

# drawing knows no database: that payloads are alike on either is tried where they are built
pytestmark = [pytest.mark.django_db, pytest.mark.once]

#: A count with its part, a stock, money.
SOME = {"ACT01": 100, "VIO01": 30, "VIO02": 20, "ADM04": 123_456}
CODES = [definition.code for definition in all_definitions()]


def drawn_from(code: str, cast: Cast) -> Payload:
    """The payload of a draft; half of its sections are written in both languages, half in Russian alone."""
    if code == "plan":
        snapshot, _approval = following.plan_to_draw(drafted_plan(cast), actor=cast.planner, at=moment())
        return payload_of(snapshot)
    if code == "minutes":
        meeting = recorded_meeting(cast, operation=drafted_plan(cast).operation.slug)
        snapshot, _approval = following.minutes_to_draw(meeting, actor=cast.planner, at=HELD_AT)
        return payload_of(snapshot)
    operation = make_results(states=("AM", "RU"), values=SOME, is_demonstration=True)
    return build_payload(composed(code, operation, cast), at=AT)


def composed(code: str, operation: Operation, cast: Cast) -> Any:
    definition = find(code)
    assert definition is not None
    scope: dict[str, Any] = {}
    author = cast.planner
    if "stage" in definition.scope:
        scope["stage"] = operation.plan.stages.order_by("number").last()
    if "state" in definition.scope:
        scope["state"] = state("RU")
        author = make_officer(make_agency("RU"), username="author")
    report = compose_report(definition=code, operation=operation, actor=author, at=AT, **scope)
    for place, section in enumerate(definition.narrative):
        english = f"The section “{section.key}” says what happened." if place % 2 else ""
        report.narratives.create(section=section.key, text_ru=f"Раздел {section.key}: итоги года.", text_en=english)
    for found in candidates(report) if definition.clears_figures else ():
        clear_figure(report=report, figure=found.indicator.code, value=found.value, actor=cast.hq_chair, at=AT)
    return report


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_reader_hears_every_number_and_no_checker_finds_anything(code: str, language: str, cast: Cast):
    payload = drawn_from(code, cast)
    spoken = Spoken(render_pdf(payload=payload, approval=None, language=language))
    assert spoken.findings == []
    assert differences_of(payload, spoken, language) == []


@pytest.mark.deep
@pytest.mark.parametrize("code", CODES)
def test_both_languages_stand_side_by_side(code: str, cast: Cast):
    payload = drawn_from(code, cast)
    spoken = Spoken(render_pdf(payload=payload, approval=None, language="both"))
    assert spoken.findings == []
    assert differences_of(payload, spoken, "ru", "en") == []


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("format", sorted(set(CONTENT_TYPES) - {"pdf", "sdmx-csv", "sdmx-ml"}))
def test_every_other_format_is_made_in_both_languages_and_always_the_same(code: str, format: str, cast: Cast):
    given = {"format": format, "payload": drawn_from(code, cast), "approval": None, "language": "both"}
    one, other = render(**given), render(**given)
    assert one == other
    assert len(one) > 200
