"""Bad input in every field of the plan's editor: an error of that field, nothing stored, nothing typed lost.

The table says for each kind of row which fields it has and how each is taken; a field that the form gains and the
table lacks fails here, so no field goes untried.
"""

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from operations.domain.plan_rows import KINDS
from operations.models import Measure, Plan, PlanSection
from operations.web.plan_forms import row_form
from tests.clients import signed_in
from tests.factories import plans as made
from tests.factories.people import Cast
from tests.operations.web.test_plans import at, text

pytestmark = pytest.mark.django_db

RICH, LINE, DUTY, DAY, NUMBER, CHOICE, ROW, CODE, CODES, IDS = (
    *("rich text", "one line", "one line of a duty contact", "day", "number", "choice"),
    *("row", "code", "codes", "ids"),
)

#: How each field of each kind of row is taken.
FIELDS: dict[str, dict[str, str]] = {
    "objective": {"text_ru": RICH, "text_en": RICH},
    "procedure": {"text_ru": RICH, "text_en": RICH},
    "stage": {
        "number": NUMBER,
        "kind": CHOICE,
        "name_ru": LINE,
        "name_en": LINE,
        "codename": LINE,
        "start_date": DAY,
        "end_date": DAY,
    },
    "window": {"stage": ROW, "state": CODE, "codename": LINE, "start_date": DAY, "end_date": DAY},
    "measure": {
        "objective": ROW,
        "text_ru": RICH,
        "text_en": RICH,
        "expected_result_ru": RICH,
        "expected_result_en": RICH,
        "timing": CHOICE,
        "stage": ROW,
        "start_date": DAY,
        "end_date": DAY,
        "responsible_kinds": CODES,
        "responsible_states": CODES,
        "responsible_bodies": CODES,
        "co_executor_kinds": CODES,
        "co_executor_bodies": CODES,
        "predecessors": IDS,
        "indicators": CODES,
    },
    "contact": {
        "state": CODE,
        "body": CODE,
        "name_ru": LINE,
        "name_en": LINE,
        "post_ru": LINE,
        "post_en": LINE,
        "telephone": DUTY,
        "email": DUTY,
    },
}

_INVISIBLE = ("ука\u202eз", "ука\u2066з\u2069", "ну\u200bль", "\ufeffзнак", "знак\x00", "знак\x07")
_MEGABYTE = "ж" * 500_000
_BAD_TEXTS = (*_INVISIBLE, _MEGABYTE)
BAD: Mapping[str, tuple[Any, ...]] = {
    RICH: (*_BAD_TEXTS, "[" * 21, "паспорт 4509 123456", "ivanov@example.org"),
    LINE: (*_BAD_TEXTS, "две\nстроки", "две\u2028строки", "паспорт 4509 123456"),
    DUTY: (*_BAD_TEXTS, "две\nстроки"),
    DAY: (
        *("2026-02-30", "30.02.2026", "10/11/2026", "11-10-2026", "0001-01-01", "1-01-01", "9999-12-31", "10000-01-01"),
        *("2026-1-1", "20260101", "2026-06-15T10:00", "٢٠٢٦-٠١-٠١", "завтра", "2026-06-15\x00", "1" * 5_000),
    ),
    NUMBER: ("-1", "0", "1.5", "1e3", "1_0", "٣", "²", "100", "NaN", "9" * 5_000, "1\x00"),
    CHOICE: ("", "nonsense", "Active", "active\x00", "<script>"),
    ROW: ("999999", "0", "-1", "1 OR 1=1", "٣", "9" * 30, "1\x00"),
    CODE: ("ZZ", "RU\x00", "<script>", "К" * 5_000),
    CODES: (["nonsense"], ["mіgration"], ["VIO01\x00"], ["<script>"]),
    IDS: (["999999"], ["0"], ["x"], ["9" * 30]),
}
#: What text fields take and pages show as the words that they are.
INERT = (
    "<script>alert(1)</script>",
    "[слово](javascript:alert(1))",
    "[слово](data:text/html,<script>alert(1)</script>)",
    "![рисунок](https://elsewhere.example/x.png)",
    "<img src=x onerror=alert(1)>",
    "{{ 7*7 }}",
)


@pytest.fixture
def plan(cast: Cast) -> Plan:
    plan = made.drafted_plan(cast)
    stage = plan.stages.get(number=1)
    made.add(plan, "window", cast, stage=stage.pk, state="KZ", start_date=stage.start_date, end_date=stage.end_date)
    made.add(plan, "procedure", cast, text_ru="Порядок обмена", text_en="Exchange")
    made.add(plan, "contact", cast, state="RU", name_ru="Дежурный", name_en="Officer on duty")
    return plan


@pytest.fixture
def planner(cast: Cast) -> Client:
    return signed_in(cast.planner)


def good(kind: str, plan: Plan) -> dict[str, Any]:
    """Entries of a new row that would be taken."""
    stage = plan.stages.get(number=1)
    entries: dict[str, dict[str, Any]] = {
        "objective": {"text_ru": "Задача", "text_en": "Objective"},
        "procedure": {"text_ru": "Порядок", "text_en": "Procedure"},
        "stage": made.stage_values(2026, 3, (11, 2), (11, 8)),
        "window": {"stage": stage.pk, "state": "RU", "start_date": "2026-06-16", "end_date": "2026-06-17"},
        "measure": made.measure_values(3, objective=plan.objectives.earliest("pk").pk, stage=stage.pk),
        "contact": {"state": "RU", "name_ru": "Дежурный", "name_en": "Officer on duty"},
    }
    return entries[kind]


def shown_entry(value: Any) -> str:
    """How a page shows what was typed again: control characters are no part of a page."""
    return escape(value).replace("&#x27;", "&#39;") if isinstance(value, str) else ""


def refused_at(answer: Any, field: str) -> bool:
    """Whether the page is refused with an error that leads to that field."""
    return answer.status_code == 422 and re.search(rf'href="#id_{field}(?:_0)?"', text(answer)) is not None


def stored(plan: Plan) -> list[Any]:
    """Every row of the plan with its revision."""
    plan.refresh_from_db()
    return [plan.revision, *(sorted(kind.rows(plan).values_list("pk", "revision")) for kind in KINDS.values())]


def cases(kind: str) -> Iterator[tuple[str, Any]]:
    for field, taken_as in FIELDS[kind].items():
        for value in BAD[taken_as]:
            yield field, value


def test_every_field_of_the_editor_is_in_the_table(plan: Plan) -> None:
    for kind in KINDS:
        assert set(row_form(kind, plan).fields) - {"revision"} == set(FIELDS[kind])


@pytest.mark.parametrize("kind", FIELDS)
def test_a_new_row_with_a_bad_entry_is_refused_at_that_field_and_keeps_what_was_typed(
    plan: Plan, planner: Client, kind: str
) -> None:
    before = stored(plan)
    for field, value in cases(kind):
        answer = planner.post(at(plan, "plan/edit", kind, "new"), good(kind, plan) | {field: value})
        assert refused_at(answer, field), (field, value[:60], answer.status_code)
        if isinstance(value, str) and FIELDS[kind][field] in (RICH, LINE, DUTY, DAY, NUMBER):
            assert shown_entry(value) in answer.content.decode(), (field, value[:60])
    assert stored(plan) == before


@pytest.mark.parametrize("kind", FIELDS)
def test_a_row_that_is_there_keeps_its_text_when_a_bad_entry_is_sent(plan: Plan, planner: Client, kind: str) -> None:
    row = KINDS[kind].rows(plan).first()
    before = stored(plan)
    typed = good(kind, plan) | {"revision": row.revision}
    for field, value in cases(kind):
        if len(value) > 1_000:
            continue  # as long as that, it was tried on a new row
        answer = planner.post(at(plan, "plan/edit", kind, row.pk), typed | {field: value}, headers={"X-Autosave": "1"})
        assert answer.status_code == 422, (field, value)
        assert answer.json()["problems"], (field, value)
    assert stored(plan) == before


@pytest.mark.parametrize(
    ("where", "stem", "revision"),
    [("goal", "goal", None), ("sections/general", "text", 0), ("sections/media", "text", 0)],
)
def test_the_goal_and_the_sections_refuse_a_bad_text_at_its_language(
    plan: Plan, planner: Client, where: str, stem: str, revision: int | None
) -> None:
    before = stored(plan)
    texts = {f"{stem}_ru": "Слова", f"{stem}_en": "Words", "revision": plan.revision if revision is None else revision}
    for language in ("ru", "en"):
        for value in BAD[RICH]:
            field = f"{stem}_{language}"
            answer = planner.post(at(plan, "plan/edit", where), texts | {field: value})
            assert refused_at(answer, field), (field, value[:60], answer.status_code)
    assert stored(plan) == before
    assert not PlanSection.objects.filter(plan=plan).exists()


def test_a_required_text_of_spaces_is_missing(plan: Plan, planner: Client) -> None:
    before = stored(plan)
    for kind, field in (("objective", "text_ru"), ("procedure", "text_ru"), ("measure", "text_ru")):
        assert refused_at(planner.post(at(plan, "plan/edit", kind, "new"), good(kind, plan) | {field: " \t "}), field)
    for kind in ("stage", "contact"):
        sent = good(kind, plan) | {"name_ru": "\u00a0 "}
        assert refused_at(planner.post(at(plan, "plan/edit", kind, "new"), sent), "name_ru")
    assert stored(plan) == before


def test_a_megabyte_sent_as_browsers_send_it_is_refused_at_its_field_and_kept(plan: Plan, planner: Client) -> None:
    values = {"text_ru": _MEGABYTE, "text_en": "Kept"}
    answer = planner.post(
        at(plan, "plan/edit/objective/new"), urlencode(values), content_type="application/x-www-form-urlencoded"
    )
    assert refused_at(answer, "text_ru")
    assert _MEGABYTE in answer.content.decode() and "Kept" in text(answer)


@pytest.mark.parametrize("kind", ["stage", "window", "measure"])
def test_an_end_before_the_start_is_an_error_of_the_end(plan: Plan, planner: Client, kind: str) -> None:
    before = stored(plan)
    dates = {"start_date": "2026-06-20", "end_date": "2026-06-19", "timing": "dates"}
    answer = planner.post(at(plan, "plan/edit", kind, "new"), good(kind, plan) | dates)
    assert refused_at(answer, "end_date")
    assert 'value="2026-06-20"' in text(answer) and 'value="2026-06-19"' in text(answer)
    assert stored(plan) == before


def test_nothing_of_another_plan_can_be_named(plan: Plan, planner: Client, cast: Cast) -> None:
    other = made.drafted_plan(cast, year=2027)
    before = stored(plan)
    foreign_measure = Measure.objects.filter(objective__plan=other).first()
    foreign = {
        ("measure", "stage"): other.stages.first().pk,
        ("measure", "objective"): other.objectives.get().pk,
        ("measure", "predecessors"): [foreign_measure.pk],
        ("window", "stage"): other.stages.first().pk,
    }
    for (kind, field), value in foreign.items():
        answer = planner.post(at(plan, "plan/edit", kind, "new"), good(kind, plan) | {field: value})
        assert refused_at(answer, field), field
        assert "There is no such choice" in text(answer)
        for act in ("", "/remove", "/move"):
            row = foreign_measure if kind == "measure" else other.stages.first()
            address = at(plan, "plan/edit", "measure" if kind == "measure" else "stage", f"{row.pk}{act}")
            assert planner.post(address, good(kind, plan) | {"revision": 1, "to": 1}).status_code == 404
    assert stored(plan) == before


def test_a_state_that_takes_no_part_has_no_dates(cast: Cast) -> None:
    plan = made.drafted_plan(cast, absent=("AM",))
    answer = signed_in(cast.planner).post(at(plan, "plan/edit/window/new"), good("window", plan) | {"state": "AM"})
    assert refused_at(answer, "state")


@pytest.mark.parametrize("words", INERT)
def test_marks_of_other_languages_are_stored_as_typed_and_do_nothing_on_any_page(
    plan: Plan, planner: Client, cast: Cast, words: str
) -> None:
    texts = {"text_ru": words, "text_en": words}
    measure = good("measure", plan) | texts | {"expected_result_ru": words, "expected_result_en": words}
    assert planner.post(at(plan, "plan/edit/measure/new"), measure).status_code == 302
    for kind in ("objective", "procedure"):
        assert planner.post(at(plan, "plan/edit", kind, "new"), texts).status_code == 302
    names = {"name_ru": words, "name_en": words, "post_ru": words, "post_en": words}
    assert planner.post(at(plan, "plan/edit/contact/new"), names | {"state": "RU"}).status_code == 302
    assert (
        planner.post(at(plan, "plan/edit/stage/new"), good("stage", plan) | {"name_ru": words[:200]}).status_code == 302
    )
    assert planner.post(
        at(plan, "plan/edit/goal"),
        {"goal_ru": words, "goal_en": words, "interval": "quarter", "revision": plan.revision},
    )
    section = {"text_ru": words, "text_en": words, "revision": 0}
    assert planner.post(at(plan, "plan/edit/sections/general"), section).status_code == 302
    row = Measure.objects.get(objective__plan=plan, text_ru=words)
    for page in ("plan", "plan/edit", f"plan/edit/measure/{row.pk}", f"plan/measures/{row.pk}", "plan/edit/goal"):
        shown = planner.get(at(plan, page)).content.decode()
        for alive in (
            "<script>alert",
            'href="javascript:',
            'href="data:',
            "<img src=x",
            'src="https://elsewhere',
            ">49<",
        ):
            assert alive not in shown, (page, alive)
