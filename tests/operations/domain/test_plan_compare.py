"""The difference of two plans: complete for any two contents, and across years by where rows were copied from."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from operations.domain.plan_alignment import aligned
from operations.domain.plan_compare import applied, changes, counted, flat
from operations.domain.plan_content import measures_of

WORDS = st.sampled_from(["", "Выявлять", "Выявлять организаторов", "«Нелегал-2025»", "Пресекать каналы", "Иное"])
TEXTS = st.fixed_dictionaries({"ru": WORDS, "en": WORDS})
DAYS = st.sampled_from([None, "2026-06-15", "2026-06-24", "2026-10-12"])
STATES = ["AM", "BY", "KZ", "KG", "RU", "TJ"]


def rows(form: st.SearchStrategy[dict[str, Any]], *, most: int = 4) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows with distinct ids from a small supply, so that two contents share some of them."""
    ids = st.lists(st.integers(1, 8), max_size=most, unique=True)
    return ids.flatmap(
        lambda found: st.tuples(*[form.map(lambda row, pk=pk: {**row, "id": pk}) for pk in found]).map(list)
    )


WINDOWS = st.fixed_dictionaries({"state": st.sampled_from(STATES), "codename": WORDS, "start": DAYS, "end": DAYS})
STAGES = st.fixed_dictionaries(
    {
        "number": st.integers(1, 3),
        "kind": st.sampled_from(["active", "summary"]),
        "name": TEXTS,
        "codename": WORDS,
        "start": DAYS,
        "end": DAYS,
        "windows": rows(WINDOWS, most=2),
    }
)
MEASURES = st.fixed_dictionaries(
    {
        "position": st.integers(1, 3),
        "number": st.sampled_from(["1.1", "1.2", "2.1"]),
        "text": TEXTS,
        "timing": st.sampled_from(["dates", "permanent"]),
        "stage": st.sampled_from([None, 1, 2]),
        "copied_from": st.sampled_from([None, 1, 2, 3, 4, 5]),
        "predecessors": st.lists(st.integers(1, 8), max_size=2, unique=True),
        "responsible_states": st.lists(st.sampled_from(STATES), max_size=2, unique=True),
    }
)
OBJECTIVES = st.fixed_dictionaries({"position": st.integers(1, 3), "text": TEXTS, "measures": rows(MEASURES, most=3)})
CONTACTS = st.fixed_dictionaries(
    {"state": st.sampled_from([None, *STATES]), "body": st.none(), "name": TEXTS, "telephone": WORDS}
)
PROCEDURES = st.fixed_dictionaries({"position": st.integers(1, 3), "text": TEXTS})


@st.composite
def contents(draw: st.DrawFn, year: int) -> dict[str, Any]:
    """A plan's content. Ids of measures and windows are one supply for the whole plan, as in the database."""
    content = {
        "operation": {"slug": f"illegal-{year}", "year": year, "title": draw(TEXTS)},
        "goal": draw(TEXTS),
        "amendment_reason": draw(WORDS),
        "participants": [
            {"state": code, "takes_part": draw(st.booleans()), "absence_reason": draw(TEXTS)} for code in STATES
        ],
        "sections": [{"kind": kind, "id": None, "text": draw(TEXTS)} for kind in ("general", "situation")],
        "stages": draw(rows(STAGES)),
        "objectives": draw(rows(OBJECTIVES)),
        "procedures": draw(rows(PROCEDURES)),
        "contacts": draw(rows(CONTACTS)),
        "names": {"states": {}},
    }
    for outer, inner in (("stages", "windows"), ("objectives", "measures")):
        seen: set[int] = set()
        for row in content[outer]:
            row[inner] = [one for one in row[inner] if one["id"] not in seen and not seen.add(one["id"])]
    return content


@given(contents(2026), contents(2026))
def test_the_difference_applied_to_one_text_gives_the_other_both_ways(older: dict[str, Any], newer: dict[str, Any]):
    assert applied(flat(older), changes(older, newer)) == flat(newer)
    assert applied(flat(newer), changes(newer, older)) == flat(older)


@given(contents(2026))
def test_a_text_does_not_differ_from_itself(content: dict[str, Any]):
    assert changes(content, content) == []


@given(contents(2026), contents(2026))
def test_each_row_that_differs_is_told_once_and_in_one_way(older: dict[str, Any], newer: dict[str, Any]):
    found, before, after = changes(older, newer), flat(older), flat(newer)
    assert len({(change.kind, change.id) for change in found}) == len(found)
    differing = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    assert {(change.kind, change.id) for change in found} == differing
    assert sum(counted(found).values()) == len(found)


@given(contents(2025), contents(2026))
def test_last_years_plan_laid_beside_this_years_loses_no_row_and_mixes_up_none(
    older: dict[str, Any], newer: dict[str, Any]
):
    laid = aligned(older, newer)
    kinds = [kind for kind, _id in flat(older) if kind != "reason"]
    assert sorted(kind for kind, _id in flat(laid)) == sorted(kinds)
    assert applied(flat(laid), changes(laid, newer)) == flat(newer)


@given(contents(2025), contents(2026))
def test_a_copied_measure_is_found_again_whatever_became_of_its_words(older: dict[str, Any], newer: dict[str, Any]):
    known = {row["id"] for row in measures_of(older)}
    first: dict[int, int] = {}
    for row in measures_of(newer):
        if row["copied_from"] in known:
            first.setdefault(row["copied_from"], row["id"])
    words = {row["id"]: row["text"]["en"] for row in measures_of(older)}
    laid = {row["id"]: row for row in measures_of(aligned(older, newer))}
    for source, copy in first.items():
        assert laid[copy]["text"]["en"].replace("2026", "2025") == words[source]


def test_last_years_name_of_the_operation_is_no_change():
    older, newer = bare(2025, text="Провести «Нелегал-2025»"), bare(2026, text="Провести «Нелегал-2026»")
    assert changes(aligned(older, newer), newer) == []


def test_an_objective_is_the_one_that_most_of_its_measures_came_from():
    older = bare(2025, text="Прежняя задача", measures=[measure(1, "Один"), measure(2, "Два")])
    newer = bare(
        2026, text="Совсем другие слова", measures=[measure(11, "Иначе", source=1), measure(12, "Два", source=2)]
    )
    newer["objectives"][0]["id"] = 77
    found = {(change.kind, change.id): change for change in changes(aligned(older, newer), newer)}
    assert set(found) == {("objective", "77"), ("measure", "11")}
    assert found["objective", "77"].fields["text"][0]["ru"] == "Прежняя задача"
    assert found["measure", "11"].what == "changed"


def test_what_was_not_copied_is_added_and_what_was_left_out_is_removed():
    older = bare(2025, measures=[measure(1, "Проверить рынки"), measure(2, "Обменяться списками")])
    newer = bare(2026, measures=[measure(11, "Проверить рынки", source=1), measure(13, "Провести брифинг")])
    found = {(change.what, change.row["text"]["ru"]) for change in changes(aligned(older, newer), newer)}
    assert found == {("added", "Провести брифинг"), ("removed", "Обменяться списками")}


def bare(year: int, *, text: str = "Задача", measures: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    objective = {"id": 5, "position": 1, "text": {"ru": text, "en": ""}, "measures": measures or []}
    return {
        "operation": {"slug": f"illegal-{year}", "year": year, "title": {"ru": "", "en": ""}},
        "goal": {"ru": "", "en": ""},
        "amendment_reason": "",
        **{name: [] for name in ("participants", "sections", "stages", "procedures", "contacts")},
        "objectives": [objective],
        "names": {},
    }


def measure(pk: int, text: str, *, source: int | None = None) -> dict[str, Any]:
    return {
        "id": pk,
        "position": 1,
        "number": "1.1",
        "text": {"ru": text, "en": ""},
        "stage": None,
        "predecessors": [],
        "copied_from": source,
    }
