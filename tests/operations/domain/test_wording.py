"""How numbers, amounts, shares and dates read in each language."""

import datetime as dt

import pytest
from django.utils import translation

from operations.domain.wording import (
    date_text,
    minor_digits,
    moment_text,
    money_text,
    number_text,
    percent_text,
    qualified_text,
    share_text,
    short_date_text,
)

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("value", "russian", "english"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1234, "1\u00a0234", "1,234"),
        (1000000, "1\u00a0000\u00a0000", "1,000,000"),
        (-5, "−5", "−5"),
    ],
)
def test_a_number_is_grouped_as_its_language_does(value: int, russian: str, english: str) -> None:
    assert number_text(value, language="ru") == russian
    assert number_text(value, language="en") == english


def test_a_change_shows_its_direction_and_no_change_shows_none() -> None:
    assert [number_text(value, language="en", signed=True) for value in (5, -5, 0)] == ["+5", "−5", "0"]


def test_decimals_keep_their_zeros() -> None:
    assert number_text(105, language="ru", scale=2) == "1,05"
    assert number_text(-5, language="en", scale=2) == "−0.05"
    assert percent_text(1000, language="ru") == "100,0"


def test_an_amount_is_written_with_its_currency_and_without_empty_decimals() -> None:
    assert money_text(123450, currency="RUB", language="ru") == "1\u00a0234,50\u00a0RUB"
    assert money_text(123400, currency="RUB", language="en") == "1,234\u00a0RUB"
    assert minor_digits("JPY") == 0


def test_a_share_of_nothing_is_a_dash() -> None:
    assert share_text(0, 0, language="ru") == "—"
    assert share_text(5, 6, language="en") == "5 of 6"
    assert share_text(12350, 500000, language="ru", currency="RUB") == "123,50 из 5\u00a0000\u00a0RUB"


def test_a_qualified_number_says_so_and_an_exact_one_does_not() -> None:
    said = [qualified_text(one, "7", language="en") for one in ("gt", "lt", "approx", "eq")]
    assert said == ["more than 7", "less than 7", "about 7", "7"]


def test_a_date_follows_its_document_and_not_the_reader() -> None:
    with translation.override("en"):
        assert date_text("2026-05-09", language="ru") == "9 мая 2026\u00a0г."
    with translation.override("ru"):
        assert date_text("2026-05-09", language="en") == "9 May 2026"


def test_a_moment_is_dated_by_moscow() -> None:
    late = dt.datetime(2026, 12, 31, 22, 30, tzinfo=dt.UTC)
    assert short_date_text(late, language="ru") == "01.01.2027"
    assert short_date_text(late, language="en") == "2027-01-01"
    assert moment_text(late, language="en").startswith("1 January 2027, 01:30")


@pytest.mark.parametrize(
    ("written", "russian", "english"),
    [("2024-12-05", "05.12.2024", "2024-12-05"), ("2024-12", "12.2024", "2024-12"), ("2024", "2024", "2024")],
)
def test_a_date_is_as_exact_as_its_source_gives_it(written: str, russian: str, english: str) -> None:
    assert (short_date_text(written, language="ru"), short_date_text(written, language="en")) == (russian, english)


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        moment_text("2026-05-09T10:00:00", language="ru")
