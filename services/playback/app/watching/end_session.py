"""Ending a session because what it rests on was taken away."""

from collections.abc import Callable

from services.kit.problems import Problem
from services.kit.store import Change, Conflict, Stored, Touch
from services.playback.app.context import Context
from services.playback.app.items import live_key
from services.playback.app.watching.legs import append_leg, save_watch
from services.playback.app.watching.seals import check_session, sealed_live
from services.playback.app.watching.watches import read_attempt, read_live
from services.playback.domain.ids import LearnerId
from services.playback.domain.watch import LegKind, Live, lose_entitlement, revoke_session

TRIES = 10


def end_session(ctx: Context, learner_id: LearnerId, has_to: Callable[[Live], bool]) -> None:
    """Ends the learner's live session if it is one that has to end, however fast its player goes on meanwhile.

    Its right is gone already, so no start and no repeated request hands out a new token. Beats alone can still move the
    live item, with the token that each gets for the next: one blind step of its version makes the last one worthless.
    A record that is broken gets no leg, which would seal what somebody did to it; it is only stopped.

    Raises:
        Conflict: still moving; the queue delivers the event again.
    """
    for _ in range(TRIES):
        stored = read_live(ctx.store, learner_id)
        if stored is None or stored.value.revoked_at is not None or not has_to(stored.value):
            return
        try:
            ctx.store.commit(_ended(ctx, learner_id, stored))
        except Problem:
            ctx.store.commit(Change([Touch(live_key(learner_id))]))
            return
        except Conflict:
            ctx.store.commit(Change([Touch(live_key(learner_id))]))
        else:
            return
    raise Conflict(f"the session of {learner_id} kept moving")


def _ended(ctx: Context, learner_id: LearnerId, stored: Stored[Live]) -> Change:
    attempt = read_attempt(ctx.store, learner_id, stored.value)
    check_session(ctx, learner_id, attempt.value, stored)
    now = ctx.time_of_call(stored.value)
    live, leg = append_leg(ctx, learner_id, revoke_session(stored.value, now), LegKind.REVOKED, now)
    put = stored.put(sealed_live(ctx.keys, learner_id, live))
    if live.completed_at is not None:
        # It keeps what it was completed on, and its record stays as it is.
        return Change([put])
    _, saving = save_watch(ctx, attempt, lose_entitlement(attempt.value, now), stored.after(put), now)
    return Change([put, *leg, *saving])
