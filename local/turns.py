"""Turns between processes: systems may start side by side, as those of the tests do."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def turn(making: Path) -> Iterator[None]:
    """One process at a time makes what `making` names. Its lock lies beside it."""
    making.parent.mkdir(parents=True, exist_ok=True)
    with making.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
