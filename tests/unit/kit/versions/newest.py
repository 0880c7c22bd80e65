"""The code of a box in a shape that older code must not write over."""

from dataclasses import replace

from services.kit.kinds import NOTHING, stored
from services.kit.store import Change, Store
from tests.unit.kit.versions.new import Part
from tests.unit.kit.versions.old import BOX


@stored(shape=2, personal=NOTHING)
class Box:
    """Some text, and parts that are taken out again: older code would not know whose weight is whose."""

    text: str
    parts: tuple[Part, ...] = ()


@stored(shape=2, personal=NOTHING)
class Moved:
    """Holds a text where a number was."""

    value: str


def pack(store: Store, name: str) -> Change:
    """The same use case, with the newest part first and only three of them."""
    box = store.get(BOX, Box)
    assert box, "the older code came first"
    parts = (Part(name, len(name)), *box.value.parts)[:3]
    return Change([box.put(replace(box.value, text=f"{len(parts)} parts", parts=parts))])
