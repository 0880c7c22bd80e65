"""Keeps what an editor says of a course, however much of it there is yet."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.catalog.app.context import Context
from services.catalog.app.productions.items import facts_key, put_state, read_blocks
from services.catalog.app.productions.problems import PRODUCTION_CHANGED
from services.catalog.app.productions.read_productions import FactsState, facts_state, read_open
from services.catalog.domain.document import MAX_TITLE
from services.catalog.domain.draft import EXTRACTIVE
from services.catalog.domain.ids import ProductionId
from services.catalog.domain.production import Production
from services.catalog.domain.production_facts import ProductionFacts
from services.kit.call import Call
from services.kit.store import Change, Check, Write, commit_retrying

AUDIT_ACTION = "catalog.production_facts_written"


def write_facts(
    ctx: Context, call: Call, production_id: ProductionId, revision: int, document: Mapping[str, Any]
) -> FactsState:
    """Replaces the facts that were read at this revision.

    Raises:
        Problem: PRODUCTION_UNKNOWN, PRODUCTION_CLOSED, PRODUCTION_CHANGED.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, FactsState]:
        state = read_open(ctx, production_id)
        known = ctx.store.get(facts_key(production_id), ProductionFacts)
        if known is None or known.version != revision:
            raise PRODUCTION_CHANGED.problem(revision=known.version if known else 0)
        facts = known.value.rewrite(document, ctx.clock.now())
        put = known.put(facts)
        title = str(document.get("title") or state.value.title)[:MAX_TITLE]
        writes: list[Write] = [put, ctx.audit.entry(call.caller, AUDIT_ACTION, production_id, "")]
        changed = replace(state.value, title=title)
        if facts.instructors != known.value.instructors and _told_a_model(ctx, state.value):
            changed = changed.outdate("summarise", ctx.clock.now())
        if changed != state.value:
            writes += put_state(ctx, state, replace(changed, changed_at=ctx.clock.now()))
        else:
            writes.append(Check(state.key, state.version))
        return Change(writes), facts_state(state.value, known.after(put))

    return commit_retrying(ctx.store, plan)


def _told_a_model(ctx: Context, production: Production) -> bool:
    """Whether drafts to be decided on were made by a model, of words from which it took other names out."""
    blocks = (block.value for block in read_blocks(ctx.store, production.production_id))
    drafts = (block for block in blocks if block.state == "draft" and block.made_by != EXTRACTIVE)
    return production.status("summarise").state == "done" and any(drafts)
