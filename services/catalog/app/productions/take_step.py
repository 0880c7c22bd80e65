"""Takes one step of a run: nothing where the run is over or the step is done, and never half.

A step may be delivered twice, die at any moment, and be overtaken by a cancellation. It does its work on objects that
are named so that doing it again harms nothing, and writes its result in the one transaction that ends it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.catalog.app.context import StepContext
from services.catalog.app.ports import StillTranscribing
from services.catalog.app.productions.items import put_state, state_key
from services.catalog.domain.ids import ProductionId
from services.catalog.domain.production import Hindrance, Production, Step, StepState
from services.kit.store import Change, Stored, Write, commit_retrying, required

TOLD_EVERY = timedelta(seconds=2)
"""How often a step that goes on writes how far it is."""


@dataclass(frozen=True)
class StepCall:
    """Which step of which run the machine asks for."""

    production_id: ProductionId
    run: int
    step: Step


@dataclass(frozen=True)
class Onward:
    """What the machine does next: go on, or end; ask for the same step again in a while; run a job first."""

    go_on: bool
    wait: bool = False
    job: dict[str, Any] | None = None


@dataclass(frozen=True)
class Result:
    """What a step has made: how it changes the production, and what is written with that, read when it is."""

    change: Callable[[Production], Production] = lambda production: production
    writes: Callable[[], Sequence[Write]] = tuple
    state: StepState = "done"
    problem: Hindrance | None = None


class Refusal(Exception):
    """The material stands in the way, and a person must act: nobody tries again before."""

    def __init__(self, hindrance: Hindrance) -> None:
        super().__init__(hindrance.message_en)
        self.hindrance = hindrance


class Unfinished(Exception):
    """The step's time is up, and another call goes on with it."""


class Overtaken(Exception):
    """The run is over: somebody cancelled it, or began another."""


def take_step(ctx: StepContext, call: StepCall, work: Callable[[Production], Result]) -> Onward:
    """Takes the step, if it is still to be taken.

    Raises:
        Exception: whatever the work raises but a refusal of the material; the machine calls again.
        Conflict: others kept writing.
    """
    production = begin_step(ctx, call)
    if production is None:
        return onward(ctx, call)
    try:
        result = work(production)
    except Refusal as refusal:
        fail_step(ctx, call, refusal.hindrance)
        return Onward(go_on=False)
    except (StillTranscribing, Unfinished):
        return Onward(go_on=True, wait=True)
    except Overtaken:
        return Onward(go_on=False)
    end_step(ctx, call, result)
    return onward(ctx, call)


def begin_step(ctx: StepContext, call: StepCall) -> Production | None:
    """Writes that the step is under way; None where it is not to be taken."""

    def plan() -> tuple[Change, Production | None]:
        state = _state(ctx, call)
        if not state.value.awaits(call.run, call.step):
            return Change(), None
        if state.value.status(call.step).state == "running":
            return Change(), state.value
        begun = state.value.begin_step(call.step, ctx.clock.now())
        return Change(put_state(ctx, state, begun)), begun

    return commit_retrying(ctx.store, plan)


def end_step(ctx: StepContext, call: StepCall, result: Result) -> None:
    """Writes the step's result with its end; nothing where it was overtaken."""

    def plan() -> tuple[Change, None]:
        state = _state(ctx, call)
        if not state.value.is_taking(call.run, call.step):
            return Change(), None
        changed = result.change(state.value)
        ended = changed.end_step(call.step, ctx.clock.now(), result.state, result.problem)
        return Change([*put_state(ctx, state, ended), *result.writes()]), None

    commit_retrying(ctx.store, plan)


def fail_step(ctx: StepContext, call: StepCall, hindrance: Hindrance) -> None:
    """Writes why the step failed, which ends the run; nothing where it was overtaken or is done."""

    def plan() -> tuple[Change, None]:
        state = _state(ctx, call)
        if not state.value.awaits(call.run, call.step):
            return Change(), None
        return Change(put_state(ctx, state, state.value.fail_step(call.step, hindrance, ctx.clock.now()))), None

    commit_retrying(ctx.store, plan)


def onward(ctx: StepContext, call: StepCall) -> Onward:
    """Whether the run goes on."""
    return Onward(_state(ctx, call).value.goes_on(call.run))


def progress_of(ctx: StepContext, call: StepCall) -> Callable[[int], None]:
    """What a step tells how far it is, in percent: written now and then.

    It raises Overtaken once the run is over, so that no work is wasted.
    """
    told_at: datetime | None = None

    def tell(percent: int) -> None:
        nonlocal told_at
        now = ctx.clock.now()
        if told_at is None or now - told_at >= TOLD_EVERY:
            told_at = now
            commit_retrying(ctx.store, lambda: (_advance(ctx, call, min(max(percent, 0), 100)), None))

    return tell


def _advance(ctx: StepContext, call: StepCall, percent: int) -> Change:
    state = _state(ctx, call)
    if not state.value.is_taking(call.run, call.step):
        raise Overtaken
    return Change([state.put(state.value.advance(call.step, percent))])


def _state(ctx: StepContext, call: StepCall) -> Stored[Production]:
    found = ctx.store.get(state_key(call.production_id), Production)
    return required(found, LookupError(f"there is no production {call.production_id}"))
