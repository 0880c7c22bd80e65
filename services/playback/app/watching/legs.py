"""Appending signed records to a watch, and keeping its lasting record in step with them."""

from dataclasses import dataclass, replace

from services.kit.clock import from_ms
from services.kit.store import Put, Stored, Write
from services.playback.app.context import Context
from services.playback.app.items import NOTE_RETENTION, AnchorNote, anchor_note_key, leg_key
from services.playback.app.watching.seals import sealed_attempt
from services.playback.domain.ids import LearnerId
from services.playback.domain.legs import LegFacts, pins_of, sign_leg
from services.playback.domain.watch import Attempt, LegKind, Live, checkpoint, day_of


@dataclass(frozen=True)
class PromptResponse:
    """How a prompt was answered: after how long, and with which choice (its index in the question's own order)."""

    after_ms: int | None = None
    choice: int | None = None


NO_RESPONSE = PromptResponse()


def append_leg(
    ctx: Context,
    learner_id: LearnerId,
    live: Live,
    kind: LegKind,
    now: int,
    response: PromptResponse = NO_RESPONSE,
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
        pins=pins_of(live, live.entitlement_id) if kind is LegKind.STARTED else None,
    )
    leg = sign_leg(facts, ctx.keys.current_id(), live.head_mac, ctx.leg_mac)
    completed_at = now if kind is LegKind.COMPLETED else None
    live = replace(live, legs=facts.number, head_mac=leg.mac, completed_at=completed_at)
    return live, [Put(leg_key(live.watch_id, facts.number), leg)]


def save_watch(
    ctx: Context, stored: Stored[Attempt], watch: Attempt, live: Stored[Live], now: int
) -> tuple[Attempt, list[Write]]:
    """The watch as of a leg, and its writes: on the first leg of a day also a note for that day's anchor.

    Args:
        watch: what is stored, as far as anything but the leg has changed it.
        live: the live item as the leg leaves it.
    """
    saved, today = checkpoint(watch, live.value, live.version), day_of(now)
    # Functions' clocks differ around midnight: a later day that is noted already covers this leg.
    if saved.legs == watch.legs or today <= saved.grown_on:
        return saved, [stored.put(sealed_attempt(ctx.keys, saved))]
    saved = sealed_attempt(ctx.keys, replace(saved, grown_on=today))
    expires_at = int((from_ms(now) + NOTE_RETENTION).timestamp())
    note = AnchorNote(saved.learner_id, saved.course_id, saved.number)
    noting = Put(anchor_note_key(today, saved.watch_id), note, expires_at=expires_at)
    return saved, [stored.put(saved), noting]


def _prompt_index(live: Live, kind: LegKind) -> int | None:
    if kind is LegKind.PROMPT_CONFIRMED:
        return live.confirmed - 1
    return live.prompt.index if live.prompt else None
