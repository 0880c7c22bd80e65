"""Where a watch's prompts are: drawn by a keyed function, stored nowhere, the same after any restart."""

from collections.abc import Callable

from services.playback.domain.ids import WatchId
from services.playback.domain.policy import WatchPolicy

Draw = Callable[[bytes], bytes]
"""A keyed pseudo-random function: nobody without the key can predict its bytes."""

_DRAW_RANGE = 1 << 64


def prompt_positions(watch_id: WatchId, duration_ms: int, policy: WatchPolicy, draw: Draw) -> tuple[int, ...]:
    """The rising positions (ms) of a watch's prompts.

    The lecture less a tenth at each end is cut into equal parts, one prompt in the middle three quarters of each: so
    none is near an end, any two are at least a quarter of a part from each other, and the bare number that
    is announced tells nothing about where the next one is.
    """
    count = policy.prompt_count(duration_ms)
    margin = duration_ms // 10
    part = (duration_ms - 2 * margin) // count
    return tuple(
        margin + number * part + part // 8 + _drawn(watch_id, number, draw) * (part * 3 // 4) // _DRAW_RANGE
        for number in range(count)
    )


def _drawn(watch_id: WatchId, number: int, draw: Draw) -> int:
    return int.from_bytes(draw(f"{watch_id}|{number}".encode())[:8], "big")
