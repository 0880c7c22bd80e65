"""Where prompts may be."""

from hashlib import sha256
from hmac import digest
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.kit import base64url
from services.playback.domain.ids import WatchId
from services.playback.domain.policy import policy
from services.playback.domain.prompts import prompt_positions
from tests.unit.playback.player import play
from tests.unit.playback.world import LONG, a_world

POLICY = policy("2026-01")
DURATIONS = st.integers(10_000, 10 * 3_600_000)


def keyed(key: bytes, message: bytes) -> bytes:
    return digest(key, message, sha256)


@given(DURATIONS, st.text(max_size=40), st.binary(min_size=1, max_size=64))
def test_prompts_are_enough_rising_apart_and_away_from_the_ends(duration_ms: int, watch_id: str, key: bytes) -> None:
    positions = prompt_positions(WatchId(watch_id), duration_ms, POLICY, lambda message: keyed(key, message))
    assert len(positions) >= max(2, 3 * duration_ms / (50 * 60_000))
    assert duration_ms // 10 <= positions[0]
    assert positions[-1] <= duration_ms - duration_ms // 10
    spacing = (duration_ms * 8 // 10) // len(positions) // 4
    assert all(later - earlier >= spacing - 1 for earlier, later in pairwise(positions))


@given(DURATIONS)
def test_prompts_are_the_same_after_a_restart_and_different_for_every_watch(duration_ms: int) -> None:
    def drawn(watch_id: str, key: bytes) -> tuple[int, ...]:
        return prompt_positions(WatchId(watch_id), duration_ms, POLICY, lambda message: keyed(key, message))

    assert drawn("a", b"key") == drawn("a", b"key")
    assert drawn("a", b"key") != drawn("b", b"key")
    assert drawn("a", b"key") != drawn("a", b"another key")


def test_an_announced_number_of_prompts_follows_the_source_of_the_rule() -> None:
    assert [POLICY.prompt_count(minutes * 60_000) for minutes in (1, 33, 34, 50, 51, 100)] == [2, 2, 3, 3, 4, 6]


def test_schedule_leak() -> None:
    world = a_world()
    state = world.start(course_id=LONG)
    positions = world.context.prompts_of(state.live, POLICY)
    heard, paces = list[str](), set[int]()
    while state.prompt is None:
        heard += [repr(state), base64url.decode(state.token.split(".")[1]).decode()]
        paces.add(state.next_beat_ms)
        state = play(world, state, 1_000)
    assert len(heard) > 10
    assert not [text for text in heard for position in positions if str(position) in text]
    # Nor does the time until the next beat tell it.
    assert len(paces) == 1
