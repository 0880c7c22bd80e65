"""A block of a course's summary on its way to the page: drafted by a machine or written by a person, who decides. Pure.

What has anything of a machine's draft stays made by it, also where a person edited it or dropped it before: it is
published with both names. What a person wrote has no provenance: where nothing was drafted, or nothing of it is left.
Whose a text is follows from the text and the drafts alone, and never from how somebody came to it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, Literal

from services.catalog.domain.authorship import DraftedText, followed, sentences_of, texts_of, words_of
from services.catalog.domain.course import BLOCKS, Block, Course, Provenance
from services.catalog.domain.document import check_block_times, format_time, write_course
from services.catalog.domain.draft import EXTRACTIVE, Draft, Lecture, draft_member
from services.catalog.domain.grounding import Mark, marks_of
from services.catalog.domain.hours import Doubt
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
MAX_ROWS = 6
"""Entries or sentences that are named where there are many."""
MAX_TAKEN = 60
"""Characters of a sentence that is still a draft's."""
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
_SAID = "what is said in a lecture is published with it"


@stored(shape=1, personal=Kept("value", "said", because=_SAID, until="the table goes"))
class ProductionDraft:
    """A block as a machine drafted it, which stays whatever a person makes of it: what they write is held against it.

    `title` is what the lecture was called then: that is a person's, also where the machine took it up.
    """

    block: Block
    made_by: str
    title: str
    value: str
    marks: tuple[BlockMark, ...] = ()
    sources: tuple[BlockSource, ...] = ()

    @property
    def document(self) -> Any:
        """The member of the course document that was drafted."""
        return json.loads(self.value)

    def beside(self, block: Block) -> DraftedText:
        """Its text, to be looked for in what that block says."""
        return DraftedText((t for t in texts_of(self.document) if t != self.title), kin=block == self.block)

    def marks_in(self, value: Any) -> tuple[BlockMark, ...]:
        """Its marks that an edit leaves: of parts that are in it word for word, wherever, and of the whole block."""
        if not isinstance(value, list):
            return self.marks
        said, now = [*map(words_of, self.document)], [*map(words_of, value)]
        return tuple(
            mark if mark.part is None else replace(mark, part=now.index(said[mark.part]))
            for mark in self.marks
            if mark.part is None or said[mark.part] in now
        )

    def sources_in(self, value: Any) -> tuple[BlockSource, ...]:
        """What the parts of an edit rest on that are still its parts, wherever they stand now."""
        if not isinstance(value, list):
            return self.sources
        places = followed(self.document, value)
        return tuple(
            replace(source, part=part)
            for part, place in enumerate(places)
            for source in self.sources
            if source.part == place
        )


@stored(shape=1, personal=(_REVIEWER, Kept("value", "said", "taken", because=_SAID, until="the table goes")))
class ProductionBlock:
    """A block as it stands. `value` is the JSON of the course document's member; a dropped one keeps what it had.

    `edited`: a person wrote it, or changed what was drafted; `taken` is how some of its sentences begin that are still
    the same as a draft's or close to it. `changed_at` is when it was drafted or written; None: it was published before.
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
    edited: bool = False
    taken: tuple[str, ...] = ()
    changed_at: datetime | None = None

    @property
    def document(self) -> Any:
        """The member of the course document; None: there is none."""
        return None if self.value is None else json.loads(self.value)

    @property
    def takes_drafts(self) -> bool:
        """Whether any draft may take its place: nobody has decided on what is there, or worked on it."""
        return self.state in {"empty", "draft"} and not self.edited

    @property
    def is_drafted(self) -> bool:
        """Whether anything that stands there was drafted by a machine, edited or not, and dropped or not."""
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

    def edit(
        self, value: Any, drafts: Sequence[ProductionDraft], reviewer: str | None, now: datetime
    ) -> "ProductionBlock":
        """What a person made of it, or wrote in its place; `drafts` is all that machines drafted, the newest last.

        It is the person's own where nothing of any draft is in it, and needs a reviewer where something is.
        """
        text, kin = json.dumps(value, ensure_ascii=False), [draft for draft in drafts if draft.block == self.block]
        looked_for = [(draft, draft.beside(self.block)) for draft in drafts]
        found = {draft: drafted for draft, drafted in reversed(looked_for) if drafted.is_in(texts_of(value))}
        if not found:
            return self.take(ProductionBlock(self.block, "written", text, edited=True, changed_at=now))
        # Sentences that were chosen are nobody's; where a model wrote any of it, that is what must be said.
        maker = max(found, key=lambda draft: (draft.made_by != EXTRACTIVE, draft.block == self.block))
        marks = dict.fromkeys(mark for draft in found if draft.block == self.block for mark in draft.marks_in(value))
        sources = kin[-1].sources_in(value) if kin else ()
        edited = not kin or kin[-1].document != value
        alike = (said for said in sentences_of(value) if any(drafted.is_in([said]) for drafted in found.values()))
        taken = tuple(_cut(said, MAX_TAKEN) for said in islice(alike, MAX_ROWS)) if edited else ()
        return self.take(
            ProductionBlock(
                self.block, "accepted", text, maker.made_by, reviewer, now, tuple(marks), sources, edited, taken, now
            )
        )

    def take(self, other: "ProductionBlock") -> "ProductionBlock":
        """With what stands in another one in place of what was there."""
        return replace(
            self,
            state=other.state,
            value=other.value,
            made_by=other.made_by,
            reviewer=other.reviewer,
            reviewed_at=other.reviewed_at,
            marks=other.marks,
            sources=other.sources,
            edited=other.edited,
            taken=other.taken,
            changed_at=other.changed_at,
        )

    def unseen_in(self, edited: "ProductionBlock") -> tuple[BlockMark, ...]:
        """The marks of an edit that nobody has looked at: none that were accepted in the same words."""
        seen = {_marked(self, mark) for mark in self.marks} if self.state == "accepted" else set()
        return tuple(mark for mark in edited.marks if _marked(edited, mark) not in seen)

    def hear_anew(self) -> "ProductionBlock":
        """Of another recording: what was accepted is decided on again, and nothing is known of what is said now."""
        opened = self.reopen() if self.state == "accepted" else self
        return replace(opened, sources=())

    def drop(self) -> "ProductionBlock":
        """Left out of the page; `reopen` brings it back."""
        return replace(self, state="dropped", reviewer=None, reviewed_at=None)

    def reopen(self) -> "ProductionBlock":
        """To be decided again."""
        if self.state not in {"accepted", "dropped"}:
            return self
        if self.value is None:
            return self.take(ProductionBlock(self.block))
        state: BlockState = "draft" if self.is_drafted else "written"
        return replace(self, state=state, reviewer=None, reviewed_at=None)


def _marked(block: ProductionBlock, mark: BlockMark) -> tuple[str, tuple[str, ...] | None]:
    """What a mark says, and of which words."""
    parts = block.document
    return mark.message, words_of(parts[mark.part]) if isinstance(parts, list) and mark.part is not None else None


def published_block(course: Course, block: Block) -> ProductionBlock:
    """A block as it is published, with what the page says of who made it."""
    text = json.dumps(write_course(course)[block], ensure_ascii=False)
    noted = next((found for found in course.provenance if found.block == block), None)
    if noted is None:
        return ProductionBlock(block, "written", text, edited=True)
    return ProductionBlock(block, "accepted", text, noted.made_by, noted.reviewed_by, start_of(noted.reviewed_on))


def draft_of(block: ProductionBlock, title: str) -> ProductionDraft | None:
    """What is kept of a block as a machine made it, of a lecture that is called so; None where it made nothing."""
    if block.value is None or block.made_by is None:
        return None
    return ProductionDraft(block.block, block.made_by, title, block.value, block.marks, block.sources)


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
    return BlockSource(part, sentences[0].start_ms, sentences[-1].end_ms, _cut(said, MAX_SAID))


def _cut(said: str, most: int) -> str:
    return said if len(said) <= most else f"{said[:most]}…"


def lacking_blocks(blocks: Sequence[ProductionBlock], duration_ms: int | None) -> Iterator[Lack]:
    """What must be decided on, written or mended before publishing; None: how long the lecture is, is not known yet."""
    for found in blocks:
        if found.state == "draft":
            yield Lack(
                found.block, "草稿尚未审核：请采用、修改或舍弃", "the draft is not reviewed: accept, edit or drop it"
            )
        elif found.block in NEEDED and found.state in {"empty", "dropped"}:
            yield Lack(found.block, "课程页需要这一部分：请编写", "every page has this part: write it")
        elif found.state in {"accepted", "written"} and duration_ms is not None:
            yield from _beyond(found, duration_ms)


def _beyond(found: ProductionBlock, duration_ms: int) -> Iterator[Lack]:
    places = check_block_times(found.block, found.document, duration_ms)
    if places:
        end, more = format_time(duration_ms), "…" if len(places) > MAX_ROWS else ""
        rows = [str(place + 1) for place in places[:MAX_ROWS]]
        message = f"第 {'、'.join(rows)}{more} 项晚于视频结束（{end}）：请改正时间"
        message_en = f"entry {', '.join(rows)}{more}: after the lecture's end ({end}); correct the time"
        yield Lack(found.block, message, message_en)


def doubtful_blocks(blocks: Iterable[ProductionBlock], corrected_at: datetime | None) -> Iterator[Doubt]:
    """What a person should look at: drafts that are older than the transcript as it was last corrected."""
    drafted = (block for block in blocks if block.is_drafted and block.state != "dropped")
    older = [block.block for block in drafted if corrected_at and block.changed_at and block.changed_at < corrected_at]
    if older:
        message = "起草之后修改过文稿，草稿仍按修改前的文字写成：请对照文稿核对摘要，或重新起草"
        message_en = "the transcript was corrected after drafts were made of it: check them, or have them drafted again"
        yield Doubt(older[0], message, message_en)


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
