"""Anchoring each day's grown chains in the archive, and reading the anchors back."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from services.kit.clock import Clock, to_ms
from services.kit.days import ONE_DAY
from services.kit.store import Store, Stored
from services.playback.app.context import ArchiveContext
from services.playback.app.evidence.packs import as_text, content_of
from services.playback.app.items import NOTE_RETENTION, AnchorNote, anchor_notes_of, attempt_key
from services.playback.app.ports import Archive
from services.playback.domain.anchors import (
    FIRST_ANCHOR,
    Anchor,
    ChainHead,
    anchor_document,
    anchor_of,
    link_problems,
    next_day,
)
from services.playback.domain.ids import LearnerId, WatchId
from services.playback.domain.watch import Attempt, day_of

LATE = ONE_DAY
"""By how much the newest anchor may lag behind the last whole day before that is worth a word."""

Genuine = Callable[[dict[str, Any]], list[str]]
"""What is wrong with a flattened JWS's signature."""


@dataclass
class AnchorReport:
    """What all anchors together say of some learner's watches, and what is wrong with the anchors themselves."""

    last_day: str | None = None
    heads: dict[WatchId, list[tuple[str, ChainHead]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def anchor_chains(ctx: ArchiveContext) -> list[str]:
    """Anchors every day that is over and has no anchor yet, in order; returns those days.

    Safe to repeat after a crash anywhere, and beside itself: the archive keeps a day's first anchor, and the next one
    is bound to what is kept.
    """
    today = day_of(to_ms(ctx.clock.now()))
    kept = ctx.archive.names()
    day = next_day(kept[-1]) if kept else _first_day(ctx.store, today)
    previous = _digest(ctx.archive, kept[-1]) if kept else FIRST_ANCHOR
    done = []
    while day < today:
        anchor = Anchor(day, previous, tuple(_heads(ctx.store, day)))
        ctx.archive.put(day, as_text(ctx.signer.sign(as_text(anchor_document(anchor)))))
        previous = _digest(ctx.archive, day)
        done.append(day)
        day = next_day(day)
    return done


def _first_day(store: Store, today: str) -> str:
    """The first day that has notes; yesterday where none has any."""
    oldest = date.fromisoformat(today) - NOTE_RETENTION
    days = [(oldest + n * ONE_DAY).isoformat() for n in range(NOTE_RETENTION.days)]
    return next((day for day in days if store.page(anchor_notes_of(day), "", AnchorNote, "", 1).items), days[-1])


def _heads(store: Store, day: str) -> Iterator[ChainHead]:
    """The heads as they are now: legs of the days since may be in them, which takes nothing from the anchor's worth."""
    for note in store.query(anchor_notes_of(day), "", AnchorNote):
        yield _head(store, note)


def _head(store: Store, note: Stored[AnchorNote]) -> ChainHead:
    grown, watch_id = note.value, WatchId(note.key.sk)
    stored = store.get(attempt_key(grown.learner_id, grown.course_id, grown.number), Attempt)
    if stored is None or stored.value.watch_id != watch_id:
        return ChainHead(watch_id, grown.learner_id, 0, "")
    return ChainHead(watch_id, grown.learner_id, stored.value.legs, stored.value.head_mac)


def _digest(archive: Archive, day: str) -> str:
    text = archive.get(day)
    if text is None:
        raise LookupError(f"the anchor of {day} was put and is not kept")
    return sha256(text).hexdigest()


def read_anchors(archive: Archive, genuine: Genuine, clock: Clock, learner_id: LearnerId) -> AnchorReport:
    """Reads every anchor there is: checks that all are ours and follow each other, and collects a learner's heads."""
    report, before = AnchorReport(), None
    for day in archive.names():
        text = archive.get(day) or b"{}"
        report.problems += _read(report, genuine, learner_id, before, day, text)
        before = (day, sha256(text).hexdigest())
        report.last_day = day
    if report.last_day and report.last_day < day_of(to_ms(clock.now() - ONE_DAY - LATE)):
        report.problems.append(f"the last anchor is of {report.last_day}")
    return report


def _read(
    report: AnchorReport, genuine: Genuine, learner_id: LearnerId, before: tuple[str, str] | None, day: str, text: bytes
) -> list[str]:
    try:
        signed = json.loads(text)
        problems, anchor = genuine(signed), anchor_of(content_of(signed))
    except (KeyError, TypeError, ValueError) as error:
        return [f"the anchor of {day} cannot be read: {error!r}"]
    for head in anchor.heads:
        if head.learner_id == learner_id:
            report.heads.setdefault(head.watch_id, []).append((day, head))
    return [*(f"the anchor of {day}: {problem}" for problem in problems), *link_problems(before, day, anchor)]
