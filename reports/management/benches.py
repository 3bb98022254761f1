"""The benches of the reports app: `manage.py bench NAME` finds them here.

A bench is a generator that prepares what is measured, yields it and clears up; one that yields two things is measured
as the ratio of the second to the first, side by side in the same rounds.
"""

import datetime as dt
import os
from collections.abc import Callable, Iterator

from django.core.management.base import CommandError
from django.utils import timezone

from operations.models import Operation, User
from reports.domain.dashboard import read_dashboard
from reports.management.bench_data import Size, fill
from reports.management.bench_databases import Side, two_databases

Sides = tuple[Callable[[], int], Callable[[], int]]
#: How many figures the two sides hold, unless the environment names other numbers.
FIGURES = "1000000,10000000"
SETTING = "BENCH_FIGURES"
#: In so many operations: the years go on, and units fill each of them up.
OPERATIONS = (2, 20)


def dashboard() -> Iterator[Sides]:
    """The five readings of the newest operation's dashboard, as the years before it grow tenfold.

    Both databases are temporary, of the kind that the site uses, and are gone afterwards. `BENCH_FIGURES=20000,200000`
    names other sizes.
    """
    few, many = _sizes()
    with two_databases() as (small, large):
        with small.used():
            held = fill(few)
        large.take_over(small)
        with large.used():
            held_more = fill(many)
        if held_more <= held:
            raise CommandError(f"the larger database holds {held_more} figures, not more than {held}")
        yield _reading(small), _reading(large)


def _sizes() -> tuple[Size, Size]:
    text = os.environ.get(SETTING, FIGURES)
    numbers = [int(one) for one in text.split(",") if one.strip().isdecimal()]
    if len(numbers) != 2 or not 0 < numbers[0] < numbers[1]:
        raise CommandError(f"{SETTING} takes two rising numbers of figures, for example {FIGURES}")
    few, many = (Size(*one) for one in zip(numbers, OPERATIONS, strict=True))
    return few, many


def _reading(side: Side) -> Callable[[], int]:
    """Reads the dashboard in one of the databases; the amount is how many numbers stand on it."""
    with side.used():
        operation = Operation.objects.filter(slug__startswith="bench-").latest("year")
        actor = User.objects.get(is_system=True)
    now: dt.datetime = timezone.now()

    def read() -> int:
        with side.used():
            found = read_dashboard(operation, actor=actor, at=now)
        return len(found.key_figures) + sum(len(cells) for _one, cells in found.by_stage)

    return read


#: By name: the generator, and in a few words what one round does.
BENCHES = {
    "dashboard": (dashboard, "the readings of a dashboard at 1 and at 10 million figures, and the ratio of their times")
}
