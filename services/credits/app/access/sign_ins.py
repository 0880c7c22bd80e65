"""A person's own sign-ins: listed, and ended.

An ended sign-in is renewed by nobody from that moment on; its access token, which no list is looked up for, works on
for the minutes that it has left (decision 0048).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.credits.app.access.items import REFRESH_LIVES, SIGN_INS, SignIn, access_pk, sign_in_expiry, sign_in_key
from services.credits.app.access.problems import SIGN_IN_NOT_FOUND, SIGN_IN_NOT_NAMED
from services.credits.app.context import AccessContext
from services.credits.domain.ids import LearnerId
from services.kit.call import Call
from services.kit.store import Change, Put, Stored, commit_retrying


@dataclass(frozen=True)
class SignInView:
    """A sign-in that is under way. `current`: it is the one that asks."""

    session: str
    begun_at: datetime
    seen_at: datetime
    agent: str
    current: bool


def note_sign_in(ctx: AccessContext, call: Call, agent: str, token: str) -> None:
    """Notes the caller's own sign-in, or that it is seen again. `token` renews it.

    Raises:
        Problem: SIGN_IN_NOT_NAMED.
        Conflict: others kept writing.
    """
    person_id, session = LearnerId(call.caller_id), call.caller.session
    if not session:
        raise SIGN_IN_NOT_NAMED.problem()
    now, sealed = ctx.clock.now(), ctx.seal.close(token, person_id)

    def plan() -> tuple[Change, None]:
        key = sign_in_key(person_id, session)
        stored = ctx.store.get(key, SignIn)
        if stored is None:
            return Change([Put(key, SignIn(now, now, agent, sealed), expires_at=sign_in_expiry(now))]), None
        if stored.value.ended_at is not None:
            return Change(), None
        seen = replace(stored.value, seen_at=now, agent=agent, token=sealed)
        return Change([stored.put(seen, sign_in_expiry(seen.begun_at))]), None

    commit_retrying(ctx.store, plan)


def read_sign_ins(ctx: AccessContext, call: Call) -> list[SignInView]:
    """The caller's sign-ins that are under way, the last seen first."""
    found = [
        SignInView(
            _session(stored), stored.value.begun_at, stored.value.seen_at, stored.value.agent,
            _session(stored) == call.caller.session,
        )
        for stored in _under_way(ctx, LearnerId(call.caller_id))
    ]  # fmt: skip
    return sorted(found, key=lambda view: view.seen_at, reverse=True)


def end_sign_in(ctx: AccessContext, call: Call, session: str) -> None:
    """Ends one of the caller's sign-ins; again changes nothing.

    Raises:
        Problem: SIGN_IN_NOT_FOUND.
        Conflict: others kept writing.
    """
    person_id = LearnerId(call.caller_id)
    stored = ctx.store.get(sign_in_key(person_id, session), SignIn)
    if stored is None:
        raise SIGN_IN_NOT_FOUND.problem()
    if stored.value.ended_at is None:
        ctx.pool.end(ctx.seal.open(stored.value.token, person_id))
        _note_end(ctx, [stored])


def end_all_sign_ins(ctx: AccessContext, call: Call) -> None:
    """Ends all of the caller's sign-ins, also those that were never noted. Raises Conflict: others kept writing."""
    person_id = LearnerId(call.caller_id)
    ctx.pool.end_all(person_id)
    _note_end(ctx, _under_way(ctx, person_id))


def _under_way(ctx: AccessContext, person_id: LearnerId) -> list[Stored[SignIn]]:
    since = ctx.clock.now() - REFRESH_LIVES
    found = ctx.store.query(access_pk(person_id), SIGN_INS, SignIn)
    return [stored for stored in found if stored.value.ended_at is None and stored.value.begun_at > since]


def _note_end(ctx: AccessContext, ended: Sequence[Stored[SignIn]]) -> None:
    now = ctx.clock.now()
    for stored in ended:
        # What is noted meanwhile is of a sign-in that the pool has ended: it is gone with the next look.
        value = replace(stored.value, token="", ended_at=now)
        ctx.store.commit(Change([stored.put(value, sign_in_expiry(value.begun_at))]))


def _session(stored: Stored[SignIn]) -> str:
    return stored.key.sk.removeprefix(SIGN_INS)
