"""What a stage is built for, and the limits that follow from it: data beside the pace of beats, in policies.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

POLICIES = Path(__file__).parent.parent / "services" / "playback" / "domain" / "policies.toml"
FIREWALL_S = 5 * 60
"""The span over which the firewall counts an address's requests, seconds."""


@dataclass(frozen=True)
class Capacity:
    """How many watch, and how often each is heard of.

    `headroom` is how many times the beats' requests the limits let through; `pace_ms` is that of the newest edition.
    """

    watchers_at_once: int
    watchers_at_one_address: int
    headroom: int
    segment_ms: int
    pace_ms: int

    @property
    def beats_per_second(self) -> int:
        """Of as many watchers as a stage is built for."""
        return -(-self.watchers_at_once * 1000 // self.pace_ms)

    @property
    def requests_per_second(self) -> int:
        """What a stage lets through: a limit against runaways, not against use."""
        return self.headroom * self.beats_per_second

    @property
    def requests_of_one_address(self) -> int:
        """What the firewall lets through in five minutes: a room's beats and files of the lecture."""
        files_and_beats = FIREWALL_S * 1000 // self.segment_ms + FIREWALL_S * 1000 // self.pace_ms
        return self.headroom * self.watchers_at_one_address * files_and_beats


def capacity() -> Capacity:
    """As policies.toml has it."""
    data = tomllib.loads(POLICIES.read_text(encoding="utf-8"))
    newest = max(data["policy"], key=lambda edition: edition["effective_from"])
    return Capacity(**data["capacity"], pace_ms=newest["beat_interval_ms"])
