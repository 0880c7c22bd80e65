"""The code of a box in a shape that older code must not write over."""

from dataclasses import dataclass

from services.kit.kinds import NOTHING, stored


@stored(shape=2, personal=NOTHING)
@dataclass(frozen=True)
class Box:
    """Some text."""

    text: str


@stored(shape=2, personal=NOTHING)
@dataclass(frozen=True)
class Moved:
    """Holds a text where a number was."""

    value: str
