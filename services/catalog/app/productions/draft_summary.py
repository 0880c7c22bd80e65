"""Drafts the summary of a lecture, for a person to decide on: the step `summarise`."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from services.catalog.app.context import ProducingContext
from services.catalog.app.ports import Model, ModelRefuses, Summariser
from services.catalog.app.productions.items import answers_folder, block_key, draft_key, facts_key
from services.catalog.app.productions.kept_answers import KeptAnswers
from services.catalog.app.productions.take_step import (
    Onward,
    Refusal,
    Result,
    StepCall,
    Unfinished,
    progress_of,
    take_step,
)
from services.catalog.app.productions.transcripts import find_transcript, load_transcript
from services.catalog.app.productions.write_down import catalogue_terms
from services.catalog.app.summaries.write_summary import write_summary
from services.catalog.domain.course import BLOCKS
from services.catalog.domain.draft import Draft, Lecture, within_limits
from services.catalog.domain.grounding import check_draft
from services.catalog.domain.production import Hindrance, Production
from services.catalog.domain.production_block import ProductionBlock, draft_of, drafted_block
from services.catalog.domain.production_facts import ProductionFacts
from services.catalog.domain.transcript import Transcript
from services.kit.store import Put, Write, read_or

ASKING = timedelta(minutes=5)
"""How long a call begins to ask a model for more: an answer, tried three times, may take nine of its 15 minutes."""
_NAMELESS = Hindrance(
    "INSTRUCTORS_NEEDED",
    "请先在课程信息中填写讲师姓名，再重新处理：姓名不会告诉模型",
    "name the instructors in the facts first, then run again: a model is not told their names",
)
_NOTHING = Hindrance(
    "NOTHING_DRAFTED",
    "模型的回答无法使用，没有起草任何内容。请重新起草一次，或自行编写各部分",
    "no answer of the model could be used, and nothing was drafted. Have it drafted once more, or write the parts",
)
_REFUSED = Hindrance(
    "MODEL_REFUSES",
    "模型服务不接受系统的请求（密钥、权限或模型名称）。请告知管理员，修复后重新处理；也可以自行编写各部分",
    "the model's service refuses the system (its key, permission or model). Tell an administrator, and run again once "
    "that is mended; or write the parts yourself",
)


def draft_summary(ctx: ProducingContext, call: StepCall) -> Onward:
    """Puts drafts where nobody has decided or worked yet, all at once; without a transcript there is nothing to do."""

    def work(production: Production) -> Result:
        known = find_transcript(ctx, call.production_id)
        spoken = load_transcript(ctx.files, known.value) if known else None
        if spoken is None:
            return Result(state="skipped")
        lecture = _lecture(ctx, production, spoken)
        summarise = _asking(ctx, ctx.model, lecture, production) if ctx.model else ctx.summarise
        tell = progress_of(ctx, call)
        draft = within_limits(summarise(lecture, lambda done, all_: tell(100 * done // max(all_, 1))))
        marks = check_draft(lecture, draft)
        wanted = [block for block in BLOCKS if production.run and production.run.block in {None, block}]
        drafted = [drafted_block(lecture, draft, marks, block) for block in wanted]
        problem = _NOTHING if ctx.model and all(block.value is None for block in drafted) else None
        return Result(writes=lambda: _writes(ctx, call, production, drafted), problem=problem)

    return take_step(ctx, call, work)


def _asking(ctx: ProducingContext, model: Model, lecture: Lecture, production: Production) -> Summariser:
    """The model, which is told no names, is asked for so long, and for nothing that it has answered before."""
    if not lecture.names:
        raise Refusal(_NAMELESS)
    until = ctx.clock.now() + ASKING

    def in_time() -> None:
        if ctx.clock.now() >= until:
            raise Unfinished

    drafting = production.run.drafting if production.run else 0
    kept = KeptAnswers(model, ctx.files, answers_folder(production.production_id, drafting), in_time)

    def summarise(lecture: Lecture, progress: Callable[[int, int], None]) -> Draft:
        try:
            return write_summary(kept, lecture, progress)
        except ModelRefuses:
            raise Refusal(_REFUSED) from None

    return summarise


def _lecture(ctx: ProducingContext, production: Production, spoken: Transcript) -> Lecture:
    facts = ctx.store.get(facts_key(production.production_id), ProductionFacts)
    length = production.packaged.duration_ms if production.packaged else spoken.end_ms
    names = facts.value.instructors if facts else ()
    return Lecture(production.title, spoken, length, catalogue_terms(ctx), names)


def _writes(
    ctx: ProducingContext, call: StepCall, production: Production, drafted: Sequence[ProductionBlock]
) -> list[Write]:
    """Of blocks that somebody has decided on or worked on, nothing, unless the draft was asked for in place of that;
    of what was not drafted, nothing either: not even of the block that was asked for, which stays.
    """
    writes: list[Write] = []
    over = production.run.over if production.run else None
    for block in drafted:
        known = read_or(ctx.store, block_key(call.production_id, block.block), ProductionBlock(block.block))
        made = block.value is not None or (bool(block.marks) and (over is None or known.value.value is None))
        if made and (known.value.takes_drafts or known.version == over):
            writes.append(known.put(known.value.take(replace(block, changed_at=ctx.clock.now()))))
            draft = draft_of(block, production.title)
            writes += [Put(draft_key(call.production_id, block.block, call.run), draft)] if draft else []
    return writes
