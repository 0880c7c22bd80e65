"""Letting a live session fetch its lecture, for a few minutes at a time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.kit.call import Call
from services.kit.clock import from_ms, to_ms
from services.kit.store import Change, Put, Store, commit_retrying, required
from services.playback.app.context import MediaContext
from services.playback.app.items import course_key, grants_of, partition_of_learner
from services.playback.app.media.items import MediaAccess, media_key
from services.playback.app.watching.problems import (
    COURSE_NOT_FOUND,
    ENTITLEMENT_ENDED,
    ENTITLEMENT_REVOKED,
    LEASE_EXPIRED,
    LEASE_SUPERSEDED,
    NOT_ENTITLED,
    saved_part,
)
from services.playback.app.watching.right_to_watch import right_among
from services.playback.app.watching.tokens import unseal
from services.playback.app.watching.watches import read_attempt, read_live
from services.playback.domain.course import Course
from services.playback.domain.entitlement import Entitlement
from services.playback.domain.ids import CourseId, LearnerId, WatchId
from services.playback.domain.watch import Live, time_of_call

VALIDITY = timedelta(minutes=5)
"""How long a learner who loses the lease or the entitlement can still fetch what was granted."""


HANDOUTS = "handouts"
"""Where the catalogue puts them, beside a lecture."""


@dataclass(frozen=True)
class MediaGrant:
    """Cookies for one content version's folder, or that of its handouts."""

    folder: str
    expires_at: datetime
    cookies: dict[str, str]


def grant_media(ctx: MediaContext, call: Call, token: str) -> MediaGrant:
    """Opens the lecture's files to the live session that the token is of; any of its tokens will do.

    Raises:
        Problem: TOKEN_INVALID, LEASE_SUPERSEDED, LEASE_EXPIRED, ENTITLEMENT_ENDED, ENTITLEMENT_REVOKED.
    """
    learner_id, now = LearnerId(call.caller_id), ctx.clock.now()
    live = _live(ctx, learner_id, unseal(ctx.keys, learner_id, token).value, to_ms(now))
    folder = read_attempt(ctx.store, learner_id, live).value.media_url.rpartition("/")[0]
    until = now + VALIDITY
    if live.entitled_until is not None:
        until = min(until, from_ms(live.entitled_until))
    commit_retrying(ctx.store, lambda: (_noted(ctx.store, live.watch_id, to_ms(now), to_ms(until)), None))
    return MediaGrant(folder, until, ctx.signer.cookies(folder, until))


def grant_handouts(ctx: MediaContext, call: Call, course_id: CourseId) -> MediaGrant:
    """Opens the course's handouts to who may watch it now, whether or not they do.

    The folder is that of what is published now, beside its lecture, which these cookies do not open.

    Raises:
        Problem: COURSE_NOT_FOUND, NOT_ENTITLED.
    """
    learner_id, now = LearnerId(call.caller_id), ctx.clock.now()
    course = required(ctx.store.get(course_key(course_id), Course), COURSE_NOT_FOUND.problem()).value
    granted = ctx.store.query(partition_of_learner(learner_id), grants_of(course_id), Entitlement)
    right = required(right_among(ctx.store, learner_id, course, granted, to_ms(now)), NOT_ENTITLED.problem())
    until = now + VALIDITY
    if right[0].valid_until is not None:
        until = min(until, from_ms(right[0].valid_until))
    folder = f"{course.media_url.rpartition('/')[0]}/{HANDOUTS}"
    return MediaGrant(folder, until, ctx.signer.cookies(folder, until))


def _noted(store: Store, watch_id: WatchId, now: int, until: int) -> Change:
    """How long the files are open by now, for whoever asks after the completion whether they could have been seen."""
    key = media_key(watch_id)
    known = store.get(key, MediaAccess)
    if known is None:
        return Change([Put(key, MediaAccess(until - now, until))])
    before = known.value
    longer_ms = max(0, until - max(now, before.until))
    return Change([known.put(replace(before, opened_ms=before.opened_ms + longer_ms, until=max(until, before.until)))])


def _live(ctx: MediaContext, learner_id: LearnerId, claimed: Live, now: int) -> Live:
    stored = read_live(ctx.store, learner_id)
    if stored is None or stored.value.session_id != claimed.session_id:
        raise LEASE_SUPERSEDED.problem(saved=saved_part(claimed))
    live, now = stored.value, time_of_call(stored.value, now)
    if live.revoked_at is not None:
        raise ENTITLEMENT_REVOKED.problem(saved=saved_part(live))
    if not live.has_lease(now):
        raise LEASE_EXPIRED.problem(saved=saved_part(live))
    if not live.is_entitled(now):
        raise ENTITLEMENT_ENDED.problem(saved=saved_part(live))
    return live
