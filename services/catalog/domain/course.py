"""A course as its editor writes it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from services.catalog.domain.ids import ContentId, CourseId

Credential = Literal["AFP", "CFP", "EFP", "CPB", "CTP"]

CREDENTIALS: tuple[str, ...] = get_args(Credential)
"""The certificates a course can be eligible for."""

Category = Literal["compulsory", "elective"]

CATEGORIES: tuple[Category, ...] = ("compulsory", "elective")
"""Compulsory (必修) and elective (选修) hours."""


Block = Literal["keywords", "abstract", "chapters", "mind_map", "key_points", "questions"]

BLOCKS: tuple[Block, ...] = get_args(Block)
"""The parts of a course's summary that a machine may draft."""


@dataclass(frozen=True)
class Provenance:
    """That a machine made a block, and which person reviewed it when. What people wrote has none.

    `made_by` is the model's name, or "extractive" where nothing was written and sentences were chosen.
    """

    block: Block
    made_by: str
    reviewed_by: str
    reviewed_on: date


@dataclass(frozen=True)
class Chapter:
    """A part of the lecture, from `at_ms` on."""

    at_ms: int
    title: str
    summary: str


@dataclass(frozen=True)
class Instructor:
    """Who gives the lecture."""

    name: str
    title: str
    bio: str


@dataclass(frozen=True)
class KeyPoint:
    """A question the lecture answers, and when it does, where that is known."""

    question: str
    answer: str
    at_ms: int | None = None


@dataclass(frozen=True)
class Question:
    """What a prompt may ask. `answer` is the index of the right one of `choices`; it is shown to editors only."""

    text: str
    choices: tuple[str, ...]
    answer: int


@dataclass(frozen=True)
class MindMapNode:
    """A branch of the mind map."""

    text: str
    children: tuple["MindMapNode", ...] = ()


@dataclass(frozen=True)
class Course:
    """Everything editorial. Money in fen; `max_rate` is the fastest playback that still earns credit."""

    course_id: CourseId
    content_id: ContentId
    title: str
    hours: Decimal
    category: Category
    eligible_credentials: tuple[str, ...]
    published_on: date
    price_fen: int
    member_price_fen: int
    member_recommended: bool
    member_library: bool
    max_rate: Decimal
    abstract: str
    keywords: tuple[str, ...]
    instructors: tuple[Instructor, ...]
    chapters: tuple[Chapter, ...]
    key_points: tuple[KeyPoint, ...]
    mind_map: MindMapNode | None = None
    title_en: str | None = None
    subtitle: str | None = None
    questions: tuple[Question, ...] = ()
    provenance: tuple[Provenance, ...] = ()
