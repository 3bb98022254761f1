"""How the demonstration's other reports came about: press release, state's report, stage's report, completeness.

Each is composed by whoever composes such a report, answers its checklist, and is approved by whoever approves it. The
press release is of August, before the annual report is approved: it says that it is preliminary.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from illegal_ops.demonstration.story import People, Story
from operations.models import MemberState, Operation
from reports.domain import reports as verbs
from reports.domain.clearance import candidates
from reports.domain.subjects import reported_stages
from reports.models import Report

Texts = Mapping[str, tuple[str, str]]
STATE = "AM"
#: What the chair of the headquarters cleared for the press.
CLEARED = ("ACT04", "VIO01", "RET02", "CRM01", "GRP01", "RGT01")
EXPLANATION = "Непредставленные донесения перечислены в отчёте; сведения будут учтены после их поступления."

PRESS: Texts = {
    "lead": (
        "Государства – члены ОДКБ завершили первый этап региональной операции «Нелегал-2026». Все показатели "
        "настоящего сообщения – демонстрационные данные.",
        "The member states of the CSTO have finished the first stage of the regional operation “Illegal-2026”. All "
        "figures of this release are demonstration data.",
    ),
    "results": (
        "Проверки проводились по согласованному плану в сроки, установленные каждым государством. Основные показатели "
        "приведены выше; они будут уточнены в сводном отчёте.",
        "Checks followed the agreed plan in the dates that each state set. The main figures stand above; the annual "
        "report will give them in their final form.",
    ),
    "rights": (
        "Обращения о нарушении прав принимали уполномоченные по правам человека, органы прокуратуры и консульства; "
        "они учтены отдельно и сообщены непосредственно в Международный штаб.",
        "Complaints were received by ombudsmen, prosecutors and consulates; they are counted apart and were reported "
        "straight to the International Headquarters.",
    ),
    "contacts": (
        "Пресс-служба Международного штаба операции (демонстрационная).",
        "Press service of the International Headquarters of the operation (demonstration).",
    ),
}
NATIONAL: Texts = {
    "summary": (
        "Мероприятия операции проведены в национальные сроки обоих этапов; донесения представлены всеми органами.",
        "The measures were carried out in the national dates of both stages; every authority reported.",
    ),
    "results": (
        "Показатели приведены по видам органов, которые их представили.",
        "The figures are given by the kind of authority that reported them.",
    ),
    "problems": (
        "Донесение миграционного органа за первый этап поступило на день позже срока.",
        "The migration authority's return for the first stage came a day late.",
    ),
    "proposals": (
        "Предлагается напоминать органам о сроках за семь дней.",
        "It is proposed to remind authorities of deadlines seven days ahead.",
    ),
}
STAGE: Texts = {
    "summary": (
        "Второй этап проведён в шести государствах. Показатели настоящего отчёта – демонстрационные данные.",
        "The second stage was carried out in six states. The figures of this report are demonstration data.",
    ),
    "results": (
        "Показатели приведены по государствам в алфавитном порядке и не предназначены для их сопоставления.",
        "Figures are listed by state in alphabetical order and are not meant to compare states.",
    ),
    "rights": (
        "Жалобы учтены правозащитными органами и представлены отдельными донесениями.",
        "Complaints were recorded by rights bodies and reported in returns of their own.",
    ),
    "problems": (
        "Часть итоговых донесений поступила с опозданием.",
        "Some of the final returns came late.",
    ),
    "conclusions": (
        "Предлагается сохранить сроки этапа в следующем году.",
        "It is proposed to keep the dates of the stage next year.",
    ),
}
COMPLETENESS: Texts = {
    "summary": (
        "Большинство донесений поступило в срок; опоздания и непредставленные донесения перечислены в приложении.",
        "Most returns came in time; those that came late or not at all are listed in the annex.",
    ),
    "problems": (
        "Повторяются опоздания информационных центров.",
        "Information centres are late again and again.",
    ),
    "conclusions": (
        "Предлагается рассмотреть сроки представления сведений на заседании Международного штаба.",
        "It is proposed to discuss the deadlines at a meeting of the International Headquarters.",
    ),
}


@dataclass(frozen=True)
class Account:
    """One report: who composes and approves it, when, and what they write."""

    definition: str
    texts: Texts
    author: str
    approver: str
    composed_on: dt.date
    approved_on: dt.date
    about: Mapping[str, object] = field(default_factory=dict)


class MoreReports:
    """Tells how the reports other than the annual one came about."""

    def __init__(self, *, story: Story, people: People, operation: Operation) -> None:
        self.story = story
        self.people = people
        self.operation = operation

    def tell(self) -> None:
        for account in self._accounts():
            self.story.on(account.composed_on, 10, lambda at, account=account: self._compose(account, at))  # type: ignore[misc]
            self.story.on(account.approved_on, 15, lambda at, account=account: self._approve(account, at))  # type: ignore[misc]
        self.story.on(dt.date(2026, 8, 5), 10, self._publish_press)

    def _accounts(self) -> list[Account]:
        stage = reported_stages(self.operation).last()
        state = MemberState.objects.get(code=STATE)
        officer = f"officer-{STATE.lower()}-internal-affairs"
        head = f"head-{STATE.lower()}"
        day = dt.date
        return [
            Account("press", PRESS, "planner", "council-chair", day(2026, 8, 3), day(2026, 8, 4)),
            Account("national", NATIONAL, officer, head, day(2026, 11, 11), day(2026, 11, 13), about={"state": state}),
            Account("completeness", COMPLETENESS, "planner", "hq-chair", day(2026, 11, 13), day(2026, 11, 16)),
            Account(
                "stage", STAGE, "planner", "council-chair", day(2026, 11, 13), day(2026, 11, 17), about={"stage": stage}
            ),
        ]

    def _compose(self, account: Account, at: dt.datetime) -> None:
        author = self.people[account.author]
        report = verbs.compose_report(
            definition=account.definition,
            operation=self.operation,
            actor=author,
            at=at,
            **account.about,  # type: ignore[arg-type]
        )
        for section, (text_ru, text_en) in account.texts.items():
            verbs.edit_narrative(report=report, section=section, text_ru=text_ru, text_en=text_en, actor=author, at=at)
        if account.definition == "press":
            self._clear(report, at)
        verbs.submit_report(report=report, actor=author, at=at, explanation=EXPLANATION)

    def _clear(self, report: Report, at: dt.datetime) -> None:
        chair = self.people["hq-chair"]
        for one in candidates(report):
            if one.indicator.code in CLEARED:
                verbs.clear_figure(report=report, figure=one.indicator.code, value=one.value, actor=chair, at=at)

    def _approve(self, account: Account, at: dt.datetime) -> None:
        report = Report.objects.get(definition=account.definition, operation=self.operation)
        verbs.approve_report(
            report=report,
            snapshot_sha256=report.snapshots.latest("number").sha256,
            reauthenticated=True,
            actor=self.people[account.approver],
            at=at,
        )

    def _publish_press(self, at: dt.datetime) -> None:
        report = Report.objects.get(definition="press", operation=self.operation)
        verbs.publish_report(report=report, figures_cleared=True, actor=self.people["hq-chair"], at=at)
