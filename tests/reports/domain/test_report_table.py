"""The whole table of the report's workflow, spelled out: every act × state × role × kind of report."""

import pytest

from operations.domain.access import refusal
from operations.domain.errors import NotAllowed, NotFound, Unmet, WrongState
from operations.models import MemberState
from reports.domain.definitions import all_definitions
from reports.domain.report_workflow import REPORT_WORKFLOW
from reports.models import Report
from tests.factories.operations import make_operation
from tests.factories.people import Cast, make_officer
from tests.factories.reference import make_agency
from tests.factories.reports import AT

pytestmark = pytest.mark.django_db

EVERY = ("draft", "submitted", "returned", "approved", "published")
#: By act: the states that it starts in, and who takes it, by kind of report ("*" for the others).
ACTS = {
    "edit": (("draft", "returned"), {"*": ("planner",), "national": ("officer",)}),
    # figures are cleared one by one for press releases alone
    "clear": (("draft", "returned"), {"*": (), "press": ("hq_chair",)}),
    "unclear": (("draft", "returned"), {"*": (), "press": ("hq_chair",)}),
    "submit": (("draft", "returned"), {"*": ("planner",), "national": ("officer",)}),
    "approve": (("submitted",), {"*": ("council_chair",), "completeness": ("hq_chair",), "national": ("head",)}),
    "return": (("submitted",), {"*": ("council_chair",), "completeness": ("hq_chair",), "national": ("head",)}),
    "publish": (("approved",), {"*": ("hq_chair",)}),
    "send": (("approved", "published"), {"*": ("planner", "hq_chair")}),
    # the documents of plans and minutes alone, and by the system alone
    "follow": (("draft",), {"*": ()}),
}
#: Those that follow their object: nobody takes any act but the system.
FOLLOWERS = {"plan", "minutes"}


def test_every_act_and_every_kind_of_report_is_in_the_table():
    assert {one.name for one in REPORT_WORKFLOW} == set(ACTS)
    assert {one.code for one in all_definitions() if one.follows} == FOLLOWERS
    for name, (sources, _who) in ACTS.items():
        assert set(REPORT_WORKFLOW[name].sources) == set(sources), name


@pytest.mark.parametrize("status", EVERY)
@pytest.mark.parametrize("definition", [one.code for one in all_definitions()])
def test_each_role_is_answered_as_the_table_says(cast: Cast, definition: str, status: str):
    state = MemberState.objects.get(code="KZ") if definition == "national" else None
    report = Report(definition=definition, operation=make_operation(), state=state, status=status)
    report.composed_by, report.created_at = cast.planner, AT
    report.save()
    people = {
        "planner": cast.planner,
        "hq_chair": cast.hq_chair,
        "council_chair": cast.council_chair,
        "assistant": cast.assistant,
        "observer": cast.observer,
        "administrator": cast.administrator,
        "head": cast.heads["KZ"],
        "other_head": cast.heads["RU"],
        "officer": make_officer(make_agency("KZ"), username="officer-kz"),
        "other_officer": make_officer(make_agency("RU"), username="officer-ru"),
    }
    wrong = []
    for name, (sources, by_kind) in ACTS.items():
        owners = () if definition in FOLLOWERS else by_kind.get(definition, by_kind["*"])
        for who, person in people.items():
            refused = refusal(report, name, person, at=AT)
            if status not in sources:
                is_right = isinstance(refused, WrongState)
            elif who in owners:
                is_right = refused is None or isinstance(refused, Unmet)
            else:
                is_right = isinstance(refused, NotAllowed | NotFound)
            if not is_right:
                wrong.append((name, who, refused))
    assert wrong == []
