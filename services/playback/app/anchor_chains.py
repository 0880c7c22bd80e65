"""Anchoring each day's grown chains in the archive, and reading the anchors back."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, Protocol

from services.kit.clock import Clock, to_ms
from services.kit.store import Store, Stored
from services.playback.app.archive_watch import Signer, as_text, pack_of
from services.playback.app.context import attempt_key, grown_key
from services.playback.app.legs import NOTE_RETENTION, GrownChain
from services.playback.domain.anchors import (
    FIRST_ANCHOR,
    Anchor,
    ChainHead,
    anchor_document,
    anchor_of,
    link_problems,
    next_day,
)
from services.playback.domain.watch import Attempt, shanghai_day

LATE = timedelta(days=1)
"""By how much the newest anchor may lag behind the last whole day before that is worth a word."""

Genuine = Callable[[dict[str, Any]], list[str]]
"""What is wrong with a flattened JWS's signature."""


class AnchorArchive(Protocol):
    """Keeps one anchor a day; what was put once cannot be changed."""

    def put(self, day: str, anchor: bytes) -> None:
        """Keeps an anchor, its checksum confirmed by the archive. Putting a day's anchor again changes nothing."""

    def get(self, day: str) -> bytes | None:
        """A kept anchor; None where there is none."""

    def names(self) -> list[str]:
        """The days that have one, in order."""


@dataclass
class Anchored:
    """What all anchors together say of some learner's watches, and what is wrong with the anchors themselves."""

    last_day: str | None = None
    heads: dict[str, list[tuple[str, ChainHead]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def anchor_chains(store: Store, signer: Signer, archive: AnchorArchive, clock: Clock) -> list[str]:
    """Anchors every day that is over and has no anchor yet, in order; answers those days.

    Safe to repeat after a crash anywhere, and beside itself: the archive keeps a day's first anchor, and the next one
    is bound to what is kept.
    """
    today = shanghai_day(to_ms(clock.now()))
    kept = archive.names()
    day = next_day(kept[-1]) if kept else _first_day(store, today)
    previous = _digest(archive, kept[-1]) if kept else FIRST_ANCHOR
    done = []
    while day < today:
        anchor = Anchor(day, previous, tuple(_heads(store, day)))
        archive.put(day, as_text(signer.sign(as_text(anchor_document(anchor)))))
        previous = _digest(archive, day)
        done.append(day)
        day = next_day(day)
    return done


def _first_day(store: Store, today: str) -> str:
    """The first day that has notes; yesterday where none has any."""
    oldest = date.fromisoformat(today) - NOTE_RETENTION
    days = [(oldest + timedelta(days=n)).isoformat() for n in range(NOTE_RETENTION.days)]
    return next((day for day in days if store.page(grown_key(day, "").pk, "", GrownChain, "", 1).items), days[-1])


def _heads(store: Store, day: str) -> Iterator[ChainHead]:
    """The heads as they are now: legs of the days since may be in them, which takes nothing from the anchor's worth."""
    for note in store.query(grown_key(day, "").pk, "", GrownChain):
        yield _head(store, note)


def _head(store: Store, note: Stored[GrownChain]) -> ChainHead:
    grown, watch_id = note.value, note.key.sk
    stored = store.get(attempt_key(grown.learner_id, grown.course_id, grown.number), Attempt)
    if stored is None or stored.value.watch_id != watch_id:
        return ChainHead(watch_id, grown.learner_id, 0, "")
    return ChainHead(watch_id, grown.learner_id, stored.value.legs, stored.value.head_mac)


def _digest(archive: AnchorArchive, day: str) -> str:
    text = archive.get(day)
    if text is None:
        raise LookupError(f"the anchor of {day} was put and is not kept")
    return sha256(text).hexdigest()


def read_anchors(archive: AnchorArchive, genuine: Genuine, clock: Clock, learner_id: str) -> Anchored:
    """Reads every anchor there is: checks that all are ours and follow each other, and collects a learner's heads."""
    found, before = Anchored(), None
    for day in archive.names():
        text = archive.get(day) or b"{}"
        found.problems += _read(found, genuine, learner_id, before, day, text)
        before = (day, sha256(text).hexdigest())
        found.last_day = day
    if found.last_day and found.last_day < _due(clock):
        found.problems.append(f"the last anchor is of {found.last_day}")
    return found


def _due(clock: Clock) -> str:
    return shanghai_day(to_ms(clock.now() - timedelta(days=1) - LATE))


def _read(
    found: Anchored, genuine: Genuine, learner_id: str, before: tuple[str, str] | None, day: str, text: bytes
) -> list[str]:
    try:
        signed = json.loads(text)
        problems, anchor = genuine(signed), anchor_of(pack_of(signed))
    except (KeyError, TypeError, ValueError) as error:
        return [f"the anchor of {day} cannot be read: {error!r}"]
    for head in anchor.heads:
        if head.learner_id == learner_id:
            found.heads.setdefault(head.watch_id, []).append((day, head))
    return [*(f"the anchor of {day}: {problem}" for problem in problems), *link_problems(before, day, anchor)]
