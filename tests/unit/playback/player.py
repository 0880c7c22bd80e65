"""An honest player, for tests that need a watch under way or complete."""

from services.playback.app.watching.watch import beat, confirm_prompt
from services.playback.app.watching.watch_state import WatchState
from services.playback.domain.ids import LearnerId
from tests.unit.playback.world import LEARNER, World, by


def play(
    world: World, state: WatchState, milliseconds: int, *, claim_ms: int | None = None, learner_id: LearnerId = LEARNER
) -> WatchState:
    """Time passes, then the player beats; honestly unless `claim_ms` says how far it claims to be."""
    world.clock.advance(milliseconds)
    position_ms = state.live.furthest_ms + milliseconds if claim_ms is None else claim_ms
    return beat(world.context, by(learner_id), state.token, position_ms)


def confirm(world: World, state: WatchState, after_ms: int = 1_500, learner_id: LearnerId = LEARNER) -> WatchState:
    """Reads the prompt for a moment, then confirms it."""
    assert state.prompt
    world.clock.advance(after_ms)
    return confirm_prompt(world.context, by(learner_id), state.token, state.prompt.nonce)


def watch_to_the_end(world: World, state: WatchState) -> WatchState:
    """Plays and confirms until the watch is complete."""
    while state.live.completed_at is None:
        state = confirm(world, state) if state.prompt else play(world, state, 5_000)
    return state


def watch_to_prompt(world: World, state: WatchState) -> WatchState:
    """Plays until something pops up."""
    while state.prompt is None:
        state = play(world, state, 5_000)
    return state
