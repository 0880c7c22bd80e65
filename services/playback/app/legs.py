"""Appending signed records to a watch, and keeping its lasting record in step with them."""

from dataclasses import dataclass, replace
from datetime import timedelta

from services.kit.clock import from_ms
from services.kit.store import Put, Stored, Write
from services.playback.app.context import Context, grown_key, leg_key
from services.playback.domain.legs import LegFacts, sign_leg
from services.playback.domain.watch import Attempt, LegKind, Live, checkpoint, shanghai_day

NOTE_RETENTION = timedelta(days=90)
"""How long anchoring may fail without forgetting a day's chains."""


@dataclass(frozen=True)
class Response:
    """How a prompt was answered: after how long, and with which choice (its index in the question's own order)."""

    after_ms: int | None = None
    choice: int | None = None


NONE_GIVEN = Response()


def append_leg(
    context: Context,
    learner_id: str,
    live: Live,
    kind: LegKind,
    now: int,
    response: Response = NONE_GIVEN,
) -> tuple[Live, list[Write]]:
    """The live state with one more leg at its head, and the write of that leg.

    The completion closes the chain: watching on, or again, adds nothing to the record.
    """
    if live.completed_at is not None:
        return live, []
    facts = LegFacts(
        watch_id=live.watch_id,
        learner_id=learner_id,
        course_id=live.course_id,
        content_version=live.content_version,
        session_id=live.session_id,
        number=live.legs + 1,
        kind=kind,
        at=now,
        furthest_ms=live.furthest_ms,
        prompt_index=_prompt_index(live, kind),
        response_ms=response.after_ms,
        choice=response.choice,
    )
    leg = sign_leg(facts, context.keys.current_id(), live.head_mac, context.leg_mac)
    completed_at = now if kind is LegKind.COMPLETED else None
    live = replace(live, legs=facts.number, head_mac=leg.mac, completed_at=completed_at)
    return live, [Put(leg_key(live.watch_id, facts.number), leg)]


@dataclass(frozen=True)
class GrownChain:
    """A watch that got a leg on some day: where the day's anchor finds its head."""

    learner_id: str
    course_id: str
    number: int


def save_watch(attempt: Stored[Attempt], live: Live, live_version: int, now: int) -> tuple[Attempt, list[Write]]:
    """The watch as of a leg, and its writes: on the first leg of a day also a note for that day's anchor."""
    saved, today = checkpoint(attempt.value, live, live_version), shanghai_day(now)
    # Functions' clocks differ around midnight: a later day that is noted already covers this leg.
    if saved.legs == attempt.value.legs or today <= saved.grown_on:
        return saved, [Put(attempt.key, saved, after=attempt.version)]
    saved = replace(saved, grown_on=today)
    expires_at = int((from_ms(now) + NOTE_RETENTION).timestamp())
    grown = GrownChain(saved.learner_id, saved.course_id, saved.number)
    note = Put(grown_key(today, saved.watch_id), grown, expires_at=expires_at)
    return saved, [Put(attempt.key, saved, after=attempt.version), note]


def _prompt_index(live: Live, kind: LegKind) -> int | None:
    if kind is LegKind.PROMPT_CONFIRMED:
        return live.confirmed - 1
    return live.prompt.index if live.prompt else None
