"""How values become the JSON text that items hold, and back."""

import json
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from services.kit.json_text import compact
from services.kit.store.plain import NotPlain, from_text, is_plain, to_text

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Any) -> "TypeAdapter[Any]":
    # Loaded for what is not plain: what a beat reads and writes is.
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def encode(value: Any) -> str:
    """Compact JSON; decimals and instants as text, so nothing is rounded; None as null, so it reads back as None."""
    kind: Any = type(value)
    if is_plain(kind):
        try:
            return to_text(value)
        except NotPlain:
            pass
    return _adapter(kind).dump_json(value).decode()


def decode(text: str, kind: type[T]) -> T:
    """The value an item holds. Raises pydantic.ValidationError, which is a ValueError, if it is not a `kind`."""
    value: T = _decoded(text, kind)
    return value


def _decoded(text: str, kind: Any) -> Any:
    if is_plain(kind):
        try:
            return from_text(text, kind)
        except NotPlain:
            pass
    return _adapter(kind).validate_json(text)


def encode_over(body: str, before: Any, value: Any) -> str:
    """The text of `value`, with what `body` holds beyond `before`, the value that was read from it.

    Members of objects are carried at any depth, as long as the object they are in is still there. An element of a list
    keeps its own where the element is unchanged, or was changed in its place in a list of the same length.
    """
    text, known = encode(value), encode(before)
    if known == body:
        return text
    carried = _carried(json.loads(body), json.loads(known), json.loads(text))
    return compact(carried)


def _carried(held: Any, known: Any, new: Any) -> Any:
    """`new`, with what `held` has beyond `known`."""
    if isinstance(held, dict) and isinstance(known, dict) and isinstance(new, dict):
        return _carried_members(held, known, new)
    if isinstance(held, list) and isinstance(known, list) and isinstance(new, list) and len(held) == len(known):
        return _carried_elements(held, known, new)
    return new


def _carried_members(held: dict[str, Any], known: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    unknown = {name: value for name, value in held.items() if name not in known}
    shared = {n: _carried(held[n], known[n], v) if n in held and n in known else v for n, v in new.items()}
    return {**unknown, **shared}


def _carried_elements(held: Sequence[Any], known: Sequence[Any], new: Sequence[Any]) -> list[Any]:
    left = list(range(len(known)))
    places: list[int | None] = []
    for element in new:
        place = next((index for index in left if known[index] == element), None)
        places.append(place)
        if place is not None:
            left.remove(place)
    if len(new) == len(known):
        places = [index if place is None and index in left else place for index, place in enumerate(places)]
    return [e if p is None else _carried(held[p], known[p], e) for e, p in zip(new, places, strict=True)]
