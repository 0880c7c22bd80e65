"""JSON of plain dataclasses by msgspec, which is loaded in a few milliseconds: a beat's start has no time for pydantic.

Plain is a dataclass of texts, whole numbers, truth values, decimals, texts of enums, and of plain dataclasses and
tuples of such: what a watch is kept as. Its text is the one that pydantic writes. Whatever is not exactly of its type
is left to pydantic, which knows what else may be taken for it, and what to say of the rest. Decimals alone are read as
`Decimal` reads them, so NaN is one, which nobody writes.
"""

from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec


class NotPlain(Exception):
    """Of a value or a text that only pydantic can say something of."""


@cache
def is_plain(kind: Any) -> bool:
    """Whether all values of the class are."""
    return is_dataclass(kind) and _consists_of_plain(kind)


def to_text(value: object) -> str:
    """The text of a value whose class is plain. Raises NotPlain for one that holds something else."""
    try:
        return msgspec.json.encode(value).decode()
    except (TypeError, ValueError, OverflowError) as error:
        raise NotPlain from error


def from_text(text: str, kind: type) -> Any:
    """The value of a text, of a class that is plain. Raises NotPlain."""
    try:
        return _decoder(kind).decode(text)
    except (msgspec.DecodeError, ValueError) as error:
        raise NotPlain from error


@cache
def _decoder(kind: type) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(kind)


def _consists_of_plain(kind: Any) -> bool:
    kind = getattr(kind, "__supertype__", kind)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        usual = all(field.init and field.default_factory is MISSING for field in fields(kind))
        return usual and all(_consists_of_plain(hints[field.name]) for field in fields(kind))
    if isinstance(kind, type):
        return kind in (str, int, bool, Decimal) or issubclass(kind, StrEnum)
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return len(parts) == 2 and parts[1] is NoneType and _consists_of_plain(parts[0])
    return origin is tuple and len(parts) == 2 and parts[1] is ... and _consists_of_plain(parts[0])
