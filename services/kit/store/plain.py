"""JSON of plain dataclasses with the standard library alone, for the one function whose start must not load pydantic.

Plain is a dataclass of texts, whole numbers, truth values, decimals, texts of enums, and of plain dataclasses and
tuples of such: what a watch is kept as. Its text is the one that pydantic writes. Whatever is not exactly of its type
is left to pydantic, which knows what else may be taken for it, and what to say of the rest.
"""

import json
import re
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from services.kit.json_text import compact


class NotPlain(Exception):
    """Of a value or a text that only pydantic can say something of."""


Reader = Callable[[Any], Any]
"""Makes a member's value of what JSON has for it. Raises NotPlain."""

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_AS_IT_IS = frozenset({str, int, bool, NoneType})


@cache
def is_plain(kind: Any) -> bool:
    """Whether all values of the class are."""
    try:
        _reader(kind)
    except NotPlain:
        return False
    return is_dataclass(kind)


def to_text(value: object) -> str:
    """The text of a value whose class is plain. Raises NotPlain for one that holds something else."""
    return compact(_told(value))


def from_text(text: str, kind: type) -> Any:
    """The value of a text, of a class that is plain. Raises NotPlain."""
    try:
        return _reader(kind)(json.loads(text))
    except ValueError as error:
        raise NotPlain from error


def _told(value: object) -> object:
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, StrEnum | Decimal):
        return str(value)
    if isinstance(value, tuple):
        return [_told(element) for element in value]
    if not is_dataclass(value):
        raise NotPlain
    kind: Any = type(value)
    members = [(name, getattr(value, name)) for name in _names(kind)]
    return {name: member if type(member) in _AS_IT_IS else _told(member) for name, member in members}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _reader(kind: Any) -> Reader:
    kind = getattr(kind, "__supertype__", kind)
    if kind in (str, int, bool):
        return _exactly(kind)
    if kind is Decimal:
        return _decimal
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _enum(kind)
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass(kind)
    return _composed(get_origin(kind), get_args(kind))


def _composed(origin: Any, parts: tuple[Any, ...]) -> Reader:
    if origin in (Union, UnionType) and len(parts) == 2 and parts[1] is NoneType:
        read = _reader(parts[0])
        return lambda told: None if told is None else read(told)
    if origin is tuple and len(parts) == 2 and parts[1] is ...:
        read = _reader(parts[0])
        return lambda told: tuple(read(element) for element in _exactly(list)(told))
    raise NotPlain


def _exactly(kind: type) -> Reader:
    def read(told: Any) -> Any:
        if type(told) is not kind:
            raise NotPlain
        return told

    return read


def _decimal(told: Any) -> Decimal:
    if type(told) is not str or not _NUMBER.fullmatch(told):
        raise NotPlain
    return Decimal(told)


def _enum(kind: type[StrEnum]) -> Reader:
    known = {member.value: member for member in kind}

    def read(told: Any) -> StrEnum:
        if type(told) is not str or told not in known:
            raise NotPlain
        return known[told]

    return read


def _dataclass(kind: type) -> Reader:
    hints = get_type_hints(kind)
    members = [(field.name, _reader(hints[field.name]), field.default) for field in fields(kind)]
    if any(field.default_factory is not MISSING or not field.init for field in fields(kind)):
        raise NotPlain

    def read_members(told: Any) -> Any:
        if type(told) is not dict:
            raise NotPlain
        return kind(**{name: read(told[name]) if name in told else _default(rest) for name, read, rest in members})

    return read_members


def _default(default: Any) -> Any:
    if default is MISSING:
        raise NotPlain
    return default
