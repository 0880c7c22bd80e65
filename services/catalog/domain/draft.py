"""A draft of a course's summary: what a machine proposes, and the stretch of the lecture that each part rests on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from services.catalog.domain.course import Block, MindMapNode
from services.catalog.domain.document import (
    MAX_CHAPTERS,
    MAX_KEY_POINTS,
    MAX_KEYWORDS,
    MAX_QUESTIONS,
    format_time,
    write_mind_map,
)
from services.catalog.domain.reading import Violation
from services.catalog.domain.transcript import Stretch, Transcript

EXTRACTIVE = "extractive"
"""Made by choosing among the lecture's own sentences, without a model that writes."""

CHOICES = 4
"""What a drafted question offers."""


@dataclass(frozen=True)
class Lecture:
    """What a summary is made of, and all that is known for it.

    `terms` are words of the field. `names` are those of instructors, which no model is told.
    """

    title: str
    transcript: Transcript
    duration_ms: int
    terms: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class DraftChapter:
    """A part of the lecture; it begins with the first sentence of its stretch."""

    title: str
    summary: str
    source: Stretch


@dataclass(frozen=True)
class DraftKeyPoint:
    """A question that the lecture answers, in that stretch."""

    question: str
    answer: str
    source: Stretch


@dataclass(frozen=True)
class DraftQuestion:
    """What a prompt may ask. `answer` is the index of the choice that the stretch says is right."""

    text: str
    choices: tuple[str, ...]
    answer: int
    source: Stretch


@dataclass(frozen=True)
class Draft:
    """A summary that nobody has reviewed. `faults` is what its maker answered that was no part of one."""

    made_by: str
    keywords: tuple[str, ...] = ()
    abstract: str = ""
    chapters: tuple[DraftChapter, ...] = ()
    key_points: tuple[DraftKeyPoint, ...] = ()
    mind_map: MindMapNode | None = None
    questions: tuple[DraftQuestion, ...] = ()
    faults: tuple[Violation, ...] = ()


def within_limits(draft: Draft) -> Draft:
    """With no more of anything than a course document takes: a model that is asked part by part may have more."""
    return replace(
        draft,
        keywords=draft.keywords[:MAX_KEYWORDS],
        chapters=draft.chapters[:MAX_CHAPTERS],
        key_points=draft.key_points[:MAX_KEY_POINTS],
        questions=draft.questions[:MAX_QUESTIONS],
    )


def starts_at(transcript: Transcript, source: Stretch) -> int:
    """When a stretch begins, in milliseconds."""
    return transcript.sentences[source.first - 1].start_ms


def draft_member(lecture: Lecture, draft: Draft, block: Block) -> Any:
    """What a block of a draft is in a course document; empty where the draft has none."""
    match block:
        case "keywords":
            return list(draft.keywords)
        case "abstract":
            return draft.abstract
        case "mind_map":
            return write_mind_map(draft.mind_map) if draft.mind_map else None
        case "chapters":
            return [{"at": _time(lecture, c.source), "title": c.title, "summary": c.summary} for c in draft.chapters]
        case "key_points":
            return [
                {"question": k.question, "answer": k.answer, "at": _time(lecture, k.source)} for k in draft.key_points
            ]
        case "questions":
            return [
                {"text": q.text, "choices": list(q.choices), "answer": q.choices[q.answer]} for q in draft.questions
            ]


def _time(lecture: Lecture, source: Stretch) -> str:
    return format_time(starts_at(lecture.transcript, source) if lecture.transcript.has(source) else 0)


def mind_map_texts(node: MindMapNode) -> Iterator[str]:
    """Everything that a mind map says, from its root on."""
    yield node.text
    for child in node.children:
        yield from mind_map_texts(child)
