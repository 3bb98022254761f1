"""How the demonstration's annual report was composed, submitted, approved by the council chair and published."""

import datetime as dt

from illegal_ops.demonstration.story import People, Story
from operations.domain import meetings
from operations.models import Operation
from reports.domain.reports import (
    approve_report,
    compose_report,
    edit_narrative,
    latest_report,
    publish_report,
    submit_report,
)
from reports.models import Report

EXPLANATION = (
    "Непредставленные донесения указаны в разделе о качестве данных; сведения будут учтены в уточнённом отчёте."
)

NARRATIVES: dict[str, tuple[str, str]] = {}


class ReportStory:
    """Tells how the consolidated report on the year came about."""

    def __init__(self, *, story: Story, people: People, operation: Operation) -> None:
        self.story = story
        self.people = people
        self.operation = operation

    def tell(self) -> None:
        self.story.on(dt.date(2026, 11, 10), 10, self._compose)
        self.story.on(dt.date(2026, 11, 12), 16, self._submit)
        self.story.on(dt.date(2026, 11, 18), 12, self._approve)
        self.story.on(dt.date(2026, 11, 19), 10, self._publish)

    @property
    def _report(self) -> Report:
        report = latest_report(definition="annual", operation=self.operation)
        assert report is not None  # noqa: S101 - the story composed it before
        return report

    def _compose(self, at: dt.datetime) -> None:
        planner = self.people["planner"]
        report = compose_report(definition="annual", operation=self.operation, actor=planner, at=at)
        for section, (text_ru, text_en) in NARRATIVES.items():
            edit_narrative(report=report, section=section, text_ru=text_ru, text_en=text_en, actor=planner, at=at)

    def _submit(self, at: dt.datetime) -> None:
        submit_report(report=self._report, actor=self.people["planner"], at=at, explanation=EXPLANATION)

    def _approve(self, at: dt.datetime) -> None:
        facts = {
            "body": "COUNCIL",
            "number": 902,
            "held_on": at.date(),
            "operation": self.operation.slug,
            "place_ru": "Условный город",
            "place_en": "A fictional city",
            "minutes_number": "2-Д",
        }
        meeting = meetings.create_meeting(values=facts, actor=self.people["hq-chair"], at=at)
        report = self._report
        approve_report(
            report=report,
            snapshot_sha256=report.snapshots.latest("number").sha256,
            reauthenticated=True,
            meeting=meeting,
            actor=self.people["council-chair"],
            at=at,
        )

    def _publish(self, at: dt.datetime) -> None:
        publish_report(report=self._report, figures_cleared=True, actor=self.people["hq-chair"], at=at)
