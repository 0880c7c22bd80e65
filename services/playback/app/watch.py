"""Beats, confirmations and pauses: the calls that carry the session's token."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256

from services.kit.clock import from_ms
from services.kit.events import Envelope
from services.kit.problems import BUSY, ProblemType
from services.kit.store import Change, Conflict, Put, Write
from services.playback.app.answers import WatchState, watch_state
from services.playback.app.context import Context, attempt_key, live_key
from services.playback.app.legs import NONE_GIVEN, Response, append_leg, save_watch
from services.playback.app.problems import (
    CHOICE_REQUIRED,
    CHOICE_UNKNOWN,
    ENTITLEMENT_ENDED,
    ENTITLEMENT_REVOKED,
    LEASE_EXPIRED,
    LEASE_SUPERSEDED,
    NO_OPEN_PROMPT,
    NONCE_WRONG,
    TOKEN_STALE,
)
from services.playback.app.saved import saved_part
from services.playback.app.tokens import unseal
from services.playback.domain.policy import WatchPolicy, policy
from services.playback.domain.questions import Asked
from services.playback.domain.watch import Attempt, LegKind, Live, Prompt, advance, ask_again, confirm
from services.playback.events.published import Evidence, WatchCompleted


@dataclass(frozen=True)
class Call:
    """One call of a session: who, on which state (by its token), when, and what it would be repeated by."""

    learner_id: str
    live: Live
    version: int
    digest: str
    now: int
    correlation_id: str

    @property
    def policy(self) -> WatchPolicy:
        """The rules pinned when the watch began."""
        return policy(self.live.policy_id)


@dataclass(frozen=True)
class Outcome:
    """The state that a call leads to, and the legs it closes, oldest first."""

    live: Live
    kinds: tuple[LegKind, ...] = ()
    response: Response = NONE_GIVEN


def beat(context: Context, learner_id: str, token: str, position_ms: int, correlation_id: str) -> WatchState:
    """Credits what was watched since the last call. Raises Problem."""
    call = _open(context, learner_id, token, f"beat|{position_ms}", correlation_id)
    return _settle(context, call, lambda: _credit(context, call, position_ms))


def pause(context: Context, learner_id: str, token: str, position_ms: int, correlation_id: str) -> WatchState:
    """Credits like a beat, and gives the lease back: going on takes a new session. Raises Problem."""
    call = _open(context, learner_id, token, f"pause|{position_ms}", correlation_id)

    def decide() -> Outcome:
        credited = _credit(context, call, position_ms)
        live = replace(credited.live, lease_until=call.now)
        return Outcome(live, (*credited.kinds, LegKind.PAUSED))

    return _settle(context, call, decide)


def confirm_prompt(
    context: Context, learner_id: str, token: str, nonce: str, correlation_id: str, choice: int | None = None
) -> WatchState:
    """Confirms the open prompt with its single-use nonce and, where it asks something, with a choice as shown.

    A wrong choice is accepted and recorded, and the prompt asks again under another nonce. Raises Problem.
    """
    call = _open(context, learner_id, token, f"confirm|{nonce}|{choice}", correlation_id)
    return _settle(context, call, lambda: _confirmed(context, call, nonce, choice))


def _open(context: Context, learner_id: str, token: str, request: str, correlation_id: str) -> Call:
    sealed = unseal(context.keys, learner_id, token)
    digest = sha256(f"{token}|{request}".encode()).hexdigest()[:32]
    return Call(learner_id, sealed.live, sealed.version, digest, context.now(), correlation_id)


def _credit(context: Context, call: Call, position_ms: int) -> Outcome:
    prompts = context.prompts_of(call.live, call.policy)
    upcoming = prompts[call.live.confirmed] if call.live.confirmed < len(prompts) else None
    live = advance(call.live, position_ms, upcoming, call.policy, call.now)
    if live.prompt is None and upcoming is not None and live.furthest_ms >= upcoming:
        prompt = Prompt(index=live.confirmed, nonce=context.ids.new(), shown_at=call.now)
        return Outcome(replace(live, prompt=prompt), (LegKind.PROMPT_OPENED,))
    return _completed_or(Outcome(live), call, len(prompts))


def _confirmed(context: Context, call: Call, nonce: str, choice: int | None) -> Outcome:
    prompt = call.live.prompt
    if prompt is None:
        raise NO_OPEN_PROMPT.problem(saved=saved_part(call.live))
    if nonce != prompt.nonce:
        raise NONCE_WRONG.problem(saved=saved_part(call.live))
    asked = _chosen(context, call, choice)
    response = Response(call.now - prompt.shown_at, None if asked is None else asked.order[choice or 0])
    if asked and not asked.is_right(choice or 0):
        live = ask_again(call.live, context.ids.new(), call.policy, call.now)
        return Outcome(live, (LegKind.ANSWERED_WRONG,), response)
    live = confirm(call.live, call.policy, call.now)
    outcome = Outcome(live, (LegKind.PROMPT_CONFIRMED,), response)
    return _completed_or(outcome, call, call.policy.prompt_count(live.duration_ms))


def _chosen(context: Context, call: Call, choice: int | None) -> Asked | None:
    """The question that the choice is for. Raises CHOICE_REQUIRED, CHOICE_UNKNOWN."""
    asked = context.asked(call.live)
    if asked and choice is None:
        raise CHOICE_REQUIRED.problem(saved=saved_part(call.live))
    if choice is not None and choice >= len(asked.choices if asked else ()):
        raise CHOICE_UNKNOWN.problem(saved=saved_part(call.live))
    return asked


def _completed_or(outcome: Outcome, call: Call, prompts: int) -> Outcome:
    live = outcome.live
    if live.completed_at is not None or not live.is_covered(call.policy, prompts):
        return outcome
    # Nothing is left to be credited, so the lease is given back: another course need not take it over.
    return replace(outcome, live=replace(live, lease_until=call.now), kinds=(*outcome.kinds, LegKind.COMPLETED))


def _settle(context: Context, call: Call, decide: Callable[[], Outcome]) -> WatchState:
    if not call.live.has_lease(call.now):
        return _repeat_or_refuse(context, call, LEASE_EXPIRED)
    if not call.live.is_entitled(call.now):
        raise ENTITLEMENT_ENDED.problem(saved=saved_part(call.live))
    outcome = decide()
    outcome = replace(outcome, live=replace(outcome.live, answered=call.digest))
    live, change = _with_legs(context, call, outcome) if outcome.kinds else (outcome.live, _plain(call, outcome.live))
    try:
        context.store.commit(change)
    except Conflict:
        return _repeat_or_refuse(context, call, TOKEN_STALE)
    return watch_state(context, call.learner_id, live, call.version + 1)


def _plain(call: Call, live: Live) -> Change:
    """The hot path: one conditional write, nothing else."""
    return Change([Put(live_key(call.learner_id), live, after=call.version)])


def _with_legs(context: Context, call: Call, outcome: Outcome) -> tuple[Live, Change]:
    key = attempt_key(call.learner_id, call.live.course_id, call.live.attempt)
    stored = context.store.get(key, Attempt)
    if stored is None:
        raise LookupError(f"watch {call.live.watch_id} is live without an attempt")
    live, legs = outcome.live, list[Write]()
    for kind in outcome.kinds:
        response = NONE_GIVEN if kind is LegKind.COMPLETED else outcome.response
        live, leg = append_leg(context, call.learner_id, live, kind, call.now, response)
        legs += leg
    attempt, saving = save_watch(stored, live, call.version + 1, call.now)
    writes = [Put(live_key(call.learner_id), live, after=call.version), *saving, *legs]
    events = [_completion(context, attempt, call)] if LegKind.COMPLETED in outcome.kinds else []
    return live, Change(writes, events)


def _completion(context: Context, attempt: Attempt, call: Call) -> Envelope:
    data = WatchCompleted(
        watch_id=attempt.watch_id,
        learner_id=attempt.learner_id,
        course_id=attempt.course_id,
        content_version=attempt.content_version,
        attempt=attempt.number,
        started_at=from_ms(attempt.started_at),
        completed_at=from_ms(call.now),
        covered_ms=attempt.furthest_ms,
        prompts_confirmed=attempt.confirmed,
        entitlement_id=attempt.entitlement.id,
        basis=attempt.entitlement.basis,
        counts_against_member_quota=attempt.entitlement.counts_against_member_quota,
        membership_period_id=attempt.entitlement.membership_period_id,
        evidence=Evidence(legs=attempt.legs, key_id=context.keys.current_id(), head_mac=attempt.head_mac),
    )
    return context.events.make(WatchCompleted.TYPE, data, subject=attempt.watch_id, correlation_id=call.correlation_id)


def _repeat_or_refuse(context: Context, call: Call, otherwise: ProblemType) -> WatchState:
    """Answers the last accepted request again; tells every other caller of an old token where the watch stands."""
    stored = context.store.get(live_key(call.learner_id), Live)
    if stored is None:
        raise otherwise.problem()
    live = stored.value
    if live.answered == call.digest:
        return watch_state(context, call.learner_id, live, stored.version)
    if live.session_id != call.live.session_id:
        raise LEASE_SUPERSEDED.problem(saved=_saved_of(context, call, live))
    if live.revoked_at is not None:
        raise ENTITLEMENT_REVOKED.problem(saved=saved_part(live))
    if otherwise is TOKEN_STALE and stored.version == call.version:
        raise BUSY.problem()
    raise otherwise.problem(saved=saved_part(live))


def _saved_of(context: Context, call: Call, live: Live) -> dict[str, object]:
    if live.watch_id == call.live.watch_id:
        return saved_part(live)
    attempt = context.store.get(attempt_key(call.learner_id, call.live.course_id, call.live.attempt), Attempt)
    return saved_part(attempt.value if attempt else call.live)
