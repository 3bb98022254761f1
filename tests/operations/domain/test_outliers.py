"""Figures out of the ordinary: the three methods in exact numbers, when they say nothing, and against which history."""

import math
import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.domain.outlier_history import unusual_figures, unusual_of_period
from operations.domain.outliers import LEAST, Method, Silence, judged, median, min_max, modified_z_score, z_score
from operations.models import Figure, PeriodKind, Submission
from tests.factories.operations import make_period, make_return, make_submission
from tests.factories.people import make_officer
from tests.factories.reference import category, indicator, make_agency
from tests.factories.reporting import Story, make_story

counts = st.lists(st.integers(0, 10**15), min_size=2, max_size=15)


def test_the_modified_score_is_that_of_the_definition():
    # NIST/SEMATECH e-Handbook 1.3.5.17: 0.6745 (x − median) / MAD; here the median is 10 and MAD 2
    earlier = [6, 8, 9, 11, 12, 14]
    assert median(earlier) == 10 and median([abs(one - 10) for one in earlier]) == 2
    found = modified_z_score(22, earlier)
    assert (found.is_outlier, found.tenths) == (True, 40)  # 0.6745 · 12 / 2 = 4.047
    assert modified_z_score(20, earlier).is_outlier is False  # 3.3725


def test_the_score_is_that_of_the_sample():
    earlier = [2, 4, 4, 4, 5, 5, 7, 9]
    found = z_score(12, earlier)
    assert found.tenths == int((12 - 5) / statistics.stdev(earlier) * 10) == 32
    assert found.is_outlier
    assert z_score(11, earlier).is_outlier is False  # 2.81
    assert z_score(0, earlier).tenths == -23


def test_the_limits_themselves_are_not_unusual():
    # mean 10, s = 1 (squares add up to n − 1): 13 is exactly three deviations away
    earlier = [9, 11, 10, 10, 9, 11, 9, 11, 10, 10, 10, 11, 9]
    assert statistics.variance(earlier) == pytest.approx(Fraction(8, 12))
    exact = [9, 11] * 2 + [10]  # squares 4, n − 1 = 4
    assert (z_score(13, exact).is_outlier, z_score(14, exact).is_outlier) == (False, True)
    # median 20000, MAD 6745: the score of 55000 is exactly 3.5
    spread = [20000 - 6745, 20000 + 6745] * 3 + [20000]
    assert modified_z_score(55000, spread).is_outlier is False
    assert modified_z_score(55001, spread).is_outlier is True


def test_the_range_is_closed():
    earlier = [3, 1, 4, 1, 5, 9, 2, 6, 5]
    assert [min_max(value, earlier).is_outlier for value in (0, 1, 9, 10)] == [True, False, False, True]


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
        if abs(abs(score) - 3) > 1e-6:
            assert found.is_outlier is (abs(score) > 3)


@given(value=st.integers(0, 10**12), earlier=counts, by=st.integers(0, 10**6), times=st.integers(1, 1000))
def test_shifting_or_scaling_everything_alike_changes_no_verdict(value: int, earlier: list[int], by: int, times: int):
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
    assert unusual.judged.methods == (Method.Z_SCORE, Method.MODIFIED_Z_SCORE)
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


@pytest.mark.django_db
def test_situation_reports_are_not_compared():
    story = make_story(period_kind=PeriodKind.OPERATIONAL)
    past(story, [100, 101, 99, 100], kind=PeriodKind.OPERATIONAL)
    submission = make_submission(story.expected_return, entered_by=story.officer, status="submitted")
    assert unusual_figures(submission).is_compared is False


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
