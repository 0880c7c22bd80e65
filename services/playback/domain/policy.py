"""The rules a watch is held to, as data with effective dates."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from services.playback.domain.editions import in_force

FIFTY_MINUTES_MS = 50 * 60_000
BEATS_PER_COURSE = 8
"""A short course is beaten more often, so that its prompts appear close to where they were drawn."""


@dataclass(frozen=True)
class WatchPolicy:
    """One edition of the rules; times in milliseconds, of the server's clock.

    `gap_cap_ms`: the capacity of the bucket, and so the longest silence after which all that was played is credited.
    `lease_ms`: how long a session lives without being heard of.
    `daily_cap_ms`: the most that one learner is credited in one day of Asia/Shanghai, over all courses.
    `tail_tolerance_ms`: how much of the end may be missing from a complete watch (players round durations).
    """

    id: str
    effective_from: date
    source: str
    prompts_per_50_minutes: int
    prompts_minimum: int
    beat_interval_ms: int
    gap_cap_ms: int
    lease_ms: int
    daily_cap_ms: int
    tail_tolerance_ms: int

    def prompt_count(self, duration_ms: int) -> int:
        """How many prompts a lecture of this length has."""
        by_length = -(-self.prompts_per_50_minutes * duration_ms // FIFTY_MINUTES_MS)
        return max(self.prompts_minimum, by_length)

    def next_beat_ms(self, duration_ms: int) -> int:
        """How long the player waits before its next beat. Never depends on where a prompt is."""
        return min(self.beat_interval_ms, duration_ms // BEATS_PER_COURSE)


@cache
def _policies() -> dict[str, WatchPolicy]:
    text = Path(__file__).with_name("policies.toml").read_text(encoding="utf-8")
    return {row["id"]: WatchPolicy(**row) for row in tomllib.loads(text)["policy"]}


def policy(policy_id: str) -> WatchPolicy:
    """The policy a watch was started under. Raises KeyError for an id never in force."""
    return _policies()[policy_id]


def policy_in_force(day: date) -> WatchPolicy:
    """The policy for a watch started on this day (Asia/Shanghai). Raises LookupError before the first one."""
    return in_force(_policies().values(), day)
