"""Many callers at once, in threads: a store in memory on which transactions take time and meet, as in DynamoDB."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import uniform
from threading import Lock
from time import monotonic, sleep
from typing import TypeVar

from services.kit.clock import Clock
from services.kit.store import Add, Change, Conflict, Key, Put
from services.kit.store.dynamodb_terms import ATTEMPTS, pause
from tests.fakes.store import MemoryStore

T = TypeVar("T")

TRANSACTION_S = 0.012
"""How long a transaction holds its items."""


class CrowdedStore(MemoryStore):
    """Refuses a transaction that names an item which another one holds, as DynamoDB does (TransactionConflict).

    Single writes hold nothing, but are refused likewise. As in the real adapter, who adds to a counter tries again.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.met = 0
        self._held: set[Key] = set()
        self._holding = Lock()

    def commit(self, change: Change) -> None:
        """Commits, unless it meets another."""
        attempts = ATTEMPTS if any(isinstance(write, Add) for write in change.writes) else 1
        for attempt in range(attempts):
            if self._committed(change):
                return
            if attempt + 1 < attempts:
                pause(attempt)
        raise Conflict("met another transaction")

    def _committed(self, change: Change) -> bool:
        keys = {write.key for write in change.writes}
        with self._holding:
            if keys & self._held:
                self.met += 1
                return False
            if len(change.writes) == 1 and not change.events and isinstance(change.writes[0], Put | Add):
                super().commit(change)
                return True
            self._held |= keys
        try:
            sleep(TRANSACTION_S)
            super().commit(change)
        finally:
            with self._holding:
                self._held -= keys
        return True


def all_at_once(calls: Sequence[Callable[[], T]], within_s: float) -> list[T]:
    """Makes all calls, spread evenly at random over a time, each in a thread of its own; their results in order."""
    start = monotonic()

    def run(call: Callable[[], T]) -> T:
        sleep(max(0.0, start + uniform(0, within_s) - monotonic()))  # noqa: S311 (no secret)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
