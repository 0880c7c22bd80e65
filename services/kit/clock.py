"""The one source of time. Deployed functions only ever hold `SystemClock`."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the server's time."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC, whole milliseconds."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current instant, cut to milliseconds so that it survives storage unchanged."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


def to_ms(instant: datetime) -> int:
    """Milliseconds since the Unix epoch."""
    return int(instant.timestamp() * 1000 + 0.5)


def from_ms(milliseconds: int) -> datetime:
    """The UTC instant of milliseconds since the Unix epoch."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
