"""The code of a box with members that older code does not know, but carries."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.kit.kinds import NOTHING, stored


@dataclass(frozen=True)
class Part:
    """Of a box."""

    name: str
    weight: int = 0


@stored(shape=1, personal=NOTHING)
@dataclass(frozen=True)
class Box:
    """Some text and parts."""

    text: str
    colour: str = "none"
    inner: Part = Part("")
    parts: tuple[Part, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
