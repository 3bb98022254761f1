"""Headquarters add what was published, with its source; what would be right is said, corrections are in the trail."""

from decimal import Decimal

import pytest
from django.utils import timezone

from operations.domain.errors import BadInput, NotAllowed, Unmet
from operations.models import AuditEntry, PublishedFigure
from reports.domain.history import NotSummable, figures_until, is_comparable, sum_of
from reports.domain.published_figures import add_figure, correct_figure
from tests.factories.people import make_head, make_hq_chair, make_planner

pytestmark = pytest.mark.django_db
NOW = timezone.now()
GIVEN = {
    "indicator": "VIO01",
    "label_ru": "Выявлено нарушений",
    "label_en": "Violations identified",
    "qualifier": "gt",
    "value": "12 345",
    "unit": "violations",
    "scope": "national",
    "state": "AM",
    "period_kind": "year",
    "year_from": "2019",
    "coverage": "total",
    "source_title": "Сообщение полиции",
}


def add(**also) -> PublishedFigure:
    return add_figure(values={**GIVEN, **also}, actor=make_planner(), at=NOW)


def test_a_figure_gets_the_next_code_and_what_follows_from_the_rest(reference):
    row = add()
    assert (row.code, row.value, row.year_to, row.place_ru, row.period_ru) == ("H001", 12345, 2019, "Армения", "2019")
    assert (row.date_from, row.status, row.added_by is not None) == (None, "published", True)
    assert AuditEntry.objects.filter(act="publishedfigure.create", object_id=str(row.pk)).exists()
    second = add_figure(values={**GIVEN, "value": "7"}, actor=make_hq_chair(), at=NOW)
    assert second.code == "H002"


@pytest.mark.parametrize(
    ("also", "field", "code"),
    [
        ({"value": "1,234"}, "value", "ambiguous_number"),
        ({"value": "-1"}, "value", "bad_number"),
        ({"value": "٣٤"}, "value", "bad_number"),
        ({"value": 1.5}, "value", "bad_number"),
        ({"unit": "parsecs"}, "unit", "unknown_choice"),
        ({"unit": "currency"}, "currency", "currency"),
        ({"currency": "RUB"}, "currency", "currency"),
        ({"state": ""}, "state", "required"),
        ({"scope": "regional"}, "state", "scope"),
        ({"scope": "city"}, "place_ru", "required"),
        ({"period_kind": "multi_year"}, "year_to", "years"),
        ({"year_to": "2018"}, "year_to", "years"),
        ({"year_to": "2020"}, "year_to", "years"),
        ({"year_from": "2099"}, "year_to", "in_the_future"),
        ({"date_from": "2018-12-31"}, "date_from", "dates"),
        ({"date_from": "2019-05-02", "date_to": "2019-05-01"}, "date_to", "dates"),
        ({"period_kind": "stage"}, "period_ru", "required"),
        ({"indicator": ""}, "indicator", "required"),
        ({"indicator": "XXX99"}, "indicator", "unknown"),
        ({"part_of": "F999"}, "part_of", "unknown"),
        ({"part_of": "F012", "duplicate_of": "F012"}, "duplicate_of", "links"),
        ({"source_url": "javascript:alert(1)"}, "source_url", "not_an_address"),
        ({"source_title": ""}, "source_title", "required"),
        ({"label_ru": "a\u202eb"}, "label_ru", "forbidden_character"),
    ],
)
def test_a_figure_that_cannot_stand_is_refused_at_its_field(reference, also: dict, field: str, code: str):
    with pytest.raises(BadInput) as refused:
        add(**also)
    assert (field, code) in [(one.field, one.code) for one in refused.value.problems]
    assert not PublishedFigure.objects.filter(code__startswith="H").exists()


def test_the_same_figure_once_more_has_to_say_that_it_repeats_and_is_then_never_added_up(reference):
    first = add()
    with pytest.raises(BadInput) as refused:
        add_figure(values={**GIVEN, "source_title": "Другое сообщение"}, actor=make_hq_chair(), at=NOW)
    assert [(one.field, one.code) for one in refused.value.problems] == [("duplicate_of", "taken")]
    again = add_figure(
        values={**GIVEN, "source_title": "Другое", "duplicate_of": first.code}, actor=make_hq_chair(), at=NOW
    )
    assert (is_comparable(first), is_comparable(again)) == (True, False)
    with pytest.raises(NotSummable):
        sum_of([first, again])


def test_only_headquarters_add_figures(reference):
    with pytest.raises(NotAllowed):
        add_figure(values=GIVEN, actor=make_head("AM"), at=NOW)


def test_a_correction_is_in_the_trail_with_what_was(reference):
    row = add()
    row = correct_figure(figure=row, values={**GIVEN, "value": "12 400", "note": ""}, actor=make_hq_chair(), at=NOW)
    assert (row.code, row.value) == ("H002", Decimal(12400))
    noted = AuditEntry.objects.get(act="publishedfigure.correct").data
    assert '"value":["12345","12400"]' in noted.replace(".00", "")
    assert '"label_ru":[' not in noted


def test_a_wrong_figure_stays_as_it_was_and_counts_nowhere(reference):
    old = add()
    part = add_figure(values={**GIVEN, "value": "5", "part_of": old.code}, actor=make_hq_chair(), at=NOW)
    fresh = correct_figure(figure=old, values={**GIVEN, "value": "12 400"}, actor=make_hq_chair(), at=NOW)
    old.refresh_from_db()
    part.refresh_from_db()
    assert (old.value, old.replaced_by) == (Decimal(12345), fresh)
    assert part.part_of == fresh
    assert fresh in PublishedFigure.objects.standing() and old not in PublishedFigure.objects.standing()
    assert old.pk not in {one.pk for one in figures_until(2030)}
    with pytest.raises(Unmet):
        correct_figure(figure=old, values={**GIVEN, "value": "7"}, actor=make_hq_chair(), at=NOW)
    with pytest.raises(BadInput) as refused:
        add_figure(values={**GIVEN, "value": "8", "part_of": old.code}, actor=make_hq_chair(), at=NOW)
    assert [one.field for one in refused.value.problems] == ["part_of"]


def test_a_correction_that_changes_nothing_is_refused(reference):
    row = add()
    with pytest.raises(BadInput) as refused:
        correct_figure(figure=row, values=GIVEN, actor=make_hq_chair(), at=NOW)
    assert [one.code for one in refused.value.problems] == ["unchanged"]


def test_a_figure_of_the_reference_data_is_corrected_there(reference):
    figure = PublishedFigure.objects.get(code="F012")
    with pytest.raises(Unmet):
        correct_figure(figure=figure, values=GIVEN, actor=make_planner(), at=NOW)
