"""Measurements that anybody can repeat: a registry of named benches.

Each part of the product registers what it wants measured; a bench does its work once and says how much of it there
was. What has to be there first is prepared outside the measured time. The numbers in the documentation name the bench
that they come from. An installed app names its own benches in `<app>.management.benches.BENCHES`; one that yields two
things is measured as the ratio of their times, in turns and in one run, so that a busy machine troubles both alike.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps


@dataclass(frozen=True)
class Work:
    """What a round did, in the bench's own unit, and whatever else it found worth saying."""

    amount: int
    remark: str = ""


Bench = Callable[[], int | Work]
Prepared = Bench | tuple[Bench, Bench]
_benches: dict[str, tuple[Callable[[], AbstractContextManager[Prepared]], str]] = {}
#: Modules that register benches of their own when they are imported.
_PARTS = ("illegal_ops.plan_bench", "illegal_ops.report_bench", "illegal_ops.return_bench")


@dataclass(frozen=True)
class Measurement:
    """Times in seconds; `amount` is how much work one round did, in the bench's own unit.

    `processor` is what the process and those that it started needed at best: on a busy machine the time by the clock
    says more about its neighbours.
    """

    name: str
    rounds: int
    amount: int
    best: float
    median: float
    processor: float
    remark: str = ""

    def __str__(self) -> str:
        speed = f", {self.amount / self.best:,.0f} per second" if self.amount and self.best else ""
        return (
            f"{self.name}: best {self.best * 1000:.1f} ms, median {self.median * 1000:.1f} ms of {self.rounds}, "
            f"processor {self.processor * 1000:.1f} ms{speed}{f'; {self.remark}' if self.remark else ''}"
        )


@dataclass(frozen=True)
class Ratio:
    """Two sides measured in turns; `ratio` is of their median times, the second by the first."""

    name: str
    sides: tuple[Measurement, Measurement]

    @property
    def ratio(self) -> float:
        return self.sides[1].median / self.sides[0].median

    def __str__(self) -> str:
        return "\n".join([*map(str, self.sides), f"{self.name}: ratio of the medians {self.ratio:.2f}"])


def bench(name: str, *, what: str) -> Callable[[Bench], Bench]:
    """Registers a bench; `what` says in a few words what one round does."""

    def register(function: Bench) -> Bench:
        _register(name, lambda: nullcontext(function), what)
        return function

    return register


def prepared_bench(name: str, *, what: str) -> Callable[[Callable[[], Iterator[Bench]]], Callable[[], Iterator[Bench]]]:
    """Registers a generator that prepares the work, yields the round that is measured, and clears up after it."""

    def register(function: Callable[[], Iterator[Bench]]) -> Callable[[], Iterator[Bench]]:
        _register(name, contextmanager(function), what)
        return function

    return register


def _register(name: str, prepare: Callable[[], AbstractContextManager[Prepared]], what: str) -> None:
    if name in _benches:
        raise ValueError(f"bench {name} is registered already")
    _benches[name] = (prepare, what)


def names() -> dict[str, str]:
    for part in _PARTS:
        import_module(part)
    for config in apps.get_app_configs():
        _take_from(config.name)
    return {name: what for name, (_, what) in sorted(_benches.items())}


def _take_from(app: str) -> None:
    """The benches that an app names, once."""
    place = f"{app}.management"
    if find_spec(place) is None or find_spec(f"{place}.benches") is None:
        return
    for name, (prepare, what) in import_module(f"{place}.benches").BENCHES.items():
        if name not in _benches:
            _register(name, contextmanager(prepare), what)


def measure(name: str, *, rounds: int) -> Measurement | Ratio:
    """Runs a bench once to warm up and then `rounds` times; raises KeyError for a name that nobody registered."""
    names()
    prepare, _ = _benches[name]
    with prepare() as prepared:
        sides = prepared if isinstance(prepared, tuple) else (prepared,)
        stretches = [_Stretch(side) for side in sides]
        for _round in range(rounds):
            for stretch in stretches:
                stretch.run()
    if len(stretches) == 1:
        return stretches[0].measured(name)
    first, second = (stretch.measured(f"{name}, side {place}") for place, stretch in enumerate(stretches, start=1))
    return Ratio(name=name, sides=(first, second))


class _Stretch:
    """The rounds of one side; made, it has warmed up."""

    def __init__(self, function: Bench) -> None:
        self._function = function
        self._times: list[float] = []
        self._processor: list[float] = []
        self._done = function()

    def run(self) -> None:
        begun, spent = time.perf_counter(), _processor_time()
        self._done = self._function()
        self._times.append(time.perf_counter() - begun)
        self._processor.append(_processor_time() - spent)

    def measured(self, name: str) -> Measurement:
        work = self._done if isinstance(self._done, Work) else Work(self._done)
        return Measurement(
            name=name,
            rounds=len(self._times),
            amount=work.amount,
            best=min(self._times),
            median=statistics.median(self._times),
            processor=min(self._processor),
            remark=work.remark,
        )


def _processor_time() -> float:
    """Seconds of this process and of those of its own that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


@bench("query", what="one round trip to the database, a thousand times")
def _query() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute("SELECT 1")
            cursor.fetchone()
    return 1000
