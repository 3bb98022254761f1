"""How the demonstration's plan came about: drafted, objected to, answered, agreed by six states, approved."""

import datetime as dt
from functools import partial
from typing import Any

from illegal_ops.demonstration import minutes, plan_text
from illegal_ops.demonstration.accounts import UNTIL
from illegal_ops.demonstration.story import People, Story
from operations.domain import agreements, meetings, operations, plans
from operations.models import Agreement, Meeting, MemberState, Operation, Plan, Remark, User

YEAR = 2026
PLACE = {"place_ru": "Условный город", "place_en": "A fictional city"}
OBJECTION = (
    "Сроки второго этапа в Казахстане совпадают с другой совместной операцией. Просим начать на два дня позже.",
    "Национальные сроки Республики Казахстан перенесены: 2–9 сентября.",
)
REMARK = (
    "Предлагаем указать срок исполнения запросов о проверке по учётам.",
    "Срок в одни сутки внесён в порядок обмена информацией.",
)


def begin_operation(year: int, *, actor: User, at: dt.datetime) -> Operation:
    """The annual operation of a year, marked as demonstration."""
    facts = {
        "slug": f"illegal-{year}",
        "kind": Operation.Kind.ANNUAL,
        "year": year,
        "title_ru": f"Операция «Нелегал-{year}»",
        "title_en": f"Operation “Illegal-{year}”",
    }
    return operations.create_operation(values=facts, is_demonstration=True, actor=actor, at=at)


def copy_to_next_year(operation: Operation, *, people: People, at: dt.datetime) -> None:
    """Leaves the newcomer a draft for the next year, copied from this one."""
    planner = people["planner"]
    following = begin_operation(operation.year + 1, actor=planner, at=at)
    operations.copy_plan(operation=following, source=operation.plan, actor=planner, at=at)


class PlanStory:
    """Tells how the plan of one year was drafted and approved."""

    def __init__(self, *, story: Story, people: People) -> None:
        self.story = story
        self.people = people
        self.states = {state.code: state for state in MemberState.objects.all()}

    def tell(self) -> None:
        story, planner = self.story, self.people["planner"]
        story.on(dt.date(2025, 9, 1), 12, self._elect_the_chair)
        story.on(dt.date(2025, 11, 10), 10, self._begin)
        story.on(dt.date(2025, 11, 11), 10, self._write)
        story.on(dt.date(2025, 12, 8), 11, lambda at: plans.circulate_plan(plan=self.plan, actor=planner, at=at))
        story.on(dt.date(2025, 12, 12), 9, partial(self._agree, "RU"))
        story.on(dt.date(2025, 12, 15), 9, self._object)
        story.on(dt.date(2025, 12, 18), 14, self._withdraw)
        story.on(dt.date(2025, 12, 18), 15, self._move_the_window)
        story.on(dt.date(2025, 12, 19), 11, lambda at: plans.circulate_plan(plan=self.plan, actor=planner, at=at))
        for day, code in enumerate(("RU", "KG", "AM", "TJ", "KZ"), start=22):
            story.on(dt.date(2025, 12, day), 10, partial(self._agree, code))
        story.on(dt.date(2025, 12, 24), 16, self._remark)
        story.on(dt.date(2025, 12, 25), 12, self._reply)
        story.on(dt.date(2025, 12, 26), 12, self._confirm)
        story.on(dt.date(2026, 1, 28), 15, self._record)
        story.on(dt.date(2026, 1, 30), 10, lambda at: plans.submit_plan(plan=self.plan, actor=self._hq_chair, at=at))
        story.on(dt.date(2026, 3, 20), 11, self._tell_of_decisions)
        story.on(dt.date(2026, 3, 25), 12, self._approve)

    @property
    def plan(self) -> Plan:
        return Plan.objects.get(operation__year=YEAR)

    @property
    def operation(self) -> Operation:
        return Operation.objects.get(year=YEAR)

    @property
    def _hq_chair(self) -> Any:
        return self.people["hq-chair"]

    def _elect_the_chair(self, at: dt.datetime) -> None:
        meeting = self._meet("COUNCIL", 901, at)
        term = {"holder": "council-chair", "state": "KG", "from_date": at.date(), "until_date": UNTIL}
        meetings.elect_chair(meeting=meeting, values=term, actor=self._hq_chair, at=at)

    def _meet(self, body: str, number: int, at: dt.datetime, **values: Any) -> Meeting:
        """A fictional meeting: real ones are numbered below 900."""
        facts = {"body": body, "number": number, "held_on": at.date(), **PLACE, **values}
        return meetings.create_meeting(values=facts, actor=self._hq_chair, at=at)

    def _begin(self, at: dt.datetime) -> None:
        planner = self.people["planner"]
        operation = begin_operation(YEAR, actor=planner, at=at)
        operations.start_plan(operation=operation, actor=planner, at=at)

    def _write(self, at: dt.datetime) -> None:
        planner, plan = self.people["planner"], self.plan
        goal = dict(zip(("goal_ru", "goal_en"), plan_text.GOAL, strict=True))
        plans.change_goal(plan=plan, revision=plan.revision, values=goal, actor=planner, at=at)
        for kind, (ru, en) in plan_text.SECTIONS.items():
            plans.write_section(
                plan=plan, kind=kind, revision=0, values={"text_ru": ru, "text_en": en}, actor=planner, at=at
            )
        self._write_stages(at)
        self._write_measures(at)
        for ru, en in plan_text.PROCEDURES:
            self._add("procedure", at, text_ru=ru, text_en=en)
        for code, (name_ru, name_en) in self._duty_officers().items():
            self._add("contact", at, state=code, name_ru=name_ru, name_en=name_en, telephone="000")

    def _write_stages(self, at: dt.datetime) -> None:
        for number, name_ru, name_en, codename, first, last in plan_text.STAGES:
            self._add(
                "stage",
                at,
                number=number,
                kind="active",
                name_ru=name_ru,
                name_en=name_en,
                codename=codename,
                start_date=dt.date(YEAR, *first),
                end_date=dt.date(YEAR, *last),
            )
        stages = {stage.number: stage for stage in self.plan.stages.all()}
        for number, code, agreed, last in plan_text.WINDOWS:
            # the first version, to which Kazakhstan objects
            first = (8, 31) if (number, code) == (2, "KZ") else agreed
            self._add(
                "window",
                at,
                stage=stages[number].pk,
                state=code,
                start_date=dt.date(YEAR, *first),
                end_date=dt.date(YEAR, *last),
            )

    def _write_measures(self, at: dt.datetime) -> None:
        stages = {stage.number: stage for stage in self.plan.stages.all()}
        for (text_ru, text_en), measures in plan_text.OBJECTIVES:
            objective = self._add("objective", at, text_ru=text_ru, text_en=text_en)
            for measure in measures:
                dates: dict[str, Any] = {}
                if measure.dates:
                    first, last = measure.dates
                    dates = {"start_date": dt.date(YEAR, *first), "end_date": dt.date(YEAR, *last)}
                if measure.stage:
                    dates["stage"] = stages[measure.stage].pk
                self._add(
                    "measure",
                    at,
                    objective=objective.pk,
                    text_ru=measure.text[0],
                    text_en=measure.text[1],
                    expected_result_ru=measure.result[0],
                    expected_result_en=measure.result[1],
                    timing=measure.timing,
                    responsible_kinds=list(measure.kinds),
                    responsible_states=list(self.states) if measure.kinds else [],
                    responsible_bodies=list(measure.bodies) if not measure.kinds else [],
                    co_executor_bodies=list(measure.bodies) if measure.kinds else [],
                    indicators=list(measure.indicators),
                    **dates,
                )

    def _add(self, row: str, at: dt.datetime, **values: Any) -> Any:
        return plans.add_row(plan=self.plan, kind=row, values=values, actor=self.people["planner"], at=at)

    def _duty_officers(self) -> dict[str, tuple[str, str]]:
        return {
            code: (f"Дежурный ({state.short_ru})", f"Duty officer ({state.short_en})")
            for code, state in self.states.items()
        }

    def _respond(self, code: str, answer: str, at: dt.datetime, **words: Any) -> Agreement:
        return agreements.respond(
            plan=self.plan, state=self.states[code], answer=answer, actor=self.people.head(code), at=at, **words
        )

    def _agree(self, code: str, at: dt.datetime) -> None:
        self._respond(code, Agreement.Answer.AGREED, at)

    def _object(self, at: dt.datetime) -> None:
        self._respond("KZ", Agreement.Answer.OBJECTED, at, comment=OBJECTION[0])

    def _withdraw(self, at: dt.datetime) -> None:
        plans.withdraw_plan(plan=self.plan, comment=OBJECTION[1], actor=self.people["planner"], at=at)

    def _move_the_window(self, at: dt.datetime) -> None:
        window = self.plan.stages.get(number=2).windows.get(state=self.states["KZ"])
        first = next(first for number, code, first, _last in plan_text.WINDOWS if (number, code) == (2, "KZ"))
        plans.change_row(
            row=window,
            revision=window.revision,
            values={"start_date": dt.date(YEAR, *first)},
            actor=self.people["planner"],
            at=at,
        )

    def _remark(self, at: dt.datetime) -> None:
        remark = {"place": "Раздел 7", "text": REMARK[0]}
        self._respond("BY", Agreement.Answer.AGREED_WITH_REMARKS, at, remarks=[remark])

    def _reply(self, at: dt.datetime) -> None:
        remark = self._open_remark()
        agreements.answer_remark(
            remark=remark,
            disposition=Remark.Disposition.TAKEN,
            reply=REMARK[1],
            actor=self.people["planner"],
            at=at,
        )

    def _confirm(self, at: dt.datetime) -> None:
        agreements.confirm_remark(remark=self._open_remark(), actor=self.people.head("BY"), at=at)

    def _open_remark(self) -> Remark:
        return Remark.objects.get(agreement__version=self.plan.current_version)

    def _record(self, at: dt.datetime) -> None:
        meeting = self._meet("IHQ", 901, at, operation=self.operation.slug, minutes_number="1-Д", chaired_by="hq-chair")
        plans.record_agreement(plan=self.plan, meeting=meeting, actor=self._hq_chair, at=at)
        minutes.write_and_sign(meeting, minutes.AGREEMENT, people=self.people, at=at)

    def _tell_of_decisions(self, at: dt.datetime) -> None:
        minutes.tell_of_decisions(Meeting.objects.get(number=901, body__code="IHQ"), people=self.people, at=at)

    def _approve(self, at: dt.datetime) -> None:
        plan = self.plan
        shown = plan.versions.latest("number")
        plans.approve_plan(
            plan=plan,
            sha256=shown.sha256,
            reauthenticated=True,
            actor=self.people["council-chair"],
            at=at,
        )
