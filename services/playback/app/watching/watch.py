"""Beats, confirmations and pauses: the calls that carry the session's token."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256

from services.kit.call import Call
from services.kit.observability import count
from services.kit.problems import BUSY, ProblemType
from services.kit.store import Change, Conflict, Put, Stored, Write
from services.playback.app.context import Context
from services.playback.app.items import attempt_key
from services.playback.app.metrics import COMPLETIONS
from services.playback.app.watching.legs import NO_RESPONSE, PromptResponse, append_leg, save_watch
from services.playback.app.watching.problems import (
    CHOICE_REQUIRED,
    CHOICE_UNKNOWN,
    ENTITLEMENT_ENDED,
    ENTITLEMENT_REVOKED,
    LEASE_EXPIRED,
    LEASE_SUPERSEDED,
    NO_OPEN_PROMPT,
    NONCE_WRONG,
    TOKEN_STALE,
    saved_part,
)
from services.playback.app.watching.rights import completed_on, refuse_lost_right
from services.playback.app.watching.seals import check_leg, check_session, sealed_live
from services.playback.app.watching.tokens import unseal
from services.playback.app.watching.watch_state import WatchState, watch_state
from services.playback.app.watching.watches import read_attempt, read_live
from services.playback.domain.ids import LearnerId
from services.playback.domain.policy import WatchPolicy, policy
from services.playback.domain.questions import ShownQuestion
from services.playback.domain.watch import Attempt, LegKind, Live, Prompt, advance, ask_again, confirm, is_prompt_due


@dataclass(frozen=True)
class Step:
    """One call of a session: whose, on which state (by its token), when, and what it would be repeated by."""

    learner_id: LearnerId
    stored: Stored[Live]
    digest: str
    now: int
    correlation_id: str

    @property
    def live(self) -> Live:
        """The state before it."""
        return self.stored.value

    @property
    def policy(self) -> WatchPolicy:
        """The rules pinned when the watch began."""
        return policy(self.live.policy_id)


@dataclass(frozen=True)
class Outcome:
    """The state that a step leads to, and the legs it closes, oldest first."""

    live: Live
    kinds: tuple[LegKind, ...] = ()
    response: PromptResponse = NO_RESPONSE


def beat(ctx: Context, call: Call, token: str, position_ms: int) -> WatchState:
    """Credits what was watched since the last call. Raises Problem."""
    step = _step(ctx, call, token, f"beat|{position_ms}")
    return _settle(ctx, step, lambda: _credit(ctx, step, position_ms))


def pause(ctx: Context, call: Call, token: str, position_ms: int) -> WatchState:
    """Credits like a beat, and gives the lease back: going on takes a new session. Raises Problem."""
    step = _step(ctx, call, token, f"pause|{position_ms}")

    def decide() -> Outcome:
        credited = _credit(ctx, step, position_ms)
        live = replace(credited.live, lease_until=step.now)
        return Outcome(live, (*credited.kinds, LegKind.PAUSED))

    return _settle(ctx, step, decide)


def confirm_prompt(ctx: Context, call: Call, token: str, nonce: str, choice: int | None = None) -> WatchState:
    """Confirms the open prompt with its single-use nonce and, where it asks something, with a choice as shown.

    A wrong choice is accepted and recorded, and the prompt asks again under another nonce. Raises Problem.
    """
    step = _step(ctx, call, token, f"confirm|{nonce}|{choice}")
    return _settle(ctx, step, lambda: _confirm(ctx, step, nonce, choice))


def _step(ctx: Context, call: Call, token: str, request: str) -> Step:
    learner_id = LearnerId(call.caller_id)
    stored = unseal(ctx.keys, learner_id, token)
    digest = sha256(f"{token}|{request}".encode()).hexdigest()[:32]
    return Step(learner_id, stored, digest, ctx.time_of_call(stored.value), call.correlation_id)


def _credit(ctx: Context, step: Step, position_ms: int) -> Outcome:
    prompts = ctx.prompts_of(step.live, step.policy)
    live = advance(step.live, position_ms, prompts, step.policy, step.now)
    if is_prompt_due(live, prompts):
        prompt = Prompt(index=live.confirmed, nonce=ctx.ids.new(), shown_at=step.now)
        return Outcome(replace(live, prompt=prompt), (LegKind.PROMPT_OPENED,))
    return _complete_if_covered(Outcome(live), step, len(prompts))


def _confirm(ctx: Context, step: Step, nonce: str, choice: int | None) -> Outcome:
    prompt = step.live.prompt
    if prompt is None:
        raise NO_OPEN_PROMPT.problem(saved=saved_part(step.live))
    if nonce != prompt.nonce:
        raise NONCE_WRONG.problem(saved=saved_part(step.live))
    question = _question(ctx, step, choice)
    response = PromptResponse(step.now - prompt.shown_at, None if question is None else question.order[choice or 0])
    if question and not question.is_right(choice or 0):
        live = ask_again(step.live, ctx.ids.new(), step.policy, step.now)
        return Outcome(live, (LegKind.ANSWERED_WRONG,), response)
    live = confirm(step.live, step.policy, step.now)
    outcome = Outcome(live, (LegKind.PROMPT_CONFIRMED,), response)
    return _complete_if_covered(outcome, step, step.policy.prompt_count(live.duration_ms))


def _question(ctx: Context, step: Step, choice: int | None) -> ShownQuestion | None:
    """The question that the choice is for. Raises CHOICE_REQUIRED, CHOICE_UNKNOWN."""
    question = ctx.open_question(step.live)
    if question and choice is None:
        raise CHOICE_REQUIRED.problem(saved=saved_part(step.live))
    if choice is not None and choice >= len(question.choices if question else ()):
        raise CHOICE_UNKNOWN.problem(saved=saved_part(step.live))
    return question


def _complete_if_covered(outcome: Outcome, step: Step, prompts: int) -> Outcome:
    live = outcome.live
    if live.completed_at is not None or not live.is_covered(step.policy, prompts):
        return outcome
    # Nothing is left to be credited, so the lease is given back: another course need not take it over.
    return replace(outcome, live=replace(live, lease_until=step.now), kinds=(*outcome.kinds, LegKind.COMPLETED))


def _settle(ctx: Context, step: Step, decide: Callable[[], Outcome]) -> WatchState:
    if step.live.is_over():
        return _repeat_or_refuse(ctx, step, LEASE_EXPIRED)
    if not step.live.is_entitled(step.now):
        raise ENTITLEMENT_ENDED.problem(saved=saved_part(step.live))
    outcome = decide()
    outcome = replace(outcome, live=replace(outcome.live, answered=step.digest))
    kinds = (*_coming_back(step), *outcome.kinds)
    # Without legs it is the hot path: one conditional write, nothing else.
    put, beside = _with_legs(ctx, step, outcome) if kinds else (_put(ctx, step, outcome.live), Change())
    try:
        ctx.store.commit(Change([put, *beside.writes], beside.events))
    except Conflict:
        return _repeat_or_refuse(ctx, step, TOKEN_STALE)
    ctx.watched.add(min(step.now - step.live.refilled_at, step.policy.gap_cap_ms), step.now)
    if LegKind.COMPLETED in kinds:
        count(COMPLETIONS)
    return watch_state(ctx, step.learner_id, step.stored.after(put))


def _put(ctx: Context, step: Step, live: Live) -> Put:
    return step.stored.put(sealed_live(ctx.keys, step.learner_id, live))


def _coming_back(step: Step) -> tuple[LegKind, ...]:
    """What the record says of a session that was not heard of for longer than its lease, and goes on: nobody took its
    place. Otherwise it would look as if somebody had watched all the while; at an open prompt it does not anyway.
    """
    is_silent = not step.live.has_lease(step.now) and step.live.prompt is None
    return (LegKind.EXPIRED, LegKind.STARTED) if is_silent else ()


def _with_legs(ctx: Context, step: Step, outcome: Outcome) -> tuple[Put, Change]:
    """The live item's write, and what is written beside it."""
    stored = read_attempt(ctx.store, step.learner_id, step.live)
    check_leg(ctx, stored.value, step.stored)
    before, legs = step.live, list[Write]()
    for kind in _coming_back(step):
        before, leg = append_leg(ctx, step.learner_id, before, kind, step.now)
        legs += leg
    live = replace(outcome.live, legs=before.legs, head_mac=before.head_mac)
    for kind in outcome.kinds:
        response = NO_RESPONSE if kind is LegKind.COMPLETED else outcome.response
        live, leg = append_leg(ctx, step.learner_id, live, kind, step.now, response)
        legs += leg
    put = _put(ctx, step, live)
    after = step.stored.after(put)
    # Credit that no leg states is the live item's alone.
    as_of_leg = after if outcome.kinds else replace(after, value=before)
    attempt, saving = save_watch(ctx, stored, stored.value, as_of_leg, step.now)
    if LegKind.COMPLETED not in outcome.kinds:
        return put, Change([*saving, *legs])
    # Loaded once in a watch: what describes events is more than all that a beat needs.
    from services.playback.app.watching.completion import completion

    right = completed_on(ctx.store, step.learner_id, step.live)
    told = completion(ctx, attempt, step.now, step.correlation_id)
    return put, Change([*saving, *legs, right], [told])


def _repeat_or_refuse(ctx: Context, step: Step, otherwise: ProblemType) -> WatchState:
    """Repeats what the last accepted request got; tells every other caller of an old token where the watch stands."""
    stored = read_live(ctx.store, step.learner_id)
    if stored is None:
        raise otherwise.problem()
    live = stored.value
    if live.session_id == step.live.session_id:
        refuse_lost_right(ctx.store, step.learner_id, live)
    if live.answered == step.digest:
        check_session(ctx, step.learner_id, read_attempt(ctx.store, step.learner_id, live).value, stored)
        return watch_state(ctx, step.learner_id, stored)
    if live.session_id != step.live.session_id:
        raise LEASE_SUPERSEDED.problem(saved=_saved_of(ctx, step, live))
    if live.revoked_at is not None:
        raise ENTITLEMENT_REVOKED.problem(saved=saved_part(live))
    if otherwise is TOKEN_STALE and stored.version == step.stored.version:
        raise BUSY.problem()
    raise otherwise.problem(saved=saved_part(live))


def _saved_of(ctx: Context, step: Step, live: Live) -> dict[str, object]:
    if live.watch_id == step.live.watch_id:
        return saved_part(live)
    attempt = ctx.store.get(attempt_key(step.learner_id, step.live.course_id, step.live.attempt), Attempt)
    return saved_part(attempt.value if attempt else step.live)
