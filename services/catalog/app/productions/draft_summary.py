"""Drafts the summary of a lecture, for a person to decide on: the step `summarise`."""

from collections.abc import Sequence

from services.catalog.app.context import ProducingContext
from services.catalog.app.productions.items import block_key, draft_key, facts_key
from services.catalog.app.productions.take_step import Onward, Refusal, Result, StepCall, progress_of, take_step
from services.catalog.app.productions.transcripts import find_transcript, load_transcript
from services.catalog.app.productions.write_down import catalogue_terms
from services.catalog.domain.course import BLOCKS
from services.catalog.domain.draft import Lecture, within_limits
from services.catalog.domain.grounding import check_draft
from services.catalog.domain.production import Hindrance, Production
from services.catalog.domain.production_block import ProductionBlock, draft_of, drafted_block
from services.catalog.domain.production_facts import ProductionFacts
from services.catalog.domain.transcript import Transcript
from services.kit.store import Put, Write, read_or

_NAMELESS = Hindrance(
    "INSTRUCTORS_NEEDED",
    "请先在课程信息中填写讲师姓名，再重新处理：姓名不会告诉模型",
    "name the instructors in the facts first, then run again: a model is not told their names",
)


def draft_summary(ctx: ProducingContext, call: StepCall) -> Onward:
    """Puts drafts where nobody has decided or worked yet, all at once; without a transcript there is nothing to do."""

    def work(production: Production) -> Result:
        known = find_transcript(ctx, call.production_id)
        spoken = load_transcript(ctx.files, known.value) if known else None
        if spoken is None:
            return Result(state="skipped")
        lecture = _lecture(ctx, production, spoken)
        if ctx.asks_model and not lecture.names:
            raise Refusal(_NAMELESS)
        tell = progress_of(ctx, call)
        draft = within_limits(ctx.summarise(lecture, lambda done, all_: tell(100 * done // max(all_, 1))))
        marks = check_draft(lecture, draft)
        wanted = [block for block in BLOCKS if production.run and production.run.block in {None, block}]
        drafted = [drafted_block(lecture, draft, marks, block) for block in wanted]
        return Result(writes=lambda: _writes(ctx, call, production, drafted))

    return take_step(ctx, call, work)


def _lecture(ctx: ProducingContext, production: Production, spoken: Transcript) -> Lecture:
    facts = ctx.store.get(facts_key(production.production_id), ProductionFacts)
    length = production.packaged.duration_ms if production.packaged else spoken.end_ms
    names = facts.value.instructors if facts else ()
    return Lecture(production.title, spoken, length, catalogue_terms(ctx), names)


def _writes(
    ctx: ProducingContext, call: StepCall, production: Production, drafted: Sequence[ProductionBlock]
) -> list[Write]:
    """Of blocks that somebody has decided on or worked on, nothing, unless the draft was asked for in place of that;
    of what was not drafted, nothing either.
    """
    writes: list[Write] = []
    over = production.run.over if production.run else None
    for block in drafted:
        known = read_or(ctx.store, block_key(call.production_id, block.block), ProductionBlock(block.block))
        if (known.value.takes_drafts or known.version == over) and (block.value is not None or block.marks):
            writes.append(known.put(known.value.take(block)))
            draft = draft_of(block, production.title)
            writes += [Put(draft_key(call.production_id, block.block, call.run), draft)] if draft else []
    return writes
