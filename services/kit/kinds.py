"""What is stored says so: under which name and shape, and what of a person is in it.

Pure, and outside the store's package, so that a domain may declare its own aggregates with it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass(frozen=True)
class Nothing:
    """Nothing in it is about a person."""


@dataclass(frozen=True)
class IdOnly:
    """Of a person it holds the id alone, which names nobody once the account is gone: an erasure leaves it."""


@dataclass(frozen=True)
class Removed:
    """An erasure removes the whole item."""


@dataclass(frozen=True, init=False)
class Emptied:
    """An erasure empties these members, wherever in the value they are, and leaves the rest."""

    members: tuple[str, ...]

    def __init__(self, *members: str) -> None:
        if not members:
            raise TypeError("an erasure empties named members")
        object.__setattr__(self, "members", members)


@dataclass(frozen=True, init=False)
class Kept:
    """An erasure leaves these members, because of a duty that outweighs it, until a time that is told."""

    members: tuple[str, ...]
    because: str
    until: str

    def __init__(self, *members: str, because: str, until: str) -> None:
        if not members or not because or not until:
            raise TypeError("what is kept has a name, a reason and an end")
        object.__setattr__(self, "members", members)
        object.__setattr__(self, "because", because)
        object.__setattr__(self, "until", until)


Personal = Nothing | IdOnly | Removed | Emptied | Kept
"""What an item holds of a person, and what an erasure does to it."""

NOTHING, ID_ONLY, REMOVED = Nothing(), IdOnly(), Removed()


@dataclass(frozen=True)
class Kind:
    """One kind of stored items. `personal` has several parts where an erasure treats members differently."""

    name: str
    shape: int
    personal: tuple[Personal, ...]
    retired: tuple[str, ...] = ()


_kinds: dict[type, Kind] = {}


def declared(
    *, shape: int, personal: Personal | tuple[Personal, ...], retired: tuple[str, ...] = ()
) -> Callable[[type[T]], type[T]]:
    """Declares a dataclass or pydantic model as a kind of stored items, named like the class.

    Args:
        shape: a number that grows when older code could not carry what newer code writes; see docs/stored-data.md.
        personal: what it holds of a person, and what an erasure does to that.
        retired: members that nothing reads any more and that the next release leaves out.
    """
    statements = personal if isinstance(personal, tuple) else (personal,)
    if shape < 1 or not statements:
        raise TypeError("a shape counts from 1, and personal data is stated")

    def declare(cls: type[T]) -> type[T]:
        _kinds[cls] = Kind(cls.__name__, shape, statements, retired)
        return cls

    return declare


@dataclass_transform(frozen_default=True)
def stored(
    *, shape: int, personal: Personal | tuple[Personal, ...], retired: tuple[str, ...] = ()
) -> Callable[[type[T]], type[T]]:
    """Makes the class a frozen dataclass, and declares it as above: an item changes by `replace` alone."""
    declare = declared(shape=shape, personal=personal, retired=retired)
    return lambda cls: declare(dataclass(frozen=True)(cls))


def kind_of(cls: type) -> Kind:
    """What the class declared itself to be; a subclass declares itself anew.

    Raises:
        TypeError: it did not, and may not be stored.
    """
    if cls not in _kinds:
        raise TypeError(f"{cls.__name__} is not declared to be @stored")
    return _kinds[cls]


def kinds(package: str) -> dict[type, Kind]:
    """All kinds declared in a package, such as `services.orders`, as far as its modules were imported."""
    return {cls: kind for cls, kind in _kinds.items() if cls.__module__.startswith(f"{package}.")}
