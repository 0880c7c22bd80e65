"""The drill's time: an hour of learners' traffic in minutes. Functions, payers and players all live in it."""

import time
import tomllib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.capacity import POLICIES

HOSTS = Path(__file__).parent / "clock"
"""Where the code is that moves the clock of a function's host."""


def _newest_policy() -> float:
    """A moment at which the newest edition of the watch policies is in force, seconds since 1970."""
    newest = max(edition["effective_from"] for edition in tomllib.loads(POLICIES.read_text(encoding="utf-8"))["policy"])
    return (datetime.combine(newest, datetime.min.time(), UTC) + timedelta(days=1)).timestamp()


@dataclass(frozen=True)
class DrillTime:
    """A clock that runs `pace` times faster than the machine's, from `began` on. Seconds since 1970.

    It is a player's timing, too: to wait for a minute takes a part of one. Every watch policy is in force in it.
    """

    pace: float
    began: float = field(default_factory=lambda: max(time.time(), _newest_policy()))
    real: float = field(default_factory=time.time)

    def now(self) -> datetime:
        """The instant, aware."""
        return datetime.fromtimestamp(self._seconds(), UTC).astimezone()

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return time.monotonic() * self.pace

    def sleep(self, seconds: float, /) -> None:
        """Waits until that much has passed."""
        time.sleep(seconds / self.pace)

    def later(self, seconds: float) -> "DrillTime":
        """The same clock, put forward."""
        return replace(self, began=self._seconds() + seconds, real=time.time())

    def host(self, ahead_s: float = 0.0) -> dict[str, str]:
        """What a host's environment says so that it lives in this time, some seconds ahead of it."""
        told = f"{self.began} {self.real} {self.pace} {ahead_s}"
        return {"PYTHONPATH": str(HOSTS), "DRILL_CLOCK": told}

    def _seconds(self) -> float:
        return self.began + (time.time() - self.real) * self.pace
