"""The code of a box before anything was added to it."""

from dataclasses import dataclass

from services.kit.kinds import NOTHING, stored


@dataclass(frozen=True)
class Part:
    """Of a box."""

    name: str


@stored(shape=1, personal=NOTHING)
@dataclass(frozen=True)
class Box:
    """Some text and parts."""

    text: str
    inner: Part = Part("")
    parts: tuple[Part, ...] = ()


@stored(shape=1, personal=NOTHING)
@dataclass(frozen=True)
class Moved:
    """Holds a number."""

    value: int
