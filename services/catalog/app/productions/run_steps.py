"""Runs a production's steps, and ends a production."""

from dataclasses import replace
from datetime import timedelta

from services.catalog.app.context import Context, ProductionContext
from services.catalog.app.productions.bring_files import abort_uploads
from services.catalog.app.productions.items import block_key, put_state
from services.catalog.app.productions.problems import (
    BLOCK_WRITTEN,
    NO_TRANSCRIPT,
    PRODUCTION_CHANGED,
    PRODUCTION_CLOSED,
    PRODUCTION_RUNNING,
    RUN_NEEDS_RECORDING,
)
from services.catalog.app.productions.read_productions import read_open, read_sections, read_state
from services.catalog.domain.course import Block
from services.catalog.domain.ids import ProductionId
from services.catalog.domain.production import Production, Run, Step
from services.catalog.domain.production_block import ProductionBlock
from services.kit.call import Call
from services.kit.store import Change, Check, Stored, commit_retrying, read_or

SILENT = timedelta(minutes=1)
"""How long no step may begin or end before the machine is asked; what it was told just now it may not know yet."""
AUDIT_RUN, AUDIT_CANCELLED = "catalog.production_run", "catalog.production_cancelled"


def start_run(ctx: ProductionContext, call: Call, production_id: ProductionId, first: Step | None) -> None:
    """Begins a run of the steps from one on, or from the first that is not done.

    A run that was written down and never reached the machine, as its caller died, is begun by the next call; one whose
    execution ended without a word is followed by another.

    Raises:
        Problem: PRODUCTION_UNKNOWN, PRODUCTION_CLOSED, PRODUCTION_RUNNING, RUN_NEEDS_RECORDING.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Run]:
        found = read_sections(ctx, production_id)
        production = _open(found.state)
        if _is_under_way(ctx, production):
            return Change(), _not_begun(production)
        if not found.of_role("recording") and not production.base_media:
            raise RUN_NEEDS_RECORDING.problem()
        return _begun(ctx, call, found.state, production.next_run(production.next_steps(first)))

    _start(ctx, production_id, commit_retrying(ctx.store, plan))


def draft_block_again(
    ctx: ProductionContext, call: Call, production_id: ProductionId, block: Block, revision: int
) -> None:
    """Begins a run that drafts this block alone, in place of what was read at this revision, whoever wrote that.

    Raises:
        Problem: PRODUCTION_UNKNOWN, PRODUCTION_CLOSED, PRODUCTION_RUNNING, PRODUCTION_CHANGED, BLOCK_WRITTEN,
            NO_TRANSCRIPT.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Run]:
        state = read_open(ctx, production_id)
        if _is_under_way(ctx, state.value):
            return Change(), _not_begun(state.value, block)
        known = read_or(ctx.store, block_key(production_id, block), ProductionBlock(block))
        if known.version != revision:
            raise PRODUCTION_CHANGED.problem(revision=known.version)
        if known.value.state in {"accepted", "written"}:
            raise BLOCK_WRITTEN.problem()
        # A step that is done has made it of the files that are here.
        if state.value.status("transcribe").state != "done":
            raise NO_TRANSCRIPT.problem()
        change, run = _begun(ctx, call, state, state.value.next_run(("summarise",), block, revision))
        return Change([*change.writes, Check(known.key, known.version)]), run

    _start(ctx, production_id, commit_retrying(ctx.store, plan))


def cancel_production(ctx: ProductionContext, call: Call, production_id: ProductionId, reason: str) -> None:
    """Ends a production for good: its run is stopped and its uploads are given up; safe to repeat.

    Raises:
        Problem: PRODUCTION_UNKNOWN; PRODUCTION_CLOSED where it was published.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Production]:
        state = read_state(ctx, production_id)
        if state.value.published:
            raise PRODUCTION_CLOSED.problem()
        if state.value.cancelled_at:
            return Change(), state.value
        now = ctx.clock.now()
        cancelled = replace(state.value, cancelled_at=now, changed_at=now)
        entry = ctx.audit.entry(call.caller, AUDIT_CANCELLED, production_id, reason)
        return Change([*put_state(ctx, state, cancelled), entry]), cancelled

    production = commit_retrying(ctx.store, plan)
    # From here on no step writes anything more; what follows only saves work, and is done again by a repeated call.
    if production.run and not production.run.ended:
        ctx.machine.stop(execution_name(production_id, production.run.number), reason)
    abort_uploads(ctx, production_id)


def execution_name(production_id: ProductionId, run: int) -> str:
    """What the machine calls a run: begun twice, it is one."""
    return f"{production_id}-{run}"


def _open(state: Stored[Production]) -> Production:
    if state.value.is_closed:
        raise PRODUCTION_CLOSED.problem()
    return state.value


def _is_under_way(ctx: ProductionContext, production: Production) -> bool:
    """Whether a run goes on. The machine is asked where nothing was heard of it for a while: it may have died."""
    if not production.is_running or production.run is None:
        return False
    if ctx.clock.now() - production.changed_at < SILENT:
        return True
    return ctx.machine.is_running(execution_name(production.production_id, production.run.number))


def _not_begun(production: Production, block: Block | None = None) -> Run:
    """The run under way, if the machine may not know of it yet. Raises PRODUCTION_RUNNING where it does."""
    run = production.run
    if run is None or run.block != block or any(production.status(step).state != "waiting" for step in run.steps):
        raise PRODUCTION_RUNNING.problem()
    return run


def _begun(ctx: Context, call: Call, state: Stored[Production], run: Run) -> tuple[Change, Run]:
    what = ", ".join(run.steps) if run.block is None else f"{run.block}: {', '.join(run.steps)}"
    entry = ctx.audit.entry(call.caller, AUDIT_RUN, state.value.production_id, what)
    return Change([*put_state(ctx, state, state.value.begin(run, ctx.clock.now())), entry]), run


def _start(ctx: ProductionContext, production_id: ProductionId, run: Run) -> None:
    given: dict[str, object] = {"production_id": production_id, "run": run.number}
    ctx.machine.start(execution_name(production_id, run.number), given)
