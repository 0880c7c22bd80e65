"""What a model is asked to answer, and how its answer is read.

The models are the schema that it is given and that it is held to.
An answer is read member by member and item by item: what is right is kept, what is wrong is listed.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, ValidationInfo, model_validator

from services.catalog.domain.course import MindMapNode
from services.catalog.domain.document import MAX_KEYWORD, MAX_LINE, MAX_TITLE
from services.catalog.domain.draft import CHOICES, DraftChapter, DraftKeyPoint, DraftQuestion
from services.catalog.domain.reading import Path, Violation
from services.catalog.domain.transcript import Stretch, tidy

MAX_ABSTRACT, MAX_SUMMARY = 1_200, 400
MOST = {"keywords": 20, "chapters": 30, "key_points": 20, "questions": 20, "branches": 30}
"""Items of each member, at most."""

Number = Annotated[int, Field(strict=True, description="number of a sentence")]


def _text(longest: int) -> Any:
    return Field(strict=True, min_length=1, max_length=longest)


Line = Annotated[str, _text(MAX_LINE)]
Title = Annotated[str, _text(MAX_TITLE)]
Summary = Annotated[str, _text(MAX_SUMMARY)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _WithSource(_Part):
    first: Number
    last: Number

    @model_validator(mode="after")
    def _names_sentences(self, info: ValidationInfo) -> Self:
        part: Stretch = info.context if isinstance(info.context, Stretch) else Stretch(self.first, self.last)
        if not part.first <= self.first <= self.last <= part.last:
            raise ValueError(f"first and last must be sentence numbers from {part.first} to {part.last}, in order")
        return self

    @property
    def source(self) -> Stretch:
        """The sentences that it rests on."""
        return Stretch(self.first, self.last)


class ChapterAnswer(_WithSource):
    """A part of the lecture, from its first sentence to its last."""

    title: Title
    summary: Summary


class KeyPointAnswer(_WithSource):
    """A question that the lecture answers, and its answer, with the sentences that give it."""

    question: Line
    answer: Summary


class QuestionAnswer(_WithSource):
    """A question for the learner with four choices, of which exactly one is right by these sentences."""

    text: Line
    choices: Annotated[list[Line], Field(min_length=CHOICES, max_length=CHOICES)]
    right: Annotated[int, Field(strict=True, ge=0, lt=CHOICES, description="place of the right choice, from 0")]

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if len({tidy(choice) for choice in self.choices}) < CHOICES:
            raise ValueError("choices must differ")
        return self


class BranchAnswer(_Part):
    """A branch of the mind map, and what belongs to it."""

    text: Title
    leaves: Annotated[list[Title], Field(max_length=10)]


class SummaryAnswer(_Part):
    """Summary of a lecture, or of a part of it."""

    keywords: Annotated[list[Annotated[str, _text(MAX_KEYWORD)]], Field(max_length=MOST["keywords"])]
    abstract: Annotated[str, _text(MAX_ABSTRACT)]
    chapters: Annotated[list[ChapterAnswer], Field(max_length=MOST["chapters"])]
    key_points: Annotated[list[KeyPointAnswer], Field(max_length=MOST["key_points"])]
    questions: Annotated[list[QuestionAnswer], Field(max_length=MOST["questions"])]
    branches: Annotated[list[BranchAnswer], Field(max_length=MOST["branches"], description="of the mind map")]


class AbstractAnswer(_Part):
    """Abstract of a whole lecture."""

    abstract: Annotated[str, _text(MAX_ABSTRACT)]


_ITEMS: dict[str, TypeAdapter[Any]] = {
    "keywords": TypeAdapter(Annotated[str, _text(MAX_KEYWORD)]),
    "chapters": TypeAdapter(ChapterAnswer),
    "key_points": TypeAdapter(KeyPointAnswer),
    "questions": TypeAdapter(QuestionAnswer),
    "branches": TypeAdapter(BranchAnswer),
}
_ABSTRACT: TypeAdapter[str] = TypeAdapter(Annotated[str, _text(MAX_ABSTRACT)])
T = TypeVar("T")


@dataclass
class Part:
    """What of an answer is right, and what is not."""

    keywords: list[str] = field(default_factory=list)
    abstract: str = ""
    chapters: list[DraftChapter] = field(default_factory=list)
    key_points: list[DraftKeyPoint] = field(default_factory=list)
    questions: list[DraftQuestion] = field(default_factory=list)
    branches: list[MindMapNode] = field(default_factory=list)
    faults: list[Violation] = field(default_factory=list)

    @property
    def held(self) -> int:
        """How many of its items are right."""
        items = [*self.keywords, *self.chapters, *self.key_points, *self.questions, *self.branches]
        return len(items) + bool(self.abstract)


def read_answer(text: str, stretch: Stretch) -> Part:
    """Reads an answer about these sentences."""
    part = Part()
    values = _members(text, part.faults)
    if values is None:
        return part
    unknown = sorted(set(values) - set(SummaryAnswer.model_fields))
    if unknown:
        part.faults.append(Violation((), "有不认识的字段", "has unknown members"))
    part.abstract = _abstract(values, part.faults)
    part.keywords = list(dict.fromkeys(tidy(word) for word in _items("keywords", values, stretch, part.faults)))
    chapters = [
        DraftChapter(tidy(c.title), tidy(c.summary), c.source) for c in _items("chapters", values, stretch, part.faults)
    ]
    part.chapters = sorted(chapters, key=lambda chapter: chapter.source.first)
    if any(one.source.first >= other.source.first for one, other in pairwise(chapters)):
        message = "章节应按时间先后，且各自开始于不同的句子"
        part.faults.append(Violation(("chapters",), message, "must be in order, each from another sentence on"))
    part.key_points = [
        DraftKeyPoint(tidy(k.question), tidy(k.answer), k.source)
        for k in _items("key_points", values, stretch, part.faults)
    ]
    part.questions = [
        DraftQuestion(tidy(q.text), tuple(map(tidy, q.choices)), q.right, q.source)
        for q in _items("questions", values, stretch, part.faults)
    ]
    part.branches = [
        MindMapNode(tidy(branch.text), tuple(MindMapNode(tidy(leaf)) for leaf in branch.leaves))
        for branch in _items("branches", values, stretch, part.faults)
    ]
    return part


def read_abstract(text: str) -> tuple[str, list[Violation]]:
    """Reads the abstract of a whole lecture; empty where there is none."""
    faults: list[Violation] = []
    values = _members(text, faults)
    return ("", faults) if values is None else (_abstract(values, faults), faults)


def _members(text: str, faults: list[Violation]) -> dict[str, Any] | None:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        faults.append(Violation((), "不是完整的 JSON", "is no complete JSON"))
        return None
    if not isinstance(values, dict):
        faults.append(Violation((), "应为一组字段", "must be an object"))
        return None
    return values


def _abstract(values: dict[str, Any], faults: list[Violation]) -> str:
    try:
        lines = _ABSTRACT.validate_python(values.get("abstract")).split("\n")
    except ValidationError as error:
        faults.extend(_violations(("abstract",), error))
        return ""
    return "\n\n".join(tidy(line) for line in lines if tidy(line))


def _items(member: str, values: dict[str, Any], stretch: Stretch, faults: list[Violation]) -> Iterator[Any]:
    found = values.get(member)
    if not isinstance(found, list):
        faults.append(Violation((member,), "缺少此项，应为列表", "must be a list"))
        return
    if len(found) > MOST[member]:
        faults.append(Violation((member,), f"最多 {MOST[member]} 项", f"at most {MOST[member]} entries"))
    for place, value in enumerate(found[: MOST[member]]):
        try:
            yield _ITEMS[member].validate_python(value, context=stretch)
        except ValidationError as error:
            faults.extend(_violations((member, place), error))


def _violations(path: Path, error: ValidationError) -> Iterator[Violation]:
    """What is wrong, in words of ours: nothing of the answer is repeated in them."""
    for fault in error.errors(include_input=False, include_url=False, include_context=False):
        rule = fault["msg"].removeprefix("Value error, ")
        place = tuple(part for part in fault["loc"] if isinstance(part, int) or part in _NAMES)
        yield Violation((*path, *place), f"不合要求:{rule}", rule)


_NAMES = {
    name
    for model in (ChapterAnswer, KeyPointAnswer, QuestionAnswer, BranchAnswer, SummaryAnswer)
    for name in model.model_fields
}
