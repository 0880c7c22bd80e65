"""Whatever a test reads from a store in memory is of newer code: it has a member more, which no change may lose.

A value that is built anew from some of an item's members, where `replace` would keep the others, loses it. No other
test sees that before somebody adds a member, with a default, to such a kind.
"""

from dataclasses import fields, is_dataclass, make_dataclass, replace
from functools import cache
from typing import Any

import pytest

from services.kit.store import Change, Count, Key, Put, Stored, Write
from tests.fakes.store import MemoryStore

LATER = "later_"

DERIVED = {
    "services.catalog.domain.publication.Listing": "from the publication that is current",
    "services.catalog.domain.enquiry.EnquirySummary": "from the enquiry, in its transaction",
    "services.catalog.domain.production.ProductionLine": "from how the production stands, in its transaction",
    "services.orders.domain.course_offer.CourseOffer": "from the newest publication or withdrawal",
    "services.playback.domain.course.Course": "from the newest publication or withdrawal",
    "services.playback.domain.questions.QuestionSet": "from the newest publication",
    "services.credits.domain.courses.CourseVersion": "from the newest publication of the version",
    "services.credits.app.courses.items.PublishedVersion": "from the newest publication",
    "services.credits.domain.quota.MembershipPeriod": "from the newest state that orders told",
    "services.credits.domain.ledger.Entry": "under a MAC, which says nothing of a member that it does not know",
    "services.credits.domain.ledger.Head": "under a MAC, as an entry",
}
"""Kinds that are made anew from another item each time, and have nothing of their own to lose, or that cannot carry a
member that they do not know: one is absent for a release there, see `signed_bytes` of credits."""


def patch_stores(patch: pytest.MonkeyPatch) -> None:
    """Until the patch is undone, stores in memory read newer values and take no write that loses what they added."""
    read, commit = MemoryStore._stored, MemoryStore.commit  # noqa: SLF001 (where all reads pass)

    def read_newer(store: MemoryStore, key: Key, version: int, body: str, kind: type[Any]) -> Stored[Any]:
        found: Stored[Any] = read(store, key, version, body, kind.__mro__[1] if hasattr(kind, LATER) else kind)
        return replace(found, value=_grown(found.value, f"{key.pk} / {key.sk}"))

    def commit_known(store: MemoryStore, change: Change) -> None:
        commit(store, Change([_known(write) for write in change.writes], change.events))

    patch.setattr(MemoryStore, "_stored", read_newer)
    patch.setattr(MemoryStore, "commit", commit_known)


@cache
def newer(cls: type[Any]) -> type[Any]:
    """The class with a member more. Its values equal the class's own, as no code that is tested knows the member."""
    names = [field.name for field in fields(cls)]

    def told(value: Any) -> tuple[Any, ...]:
        return tuple(getattr(value, name) for name in names)

    def equal(one: Any, other: object) -> bool:
        return isinstance(other, cls) and told(one) == told(other)

    namespace = {
        "__eq__": equal,
        "__hash__": lambda value: hash(told(value)),
        "__repr__": lambda value: repr(older(value)),
    }
    added = [(LATER, str, "")]
    return make_dataclass(cls.__name__, added, bases=(cls,), namespace=namespace, frozen=True, eq=False, repr=False)


def older(value: Any) -> Any:
    """The value as the code that is tested has it."""
    if not hasattr(value, LATER):
        return value
    cls = type(value).__mro__[1]
    return cls(**{field.name: getattr(value, field.name) for field in fields(cls)})


def _grown(value: Any, later: str) -> Any:
    cls = type(value)
    if not is_dataclass(value) or cls is Count or f"{cls.__module__}.{cls.__name__}" in DERIVED:
        return value
    return newer(type(value))(**{f.name: getattr(value, f.name) for f in fields(value)}, **{LATER: later})  # type: ignore[arg-type]


def _known(write: Write) -> Write:
    if not isinstance(write, Put):
        return write
    over = write.over
    if over is not None and hasattr(over.value, LATER):
        kept = getattr(write.value, LATER, None) == getattr(over.value, LATER)
        assert kept, (
            f"{write.key.pk} / {write.key.sk}: the new value is not made of the one that was read, by `replace`; "
            "docs/stored-data.md says why"
        )
        over = replace(over, value=older(over.value))
    return replace(write, value=older(write.value), over=over)
