"""Figures that are out of the ordinary for whoever reports them: three methods against the agency's own history.

- **z-score**: how many standard deviations (of the sample, n − 1) the value lies from the mean of the earlier ones;
  unusual beyond 3. The textbook rule; one earlier outlier widens it, so that it then says less.
- **modified z-score**: 0.6745 · |x − median| / MAD, unusual beyond 3.5, where MAD is the median of the absolute
  deviations from the median. B. Iglewicz and D. C. Hoaglin, «How to Detect and Handle Outliers», ASQC Quality Press,
  1993, and NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.17. Earlier outliers hardly move it.
- **min–max**: further outside everything reported before than half of its range. Outside it at all lies an ordinary
  value as often as 2 in n + 1 times (every fifth of nine), so that the bare range says nothing; DHIS2 widens its
  minimum and maximum as well. Where all earlier values agree, it is the only method that speaks.

**Short series.** The limits above are meant for long series; over few values a mean, a median and a range are
uncertain themselves, and with four earlier values a z-score beyond 3 is met in 7.5 % of ordinary figures. Up to about
twenty values the limits are therefore wider (`WIDER`), so that of a hundred ordinary (normal) figures each method flags
one, and the three together two. Those of the z-score are quantiles of Student's t, t(n − 1; 0.995) · √(1 + 1/n): the
prediction interval of one further value. The others were drawn: the 99 % quantile of each statistic over two million
series. All are rounded up to a tenth. Below the least number (`LEAST`) a method says nothing.

**Small numbers.** Counts of one or two come and go by chance; a difference from the mean, the median or the range of
fewer than `LEAST_DIFFERENCE` is never asked about. Of Poisson series with a mean of 0.1 to 3, at most 2 % are flagged.

Values are whole numbers (counts, or money in minor units) and every comparison is exact; scores are in tenths, rounded
towards zero for reading. An outlier is a question, never an error: nothing is refused for being one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import isqrt


class Method(StrEnum):
    Z_SCORE = "z_score"
    MODIFIED_Z_SCORE = "modified_z_score"
    MIN_MAX = "min_max"


class Silence(StrEnum):
    """Why a method says nothing."""

    TOO_SHORT = "too_short"
    NO_SPREAD = "no_spread"


LEAST = {Method.Z_SCORE: 4, Method.MODIFIED_Z_SCORE: 6, Method.MIN_MAX: 4}
#: No method says anything of fewer earlier values.
LEAST_OF_ALL = min(LEAST.values())
#: The limits over a long series, in tenths: of the scores, and of the range for min–max.
LIMITS = {Method.Z_SCORE: 30, Method.MODIFIED_Z_SCORE: 35, Method.MIN_MAX: 5}
#: The limits over n earlier values where they are wider, in tenths; the first is that of `LEAST`.
WIDER = {
    Method.Z_SCORE: (66, 51, 44, 40, 38, 36, 35, 34, 33, 32, 32, 31, 31, 31),
    Method.MODIFIED_Z_SCORE: (81, 78, 60, 58, 50, 49, 45, 44, 41, 41, 39, 39, 37, 37, 36, 36),
    Method.MIN_MAX: (25, 16, 12, 10, 9, 8, 7, 6, 6),
}
#: Fewer than this is never asked about.
LEAST_DIFFERENCE = 3
#: Makes MAD comparable with the standard deviation of a normal distribution (its third quartile).
_CONSTANT = Fraction(6745, 10_000)


@dataclass(frozen=True)
class Verdict:
    """What one method says of a value. `tenths` is the signed score, `limit` what it may come to, in tenths too.

    Min–max has no score, and its limit is of the range so far. `silence` is the reason why a method says nothing.
    """

    method: Method
    is_outlier: bool = False
    tenths: int | None = None
    limit: int | None = None
    silence: Silence | None = None


@dataclass(frozen=True)
class Judged:
    """A value against its history: the verdict of each method, and what the history comes to."""

    value: int
    earlier: tuple[int, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def is_outlier(self) -> bool:
        return any(verdict.is_outlier for verdict in self.verdicts)

    @property
    def methods(self) -> tuple[Method, ...]:
        """The methods that find it out of the ordinary."""
        return tuple(verdict.method for verdict in self.verdicts if verdict.is_outlier)

    @property
    def is_judged(self) -> bool:
        """Whether any method had enough to go by."""
        return any(verdict.silence is None for verdict in self.verdicts)

    @property
    def least(self) -> int:
        return min(self.earlier)

    @property
    def most(self) -> int:
        return max(self.earlier)

    @property
    def middle(self) -> int:
        """The median of the earlier values; of two middle ones the half between them, rounded down."""
        return int(median(self.earlier) // 1)


def judged(value: int, earlier: Sequence[int]) -> Judged:
    """What the three methods say of a value after these earlier ones, in any order."""
    verdicts = (z_score(value, earlier), modified_z_score(value, earlier), min_max(value, earlier))
    return Judged(value, tuple(earlier), verdicts)


def limit_over(method: Method, n: int) -> int:
    """The limit of a method over n earlier values, in tenths."""
    place, wider = n - LEAST[method], WIDER[method]
    return wider[place] if place < len(wider) else LIMITS[method]


def z_score(value: int, earlier: Sequence[int]) -> Verdict:
    """(x − mean) / s against the limit; s is the standard deviation of the sample. Silent where it is 0.

    With S = Σx and Q = Σx², z² = (nx − S)² (n − 1) / (n (nQ − S²)): whole numbers, no root is drawn to compare.
    """
    n = len(earlier)
    if n < LEAST[Method.Z_SCORE]:
        return Verdict(Method.Z_SCORE, silence=Silence.TOO_SHORT)
    total, squares = sum(earlier), sum(one * one for one in earlier)
    spread = n * squares - total * total
    if spread == 0:
        return Verdict(Method.Z_SCORE, silence=Silence.NO_SPREAD)
    distance, limit = n * value - total, limit_over(Method.Z_SCORE, n)
    square = Fraction(distance**2 * (n - 1), n * spread)
    tenths = isqrt(int(square * 100))
    is_outlier = square * 100 > limit**2 and abs(distance) >= LEAST_DIFFERENCE * n
    return Verdict(Method.Z_SCORE, is_outlier, -tenths if distance < 0 else tenths, limit)


def modified_z_score(value: int, earlier: Sequence[int]) -> Verdict:
    """0.6745 · (x − median) / MAD against the limit. Silent where MAD is 0: most of the earlier values agree."""
    n = len(earlier)
    if n < LEAST[Method.MODIFIED_Z_SCORE]:
        return Verdict(Method.MODIFIED_Z_SCORE, silence=Silence.TOO_SHORT)
    middle = median(earlier)
    deviation = median([abs(one - middle) for one in earlier])
    if deviation == 0:
        return Verdict(Method.MODIFIED_Z_SCORE, silence=Silence.NO_SPREAD)
    score, limit = _CONSTANT * (value - middle) / deviation, limit_over(Method.MODIFIED_Z_SCORE, n)
    is_outlier = abs(score) * 10 > limit and abs(value - middle) >= LEAST_DIFFERENCE
    return Verdict(Method.MODIFIED_Z_SCORE, is_outlier, int(score * 10), limit)


def min_max(value: int, earlier: Sequence[int]) -> Verdict:
    """Outside everything before by more than a share of its range; it has no score."""
    n = len(earlier)
    if n < LEAST[Method.MIN_MAX]:
        return Verdict(Method.MIN_MAX, silence=Silence.TOO_SHORT)
    least, most, limit = min(earlier), max(earlier), limit_over(Method.MIN_MAX, n)
    outside = max(least - value, value - most)
    is_outlier = outside * 10 > limit * (most - least) and outside >= LEAST_DIFFERENCE
    return Verdict(Method.MIN_MAX, is_outlier, limit=limit)


def median(values: Sequence[int | Fraction]) -> Fraction:
    """The middle of the values in order, or the mean of the two in the middle: exact."""
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return Fraction(ordered[half])
    return Fraction(ordered[half - 1] + ordered[half]) / 2
