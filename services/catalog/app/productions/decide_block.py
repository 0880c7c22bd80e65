"""A person decides on a block."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from services.catalog.app.context import Context
from services.catalog.app.productions.items import block_key, read_drafts
from services.catalog.app.productions.problems import (
    BLOCK_INVALID,
    BLOCK_MARKED,
    BLOCK_UNDECIDABLE,
    PRODUCTION_CHANGED,
    REVIEWER_NEEDED,
)
from services.catalog.app.productions.read_productions import read_open
from services.catalog.domain.course import Block
from services.catalog.domain.document import check_block
from services.catalog.domain.ids import ProductionId
from services.catalog.domain.production_block import (
    MAX_BLOCK_BYTES,
    BlockMark,
    Decision,
    ProductionBlock,
    ProductionDraft,
)
from services.catalog.domain.reading import Violation
from services.kit.call import Call
from services.kit.clock import Clock
from services.kit.store import Change, Check, Stored, commit_retrying, read_or

AUDIT_ACTION = "catalog.production_block_decided"
MAX_LISTED = 50


@dataclass(frozen=True)
class Verdict:
    """What a person decides. `value` is what an edit makes of the block.

    `reviewer` is who learners read reviewed it, where anything of it is a machine's.
    """

    decision: Decision
    value: Any = None
    reviewer: str | None = None
    marks_seen: bool = False


def decide_block(
    ctx: Context, call: Call, production_id: ProductionId, block: Block, revision: int, verdict: Verdict
) -> Stored[ProductionBlock]:
    """Decides on the block that was read at this revision.

    Raises:
        Problem: PRODUCTION_UNKNOWN, PRODUCTION_CLOSED, PRODUCTION_CHANGED, BLOCK_INVALID, BLOCK_MARKED,
            BLOCK_UNDECIDABLE, REVIEWER_NEEDED.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Stored[ProductionBlock]]:
        state = read_open(ctx, production_id)
        known = read_or(ctx.store, block_key(production_id, block), ProductionBlock(block))
        if known.version != revision:
            raise PRODUCTION_CHANGED.problem(revision=known.version)
        drafts = [draft.value for draft in read_drafts(ctx.store, production_id)] if verdict.decision == "edit" else []
        decided = _decided(ctx.clock, known.value, verdict, drafts)
        put = known.put(decided)
        what = f"{block} {verdict.decision} {decided.state}"
        entry = ctx.audit.entry(call.caller, AUDIT_ACTION, production_id, what)
        return Change([put, Check(state.key, state.version), entry]), known.after(put)

    return commit_retrying(ctx.store, plan)


def _decided(
    clock: Clock, block: ProductionBlock, verdict: Verdict, drafts: Sequence[ProductionDraft]
) -> ProductionBlock:
    match verdict.decision:
        case "accept":
            return _accepted(clock, block, verdict)
        case "edit":
            return _edited(clock, block, verdict, drafts)
        case "drop":
            return block.drop()
        case "reopen":
            return block.reopen()


def _accepted(clock: Clock, block: ProductionBlock, verdict: Verdict) -> ProductionBlock:
    if block.state != "draft":
        raise BLOCK_UNDECIDABLE.problem(state=block.state)
    _see_to(block.marks, verdict)
    _check(block.block, block.document)
    return block.accept(_reviewer(verdict), clock.now())


def _edited(
    clock: Clock, block: ProductionBlock, verdict: Verdict, drafts: Sequence[ProductionDraft]
) -> ProductionBlock:
    _check(block.block, verdict.value)
    edited = block.edit(verdict.value, drafts, verdict.reviewer, clock.now())
    if edited.is_drafted:
        _see_to(block.unseen_in(edited), verdict)
        _reviewer(verdict)
    return edited


def _see_to(marks: Sequence[BlockMark], verdict: Verdict) -> None:
    if marks and not verdict.marks_seen:
        raise BLOCK_MARKED.problem(marks=[vars(mark) for mark in marks])


def _reviewer(verdict: Verdict) -> str:
    if verdict.reviewer is None:
        raise REVIEWER_NEEDED.problem()
    return verdict.reviewer


def _too_large(block: Block, value: Any) -> Iterator[Violation]:
    if len(json.dumps(value, ensure_ascii=False).encode()) > MAX_BLOCK_BYTES:
        limit = MAX_BLOCK_BYTES // 1024
        yield Violation((block,), f"这一部分最大 {limit} KB", f"a block has at most {limit} KB")


def _check(block: Block, value: Any) -> None:
    absent = [Violation((block,), "缺少内容", "there is no value")] if value is None else [*_too_large(block, value)]
    errors = [
        {"pointer": found.pointer, "message": found.message, "message_en": found.message_en}
        for found in [*absent, *check_block(block, value)][:MAX_LISTED]
    ]
    if errors:
        raise BLOCK_INVALID.problem(errors=errors)
