"""Figures out of the ordinary: the three methods in exact numbers, when they say nothing, and against which history."""

import datetime as dt
import math
import random
import statistics
from fractions import Fraction
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.domain.outlier_history import unusual_figures, unusual_of_period
from operations.domain.outliers import (
    LEAST,
    LEAST_DIFFERENCE,
    LIMITS,
    Method,
    Silence,
    judged,
    limit_over,
    median,
    min_max,
    modified_z_score,
    z_score,
)
from operations.models import Figure, PeriodKind, ReportingPeriod, Submission
from tests.factories.operations import make_interval, make_period, make_return, make_submission
from tests.factories.people import make_officer
from tests.factories.reference import category, indicator, make_agency
from tests.factories.reporting import Story, make_story

counts = st.lists(st.integers(0, 10**15), min_size=2, max_size=15)


def test_the_modified_score_is_that_of_the_definition():
    # NIST/SEMATECH e-Handbook 1.3.5.17: 0.6745 (x − median) / MAD; here the median is 10 and MAD 2
    earlier = [6, 8, 9, 11, 12, 14]
    assert median(earlier) == 10 and median([abs(one - 10) for one in earlier]) == 2
    found = modified_z_score(22, earlier)
    assert (found.tenths, found.limit) == (40, 81)  # 0.6745 · 12 / 2 = 4.047; six values need more
    assert found.is_outlier is False
    long = earlier * 4
    assert median(long) == 10 and median([abs(one - 10) for one in long]) == 2
    found = modified_z_score(22, long)
    assert (found.is_outlier, found.tenths, found.limit) == (True, 40, 35)
    assert modified_z_score(20, long).is_outlier is False  # 3.3725


def test_the_score_is_that_of_the_sample():
    earlier = [2, 4, 4, 4, 5, 5, 7, 9]
    found = z_score(12, earlier)
    assert found.tenths == int((12 - 5) / statistics.stdev(earlier) * 10) == 32
    assert (found.is_outlier, found.limit) == (False, 38)
    assert z_score(14, earlier).is_outlier  # 4.2
    assert z_score(0, earlier).tenths == -23


def test_the_limits_themselves_are_not_unusual():
    # mean 100, s = 10 (squares add up to 10² (n − 1)): 130 is exactly three deviations away
    exact = [90, 110] * 10 + [100]
    assert (z_score(130, exact).is_outlier, z_score(131, exact).is_outlier) == (False, True)
    assert (z_score(70, exact).is_outlier, z_score(69, exact).is_outlier) == (False, True)
    # median 20000, MAD 6745: the score of 55000 is exactly 3.5
    spread = [20000 - 6745, 20000 + 6745] * 11 + [20000]
    assert modified_z_score(55000, spread).is_outlier is False
    assert modified_z_score(55001, spread).is_outlier is True
    # from 100 to 200 over thirteen values: by half of the range further out is not yet far
    wide = [100, 200] * 6 + [150]
    verdicts = [min_max(value, wide).is_outlier for value in (49, 50, 250, 251)]
    assert verdicts == [True, False, False, True]


def test_over_few_values_the_limits_are_those_of_a_further_value():
    # Student's t: t(3; 0.995) = 5.841, t(9; 0.995) = 3.250, t(16; 0.995) = 2.921
    tables = {4: 5.841, 10: 3.250, 17: 2.921}
    for n, quantile in tables.items():
        assert limit_over(Method.Z_SCORE, n) == math.ceil(quantile * math.sqrt(1 + 1 / n) * 10)
    for method in Method:
        limits = [limit_over(method, n) for n in range(LEAST[method], 60)]
        assert limits == sorted(limits, reverse=True) and limits[-1] == LIMITS[method]


@pytest.mark.parametrize("n", [4, 6, 9, 15, 30])
def test_of_a_hundred_ordinary_figures_each_method_flags_about_one(n: int):
    drawn, series = random.Random(n), 3000
    flagged = dict.fromkeys(Method, 0)
    for _one in range(series):
        *earlier, value = (round(drawn.gauss(10**6, 10**5)) for _day in range(n + 1))
        for method in judged(value, earlier).methods:
            flagged[method] += 1
    for method, times in flagged.items():
        # 1 % of 3000 is 30, with a standard deviation of 5.5
        assert times <= 47, f"{method} flags {times} of {series} ordinary figures after {n} earlier ones"


@pytest.mark.parametrize("mean", [0.1, 1, 3])
def test_counts_of_one_or_two_that_come_and_go_are_not_asked_about(mean: float):
    drawn, series = random.Random(1), 2000
    flagged = sum(
        judged(value, earlier).is_outlier
        for *earlier, value in ([poisson(drawn, mean) for _day in range(13)] for _one in range(series))
    )
    assert flagged <= 60, "3 % of them"


def poisson(drawn: random.Random, mean: float) -> int:
    """A count by chance (D. Knuth, The Art of Computer Programming, 3.4.1)."""
    count, product, least = 0, drawn.random(), math.exp(-mean)
    while product > least:
        count, product = count + 1, product * drawn.random()
    return count


@pytest.mark.parametrize("n", [4, 9, 15, 30])
def test_a_day_ten_times_the_usual_is_found_however_short_the_series(n: int):
    drawn, days = random.Random(n), 300
    found = 0
    for _one in range(days):
        earlier = [round(drawn.gauss(200, 40)) for _day in range(n)]
        found += judged(2000, earlier).is_outlier
    assert found >= 0.99 * days


def test_the_range_widens_by_a_share_of_itself():
    earlier = [3, 1, 4, 1, 5, 9, 2, 6, 5]  # from 1 to 9, and 0.8 · 8 further
    assert min_max(10, earlier).is_outlier is False
    assert [min_max(value, earlier).is_outlier for value in (15, 16)] == [False, True]


@pytest.mark.parametrize("method", list(Method))
def test_a_short_series_is_said_and_not_judged(method: Method):
    short, enough = [[1, 5] * 9][0][: LEAST[method] - 1], ([1, 5] * 9)[: LEAST[method]]
    by_method = {one.method: one for one in judged(999, short).verdicts}
    assert (by_method[method].silence, by_method[method].is_outlier) == (Silence.TOO_SHORT, False)
    by_method = {one.method: one for one in judged(999, enough).verdicts}
    assert by_method[method].silence is None


def test_values_that_all_agree_leave_nothing_to_compare_with():
    assert z_score(9, [5] * 12).silence is Silence.NO_SPREAD
    assert modified_z_score(9, [5] * 7 + [6, 7, 8]).silence is Silence.NO_SPREAD
    assert min_max(9, [5] * 12).is_outlier is True
    assert min_max(7, [5] * 12).is_outlier is False, "a difference of two is by chance"
    assert judged(5, [5] * 12).is_outlier is False


def test_an_earlier_outlier_hides_a_second_from_the_mean_and_not_from_the_median():
    earlier = [100, 101, 99, 100, 102, 98, 5000]
    found = judged(900, earlier)
    assert found.methods == (Method.MODIFIED_Z_SCORE,)


def test_nothing_earlier_is_no_comparison():
    found = judged(7, ())
    assert (found.is_judged, found.is_outlier) == (False, False)


@given(value=st.integers(0, 10**15), earlier=counts)
def test_the_exact_scores_agree_with_floating_point_where_that_is_sharp_enough(value: int, earlier: list[int]):
    found = z_score(value, earlier)
    if found.silence is None:
        exact = Fraction(value) - Fraction(sum(earlier), len(earlier))
        score = float(exact) / float(statistics.stdev([Fraction(one) for one in earlier]))
        assert math.isclose(abs(score), abs(found.tenths) / 10, abs_tol=0.1001)
        if abs(abs(score) * 10 - found.limit) > 1e-6:
            assert found.is_outlier is (abs(score) * 10 > found.limit and abs(exact) >= LEAST_DIFFERENCE)


@given(value=st.integers(0, 10**12), earlier=counts, by=st.integers(0, 10**6), times=st.integers(1, 1000))
def test_shifting_or_scaling_everything_alike_changes_no_verdict(value: int, earlier: list[int], by: int, times: int):
    # apart by so much that no difference is too small to be asked about
    value, earlier = value * 1000, [one * 1000 for one in earlier]
    moved = judged(value * times + by, [one * times + by for one in earlier])
    assert moved.verdicts == judged(value, earlier).verdicts


@given(value=st.integers(0, 10**6), earlier=counts)
def test_the_order_of_the_history_does_not_matter(value: int, earlier: list[int]):
    assert judged(value, earlier).verdicts == judged(value, sorted(earlier, reverse=True)).verdicts


# --- against which history ---


def past(story: Story, values: list[int], *, agency=None, kind: str = PeriodKind.FINAL, status="accepted") -> None:
    """Earlier periods of the story's operation, each with an accepted return that has one figure."""
    agency = agency or story.agency
    officer = story.officer if agency == story.agency else make_officer(agency)
    for number, value in enumerate(values):
        period = make_period(story.operation.plan.stages.get(number=1), kind, code=f"{agency.pk}-{kind[:3]}-{number}")
        period.end_date = story.period.end_date.replace(month=1, day=1 + number)
        period.start_date = period.end_date
        period.save()
        make_submission(make_return(period, agency), entered_by=officer, status=status, values={"VIO01": value})


def standing_return(story: Story, value: int) -> Submission:
    return make_submission(
        story.expected_return, entered_by=story.officer, status="submitted", values={"VIO01": value, "VIO02": value}
    )


@pytest.mark.django_db
def test_a_figure_is_compared_with_the_agencys_own_accepted_figures_of_the_same_kind_alone():
    story = make_story()
    past(story, [100, 101, 99, 100, 102, 98])
    past(story, [5000] * 6, kind=PeriodKind.FOLLOW_UP)
    past(story, [5000] * 6, agency=make_agency("BY"))
    past(story, [5000], status="superseded", agency=make_agency("RU", "border_service"))
    found = unusual_figures(standing_return(story, 900))
    [unusual] = found.figures
    assert (unusual.address, unusual.judged.earlier) == ("VIO01.TOTAL", (100, 101, 99, 100, 102, 98))
    assert unusual.judged.methods == tuple(Method)
    assert (found.numbers, found.comparable, found.incomparable) == (2, 1, 1)


@pytest.mark.django_db
def test_what_is_no_number_is_in_no_history():
    story = make_story()
    past(story, [100, 101, 99, 100])
    Figure.objects.filter(value=101).update(state="withheld", value=None)
    assert unusual_figures(standing_return(story, 900)).comparable == 0


@pytest.mark.django_db
def test_a_later_period_is_no_history():
    story = make_story()
    past(story, [100, 101, 99, 100])
    first = Submission.objects.order_by("expected_return__period__end_date")[0]
    assert unusual_figures(first).comparable == 0


def day_of_stage(story: Story, number: int, total: int, *, stage: int = 1, status: str = "submitted") -> Submission:
    """The situation report of a day, cumulative from the start of its stage."""
    held = story.operation.plan.stages.get(number=stage)
    period = make_period(held, PeriodKind.OPERATIONAL, code=f"S{stage}-D{number:02}")
    period.start_date, period.end_date = held.start_date, held.start_date + dt.timedelta(days=number - 1)
    period.save()
    owed = make_return(period, story.agency)
    return make_submission(owed, entered_by=story.officer, status=status, values={"VIO01": total})


def days_of_stage(story: Story, added: list[int], **where) -> Submission:
    """Day after day; answers the last one's submission."""
    totals = accumulate(added)
    return [day_of_stage(story, number, total, **where) for number, total in enumerate(totals, start=1)][-1]


@pytest.mark.django_db
def test_of_situation_reports_what_the_day_added_is_compared_with_what_earlier_days_added():
    story = make_story()
    found = unusual_figures(days_of_stage(story, [100, 101, 99, 100, 102, 98, 400]))
    [unusual] = found.figures
    assert (unusual.figure.value, unusual.judged.value) == (1000, 400)
    assert unusual.judged.earlier == (100, 101, 99, 100, 102, 98)
    assert found.is_by_day


@pytest.mark.django_db
def test_a_cumulative_figure_that_grows_as_usual_is_not_unusual():
    assert unusual_figures(days_of_stage(make_story(), [100, 101, 99, 100, 102, 98, 103])).figures == ()


@pytest.mark.django_db
def test_the_days_of_another_stage_are_history_and_its_first_day_is_taken_from_nothing():
    story = make_story()
    days_of_stage(story, [100, 101, 99])
    found = unusual_figures(days_of_stage(story, [300, 100], stage=2))
    assert (found.comparable, found.figures) == (1, ())
    first = Submission.objects.get(expected_return__period__code="S2-D01")
    assert unusual_figures(first).comparable == 0, "three earlier days are too few"


@pytest.mark.django_db
def test_a_day_without_the_day_before_is_neither_compared_nor_history():
    story = make_story()
    last = days_of_stage(story, [100, 101, 99, 100, 102, 98])
    Submission.objects.filter(expected_return__period__code="S1-D05").update(status="returned")
    assert unusual_figures(last).comparable == 0


@pytest.mark.django_db
def test_of_a_corrected_day_the_accepted_figures_stand():
    story = make_story()
    last = days_of_stage(story, [100, 101, 99, 100, 102, 98, 400], status="accepted")
    corrected = Submission.objects.get(expected_return__period__code="S1-D06").expected_return
    make_submission(corrected, entered_by=story.officer, status="submitted", number=2, values={"VIO01": 999})
    [unusual] = unusual_figures(last).figures
    assert unusual.judged.value == 400


@pytest.mark.django_db
def test_a_day_is_looked_through_in_three_queries(django_assert_num_queries):
    story = make_story()
    last = days_of_stage(story, [100, 101, 99, 100, 102, 98, 400])
    rows = [last.expected_return]
    period = last.expected_return.period
    with django_assert_num_queries(3):
        found = unusual_of_period(period, rows)
    assert len(found[rows[0].pk].figures) == 1


@pytest.mark.django_db
def test_a_month_is_compared_with_months_and_not_with_quarters():
    story = make_story()
    for number, value in enumerate([100, 101, 99, 100, 102, 98], start=1):
        month = make_interval(story.operation)
        month.code = f"M{number:02}"
        month.save()
        owed = make_return(month, story.agency)
        make_submission(owed, entered_by=story.officer, status="accepted", values={"VIO01": value})
    quarter = make_return(make_interval(story.operation, quarter=3), story.agency)
    whole = make_submission(quarter, entered_by=story.officer, status="submitted", values={"VIO01": 300})
    assert unusual_figures(whole).comparable == 0
    ReportingPeriod.objects.filter(pk=quarter.period_id).update(code="M09")
    assert unusual_figures(Submission.objects.get(pk=whole.pk)).comparable == 1


@pytest.mark.django_db
def test_a_category_is_compared_with_itself():
    story = make_story()
    past(story, [100, 101, 99, 100, 102, 98])
    submission = standing_return(story, 100)
    Figure.objects.create(
        submission=submission,
        indicator=indicator("VIO01"),
        category=category("AM", "citizenship_group"),
        value=900,
    )
    found = unusual_figures(submission)
    assert (found.numbers, found.comparable, found.figures) == (3, 1, ())


@pytest.mark.django_db
def test_a_period_is_looked_through_in_three_queries_however_many_returns_it_has(django_assert_num_queries):
    story = make_story()
    past(story, [100, 101, 99, 100, 102, 98])
    standing_return(story, 900)
    belarus = make_agency("BY")
    past(story, [10, 11, 9, 10, 12, 8], agency=belarus)
    owed = make_return(story.period, belarus)
    make_submission(owed, entered_by=make_officer(belarus), status="accepted", values={"VIO01": 10})
    rows = list(story.period.returns.all())
    with django_assert_num_queries(3):
        found = unusual_of_period(story.period, rows)
    assert {pk: len(one.figures) for pk, one in found.items()} == {story.expected_return.pk: 1, owed.pk: 0}
