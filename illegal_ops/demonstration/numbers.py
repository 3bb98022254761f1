"""Synthetic figures: the same at every run, plausible in size, obedient to the rules, and about nobody.

Each number follows from a hash of its place (state, kind, period, indicator), scaled by a weight of the state; a whole
is the sum of its parts, and the categories of a breakdown add up to it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import partial

from operations.models import Category, Indicator

#: How much larger a state's figures are than those of the smallest one; made up for the demonstration.
WEIGHTS = {"RU": 30, "KZ": 12, "BY": 7, "KG": 4, "TJ": 4, "AM": 2}

#: The middle of an indicator's range per stage and unit of weight; money in minor units.
SIZES = {
    "ACT01": 260, "ACT02": 9, "ACT03": 140, "ACT04": 900, "VIO02": 210, "VIO04": 55, "VIO07": 12,
    "ADM02": 18, "ADM03": 40, "ADM04": 9_500_000, "RET01": 38, "RET02": 26, "RET03": 34, "RET04": 12,
    "RET05": 17, "RET06": 30, "RET07": 8, "CRM02": 6, "CRM03": 1, "CRM04": 4, "CRM05": 5, "CRM06": 1,
    "CRM07": 1, "CRM08": 9, "GRP01": 1, "GRP02": 1, "GRP03": 2, "WNT01": 1, "WNT02": 4, "WNT03": 7,
    "BRD01": 11, "BRD03": 60, "BRD04": 14, "FIN01": 5, "FIN02": 80_000_000, "INF01": 3200, "MIG01": 22_000,
    "MIG02": 20_000, "MIG03": 900, "MIG04": 1_700, "PRV01": 160, "RGT01": 5, "RGT04": 1, "RGT05": 14,
    "RGT06": 1, "RGT08": 3,
}  # fmt: skip

#: An indicator that is a share of another: (whole, per mille at least, per mille at most).
SHARES = {
    "VIO03": ("VIO02", 300, 550), "VIO06": ("VIO02", 60, 200), "VIO05": ("VIO04", 150, 400),
    "ADM01": ("VIO02", 600, 800), "ADM05": ("ADM04", 250, 700), "GRP04": ("GRP03", 0, 500),
    "BRD02": ("BRD01", 150, 450), "INF02": ("INF01", 820, 985), "INF03": ("INF01", 780, 960),
    "PRV02": ("PRV01", 550, 750), "RGT02": ("RGT01", 500, 950), "RGT03": ("RGT02", 50, 300),
    "RGT07": ("RGT06", 500, 1000),
}  # fmt: skip

SUMS = {"VIO01": ("VIO02", "VIO04", "VIO07"), "CRM01": tuple(f"CRM0{n}" for n in range(2, 9))}


def chance(*place: object) -> int:
    """A number from 0 to 999 999 that depends on the place alone."""
    digest = hashlib.sha256("/".join(str(part) for part in place).encode()).digest()
    return int.from_bytes(digest[:6], "big") % 1_000_000


def amount(code: str, *, state: str, kind: str, period: str, parts: int = 1) -> int:
    """The figure of one indicator at one place, without regard to any day of the stage.

    A place that is one of several `parts` of its state has the size of one: the period names which.
    """
    here = partial(amount, state=state, kind=kind, period=period, parts=parts)
    if code in SUMS:
        return sum(here(part) for part in SUMS[code])
    if code in SHARES:
        whole, least, most = SHARES[code]
        share = least + chance(code, state, kind, period) * (most - least) // 1_000_000
        return here(whole) * share // 1000
    size = SIZES[code]
    if code == "RGT05":
        return 6 + chance(code, state, kind, period) * size // 1_000_000
    spread = 600 + chance(code, state, kind, period) * 800 // 1_000_000
    minor = 100 if code in {"ADM04", "FIN02"} else 1
    return size * WEIGHTS[state] * spread // (1000 * parts) // minor * minor


#: The weight of a day on which much more was counted than on others (about 1000), for the comparison of figures to
#: find: (agency, stage, day).
CROWDED_DAYS = {("ru-internal-affairs", 2, 6): 6000}


def part_of_stage(value: int, *, day: int, days: int, agency: str, stage: int) -> int:
    """What had been counted by the end of a day of the stage: never falls, and ends at the whole.

    Days differ, for all indicators alike, so that what is a part of something stays within it.
    """
    weights = [
        CROWDED_DAYS.get((agency, stage, number), 200 + chance("day", agency, stage, number) * 1600 // 1_000_000)
        for number in range(1, days + 1)
    ]
    return value * sum(weights[:day]) // sum(weights)


def split(value: int, categories: Iterable[Category], *, place: tuple[object, ...]) -> Mapping[int, int]:
    """Divides a value among the categories of a breakdown so that they add up to it, by category id."""
    members = list(categories)
    weights = [
        1000 if not index else 1 + chance(*place, member.code) % 1000 // index for index, member in enumerate(members)
    ]
    whole, shares, given = sum(weights), {}, 0
    for member, weight in zip(members[1:], weights[1:], strict=True):
        shares[member.id] = value * weight // whole
        given += shares[member.id]
    shares[members[0].id] = value - given
    return shares


def is_known(indicator: Indicator) -> bool:
    """Whether the demonstration has a size for the indicator; derived ones come from the list register."""
    return indicator.code in SIZES or indicator.code in SHARES or indicator.code in SUMS


def is_broken_down(indicator: Indicator) -> bool:
    """Parts have no breakdowns, but for the records of the Bank: rounded shares of small parts would clash."""
    return indicator.part_of_id is None or indicator.code in {"INF02", "INF03"}
