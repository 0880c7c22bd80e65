"""A block of a course's summary on its way to the page: drafted by a machine or written by a person, who decides. Pure.

What a machine drafted stays made by it, also where a person edited it or dropped it before: it is published with both
names. What a person wrote where nothing was drafted has no provenance.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from services.catalog.domain.course import BLOCKS, Block, Course, Provenance
from services.catalog.domain.document import write_course
from services.catalog.domain.draft import Draft, Lecture, draft_member
from services.catalog.domain.grounding import Mark, marks_of
from services.catalog.domain.production import Lack
from services.catalog.domain.transcript import Stretch, joined
from services.kit.days import civil_day, start_of
from services.kit.kinds import Kept, stored

BlockState = Literal["empty", "draft", "accepted", "written", "dropped"]
Decision = Literal["accept", "edit", "drop", "reopen"]

MAX_SAID = 200
"""Characters of a source that stand beside its draft; the transcript has all of them."""
MAX_BLOCK_BYTES = 192 * 1024
"""UTF-8 bytes of a block's value: with all sources and marks it fits an item."""
NEEDED: tuple[Block, ...] = ("abstract", "chapters")
"""What every page has."""


@dataclass(frozen=True)
class BlockMark:
    """What a person must look at before a draft is accepted: in which part (from 0), or in all of it."""

    part: int | None
    message: str
    message_en: str


@dataclass(frozen=True)
class BlockSource:
    """What a part (from 0) of a draft rests on: when it was said, and how it begins."""

    part: int
    start_ms: int
    end_ms: int
    said: str


_REVIEWER = Kept("reviewer", because="who reviewed what a machine made is published with it", until="the table goes")
_SPOKEN = Kept("value", "said", because="what is said in a lecture is published with it", until="the table goes")


@stored(shape=1, personal=(_REVIEWER, _SPOKEN))
class ProductionBlock:
    """A block as it stands. `value` is the JSON of the course document's member; a dropped one keeps what it had.

    `marks` stay, also when they were looked at: one that is opened again is reviewed again.
    """

    block: Block
    state: BlockState = "empty"
    value: str | None = None
    made_by: str | None = None
    reviewer: str | None = None
    reviewed_at: datetime | None = None
    marks: tuple[BlockMark, ...] = ()
    sources: tuple[BlockSource, ...] = ()

    @property
    def document(self) -> Any:
        """The member of the course document; None: there is none."""
        return None if self.value is None else json.loads(self.value)

    @property
    def takes_drafts(self) -> bool:
        """Whether a draft may take its place: nobody has decided on what is there."""
        return self.state in {"empty", "draft"}

    @property
    def is_drafted(self) -> bool:
        """Whether what stands there was drafted by a machine, edited or not, and dropped or not."""
        return self.made_by is not None

    @property
    def open_marks(self) -> tuple[BlockMark, ...]:
        """The marks that nobody has said to have looked at."""
        return () if self.state == "accepted" else self.marks

    @property
    def provenance(self) -> Provenance | None:
        """What the page says of who made it; None: a person wrote it, or it is not published."""
        if self.state != "accepted" or not self.made_by or not self.reviewer or not self.reviewed_at:
            return None
        return Provenance(self.block, self.made_by, self.reviewer, civil_day(self.reviewed_at))

    def accept(self, reviewer: str, now: datetime) -> "ProductionBlock":
        """The draft, reviewed by that person and taken as it is."""
        return replace(self, state="accepted", reviewer=reviewer, reviewed_at=now)

    def edit(self, value: Any, reviewer: str | None, now: datetime) -> "ProductionBlock":
        """What a person made of it, or wrote in its place."""
        text, marks = json.dumps(value, ensure_ascii=False), self.marks_in(value)
        if self.is_drafted:
            return replace(self, state="accepted", value=text, reviewer=reviewer, reviewed_at=now, marks=marks)
        return replace(self.clear(), state="written", value=text)

    def marks_in(self, value: Any) -> tuple[BlockMark, ...]:
        """The marks that an edit leaves: of parts that are in it as they were, wherever, and of the whole block."""
        parts = self.document if isinstance(value, list) else ()
        return tuple(
            mark if mark.part is None or not parts else replace(mark, part=value.index(parts[mark.part]))
            for mark in self.marks
            if mark.part is None or not parts or parts[mark.part] in value
        )

    def take(self, draft: "ProductionBlock") -> "ProductionBlock":
        """With a draft in place of what was there."""
        return replace(
            self,
            state=draft.state,
            value=draft.value,
            made_by=draft.made_by,
            reviewer=None,
            reviewed_at=None,
            marks=draft.marks,
            sources=draft.sources,
        )

    def clear(self) -> "ProductionBlock":
        """As if nothing had been drafted or written."""
        return self.take(ProductionBlock(self.block))

    def drop(self) -> "ProductionBlock":
        """Left out of the page; `reopen` brings it back."""
        return replace(self, state="dropped", reviewer=None, reviewed_at=None)

    def reopen(self) -> "ProductionBlock":
        """To be decided again."""
        if self.state not in {"accepted", "dropped"}:
            return self
        if self.value is None:
            return self.clear()
        state: BlockState = "draft" if self.is_drafted else "written"
        return replace(self, state=state, reviewer=None, reviewed_at=None)


def published_block(course: Course, block: Block) -> ProductionBlock:
    """A block as it is published, with what the page says of who made it."""
    text = json.dumps(write_course(course)[block], ensure_ascii=False)
    noted = next((found for found in course.provenance if found.block == block), None)
    if noted is None:
        return ProductionBlock(block, "written", text)
    return ProductionBlock(block, "accepted", text, noted.made_by, noted.reviewed_by, start_of(noted.reviewed_on))


def drafted_block(lecture: Lecture, draft: Draft, marks: Iterable[Mark], block: Block) -> ProductionBlock:
    """A block of a draft, with what a person needs to decide on it; empty where the draft has none."""
    value = draft_member(lecture, draft, block)
    found = tuple(BlockMark(mark.part, mark.message, mark.message_en) for mark in marks_of(block, draft, marks))
    if not value:
        return ProductionBlock(block, marks=found)
    text = json.dumps(value, ensure_ascii=False)
    return ProductionBlock(
        block, "draft", text, draft.made_by, marks=found, sources=tuple(_sources(lecture, draft, block))
    )


def _sources(lecture: Lecture, draft: Draft, block: Block) -> Iterator[BlockSource]:
    items = getattr(draft, block) if block in {"chapters", "key_points", "questions"} else ()
    for part, item in enumerate(items):
        if lecture.transcript.has(item.source):
            yield _source(lecture, part, item.source)


def _source(lecture: Lecture, part: int, source: Stretch) -> BlockSource:
    sentences = lecture.transcript.within(source)
    said = joined(sentence.text for sentence in sentences)
    shown = said if len(said) <= MAX_SAID else f"{said[:MAX_SAID]}…"
    return BlockSource(part, sentences[0].start_ms, sentences[-1].end_ms, shown)


def lacking_blocks(blocks: Sequence[ProductionBlock]) -> Iterator[Lack]:
    """What must be decided on or written before publishing."""
    for found in blocks:
        if found.state == "draft":
            yield Lack(
                found.block, "草稿尚未审核：请采用、修改或舍弃", "the draft is not reviewed: accept, edit or drop it"
            )
        elif found.block in NEEDED and found.state in {"empty", "dropped"}:
            yield Lack(found.block, "课程页需要这一部分：请编写", "every page has this part: write it")


def published_blocks(blocks: Iterable[ProductionBlock]) -> dict[str, Any]:
    """The members of the course document that these blocks make, with the provenance of those that a machine made."""
    known = {found.block: found for found in blocks if found.state in {"accepted", "written"} and found.document}
    members: dict[str, Any] = {block: known[block].document for block in BLOCKS if block in known}
    noted = {
        block: {"made_by": p.made_by, "reviewed_by": p.reviewed_by, "reviewed_on": p.reviewed_on.isoformat()}
        for block in BLOCKS
        if block in known and (p := known[block].provenance)
    }
    return {**members, **({"provenance": noted} if noted else {})}
