"""The day's heads of the chains that grew, as documents of which a transparency log takes the hashes. Pure.

A chain that was rolled back together with its own head agrees with itself; it no longer agrees with a document made
before, and that document can neither be exchanged nor back-dated once the log has its hash. Each names the one before
it, so that none can be left out. A day has several, so that each is small however many chains grow.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from zlib import crc32

from services.kit.days import ONE_DAY

FORMAT = "xueshi.heads/1"
PARTS = 16
FIRST = ""
"""What the very first document names as the hash of the one before it."""


@dataclass(frozen=True, order=True)
class Place:
    """Which part of which day's heads; `day` is Asia/Shanghai's."""

    day: date
    part: int = 0

    @property
    def name(self) -> str:
        """The document's name; names sort as places do."""
        return f"{self.day}/{self.part:02}"

    @property
    def after(self) -> "Place":
        """The next one."""
        return Place(self.day, self.part + 1) if self.part + 1 < PARTS else Place(self.day + ONE_DAY)


def place_of(name: str) -> Place:
    """The place that a name says. Raises ValueError."""
    day, _, part = name.partition("/")
    place = Place(date.fromisoformat(day), int(part))
    if place.name != name or place.part >= PARTS:
        raise ValueError(f"{name!r} is no name of heads")
    return place


def part_of(id_: str) -> int:
    """Which part of each day has the chain of this id."""
    return crc32(id_.encode()) % PARTS


def digest_of(document: bytes) -> str:
    """What the log takes of a document: its SHA-256, in hexadecimal."""
    return sha256(document).hexdigest()


def heads_text(service: str, place: Place, previous: str, heads: Sequence[Mapping[str, Any]]) -> bytes:
    """The document: canonical JSON. `previous` is the hash of the one before it."""
    content = {
        "format": FORMAT,
        "service": service,
        "day": place.day.isoformat(),
        "part": place.part,
        "previous": previous,
        "heads": heads,
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_heads(service: str, place: Place, previous: str | None, text: bytes) -> list[dict[str, Any]]:
    """The heads in a document that should be this one, after whichever one where `previous` is None.

    Raises:
        ValueError: it is another one, or none.
    """
    content = json.loads(text)
    if not isinstance(content, dict) or not isinstance(content.get("heads"), list):
        raise ValueError("it is none")
    heads: list[dict[str, Any]] = content["heads"]
    if not all(isinstance(head, dict) for head in heads):
        raise ValueError("it is none")
    named = str(content.get("previous"))
    if heads_text(service, place, named, heads) != text:
        raise ValueError("it says that it is another one")
    if previous not in {None, named}:
        raise ValueError("it does not follow the one before it")
    return heads


def in_turn(names: Sequence[str], number: int, rounds: int) -> Sequence[str]:
    """What the run with this number looks at, so that `rounds` of them look at everything. New names are last."""
    return names[number % rounds :: rounds]
