"""What an editor's recording is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Probe:
    """A recording as a decoder sees it. Width and height are as it is shown; None: it has no picture."""

    duration_ms: int
    width: int | None
    height: int | None
    frames_per_second: float | None
    has_sound: bool
