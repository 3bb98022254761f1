"""Eight people at once, each with a connection of their own, doing anything at random with the same few returns.

Whatever they do to each other, the maintained sums are what the figures come to, no submitted vintage changes, every
act stands in the trail once and its chain holds. On PostgreSQL they truly run side by side.
"""

import datetime as dt
import itertools
import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import close_old_connections, connection

from operations.domain.audit import broken_links
from operations.domain.errors import DomainError
from operations.domain.returns import (
    accept_submission,
    correct_return,
    recall_submission,
    reopen_reported_return,
    return_submission,
    save_draft,
    start_return,
    submit_return,
)
from operations.domain.totals import mismatches
from operations.models import AuditEntry, Figure, PeriodKind, Return, Submission, User
from tests.factories.imports import brought_file, table
from tests.factories.operations import make_period, make_return
from tests.factories.people import make_head, make_officer
from tests.factories.reference import make_agency
from tests.factories.reporting import Story, figures, make_story

WRITERS = 8
ACTS = 400 if os.environ.get("TESTS_DEEP") else 25
Vintage = tuple[tuple[int, int, str, int | None, str], ...]


@dataclass
class Desk:
    """A return with whoever enters it and whoever decides on it; shared by all writers."""

    pk: int
    officer: int
    head: int
    chair: int
    row: tuple[str, str, str]


@dataclass
class Office:
    """What the writers share: the desks, the clock, and what they saw being submitted."""

    story: Story
    desks: list[Desk]
    seconds: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    vintages: dict[int, Vintage] = field(default_factory=dict)
    done: Counter = field(default_factory=Counter)
    failures: list[BaseException] = field(default_factory=list)

    def at(self) -> dt.datetime:
        return self.story.at + dt.timedelta(milliseconds=next(self.seconds))


def content(submission: int) -> Vintage:
    rows = Figure.objects.filter(submission=submission).order_by("indicator_id", "category_id")
    return tuple(rows.values_list("indicator_id", "category_id", "state", "value", "note"))


class Writer:
    """One person at one connection; a refusal is an answer like any other, everything else is a failure."""

    def __init__(self, office: Office, number: int) -> None:
        self.office, self.chance = office, random.Random(number)
        self.acts: dict[str, Callable[[Return, Desk], Any]] = {
            "start": self.start,
            "enter": self.enter,
            "submit": self.submit,
            "recall": self.recall,
            "send_back": self.send_back,
            "accept": self.accept,
            "correct": self.correct,
            "reopen": self.reopen,
            "bring": self.bring,
        }

    def work(self) -> None:
        for _turn in range(ACTS):
            # what leads on comes more often, or nothing would ever be accepted
            name = self.chance.choices([*self.acts], weights=(2, 3, 6, 1, 2, 5, 4, 1, 1))[0]
            desk = self.chance.choice(self.office.desks)
            try:
                self.acts[name](Return.objects.get(pk=desk.pk), desk)
                self.office.done[name] += 1
            except DomainError:
                self.office.done["refused"] += 1

    def person(self, pk: int) -> User:
        return User.objects.get(pk=pk)

    def live(self, owed: Return, status: str) -> Submission:
        found = owed.submissions.filter(status=status).first()
        if found is None:
            raise DomainError
        return found

    def start(self, owed: Return, desk: Desk) -> None:
        start_return(expected_return=owed, actor=self.person(desk.officer), at=self.office.at())

    def enter(self, owed: Return, desk: Desk) -> None:
        value = self.chance.choice([0, 1, 7, "withheld"])
        inputs = figures(owed, {"ACT03": value, "ACT04": self.chance.randrange(9)})
        draft = self.live(owed, "draft")
        save_draft(
            submission=draft,
            figures=inputs,
            revision=draft.revision,
            actor=self.person(desk.officer),
            at=self.office.at(),
        )

    def submit(self, owed: Return, desk: Desk) -> None:
        draft = self.live(owed, "draft")
        sent = submit_return(submission=draft, actor=self.person(desk.officer), at=self.office.at())
        self.office.vintages[sent.pk] = content(sent.pk)

    def recall(self, owed: Return, desk: Desk) -> None:
        sent = self.live(owed, "submitted")
        recall_submission(submission=sent, actor=self.person(desk.officer), at=self.office.at())

    def send_back(self, owed: Return, desk: Desk) -> None:
        sent, actor = self.live(owed, "submitted"), self.person(desk.head)
        return_submission(submission=sent, comment="Уточните", actor=actor, at=self.office.at())

    def accept(self, owed: Return, desk: Desk) -> None:
        accept_submission(submission=self.live(owed, "submitted"), actor=self.person(desk.head), at=self.office.at())

    def correct(self, owed: Return, desk: Desk) -> None:
        actor = self.person(desk.officer)
        correct_return(expected_return=owed, reason="Уточнение", actor=actor, at=self.office.at())

    def reopen(self, owed: Return, desk: Desk) -> None:
        actor = self.person(desk.chair)
        reopen_reported_return(expected_return=owed, reason="Уточнение", actor=actor, at=self.office.at())

    def bring(self, owed: Return, desk: Desk) -> None:
        """A file that names two of the returns, in either order and in either way of refusing."""
        desks = self.chance.sample(self.office.desks, 2)
        rows = [(*one.row, "ACT03", "", self.chance.randrange(9)) for one in desks if one.officer == desk.officer]
        way = self.chance.choice(["file", "return"])
        officer = self.person(desk.officer)
        brought_file(self.office.story, "in.csv", table(*rows), actor=officer, atomicity=way)


def make_office() -> Office:
    """Two agencies of one state and one of another, two official periods; one return was used in a report."""
    story = make_story()
    later = make_period(story.operation.plan.stages.get(number=1), PeriodKind.FINAL, code="S1-again")
    desks = []
    border, belarus = make_agency("RU", "border_service"), make_agency("BY")
    people = {
        story.agency: (story.officer, story.head),
        border: (make_officer(border), story.head),
        belarus: (make_officer(belarus), make_head("BY")),
    }
    for agency, (officer, head) in people.items():
        for period in (story.period, later):
            owed = Return.objects.filter(period=period, agency=agency).first() or make_return(period, agency)
            row = (agency.state.code, agency.code, period.code)
            desks.append(Desk(owed.pk, officer.pk, head.pk, story.hq_chair.pk, row))
    Return.objects.filter(pk=desks[0].pk).update(reported_at=story.at - dt.timedelta(days=1))
    return Office(story, desks)


def at_work(office: Office, number: int) -> None:
    close_old_connections()
    try:
        Writer(office, number).work()
    except BaseException as error:  # kept, and shown by the test
        office.failures.append(error)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_eight_writers_leave_no_mismatch_and_no_vintage_changed(reference: None) -> None:
    office = make_office()
    threads = [threading.Thread(target=at_work, args=(office, number)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert office.failures == []
    assert mismatches() == []
    assert list(broken_links()) == []
    assert {pk: content(pk) for pk in office.vintages} == office.vintages
    assert office.done["submit"] and office.done["accept"]
    acts = AuditEntry.objects.filter(act__in=["submission.submit", "submission.accept"])
    assert acts.count() == office.done["submit"] + office.done["accept"]
    for desk in office.desks:
        statuses = Counter(Submission.objects.filter(expected_return=desk.pk).values_list("status", flat=True))
        assert statuses["accepted"] <= 1 and statuses["draft"] + statuses["submitted"] <= 1
