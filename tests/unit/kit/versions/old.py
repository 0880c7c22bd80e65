"""The code of a box before anything was added to it."""

from dataclasses import dataclass, replace

from services.kit.kinds import NOTHING, stored
from services.kit.store import ABSENT, Change, Key, Store, Stored

BOX = Key("BOX", "1")


@dataclass(frozen=True)
class Part:
    """Of a box."""

    name: str


@stored(shape=1, personal=NOTHING)
class Box:
    """Some text and parts."""

    text: str
    inner: Part = Part("")
    parts: tuple[Part, ...] = ()


@stored(shape=1, personal=NOTHING)
class Moved:
    """Holds a number."""

    value: int


def pack(store: Store, name: str) -> Change:
    """A use case's plan: one part more, and the text says how many there are."""
    box = store.get(BOX, Box) or Stored(BOX, Box(""), ABSENT)
    parts = (*box.value.parts, Part(name))
    return Change([box.put(replace(box.value, text=f"{len(parts)} parts", parts=parts))])
