"""Ending a session because what it rests on was taken away."""

from services.kit.store import ABSENT, Check, Put, Stored, Write
from services.playback.app.context import Context, live_key
from services.playback.app.legs import append_leg
from services.playback.domain.watch import LegKind, Live, revoke


def live_session(context: Context, learner_id: str) -> Stored[Live] | None:
    """The learner's live item."""
    return context.store.get(live_key(learner_id), Live)


def left_alone(learner_id: str, live: Stored[Live] | None) -> Check:
    """The condition that no session begins meanwhile: a start writes the live item."""
    return Check(live_key(learner_id), live.version if live else ABSENT)


def end_session(context: Context, learner_id: str, live: Stored[Live]) -> tuple[Stored[Live], list[Write]]:
    """The live state that the session's end leads to, and the writes of it and of the leg that says so."""
    now = context.now()
    ended, leg = append_leg(context, learner_id, revoke(live.value, now), LegKind.REVOKED, now)
    return Stored(live.key, ended, live.version + 1), [Put(live.key, ended, after=live.version), *leg]
