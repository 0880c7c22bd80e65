"""How values become the JSON text that items hold, and back."""

from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")

_adapters: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def encode(value: Any) -> str:
    """Compact JSON; decimals and instants as text, so nothing is rounded; None as null, so it reads back as None."""
    return _adapter(type(value)).dump_json(value).decode()


def decode(text: str, kind: type[T]) -> T:
    """The value an item holds. Raises pydantic.ValidationError if it is not a `kind`."""
    value: T = _adapter(kind).validate_json(text)
    return value
