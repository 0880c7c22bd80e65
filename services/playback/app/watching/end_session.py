"""Ending a session because what it rests on was taken away."""

from services.kit.store import ABSENT, Check, Stored, Write
from services.playback.app.context import Context
from services.playback.app.items import live_key
from services.playback.app.watching.legs import append_leg
from services.playback.domain.ids import LearnerId
from services.playback.domain.watch import LegKind, Live, revoke_session


def unchanged_session(learner_id: LearnerId, live: Stored[Live] | None) -> Check:
    """The condition that no session begins meanwhile: a start writes the live item."""
    return Check(live_key(learner_id), live.version if live else ABSENT)


def end_session(ctx: Context, learner_id: LearnerId, live: Stored[Live]) -> tuple[Stored[Live], list[Write]]:
    """The live state that the session's end leads to, and the writes of it and of the leg that says so."""
    now = ctx.time_of_call(live.value)
    ended, leg = append_leg(ctx, learner_id, revoke_session(live.value, now), LegKind.REVOKED, now)
    put = live.put(ended)
    return live.after(put), [put, *leg]
