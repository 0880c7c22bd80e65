"""A learner's completed watches as xAPI statements."""

from typing import Any

from services.kit.store import Page
from services.playback.app.context import StatementsContext
from services.playback.app.evidence.packs import recorded_legs
from services.playback.app.items import ATTEMPTS, partition_of_learner
from services.playback.domain.ids import LearnerId
from services.playback.domain.policy import policy
from services.playback.domain.statements import completed_statement
from services.playback.domain.watch import Attempt


def read_statements(
    ctx: StatementsContext, learner_id: LearnerId, after: str | None, limit: int
) -> Page[dict[str, Any]]:
    """The statements of a learner's completed watches, by course and number, of at most `limit` attempts.

    Args:
        after: the earlier page's `after`; None for the first page.
    """
    start = f"{ATTEMPTS}{after}" if after else None
    page = ctx.store.page(partition_of_learner(learner_id), ATTEMPTS, Attempt, start, limit)
    completed = [stored.value for stored in page.items if stored.value.completed_at is not None]
    return Page(
        [_statement(ctx, watch) for watch in completed], page.after.removeprefix(ATTEMPTS) if page.after else None
    )


def _statement(ctx: StatementsContext, watch: Attempt) -> dict[str, Any]:
    return completed_statement(watch, recorded_legs(ctx.store, ctx.packs, watch.watch_id), policy(watch.policy_id))
