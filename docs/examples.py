"""Example values of stored classes, made from their types alone, so that the same class always gives the same one."""

import types
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin, get_type_hints
from zlib import crc32

from pydantic import BaseModel

CHOSEN: Mapping[tuple[str, str], Any] = {
    ("Envelope", "type"): "catalog.course_published.v1",
}
"""Members by class and name whose type does not say what they may be."""

SIMPLE: Mapping[Any, Callable[[str], Any]] = {
    str: lambda name: name,
    int: lambda name: crc32(name.encode()) % 90 + 10,
    float: lambda _: 0.5,
    bool: lambda _: True,
    Decimal: lambda _: "1.5",
    datetime: lambda _: "2026-03-02T04:00:00.250000Z",
    date: lambda _: "2026-03-02",
    timedelta: lambda _: "PT90S",
    Any: lambda name: name,
}


def example(cls: type) -> Any:
    """The JSON value of one of the class, every member filled."""
    return _object(cls, ())


def _object(cls: type, inside: tuple[type, ...]) -> dict[str, Any]:
    hints = get_type_hints(cls, include_extras=True)
    names = [field.name for field in fields(cls)] if is_dataclass(cls) else list(cls.model_fields)  # type: ignore[attr-defined]
    return {name: CHOSEN.get((cls.__name__, name)) or _of(hints[name], name, (*inside, cls)) for name in names}


def _of(hint: Any, name: str, inside: tuple[type, ...]) -> Any:
    if isinstance(hint, NewType):
        return _of(hint.__supertype__, name, inside)
    if hint in SIMPLE:
        return SIMPLE[hint](name)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return list(hint)[-1].value
    if isinstance(hint, type) and (is_dataclass(hint) or issubclass(hint, BaseModel)):
        return _object(hint, inside)
    return _generic(get_origin(hint), get_args(hint), name, inside)


def _generic(origin: Any, arguments: tuple[Any, ...], name: str, inside: tuple[type, ...]) -> Any:
    if origin is Annotated:
        return _of(arguments[0], name, inside)
    if origin is Literal:
        return arguments[-1]
    if origin in (Union, types.UnionType):
        return _of(_alternatives(arguments, inside)[0], name, inside) if _alternatives(arguments, inside) else None
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {_of(arguments[0], name, inside): _of(arguments[1], name, inside)}
    if isinstance(origin, type) and issubclass(origin, Sequence | Set):
        return _elements(arguments, name, inside)
    raise TypeError(f"{name}: no example of {origin} is known")


def _elements(arguments: tuple[Any, ...], name: str, inside: tuple[type, ...]) -> list[Any]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        arguments = arguments[:1]
    elif len(arguments) > 1:
        return [_of(argument, name, inside) for argument in arguments]
    options = get_args(arguments[0]) if get_origin(arguments[0]) in (Union, types.UnionType) else arguments
    return [_of(option, name, inside) for option in _alternatives(options, inside)]


def _alternatives(options: tuple[Any, ...], inside: tuple[type, ...]) -> list[Any]:
    """Without nothing, and without what it is part of: trees end."""
    return [option for option in options if option is not type(None) and option not in inside]
