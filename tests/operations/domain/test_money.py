"""Rates are dated and sourced, corrected by superseding; money is converted exactly, on request, never stored anew."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from operations.domain.errors import BadInput, NotAllowed, Unmet
from operations.domain.exchange_rates import Amount, RateBook, add_rate, converted, correct_rate
from operations.domain.money import money_of
from operations.models import AuditEntry, ExchangeRate, Indicator, Total
from tests.factories.operations import make_interval, make_operation
from tests.factories.people import make_observer, make_planner
from tests.factories.reference import agency_kind, category, indicator, state

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = dt.date(2026, 3, 31)


def rate(currency: str, units: str, day: dt.date = DAY, **also) -> ExchangeRate:
    values = {"currency": currency, "day": day, "units_per_usd": units, "source": "Банк России"}
    return add_rate(values={**values, **also}, actor=make_planner(f"p-{currency}-{day}"), at=NOW)


def total(operation, place: str, value: int, code: str = "ADM04", quarter: int = 1) -> None:
    period = operation.periods.filter(code=f"Q{quarter}").first() or make_interval(operation, quarter=quarter)
    Total.objects.create(
        period=period,
        state=state(place),
        agency_kind=agency_kind(),
        indicator=indicator(code),
        category=category(),
        basis=Total.Basis.ACCEPTED,
        value=value,
        returns=1,
    )


def test_an_amount_goes_over_the_dollar_and_is_rounded_once(reference):
    rate("RUB", "80.0000")
    rate("KZT", "500.0001")
    found = converted([Amount(100_00, "RUB", DAY)], to="KZT", book=RateBook())
    assert found.minor == 625_00  # 100 / 80 × 500.0001 = 625.000125
    assert [one.currency for one in found.rates] == ["KZT", "RUB"]
    parts = [Amount(1, "RUB", DAY)] * 40
    assert converted(parts, to="USD", book=RateBook()).minor == 1  # forty times 0.0125 cents are half a cent
    assert converted(parts[:39], to="USD", book=RateBook()).minor == 0
    assert converted([Amount(1, "RUB", DAY)], to="RUB", book=RateBook()).minor == 1


def test_the_rate_of_the_last_day_of_the_period_holds_or_the_nearest_before_within_31_days(reference):
    rate("RUB", "100", DAY - dt.timedelta(days=31))
    book = RateBook()
    assert book.rate("RUB", DAY) is not None
    assert book.rate("RUB", DAY + dt.timedelta(days=1)) is None
    assert book.rate("RUB", DAY - dt.timedelta(days=32)) is None
    newer = rate("RUB", "90", DAY)
    assert RateBook().rate("RUB", DAY) == newer


def test_without_a_rate_there_is_no_number_and_the_currency_is_named(reference):
    rate("RUB", "100")
    found = converted([Amount(1_00, "RUB", DAY), Amount(5_00, "KZT", DAY)], to="USD", book=RateBook())
    assert (found.minor, found.missing) == (None, ("KZT",))
    assert converted([], to="USD", book=RateBook()).minor is None


def test_money_stays_listed_by_currency_and_converts_when_it_is_asked_for(reference):
    operation = make_operation(2026)
    total(operation, "RU", 100_000_00)
    total(operation, "KZ", 500_000_00)
    plain = money_of(operation)
    fines = next(row for row in plain.rows if row.indicator.code == "ADM04")
    assert fines.by_currency == {"KZT": 500_000_00, "RUB": 100_000_00}
    assert (fines.region, fines.reporting) == (None, 2)
    rate("RUB", "100")
    half = next(row for row in money_of(operation, to="USD").rows if row.indicator.code == "ADM04")
    assert half.region is not None
    assert half.region.minor is None
    assert money_of(operation, to="USD").missing == ["KZT"]
    rate("KZT", "500")
    whole = next(row for row in money_of(operation, to="USD").rows if row.indicator.code == "ADM04")
    assert whole.region is not None
    assert whole.region.minor == 2000_00


def test_a_corrected_rate_changes_conversions_and_no_stored_amount(reference):
    operation = make_operation(2026)
    total(operation, "RU", 100_000_00)
    old = rate("RUB", "100")
    before = list(Total.objects.values_list("value", flat=True))
    planner = make_planner()
    fresh = correct_rate(rate=old, values={"units_per_usd": "80", "source": "Уточнение"}, actor=planner, at=NOW)
    fines = next(row for row in money_of(operation, to="USD").rows if row.indicator.code == "ADM04")
    assert fines.region is not None
    assert fines.region.minor == 1250_00
    assert list(Total.objects.values_list("value", flat=True)) == before
    old.refresh_from_db()
    assert (old.is_superseded, old.units_per_usd, fresh.added_by) == (True, Decimal(100), planner)
    noted = AuditEntry.objects.get(act="exchangerate.correct")
    assert '"after":"80"' in noted.data
    with pytest.raises(Unmet):
        correct_rate(rate=old, values={"units_per_usd": "70", "source": "Ещё"}, actor=planner, at=NOW)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("units_per_usd", "3,271", "ambiguous_number"),
        ("units_per_usd", "0", "out_of_range"),
        ("units_per_usd", "-5", "not_a_rate"),
        ("units_per_usd", "1e3", "not_a_rate"),
        ("units_per_usd", "NaN", "not_a_rate"),
        ("units_per_usd", 92.5, "not_a_rate"),
        ("units_per_usd", "", "required"),
        ("currency", "EUR", "unknown_currency"),
        ("day", "2026-02-30", "not_a_date"),
        ("day", dt.date(2099, 1, 1), "in_the_future"),
        ("source", " ", "required"),
    ],
)
def test_a_wrong_rate_is_refused_at_its_field(reference, field: str, value, code: str):
    given = {"currency": "RUB", "day": DAY, "units_per_usd": "92.5057", "source": "Банк России", field: value}
    with pytest.raises(BadInput) as refused:
        add_rate(values=given, actor=make_planner(), at=NOW)
    assert [(one.field, one.code) for one in refused.value.problems] == [(field, code)]


def test_a_day_has_one_standing_rate_and_only_headquarters_enter_it(reference):
    rate("RUB", "92,5057")
    with pytest.raises(BadInput) as taken:
        add_rate(
            values={"currency": "RUB", "day": DAY, "units_per_usd": "93", "source": "Другой"},
            actor=make_planner(),
            at=NOW,
        )
    assert [one.code for one in taken.value.problems] == ["taken"]
    with pytest.raises(NotAllowed):
        add_rate(values={}, actor=make_observer(), at=NOW)


def test_the_money_of_an_operation_takes_the_same_queries_for_one_state_and_for_all(
    reference, django_assert_num_queries
):
    operation = make_operation(2026)
    for place in ("RU", "KZ", "BY", "TJ", "KG", "AM"):
        for quarter in (1, 2):
            total(operation, place, 100, quarter=quarter)
    rate("RUB", "92.5057")
    assert Indicator.objects.filter(kind="money").count() > 1
    with django_assert_num_queries(4):
        money_of(operation, to="USD")
