"""Numbers as people and systems give them: one reading, or a refusal that says what would be right."""

import pytest

from operations.domain.figures import (
    MAX_COUNT,
    MAX_MINOR,
    BadNumber,
    cell_input,
    json_value,
    parse_count,
    parse_money,
)
from operations.models import CellState, Indicator

COUNT = Indicator(code="VIO01", kind=Indicator.Kind.COUNT)
MONEY = Indicator(code="ADM04", kind=Indicator.Kind.MONEY)


@pytest.mark.once
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0", 0),
        ("-0", 0),
        ("7", 7),
        ("007", 7),
        ("1234", 1234),
        ("1 234", 1234),
        ("1\u00a0234", 1234),
        ("1\u202f234", 1234),
        ("1\u2009234", 1234),
        (" 12 345 678\t", 12_345_678),
        (str(MAX_COUNT), MAX_COUNT),
        ("", None),
        (" \u00a0 ", None),
    ],
)
def test_a_count_is_read_as_people_type_it(typed: str, meant: int | None):
    assert parse_count(typed) == meant


@pytest.mark.once
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("-1", "negative_number"),
        ("\u22121", "negative_number"),
        ("1,234", "ambiguous_number"),
        ("1.234", "ambiguous_number"),
        ("+5", "bad_number"),
        ("1 234,5", "bad_number"),
        ("12,5", "bad_number"),
        ("1 23", "bad_number"),
        ("1_000", "bad_number"),
        ("1e3", "bad_number"),
        ("1e308", "bad_number"),
        ("0x10", "bad_number"),
        ("٣٤", "bad_number"),
        ("３", "bad_number"),
        ("²", "bad_number"),
        ("½", "bad_number"),
        ("NaN", "bad_number"),
        ("Infinity", "bad_number"),
        ("=1+1", "bad_number"),
        ("около 5", "bad_number"),
        ("1\u200b234", "bad_number"),
        (str(MAX_COUNT + 1), "too_large"),
        ("9" * 30, "too_large"),
        ("9" * 5000, "too_large"),
    ],
)
def test_what_is_no_plain_count_is_refused_with_its_reason(typed: str, code: str):
    with pytest.raises(BadNumber) as refused:
        parse_count(typed)
    assert refused.value.code == code
    assert str(refused.value.message)


@pytest.mark.once
@pytest.mark.parametrize(
    ("typed", "language", "minor"),
    [
        ("1 234,50", "ru", 123_450),
        ("1\u00a0234,5", "ru", 123_450),
        ("1234", "ru", 123_400),
        ("0,05", "ru", 5),
        ("1,234.50", "en", 123_450),
        ("1234.5", "en", 123_450),
        ("1 234", "en", 123_400),
        ("1,234,567", "en", 123_456_700),
        ("1 234,50", None, 123_450),
        ("1,234.50", None, 123_450),
        ("", "ru", None),
    ],
)
def test_money_becomes_minor_units_in_the_way_of_the_language(typed: str, language: str | None, minor: int | None):
    assert parse_money(typed, currency="RUB", language=language) == minor


@pytest.mark.once
@pytest.mark.parametrize(
    ("typed", "language", "code"),
    [
        ("1,234", "ru", "ambiguous_number"),
        ("1.234", "ru", "ambiguous_number"),
        ("1,234", "en", "ambiguous_number"),
        ("1.234", "en", "ambiguous_number"),
        ("1,234", None, "ambiguous_number"),
        ("1234.50", "ru", "bad_number"),
        ("1234,50", "en", "bad_number"),
        ("1 234,567", "ru", "bad_number"),
        ("1,2,3", "en", "bad_number"),
        ("12,", "ru", "bad_number"),
        ("٣,50", "ru", "bad_number"),
        ("1e3", "en", "bad_number"),
        ("-1,00", "ru", "negative_number"),
        ("9" * 30, "ru", "too_large"),
        ("10000000000000,01", "ru", "too_large"),
    ],
)
def test_money_that_could_mean_two_sums_is_refused(typed: str, language: str | None, code: str):
    with pytest.raises(BadNumber) as refused:
        parse_money(typed, currency="RUB", language=language)
    assert refused.value.code == code


@pytest.mark.once
def test_money_ends_at_its_maximum_exactly():
    assert parse_money("10000000000000,00", currency="RUB", language="ru") == MAX_MINOR


@pytest.mark.once
@pytest.mark.parametrize("raw", ["12", "", True, False, 1.0, 1.5, float("inf"), [], {}, -1, 10**30, MAX_COUNT + 1])
def test_json_takes_plain_integers_only(raw: object):
    with pytest.raises(BadNumber):
        json_value(raw, indicator=COUNT)


@pytest.mark.once
def test_json_money_is_in_minor_units():
    assert json_value(123_450, indicator=MONEY) == 123_450
    assert json_value(None, indicator=MONEY) is None


def cell(status: str = "", note: str = "", value: int | None = None):
    return cell_input(key=(1, 2), status=status, note=note, number=lambda: value)


@pytest.mark.once
def test_an_empty_cell_is_not_reported_and_not_a_zero():
    assert cell().state is None
    assert cell(value=0).value == 0


@pytest.mark.once
def test_a_status_stands_without_a_number_and_an_absence_has_its_reason():
    assert cell("not_applicable").state == CellState.NOT_APPLICABLE
    assert cell("not_available", note="The register starts in May").note
    for arguments, code in [
        ({"status": "withheld", "value": 5}, "value_and_status"),
        ({"status": "not_available"}, "note_required"),
        ({"status": "unknown"}, "unknown_status"),
        ({"status": "value"}, "required"),
    ]:
        with pytest.raises(BadNumber) as refused:
            cell(**arguments)
        assert refused.value.code == code
