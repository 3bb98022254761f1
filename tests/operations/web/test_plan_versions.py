"""Pages that lay texts of a plan side by side: any two versions, last year's plan, what the reader saw last; and the
timeline of a part of the year."""

import re
from typing import Any

import pytest

from operations.domain import operations, plans
from operations.models import Measure, Plan, VersionSeen
from tests.clients import signed_in
from tests.factories import plans as made
from tests.factories.people import Cast

pytestmark = pytest.mark.django_db


def at(plan: Plan, *parts: object) -> str:
    return "/".join(["/operations", plan.operation.slug, *(str(part) for part in parts), ""])


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def changed_again(plan: Plan, cast: Cast) -> Plan:
    """A second version: one measure reworded, another removed."""
    plan = plans.withdraw_plan(plan=plan, comment="Уточнить", actor=cast.planner, at=made.moment())
    first, second = Measure.objects.filter(objective__plan=plan)
    values = {"text_en": "Measure 1, jointly with the border services"}
    plans.change_row(row=first, revision=first.revision, values=values, actor=cast.planner, at=made.moment())
    plans.remove_row(row=second, revision=second.revision, actor=cast.planner, at=made.moment())
    return plans.circulate_plan(plan=Plan.objects.get(pk=plan.pk), actor=cast.planner, at=made.moment())


def copied_plan(plan: Plan, cast: Cast) -> Plan:
    operation = operations.create_operation(
        values={"slug": "illegal-2027", "kind": "annual", "year": 2027, "title_ru": "Н", "title_en": "I"},
        actor=cast.planner,
        at=made.moment(),
    )
    return operations.copy_plan(operation=operation, source=plan, actor=cast.planner, at=made.moment())


def test_any_two_versions_are_compared_in_either_order(cast: Cast) -> None:
    plan = changed_again(made.circulated_plan(cast), cast)
    client = signed_in(cast.heads["RU"])
    forward = text(client.get(at(plan, "plan/compare") + "?older=1&newer=2"))
    assert 'ops-changes__item--removed"' in forward and "<del>1.2. Measure 2</del>" in forward
    assert re.search(r"Measure 1<ins>.{0,80}, jointly|<ins>.{0,90}jointly with the border services", forward)
    back = text(client.get(at(plan, "plan/compare") + "?older=2&newer=1"))
    assert 'ops-changes__item--added"' in back
    assert text(client.get(at(plan, "plan/compare"))).count("ops-changes__item--removed") == 1


@pytest.mark.parametrize("query", ["?older=9", "?newer=last-year", "?older=draft", "?newer=%00", "?older=1&newer=-1"])
def test_a_text_that_is_not_there_is_not_found(cast: Cast, query: str) -> None:
    plan = made.circulated_plan(cast)
    assert signed_in(cast.planner).get(at(plan, "plan/compare") + query).status_code == 404


def test_the_draft_is_compared_by_whoever_may_read_it(cast: Cast) -> None:
    plan = made.approved_plan(cast)
    plan = plans.amend_plan(plan=plan, comment="Новая задача", actor=cast.planner, at=made.moment())
    made.add(plan, "objective", cast, text_ru="Тайная задача", text_en="A secret objective")
    address = at(plan, "plan/compare")
    assert "A secret objective" in text(signed_in(cast.planner).get(f"{address}?older=1&newer=draft"))
    for person in (cast.heads["RU"], cast.observer):
        assert signed_in(person).get(f"{address}?newer=draft").status_code == 404
        assert "A secret objective" not in text(signed_in(person).get(address))


def test_an_observer_compares_what_was_approved_and_nothing_else(cast: Cast) -> None:
    plan = changed_again(made.circulated_plan(cast), cast)
    made.agree_all(plan, cast)
    plan = plans.record_agreement(plan=plan, in_correspondence=True, actor=cast.hq_chair, at=made.moment())
    plan = made.approve(plans.submit_plan(plan=plan, actor=cast.hq_chair, at=made.moment()), cast)
    client = signed_in(cast.observer)
    assert client.get(at(plan, "plan/compare")).status_code == 200
    assert client.get(at(plan, "plan/compare") + "?older=1&newer=2").status_code == 404


def test_last_years_plan_is_laid_beside_a_copy_by_where_measures_came_from(cast: Cast) -> None:
    copy = copied_plan(made.approved_plan(cast), cast)
    first = Measure.objects.filter(objective__plan=copy).first()
    assert first is not None
    values = {"text_en": "Something else altogether", "text_ru": "Совсем другое"}
    plans.change_row(row=first, revision=first.revision, values=values, actor=cast.planner, at=made.moment())
    page = text(signed_in(cast.planner).get(at(copy, "plan/compare") + "?older=last-year"))
    assert "<del>" in page and "Something else altogether" in page
    assert "ops-changes__item--added" not in page and "ops-changes__item--removed" not in page
    assert "Dates carried over to the same weekday of the new year: 2" in page.replace("</span>", "")


def test_a_reader_is_led_to_what_has_changed_since_the_version_seen_last(cast: Cast) -> None:
    plan = made.circulated_plan(cast)
    head = signed_in(cast.heads["RU"])
    assert "What has changed since" not in text(head.get(at(plan, "plan")))
    plan = changed_again(plan, cast)
    page = text(head.get(at(plan, "plan")))
    assert "?older=1&amp;newer=2" in page
    assert "?older=1&amp;newer=2" not in text(signed_in(cast.heads["BY"]).get(at(plan, "plan")))
    head.get(at(plan, "plan"))
    assert VersionSeen.objects.filter(user=cast.heads["RU"]).count() == 2


def test_the_chair_is_shown_what_changed_since_the_version_seen_last_and_since_last_year(cast: Cast) -> None:
    copy = copied_plan(made.approved_plan(cast), cast)
    copy = plans.circulate_plan(plan=copy, actor=cast.planner, at=made.moment())
    chair = signed_in(cast.council_chair)
    first = text(chair.get(at(copy, "plan/approval")))
    assert "Changes since the plan of 2026" in first
    assert "which you saw last" not in first
    copy = changed_again(copy, cast)
    page = text(chair.get(at(copy, "plan/approval")))
    assert "Changes since version 1, which you saw last" in page
    assert "Changes since the plan of 2026" in page
    assert copy.current_version.sha256 in page and f"<code>{copy.current_version.sha256[:12]}</code>" in page
    assert "section-general" in page, "the frozen text is on the page"


def test_the_comparison_shows_texts_as_they_are_read_and_no_marks(cast: Cast) -> None:
    plan = made.circulated_plan(cast)
    first = Measure.objects.filter(objective__plan=plan).first()
    assert first is not None
    texts = (
        "Check **markets** jointly:\n\n- at night\n- by <b>day</b>\n\nSee {{7*7}}.",
        "Check **all markets** jointly:\n\n- at night\n- by day\n\nSee {{7*7}}.",
    )
    for written in texts:
        if plan.status != Plan.Status.DRAFT:
            plan = plans.withdraw_plan(plan=plan, comment="Уточнить", actor=cast.planner, at=made.moment())
        first.refresh_from_db()
        plans.change_row(
            row=first, revision=first.revision, values={"text_en": written}, actor=cast.planner, at=made.moment()
        )
        plan = plans.circulate_plan(plan=Plan.objects.get(pk=plan.pk), actor=cast.planner, at=made.moment())
    page = text(signed_in(cast.heads["RU"]).get(at(plan, "plan/compare") + "?older=2&newer=3"))
    fields = page[page.index("ops-changes__fields") : page.index("</dl>", page.index("ops-changes__fields"))]
    assert "<strong>" in fields and "<li><p>at night</p></li>" in fields
    assert re.search(r"<del><span[^>]*>was </span>.{0,10}&lt;b&gt;day&lt;/b&gt;", fields)
    assert re.search(r"<ins><span[^>]*>is now </span>", fields)
    assert "{{7*7}}" in fields and "**" not in fields


def test_a_row_that_moved_is_told_apart_from_rows_that_only_took_another_number(cast: Cast) -> None:
    plan = made.circulated_plan(cast)
    plan = plans.withdraw_plan(plan=plan, comment="Уточнить", actor=cast.planner, at=made.moment())
    ids = {"objective": plan.objectives.get().pk, "stage": plan.stages.first().pk}
    made.add(plan, "measure", cast, **made.measure_values(3, **ids))
    plan = plans.circulate_plan(plan=Plan.objects.get(pk=plan.pk), actor=cast.planner, at=made.moment())
    plan = plans.withdraw_plan(plan=plan, comment="Уточнить", actor=cast.planner, at=made.moment())
    third = Measure.objects.get(objective__plan=plan, text_en="Measure 3")
    plans.move_row(row=third, to=1, actor=cast.planner, at=made.moment())
    plan = plans.circulate_plan(plan=Plan.objects.get(pk=plan.pk), actor=cast.planner, at=made.moment())
    page = text(signed_in(cast.planner).get(at(plan, "plan/compare") + "?older=2&newer=3"))
    assert page.count('ops-changes__item--moved"') == 1
    assert "<dt>Number</dt>" in page
    assert "Another number only, because of a row before them: 2" in page.replace("</span>", "")


@pytest.mark.parametrize(
    ("query", "inside", "outside"),
    [
        ("?zoom=year", ["S1-FINAL", "S2-FINAL", "January"], []),
        ("?zoom=quarter&at=2", ["1. Stage 1", "April – June 2026", "at=1", "at=3"], ["2. Stage 2"]),
        ("?zoom=month&at=10", ["2. Stage 2", "October 2026", "at=9", "at=11"], ["1. Stage 1"]),
        ("?zoom=month&at=3", ["Nothing of the plan", "zoom=month&amp;at=4"], ["Stage 1", "Stage 2"]),
    ],
)
def test_the_timeline_shows_the_part_of_the_year_that_the_address_names(
    cast: Cast, query: str, inside: list[str], outside: list[str]
) -> None:
    plan = made.approved_plan(cast)
    page = text(signed_in(cast.planner).get(at(plan, "timeline") + query))
    assert [words for words in inside if words not in page] == []
    assert [words for words in outside if words in page] == []
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("query", ["?zoom=day", "?zoom=quarter&at=5", "?zoom=month&at=0", "?zoom=month&at=٣", "?at=2"])
def test_a_part_of_the_year_that_does_not_exist_is_not_found(cast: Cast, query: str) -> None:
    plan = made.approved_plan(cast)
    assert signed_in(cast.planner).get(at(plan, "timeline") + query).status_code == 404
