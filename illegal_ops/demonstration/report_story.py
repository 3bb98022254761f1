"""How the demonstration's annual report was composed, submitted, approved by the council chair and published."""

import datetime as dt

from illegal_ops.demonstration import minutes
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
    "Непредставленные донесения указаны в разделе о качестве данных; сведения будут учтены в уточнённом отчёте. Ответы "
    "на запросы на уточнение, не снятые с контроля, показателей отчёта не меняют."
)

NARRATIVES: dict[str, tuple[str, str]] = {
    "summary": (
        "Операция проведена в два этапа во всех шести государствах. Все показатели настоящего отчёта – "
        "демонстрационные данные: они составлены для показа работы системы и ничего не говорят о действительности.",
        "The operation had two stages in all six states. All figures of this report are demonstration data: they were "
        "made to show how the system works and say nothing about reality.",
    ),
    "basis": (
        "Операция проведена на основании плана, согласованного шестью национальными штабами и утверждённого "
        "председателем Координационного совета. По замечанию Республики Казахстан сроки второго этапа уточнены "
        "до утверждения плана.",
        "The operation was carried out under the plan that six national headquarters agreed and the chair of the "
        "Coordination Council approved. On Kazakhstan's objection the dates of the second stage were moved beforehand.",
    ),
    "situation": (
        "Въезд граждан третьих государств носил сезонный характер. Сведения пограничные службы представили "
        "поквартально.",
        "Arrivals of third-country nationals were seasonal. Border services reported them by quarter.",
    ),
    "forces": (
        "Силы и средства выделены органами, указанными в плане; наибольшее число сотрудников указано за один день.",
        "Forces came from the authorities that the plan names; the number of officers is that of the busiest day.",
    ),
    "results": (
        "Показатели приведены по государствам в алфавитном порядке и не предназначены для их сопоставления.",
        "Figures are listed by state in alphabetical order and are not meant to compare states.",
    ),
    "exchange": (
        "Сведения передавались в Межгосударственный информационный банк; доля переданных в срок приведена в таблице.",
        "Records were delivered to the Interstate Information Bank; the share delivered on time is given in the table.",
    ),
    "rights": (
        "Жалобы учтены правозащитными органами и представлены отдельными отчётами, минуя национальные штабы.",
        "Complaints were recorded by rights bodies and reported in returns of their own, not through national "
        "headquarters.",
    ),
    "execution": (
        "Мероприятия плана проведены в установленные сроки; сверка списков продолжается.",
        "The measures of the plan were carried out in time; the verification of lists goes on.",
    ),
    "quality": (
        "Отдельные донесения представлены с опозданием или не представлены; уточнения внесены двумя органами.",
        "Some returns came late or not at all; two authorities corrected their figures.",
    ),
    "problems": (
        "Требует улучшения своевременность представления сведений информационными центрами.",
        "The timeliness of the information centres' returns needs improvement.",
    ),
    "conclusions": (
        "Предлагается сохранить порядок и сроки операции в следующем году.",
        "It is proposed to keep the procedure and the dates of the operation next year.",
    ),
}


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
            "chaired_by": "council-chair",
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
        minutes.write_and_sign(meeting, minutes.RESULTS, people=self.people, at=at)

    def _publish(self, at: dt.datetime) -> None:
        publish_report(report=self._report, figures_cleared=True, actor=self.people["hq-chair"], at=at)
