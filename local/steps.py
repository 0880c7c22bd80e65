"""Says what is being waited for, live on a terminal and line by line elsewhere, with the time each step took."""

import contextlib
import time
from collections.abc import Iterator

from rich.console import Console
from rich.live import Live


class Steps:
    """A list of timed steps."""

    def __init__(self, console: Console | None) -> None:
        self._console = console
        self._begun = time.monotonic()

    @classmethod
    def silent(cls) -> "Steps":
        """Steps that nobody sees."""
        return cls(None)

    @contextlib.contextmanager
    def step(self, what: str) -> Iterator[None]:
        """One step: shows `what` while the block runs."""
        if self._console is None:
            yield
            return
        begun = time.monotonic()
        with self._waiting(what):
            yield
        self._console.print(f"  [green]✓[/green] {what:<32} [dim]{time.monotonic() - begun:5.1f} s[/dim]")

    def seconds(self) -> float:
        """Seconds since the first step began."""
        return time.monotonic() - self._begun

    def _waiting(self, what: str) -> contextlib.AbstractContextManager[object]:
        assert self._console is not None  # noqa: S101 (checked by the caller)
        if self._console.is_terminal:
            return Live(_Waiting(what), console=self._console, refresh_per_second=4, transient=True)
        self._console.print(f"  waiting for {what} ...")
        return contextlib.nullcontext()


class _Waiting:
    """A line that counts the seconds while it is shown."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._begun = time.monotonic()

    def __rich__(self) -> str:
        """What the line says now."""
        return f"  waiting for {self._what} ... {time.monotonic() - self._begun:.0f} s"
