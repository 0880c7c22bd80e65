"""The code of a box with members that older code does not know, but carries."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from services.kit.kinds import NOTHING, stored
from services.kit.store import ABSENT, Change, Store, Stored
from tests.unit.kit.versions.old import BOX


@dataclass(frozen=True)
class Part:
    """Of a box."""

    name: str
    weight: int = 0


@stored(shape=1, personal=NOTHING)
class Box:
    """Some text and parts."""

    text: str
    colour: str = "none"
    inner: Part = Part("")
    parts: tuple[Part, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


def pack(store: Store, name: str) -> Change:
    """The same use case, which weighs the part, and labels and paints the box."""
    box = store.get(BOX, Box) or Stored(BOX, Box(""), ABSENT)
    parts, labels = (*box.value.parts, Part(name, len(name))), {**box.value.labels, name: "packed"}
    colour = f"{len(labels)} coats"
    return Change([box.put(replace(box.value, text=f"{len(parts)} parts", colour=colour, parts=parts, labels=labels))])
