"""Every act on a return and on a submission, in every state, for every role: the whole table, written out."""

import datetime as dt

import pytest

from operations.domain.access import may
from operations.domain.people import system_user
from operations.domain.submission_workflow import RETURN, SUBMISSION
from operations.models import Return, Submission
from tests.factories.people import (
    make_administrator,
    make_assistant,
    make_council_chair,
    make_head,
    make_observer,
    make_officer,
)
from tests.factories.reference import make_agency, make_unit
from tests.factories.reporting import Story, make_draft, make_story

pytestmark = pytest.mark.django_db
Status = Submission.Status
OFFICERS = {"officer", "second_officer"}
HEADQUARTERS = {"planner", "hq_chair"}

# situation of the return → act → who may; everything not named here is refused to everybody
RETURNS = {
    "nothing begun": {"start": OFFICERS | {"system"}, "reopen_period": HEADQUARTERS},
    "not open yet": {"reopen_period": HEADQUARTERS},
    "closed": {"reopen_period": HEADQUARTERS},
    "begun": {"reopen_period": HEADQUARTERS},
    "accepted": {"reopen_period": HEADQUARTERS},
    "used in a report": {"reopen_period": HEADQUARTERS, "reopen": {"hq_chair"}},
}

# kind of authority → status of the submission → act → who may; the officer entered it
SUBMISSIONS = {
    "internal_affairs": {
        Status.DRAFT: {
            "save_draft": OFFICERS | {"system"},
            "explain_breach": OFFICERS,
            "waive_breach": {"head"},
            "submit": OFFICERS,
        },
        Status.SUBMITTED: {"recall": OFFICERS, "accept": {"head"}, "return": {"head"}},
        Status.RECALLED: {},
        Status.RETURNED: {},
        Status.ACCEPTED: {"correct": OFFICERS},
        Status.SUPERSEDED: {},
    },
    "rights_body": {
        Status.DRAFT: {
            "save_draft": OFFICERS | {"system"},
            "explain_breach": OFFICERS,
            "waive_breach": {"planner"},
            "submit": OFFICERS,
        },
        Status.SUBMITTED: {"recall": OFFICERS, "accept": {"planner"}, "return": {"planner"}},
        Status.RECALLED: {},
        Status.RETURNED: {},
        Status.ACCEPTED: {"correct": OFFICERS},
        Status.SUPERSEDED: {},
    },
}

# of a unit's return: the unit's clerk entered it, the officers of its agency decide
OF_A_UNIT = {
    Status.DRAFT: {
        "save_draft": {"clerk", "system"} | OFFICERS,
        "explain_breach": {"clerk"} | OFFICERS,
        "waive_breach": OFFICERS,
        "submit": {"clerk"} | OFFICERS,
    },
    Status.SUBMITTED: {"recall": {"clerk"} | OFFICERS, "accept": OFFICERS, "return": OFFICERS},
    Status.RECALLED: {},
    Status.RETURNED: {},
    Status.ACCEPTED: {"correct": {"clerk"} | OFFICERS},
    Status.SUPERSEDED: {},
}


def people(story: Story) -> dict:
    unit = make_unit(story.agency)
    return {
        "officer": story.officer,
        "second_officer": story.second_officer,
        "clerk": make_officer(story.agency, username="clerk", unit=unit),
        "clerk_of_another_unit": make_officer(story.agency, username="other", unit=make_unit(story.agency, "south")),
        "stranger": make_officer(make_agency("BY")),
        "head": story.head,
        "other_head": make_head("BY"),
        "planner": story.planner,
        "hq_chair": story.hq_chair,
        "council_chair": make_council_chair(),
        "assistant": make_assistant(),
        "observer": make_observer(),
        "administrator": make_administrator(),
        "system": system_user("imports"),
    }


def allowed(subject, act: str, everybody: dict, at: dt.datetime) -> set[str]:
    return {name for name, person in everybody.items() if may(subject, act, person, at=at)}


@pytest.mark.parametrize("situation", list(RETURNS))
def test_acts_on_a_return(situation: str):
    story = make_story()
    at = {"closed": story.closed, "not open yet": story.period.opens_at - dt.timedelta(seconds=1)}.get(
        situation, story.at
    )
    if situation in ("begun", "accepted", "used in a report"):
        draft = make_draft(story)
        if situation != "begun":
            Submission.objects.filter(pk=draft.pk).update(status=Status.ACCEPTED)
        if situation == "used in a report":
            Return.objects.update(reported_at=story.at)
    everybody, owed = people(story), story.again()
    for act in RETURN.names():
        assert allowed(owed, act, everybody, at) == RETURNS[situation].get(act, set()), act


@pytest.mark.parametrize("kind", list(SUBMISSIONS))
@pytest.mark.parametrize("status", list(Status))
def test_acts_on_a_submission(kind: str, status: str):
    story = make_story(kind=kind)
    submission = make_draft(story)
    Submission.objects.filter(pk=submission.pk).update(status=status)
    submission.refresh_from_db()
    everybody = people(story)
    for act in set(SUBMISSION.names()) - {"roll_up"}:
        assert allowed(submission, act, everybody, story.at) == SUBMISSIONS[kind][status].get(act, set()), act


@pytest.mark.parametrize("status", list(Status))
def test_acts_on_the_submission_of_a_unit(status: str):
    story = make_story()
    everybody = people(story)
    story.expected_return.unit = story.agency.units.get(code="north")
    story.expected_return.save()
    story.officer = everybody["clerk"]
    submission = make_draft(story)
    Submission.objects.filter(pk=submission.pk).update(status=status)
    submission.refresh_from_db()
    for act in set(SUBMISSION.names()) - {"roll_up"}:
        assert allowed(submission, act, everybody, story.at) == OF_A_UNIT[status].get(act, set()), act


def test_the_tables_name_every_act():
    assert RETURN.names() == ["start", "reopen_period", "reopen"]
    assert SUBMISSION.names() == [
        "save_draft",
        "roll_up",
        "explain_breach",
        "waive_breach",
        "submit",
        "recall",
        "accept",
        "return",
        "correct",
    ]
