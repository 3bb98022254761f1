"""The maintained sums: whatever happens to returns, they are what the figures come to, and no vintage changes."""

import datetime as dt
from collections import Counter

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from operations.domain.access import visible_to
from operations.domain.comments import comment_on, flagged_by_return, settle_comment
from operations.domain.errors import WrongState
from operations.domain.moments import moscow_date
from operations.domain.people import system_user
from operations.domain.queries import answer_query, ask_query
from operations.domain.returns import (
    accept_submission,
    bulk_accept,
    correct_return,
    recall_submission,
    reopen_reported_return,
    return_submission,
    save_draft,
    start_return,
    submit_return,
)
from operations.domain.totals import mismatches, rebuild
from operations.models import Figure, Operation, PeriodKind, Return, Submission, Total
from tests.factories.operations import make_return
from tests.factories.people import make_head, make_officer
from tests.factories.reference import make_agency
from tests.factories.reporting import figures, make_story, make_submitted

pytestmark = pytest.mark.django_db
ACCEPTED, PROVISIONAL = Total.Basis.ACCEPTED, Total.Basis.PROVISIONAL


def value(code: str, basis: str = ACCEPTED) -> int | None:
    rows = Total.objects.filter(indicator__code=code, category__breakdown__isnull=True, basis=basis)
    return sum(row.value for row in rows) if rows else None


def version(story) -> int:
    return Operation.objects.get(pk=story.operation.pk).data_version


def test_submitted_figures_are_provisional_until_they_are_accepted():
    story = make_story()
    submission = make_submitted(story, {"ACT03": 12})
    assert (value("ACT03", ACCEPTED), value("ACT03", PROVISIONAL)) == (None, 12)
    accept_submission(submission=submission, actor=story.head, at=story.at)
    assert (value("ACT03", ACCEPTED), value("ACT03", PROVISIONAL)) == (12, 12)
    assert mismatches() == []


def test_what_a_rights_body_submitted_is_shown_to_no_head_before_it_is_accepted():
    story = make_story(kind="rights_body")
    submission = make_submitted(story, {"RGT01": 12})
    neighbour = make_officer(make_agency(story.agency.state.code), username="neighbour")
    for person, sees in ((story.officer, True), (story.planner, True), (story.head, False), (neighbour, False)):
        assert visible_to(Total, person, at=story.at).exists() is sees, person.username
    accept_submission(submission=submission, actor=story.planner, at=story.at)
    assert visible_to(Total, story.head, at=story.at).filter(basis=ACCEPTED).exists()


def test_a_recalled_return_leaves_no_row_behind():
    story = make_story()
    recall_submission(submission=make_submitted(story, {"ACT03": 12}), actor=story.officer, at=story.at)
    assert not Total.objects.exists()


def test_a_cell_without_a_number_is_in_no_total():
    story = make_story()
    make_submitted(story, {"ACT03": "withheld", "ACT04": 0})
    assert value("ACT03", PROVISIONAL) is None
    assert value("ACT04", PROVISIONAL) == 0


def test_a_situation_report_never_enters_a_total():
    story = make_story(period_kind=PeriodKind.OPERATIONAL)
    before = version(story)
    accept_submission(submission=make_submitted(story, {"ACT03": 12}), actor=story.head, at=story.at)
    assert not Total.objects.exists()
    assert version(story) > before
    assert mismatches() == []


def test_every_act_that_moves_a_number_raises_the_data_version():
    story = make_story()
    versions = [version(story)]
    submission = make_submitted(story)
    versions.append(version(story))
    accept_submission(submission=submission, actor=story.head, at=story.at)
    versions.append(version(story))
    assert versions == sorted(set(versions))


def test_rebuilding_mends_what_was_changed_behind_the_systems_back():
    story = make_story()
    accept_submission(submission=make_submitted(story, {"ACT03": 12}), actor=story.head, at=story.at)
    Total.objects.filter(indicator__code="ACT03", basis=ACCEPTED).update(value=99)
    Total.objects.filter(indicator__code="ACT04").delete()
    wrong = mismatches()
    assert len(wrong) == 3
    assert {(found.stored, found.computed) for found in wrong} == {((99, 1), (12, 1)), (None, (0, 1))}
    assert rebuild(actor=system_user("totals"), at=story.at) == 3
    assert mismatches() == []
    assert rebuild(actor=system_user("totals"), at=story.at) == 0


class Reporting(RuleBasedStateMachine):
    """Two agencies of one kind of two states and one of another kind, doing anything in any order."""

    codes = ("ACT01", "ACT03", "ACT03.site_type:TRADE", "ADM04", "RET07")
    numbers = st.dictionaries(st.sampled_from(codes), st.sampled_from([0, 1, 5, "withheld", "not_applicable"]))
    which = st.integers(0, 2)

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        story = make_story()
        self.at, self.hq_chair, self.planner = story.at, story.hq_chair, story.planner
        border, belarus = make_agency("RU", "border_service"), make_agency("BY")
        self.desks = [
            (story.expected_return, story.officer, story.head),
            (make_return(story.period, border), make_officer(border), story.head),
            (make_return(story.period, belarus), make_officer(belarus), make_head("BY")),
        ]
        self.vintages: dict[int, list[tuple]] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def tick(self) -> dt.datetime:
        self.at += dt.timedelta(seconds=1)
        return self.at

    def live(self, which: int, status: str) -> Submission | None:
        return Submission.objects.filter(expected_return=self.desks[which][0], status=status).first()

    @rule(which=which, numbers=numbers)
    def enter(self, which: int, numbers: dict) -> None:
        expected_return, officer, _head = self.desks[which]
        draft = self.live(which, "draft")
        if draft is None and not expected_return.submissions.exists():
            draft = start_return(expected_return=expected_return, actor=officer, at=self.tick())
        if draft is not None:
            if numbers.get("ACT03.site_type:TRADE") in (1, 5):
                numbers["ACT03"] = 5  # a part does not exceed its whole
            known = {
                code: number
                for code, number in numbers.items()
                if not (code == "RET07" and expected_return.agency.kind.code == "border_service")
            }
            inputs = figures(expected_return, known)
            save_draft(submission=draft, figures=inputs, revision=draft.revision, actor=officer, at=self.tick())

    @rule(which=which)
    def submit(self, which: int) -> None:
        draft = self.live(which, "draft")
        if draft is not None and draft.figures.exists():
            submit_return(submission=draft, actor=self.desks[which][1], at=self.tick())
            self.vintages[draft.pk] = self.content(draft.pk)

    @rule(which=which)
    def recall(self, which: int) -> None:
        submission = self.live(which, "submitted")
        if submission is not None:
            recall_submission(submission=submission, actor=self.desks[which][1], at=self.tick())

    @rule(which=which)
    def send_back(self, which: int) -> None:
        submission = self.live(which, "submitted")
        if submission is not None:
            return_submission(submission=submission, comment="Look again", actor=self.desks[which][2], at=self.tick())

    @rule(which=which)
    def accept(self, which: int) -> None:
        submission = self.live(which, "submitted")
        if submission is not None:
            accept_submission(submission=submission, actor=self.desks[which][2], at=self.tick())

    @rule(which=which)
    def accept_together(self, which: int) -> None:
        """What broke no rule is accepted in bulk like the rest."""
        submission = self.live(which, "submitted")
        if submission is not None:
            [decided] = bulk_accept(submissions=[submission], actor=self.desks[which][2], at=self.tick())
            assert (decided.refusal is None) is not self.wants_a_look(submission)

    @staticmethod
    def wants_a_look(submission: Submission) -> bool:
        is_broken = submission.breaches.exclude(status="fixed").exists()
        return is_broken or bool(flagged_by_return([submission.expected_return_id]))

    @rule(which=which)
    def be_reported(self, which: int) -> None:
        """An approved report uses what is accepted."""
        if self.live(which, "accepted") is not None:
            Return.objects.filter(pk=self.desks[which][0].pk).update(reported_at=self.tick())

    @rule(which=which)
    def reopen(self, which: int) -> None:
        owed = Return.objects.get(pk=self.desks[which][0].pk)
        if owed.reported_at is not None:
            reopen_reported_return(expected_return=owed, reason="Found", actor=self.hq_chair, at=self.tick())

    @rule(which=which)
    def correct(self, which: int) -> None:
        """Refused while another draft is open, and, of reported figures, until the chair reopens the return."""
        _owed, officer, _head = self.desks[which]
        if self.live(which, "accepted") is None:
            return
        owed = Return.objects.get(pk=self.desks[which][0].pk)
        is_bound = owed.reported_at is not None and (owed.reopened_at is None or owed.reopened_at < owed.reported_at)
        if is_bound or self.live(which, "draft") or self.live(which, "submitted"):
            with pytest.raises(WrongState):
                correct_return(expected_return=owed, reason="Found", actor=officer, at=self.tick())
        else:
            correct_return(expected_return=owed, reason="Found", actor=officer, at=self.tick())

    @rule(which=which, flag=st.booleans())
    def talk(self, which: int, flag: bool) -> None:
        """Comments and queries move nothing."""
        owed, officer, head = self.desks[which]
        if owed.submissions.exists():
            said = comment_on(
                expected_return=owed, text="Why?", needs_follow_up=flag, actor=head, at=self.tick(), cell="ACT03.TOTAL"
            )
            if flag and said.pk % 2:
                settle_comment(comment=said, actor=head, at=self.tick())
        if self.live(which, "accepted") is not None:
            due = moscow_date(self.at)
            query = ask_query(expected_return=owed, text="Why?", due_date=due, actor=self.planner, at=self.tick())
            answer_query(query=query, text="So it was", actor=officer, at=self.tick())

    @staticmethod
    def content(submission: int) -> list[tuple]:
        """The figures, and who sent them when."""
        rows = Figure.objects.filter(submission=submission).order_by("indicator_id", "category_id")
        sent = Submission.objects.filter(pk=submission).values_list(
            "number", "entered_by", "submitted_by", "submitted_at"
        )
        return [*sent, *rows.values_list("indicator_id", "category_id", "state", "value", "note")]

    @invariant()
    def one_stands_and_one_is_worked_on_at_most(self) -> None:
        for owed, _officer, _head in self.desks:
            statuses = Counter(owed.submissions.values_list("status", flat=True))
            assert statuses["accepted"] <= 1 and statuses["draft"] + statuses["submitted"] <= 1
            assert not statuses["superseded"] or statuses["accepted"], "what was accepted stands until the next one is"
            numbers = list(owed.submissions.order_by("number").values_list("number", flat=True))
            assert numbers == list(range(1, len(numbers) + 1)), "every attempt stays"

    @invariant()
    def totals_are_what_the_figures_come_to(self) -> None:
        assert mismatches() == []

    @precondition(lambda self: self.vintages)
    @invariant()
    def no_vintage_ever_changes(self) -> None:
        for submission, content in self.vintages.items():
            assert self.content(submission) == content


def test_any_sequence_of_acts_leaves_totals_right_and_vintages_unchanged():
    examples = 10 if settings.default.max_examples <= 30 else 300
    run_state_machine_as_test(Reporting, settings=settings(max_examples=examples, stateful_step_count=20))
