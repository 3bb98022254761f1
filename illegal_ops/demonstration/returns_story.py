"""How the demonstration's returns came in: mostly on time; some late, sent back, recalled, waived or missing."""

import datetime as dt
from dataclasses import dataclass

from illegal_ops.demonstration.numbers import amount, chance, is_broken_down, is_known, part_of_stage, split
from illegal_ops.demonstration.story import People, Story
from operations.domain import returns
from operations.domain.checks import check_return
from operations.domain.figures import FigureInput
from operations.domain.return_layout import Layout, Line, layout_of
from operations.models import CellState, Operation, PeriodKind, Return, Rule, Submission, User

#: What did not go as it should: (agency, period) → what happened.
MISSING = {
    ("kg-financial-intelligence", "S2-FINAL"),
    ("am-rights-body", "S2-FOLLOWUP"),
    ("tj-information-centre", "Q3"),
}
LATE_DAYS = {
    ("tj-border-service", "S2-FINAL"): 2,
    ("am-migration-authority", "S1-FINAL"): 1,
    ("kz-information-centre", "Q2"): 4,
    ("kg-internal-affairs", "S2-FINAL"): 3,
}
RETURNED = {
    ("by-internal-affairs", "S1-FINAL"): "Уточните число проверенных объектов по видам.",
    ("kz-border-service", "S2-FINAL"): "Проверьте сведения по участкам границы.",
}
RECALLED = {("ru-state-security", "S1-FINAL"): "Обнаружена ошибка в строке о группах."}
CORRECTED = {
    ("kg-migration-authority", "S1-FINAL"): "Поступили сведения территориального подразделения.",
    ("ru-border-service", "S1-FINAL"): "Уточнено число мобильных групп.",
}
#: What came as the sum of units' returns is told by `units_story`.
THROUGH_UNITS = {("kz-internal-affairs", code) for code in ("S2-FINAL", "Q3", "S2-FOLLOWUP")}
#: One case belongs to two kinds at once: the sum of kinds exceeds the total, and the head lets it stand.
WAIVED = {
    ("ru-internal-affairs", "S2-FINAL"): (
        "R01",
        "Дело возбуждено по совокупности преступлений и учтено в двух видах; уточнение внесут после решения суда.",
    )
}
NOT_AVAILABLE = {("am-internal-affairs", "S1-FINAL", "RGT07"): "Учёт ведётся с июля."}
EXPLANATION = "Исполнялись решения, принятые до начала отчётного периода."


@dataclass(frozen=True)
class Reporter:
    """Whoever tells the story of the returns of one operation."""

    story: Story
    people: People
    layouts: dict[int, Layout]

    def tell(self, operation: Operation, *, until: dt.datetime) -> None:
        """Plans what happens with every return that falls due before `until`."""
        rows = Return.objects.filter(period__operation=operation, due_at__lt=until)
        for row in rows.select_related("period__stage", "agency__state", "agency__kind", "form"):
            self._tell(row)

    def _tell(self, row: Return) -> None:
        key = (row.agency.code, row.period.code)
        if key in MISSING or key in THROUGH_UNITS:
            return
        due = row.due_at
        early = dt.timedelta(minutes=20 + chance(*key, "early") % 300)
        submitted = due + dt.timedelta(days=LATE_DAYS[key]) if key in LATE_DAYS else due - early
        self.story.at(submitted, lambda at: self._report(row, at))
        if key in RETURNED:
            self.story.at(submitted + dt.timedelta(hours=20), lambda at: self._send_back(row, RETURNED[key], at))
            self.story.at(submitted + dt.timedelta(hours=26), lambda at: self._report_again(row, at))
        if key in RECALLED:
            self.story.at(submitted + dt.timedelta(hours=2), lambda at: self._recall(row, RECALLED[key], at))
            self.story.at(submitted + dt.timedelta(hours=4), lambda at: self._report_again(row, at))
        wait = 5 if row.period.kind == PeriodKind.OPERATIONAL else 30
        self.story.at(submitted + dt.timedelta(hours=wait), lambda at: self._accept(row, at))
        if key in CORRECTED:
            self.story.at(submitted + dt.timedelta(days=12), lambda at: self._correct(row, CORRECTED[key], at))
            self.story.at(submitted + dt.timedelta(days=13), lambda at: self._accept(row, at))

    def _report(self, row: Return, at: dt.datetime) -> None:
        officer = self._officer(row)
        started = at - dt.timedelta(minutes=15)
        draft = returns.start_return(expected_return=row, actor=officer, at=started)
        figures = self._figures(row)
        draft = returns.save_draft(
            submission=draft, figures=figures, revision=draft.revision, actor=officer, at=started
        )
        self._answer_rules(draft, row, at)
        returns.submit_return(submission=draft, actor=officer, at=at)

    def _answer_rules(self, draft: Submission, row: Return, at: dt.datetime) -> None:
        waived = WAIVED.get((row.agency.code, row.period.code))
        for broken in check_return(draft).broken:
            if broken.rule.severity == Rule.Severity.WARN:
                officer = self._officer(row)
                returns.explain_breach(
                    submission=draft, rule=broken.rule.code, reason=EXPLANATION, actor=officer, at=at
                )
            elif waived and waived[0] == broken.rule.code:
                returns.waive_breach(
                    submission=draft, rule=broken.rule.code, reason=waived[1], actor=self._decider(row), at=at
                )

    def _report_again(self, row: Return, at: dt.datetime) -> None:
        """Submits the draft that a recall or a refusal left behind, with one figure put right."""
        officer = self._officer(row)
        draft = row.submissions.get(status=Submission.Status.DRAFT)
        draft = returns.save_draft(
            submission=draft, figures=self._raised(row, draft), revision=draft.revision, actor=officer, at=at
        )
        self._answer_rules(draft, row, at)
        returns.submit_return(submission=draft, actor=officer, at=at)

    def _correct(self, row: Return, reason: str, at: dt.datetime) -> None:
        officer = self._officer(row)
        returns.correct_return(expected_return=row, reason=reason, actor=officer, at=at)
        self._report_again(row, at)

    def _recall(self, row: Return, reason: str, at: dt.datetime) -> None:
        officer = self._officer(row)
        returns.recall_submission(submission=self._submitted(row), actor=officer, at=at, reason=reason)

    def _send_back(self, row: Return, comment: str, at: dt.datetime) -> None:
        returns.return_submission(submission=self._submitted(row), comment=comment, actor=self._decider(row), at=at)

    def _accept(self, row: Return, at: dt.datetime) -> None:
        returns.accept_submission(submission=self._submitted(row), actor=self._decider(row), at=at)

    @staticmethod
    def _submitted(row: Return) -> Submission:
        return row.submissions.get(status=Submission.Status.SUBMITTED)

    def _officer(self, row: Return) -> User:
        return self.people.officer(row.agency.code)

    def _decider(self, row: Return) -> User:
        if row.agency.kind.code == "rights_body":
            return self.people["planner"]
        return self.people.head(row.agency.state.code)

    def _layout(self, row: Return) -> Layout:
        if row.form_id not in self.layouts:
            self.layouts[row.form_id] = layout_of(row.form)
        return self.layouts[row.form_id]

    def _figures(self, row: Return) -> list[FigureInput]:
        layout = self._layout(row)
        figures: list[FigureInput] = []
        for line in layout.lines:
            if line.is_entered and is_known(line.indicator):
                figures += self._line(row, layout, line)
        return figures

    def _line(self, row: Return, layout: Layout, line: Line) -> list[FigureInput]:
        code = line.indicator.code
        key = (line.indicator.pk, layout.total.pk)
        reason = NOT_AVAILABLE.get((row.agency.code, row.period.code, code))
        if reason:
            return [FigureInput(*key, state=CellState.NOT_AVAILABLE, value=None, note=reason)]
        value = self._value(row, code)
        figures = [FigureInput(*key, state=CellState.VALUE, value=value)]
        if row.period.kind == PeriodKind.OPERATIONAL or not is_broken_down(line.indicator):
            return figures
        for dimension in line.dimensions:
            shares = split(value, dimension.categories, place=(row.agency.code, dimension.breakdown.code))
            figures += [
                FigureInput(line.indicator.pk, category, state=CellState.VALUE, value=share)
                for category, share in shares.items()
            ]
        return figures

    def _value(self, row: Return, code: str) -> int:
        period, stage = row.period, row.period.stage
        if period.kind != PeriodKind.OPERATIONAL or stage is None:
            return self._amount(row, code, period.code)
        day = (period.end_date - stage.start_date).days + 1
        whole = f"S{stage.number}-FINAL"
        amount_of_stage = self._amount(row, code, whole)
        return part_of_stage(amount_of_stage, day=day, days=stage.days, agency=row.agency.code, stage=stage.number)

    @staticmethod
    def _amount(row: Return, code: str, period: str) -> int:
        state, kind = row.agency.state.code, row.agency.kind.code
        value = amount(code, state=state, kind=kind, period=period)
        waived = WAIVED.get((row.agency.code, row.period.code))
        return value - 1 if waived and code == "CRM01" else value

    def _raised(self, row: Return, draft: Submission) -> list[FigureInput]:
        """The first count without parts or breakdown, one higher: what the correction was about."""
        layout = self._layout(row)
        for code in ("ACT02", "GRP03", "BRD01", "WNT03", "PRV01"):
            if code in layout.by_code:
                line = layout.by_code[code]
                firsts = [dimension.categories[0] for dimension in line.dimensions]
                return [self._one_more(draft, line.indicator.pk, cell.pk) for cell in (layout.total, *firsts)]
        return []

    @staticmethod
    def _one_more(draft: Submission, indicator: int, category: int) -> FigureInput:
        figure = draft.figures.get(indicator=indicator, category=category)
        return FigureInput(indicator, category, state=CellState.VALUE, value=(figure.value or 0) + 1)
