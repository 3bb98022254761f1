"""Measurements that anybody can repeat: a registry of named benches.

Each part of the product registers what it wants measured; a bench does its work once and says how much of it there
was. The numbers in the documentation name the bench that they come from.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Bench = Callable[[], int]
_benches: dict[str, tuple[Bench, str]] = {}


@dataclass(frozen=True)
class Measurement:
    """Times in seconds; `amount` is how much work one round did, in the bench's own unit."""

    name: str
    rounds: int
    amount: int
    best: float
    median: float

    def __str__(self) -> str:
        speed = f", {self.amount / self.best:,.0f} per second" if self.amount and self.best else ""
        return (
            f"{self.name}: best {self.best * 1000:.1f} ms, median {self.median * 1000:.1f} ms of {self.rounds}{speed}"
        )


def bench(name: str, *, what: str) -> Callable[[Bench], Bench]:
    """Registers a bench; `what` says in a few words what one round does."""

    def register(function: Bench) -> Bench:
        if name in _benches:
            raise ValueError(f"bench {name} is registered already")
        _benches[name] = (function, what)
        return function

    return register


def names() -> dict[str, str]:
    return {name: what for name, (_, what) in sorted(_benches.items())}


def measure(name: str, *, rounds: int) -> Measurement:
    """Runs a bench once to warm up and then `rounds` times; raises KeyError for a name that nobody registered."""
    function, _ = _benches[name]
    function()
    times: list[float] = []
    amount = 0
    for _round in range(rounds):
        begun = time.perf_counter()
        amount = function()
        times.append(time.perf_counter() - begun)
    return Measurement(name=name, rounds=rounds, amount=amount, best=min(times), median=statistics.median(times))


@bench("query", what="one round trip to the database, a thousand times")
def _query() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute("SELECT 1")
            cursor.fetchone()
    return 1000
