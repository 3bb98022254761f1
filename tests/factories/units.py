"""An agency that reports through units: the usual story of a return, with units, their officers and what they sent."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from operations.domain.returns import accept_submission, save_draft, start_return, submit_return
from operations.domain.units import add_units
from operations.models import CellState, Figure, Return, Submission, Unit, User
from tests.factories.people import make_officer
from tests.factories.reference import category
from tests.factories.reporting import Story, figures, make_story


@dataclass
class UnitStory:
    """The story of the agency's return, its units by code, and the officer of each."""

    story: Story
    units: dict[str, Unit]
    officers: dict[str, User]

    def owed(self, code: str) -> Return:
        """The return that a unit owes for the story's period."""
        rows = Return.objects.select_related("period", "agency__kind", "agency__state", "unit", "form")
        return rows.get(period=self.story.period, unit=self.units[code])

    def submit(self, code: str, values: Mapping[str, int | str] | None = None, **options) -> Submission:
        """The unit's officer enters and submits, every other required cell zero."""
        expected_return, officer = self.owed(code), self.officers[code]
        who = {"actor": officer, "at": self.story.at}
        draft = start_return(expected_return=expected_return, **who)
        inputs = figures(expected_return, values, **options)
        draft = save_draft(submission=draft, figures=inputs, revision=draft.revision, **who)
        return submit_return(submission=draft, **who)

    def accept(self, code: str, values: Mapping[str, int | str] | None = None, **options) -> Submission:
        submission = self.submit(code, values, **options)
        return accept_submission(submission=submission, actor=self.story.second_officer, at=self.story.at)


def unit_rows(*codes: str) -> list[dict[str, str]]:
    return [{"code": code, "name_ru": f"Управление {code}", "name_en": f"Department {code}"} for code in codes]


def make_unit_story(*codes: str, **options) -> UnitStory:
    """Units `north` and `south` unless others are named; the central office comes by itself."""
    story = make_story(**options)
    add_units(agency=story.agency, units=unit_rows(*(codes or ("north", "south"))), actor=story.officer, at=story.at)
    units = {unit.code: unit for unit in story.agency.units.all()}
    officers = {
        code: story.officer
        if unit.is_central_office
        else make_officer(story.agency, username=f"unit-{code}", unit=unit)
        for code, unit in units.items()
    }
    return UnitStory(story, units, officers)


def put_accepted(story: Story, units: Iterable[Unit], values: Mapping[str, int], *, by: User) -> list[Submission]:
    """Accepted returns of many units at once, straight into their tables: what a test of 83 units starts from."""
    rows = list(Return.objects.filter(period=story.period, unit__in=list(units)).order_by("pk"))
    at = story.at - dt.timedelta(hours=1)
    sent = {"status": Submission.Status.ACCEPTED, "entered_by": by, "submitted_by": by, "started_at": at}
    Submission.objects.bulk_create(
        [Submission(expected_return=row, number=1, submitted_at=at, **sent) for row in rows], batch_size=100
    )
    Return.objects.filter(pk__in=[row.pk for row in rows]).update(first_submitted_at=at)
    made = list(Submission.objects.filter(expected_return__in=rows).order_by("pk"))
    total, indicators = category(), {}
    for line in rows[0].form.indicators.filter(is_derived=False):
        indicators[line.code] = line
    Figure.objects.bulk_create(
        [
            Figure(
                submission=submission,
                indicator=indicator,
                category=total,
                state=CellState.VALUE,
                value=values.get(code, 0),
            )
            for submission in made
            for code, indicator in indicators.items()
        ],
        batch_size=500,
    )
    return made
