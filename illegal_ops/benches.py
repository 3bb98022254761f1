"""Measurements that anybody can repeat: a registry of named benches.

Each part of the product registers what it wants measured; a bench does its work once and says how much of it there
was. What has to be there first is prepared outside the measured time. The numbers in the documentation name the bench
that they come from.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module

Bench = Callable[[], int]
_benches: dict[str, tuple[Callable[[], AbstractContextManager[Bench]], str]] = {}
#: Modules that register benches of their own when they are imported.
_PARTS = ("illegal_ops.plan_bench", "illegal_ops.return_bench")


@dataclass(frozen=True)
class Measurement:
    """Times in seconds; `amount` is how much work one round did, in the bench's own unit.

    `processor` is what the process itself needed at best: on a busy machine the time by the clock says more about its
    neighbours.
    """

    name: str
    rounds: int
    amount: int
    best: float
    median: float
    processor: float

    def __str__(self) -> str:
        speed = f", {self.amount / self.best:,.0f} per second" if self.amount and self.best else ""
        return (
            f"{self.name}: best {self.best * 1000:.1f} ms, median {self.median * 1000:.1f} ms of {self.rounds}, "
            f"processor {self.processor * 1000:.1f} ms{speed}"
        )


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


def _register(name: str, prepare: Callable[[], AbstractContextManager[Bench]], what: str) -> None:
    if name in _benches:
        raise ValueError(f"bench {name} is registered already")
    _benches[name] = (prepare, what)


def names() -> dict[str, str]:
    for part in _PARTS:
        import_module(part)
    return {name: what for name, (_, what) in sorted(_benches.items())}


def measure(name: str, *, rounds: int) -> Measurement:
    """Runs a bench once to warm up and then `rounds` times; raises KeyError for a name that nobody registered."""
    names()
    prepare, _ = _benches[name]
    times: list[float] = []
    processor: list[float] = []
    with prepare() as function:
        amount = function()
        for _round in range(rounds):
            begun, spent = time.perf_counter(), time.process_time()
            amount = function()
            times.append(time.perf_counter() - begun)
            processor.append(time.process_time() - spent)
    return Measurement(
        name=name,
        rounds=rounds,
        amount=amount,
        best=min(times),
        median=statistics.median(times),
        processor=min(processor),
    )


@bench("query", what="one round trip to the database, a thousand times")
def _query() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute("SELECT 1")
            cursor.fetchone()
    return 1000
