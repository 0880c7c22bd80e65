"""Appending signed records to a watch."""

from dataclasses import replace

from services.kit.store import Put, Write
from services.playback.app.context import Context, leg_key
from services.playback.domain.legs import LegFacts, sign_leg
from services.playback.domain.watch import LegKind, Live


def append_leg(
    context: Context, learner_id: str, live: Live, kind: LegKind, now: int, response_ms: int | None = None
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
        response_ms=response_ms,
    )
    leg = sign_leg(facts, context.keys.current_id(), live.head_mac, context.leg_mac)
    completed_at = now if kind is LegKind.COMPLETED else None
    live = replace(live, legs=facts.number, head_mac=leg.mac, completed_at=completed_at)
    return live, [Put(leg_key(live.watch_id, facts.number), leg)]


def _prompt_index(live: Live, kind: LegKind) -> int | None:
    if kind is LegKind.PROMPT_CONFIRMED:
        return live.confirmed - 1
    return live.prompt.index if live.prompt else None
