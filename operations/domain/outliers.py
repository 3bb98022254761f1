"""Figures that are out of the ordinary for whoever reports them: three methods against the agency's own history.

- **z-score**: how many standard deviations (of the sample, n − 1) the value lies from the mean of the earlier ones;
  unusual beyond 3. The textbook rule; one earlier outlier widens it, so that it then says less.
- **modified z-score**: 0.6745 · |x − median| / MAD, unusual beyond 3.5, where MAD is the median of the absolute
  deviations from the median. B. Iglewicz and D. C. Hoaglin, «How to Detect and Handle Outliers», ASQC Quality Press,
  1993, and NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.17. Earlier outliers hardly move it.
- **min–max**: outside everything that was reported before. The weakest sign: an ordinary value lies outside the range
  of n earlier ones with the probability 2 / (n + 1).

A method asks for a least number of earlier values, below which it says nothing. For ordinary (normal) values the share
that is flagged in error at that number, over 20,000 drawn series: z-score 7.5 % of 4, modified z-score 7.4 % of 6,
min–max 19.8 % of 9; with 12 they are 1.7, 2.5 and 15.7 %.

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


LEAST = {Method.Z_SCORE: 4, Method.MODIFIED_Z_SCORE: 6, Method.MIN_MAX: 9}
#: No method says anything of fewer earlier values.
LEAST_OF_ALL = min(LEAST.values())
Z_LIMIT = 3
MODIFIED_LIMIT = Fraction(35, 10)
#: Makes MAD comparable with the standard deviation of a normal distribution (its third quartile).
_CONSTANT = Fraction(6745, 10_000)


@dataclass(frozen=True)
class Verdict:
    """What one method says of a value. `tenths` is the signed score; `silence` the reason why it says nothing."""

    method: Method
    is_outlier: bool = False
    tenths: int | None = None
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


def z_score(value: int, earlier: Sequence[int]) -> Verdict:
    """(x − mean) / s against ±3; s is the standard deviation of the sample. Silent where all earlier values agree.

    With S = Σx and Q = Σx², z² = (nx − S)² (n − 1) / (n (nQ − S²)): whole numbers, no root is drawn to compare.
    """
    n = len(earlier)
    if n < LEAST[Method.Z_SCORE]:
        return Verdict(Method.Z_SCORE, silence=Silence.TOO_SHORT)
    total, squares = sum(earlier), sum(one * one for one in earlier)
    spread = n * squares - total * total
    if spread == 0:
        return Verdict(Method.Z_SCORE, silence=Silence.NO_SPREAD)
    square = Fraction((n * value - total) ** 2 * (n - 1), n * spread)
    tenths = isqrt(int(square * 100))
    return Verdict(Method.Z_SCORE, square > Z_LIMIT**2, -tenths if n * value < total else tenths)


def modified_z_score(value: int, earlier: Sequence[int]) -> Verdict:
    """0.6745 · (x − median) / MAD against ±3.5. Silent where MAD is 0: more than half of the earlier values agree."""
    if len(earlier) < LEAST[Method.MODIFIED_Z_SCORE]:
        return Verdict(Method.MODIFIED_Z_SCORE, silence=Silence.TOO_SHORT)
    middle = median(earlier)
    deviation = median([abs(one - middle) for one in earlier])
    if deviation == 0:
        return Verdict(Method.MODIFIED_Z_SCORE, silence=Silence.NO_SPREAD)
    score = _CONSTANT * (value - middle) / deviation
    return Verdict(Method.MODIFIED_Z_SCORE, abs(score) > MODIFIED_LIMIT, int(score * 10))


def min_max(value: int, earlier: Sequence[int]) -> Verdict:
    """Outside the range of everything before; it has no score."""
    if len(earlier) < LEAST[Method.MIN_MAX]:
        return Verdict(Method.MIN_MAX, silence=Silence.TOO_SHORT)
    return Verdict(Method.MIN_MAX, not min(earlier) <= value <= max(earlier))


def median(values: Sequence[int | Fraction]) -> Fraction:
    """The middle of the values in order, or the mean of the two in the middle: exact."""
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return Fraction(ordered[half])
    return Fraction(ordered[half - 1] + ordered[half]) / 2
