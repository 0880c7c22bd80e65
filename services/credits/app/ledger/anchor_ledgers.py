"""Anchoring each day's grown ledgers in the archive, and reading the anchors back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from services.credits.app.context import LedgerContext, RecordsContext
from services.credits.app.ledger.items import head_key
from services.credits.app.ledger.postings import postings_of
from services.credits.domain.anchors import FIRST_ANCHOR, Anchor, anchor_text, read_anchor
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Head, Macs, is_genuine
from services.kit.days import ONE_DAY, Days, civil_day
from services.kit.objects import Objects
from services.kit.store import Store, required

ANCHORS = "anchors/"
LOOK_BACK = 60 * ONE_DAY
"""How far back the very first run looks for postings."""
LATE = 2 * ONE_DAY
"""How old the newest anchor may be before that is worth a word."""


@dataclass
class AnchorReport:
    """What all anchors together say of each ledger, and what is wrong with the anchors themselves."""

    last_day: date | None = None
    heads: dict[LearnerId, list[Head]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def anchor_ledgers(ctx: RecordsContext) -> list[date]:
    """Anchors every day that is over and has no anchor yet, in order; returns those days.

    Safe to repeat after a crash anywhere, and beside itself: the archive keeps a day's first anchor, and the next one
    is bound to what is kept.
    """
    objects, today = ctx.objects, civil_day(ctx.clock.now())
    kept = _days(objects)
    day = kept[-1] + ONE_DAY if kept else _first_day(ctx.store, today)
    previous = _digest(objects, kept[-1]) if kept else FIRST_ANCHOR
    done = []
    while day < today:
        anchor = Anchor(day, previous, tuple(_heads(ctx.store, day)))
        objects.put(_key(day), anchor_text(anchor), "application/json")
        previous = _digest(objects, day)
        done.append(day)
        day += ONE_DAY
    return done


def read_anchors(ctx: LedgerContext, objects: Objects) -> AnchorReport:
    """Reads every anchor there is: checks that all are ours and follow each other, and collects the heads.

    Raises:
        UnknownKey: the key ring lacks a key that sealed.
    """
    found, expected, previous = AnchorReport(), None, FIRST_ANCHOR
    for day in _days(objects):
        text = objects.get(_key(day)) or b""
        found.problems += _read(found, ctx.macs, day, text, previous)
        if expected and day != expected:
            found.problems.append(f"anchors are missing before {day}")
        expected, previous = day + ONE_DAY, sha256(text).hexdigest()
        found.last_day = day
    if found.last_day and found.last_day < civil_day(ctx.clock.now() - LATE):
        found.problems.append(f"the last anchor is of {found.last_day}")
    return found


def _read(found: AnchorReport, macs: Macs, day: date, text: bytes, previous: str) -> list[str]:
    try:
        anchor = read_anchor(text)
    except (KeyError, TypeError, ValueError) as error:
        return [f"the anchor of {day} cannot be read: {error!r}"]
    for head in anchor.heads:
        found.heads.setdefault(head.learner_id, []).append(head)
    checks = {
        f"the anchor of {day} says that it is of {anchor.day}": anchor.day != day,
        f"the anchor of {day} does not follow the one before it": anchor.previous != previous,
        f"the anchor of {day} has heads that we did not seal": not all(is_genuine(h, macs) for h in anchor.heads),
    }
    return [problem for problem, is_so in checks.items() if is_so]


def _heads(store: Store, day: date) -> Iterator[Head]:
    """The heads as they are now: entries of the days since may be in them, which takes nothing from their worth."""
    for learner_id in sorted({posting.learner_id for posting in postings_of(store, day)}):
        stored = store.get(head_key(learner_id), Head)
        if stored:
            yield stored.value


def _first_day(store: Store, today: date) -> date:
    """The first day that has postings; yesterday where none has any."""
    yesterday = today - ONE_DAY
    days = Days(today - LOOK_BACK, yesterday)
    return next((day for day in days if any(postings_of(store, day))), yesterday)


def _days(objects: Objects) -> list[date]:
    return [date.fromisoformat(key.removeprefix(ANCHORS).removesuffix(".json")) for key in objects.names(ANCHORS)]


def _digest(objects: Objects, day: date) -> str:
    text = required(objects.get(_key(day)), LookupError(f"the anchor of {day} was put and is not kept"))
    return sha256(text).hexdigest()


def _key(day: date) -> str:
    return f"{ANCHORS}{day}.json"
