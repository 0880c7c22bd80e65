"""Courses as JSON documents: what an editor's package holds and what the publishing call carries."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from services.catalog.domain.course import (
    BLOCKS,
    CATEGORIES,
    CREDENTIALS,
    Block,
    Category,
    Chapter,
    Course,
    Instructor,
    KeyPoint,
    MindMapNode,
    Provenance,
    Question,
)
from services.catalog.domain.ids import ContentId, CourseId
from services.catalog.domain.reading import Fields, Reader, Violation

ID_PATTERN = r"(?=.{3,64}$)[a-z0-9]+(-[a-z0-9]+)*"
ID_RULE = "3 至 64 个小写字母、数字，可用连字符分隔"
ID_RULE_EN = "3 to 64 lower-case letters and digits, which may be joined by hyphens"
TIME_PATTERN = r"([0-9]{1,2}:[0-5][0-9]|[0-9]{1,3}):[0-5][0-9]"

MAX_TITLE = 120
MAX_LINE = 300
MAX_TEXT = 5_000
MAX_KEYWORDS = 40
MAX_KEYWORD = 40
MAX_CHAPTERS = 200
MAX_KEY_POINTS = 200
MAX_INSTRUCTORS = 10
MAX_MIND_MAP_NODES = 500
MAX_MIND_MAP_DEPTH = 8
MAX_QUESTIONS = 50
MAX_CHOICES = 6
MAX_PRICE_FEN = 10_000_000
MAX_DOCUMENT_BYTES = 256 * 1024
"""UTF-8 bytes of a whole document: it must fit one DynamoDB item (400 KB)."""

_FIELDS = (
    "id", "content_id", "title", "title_en", "subtitle", "hours", "category", "eligible_credentials",
    "published_on", "price_fen", "member_price_fen", "member_recommended", "member_library", "watch",
    "abstract", "keywords", "instructors", "chapters", "key_points", "mind_map", "questions",
    "provenance",
)  # fmt: skip


class InvalidCourse(Exception):
    """The document is no publishable course; `violations` lists everything that is wrong."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__(f"{len(violations)} violation(s)")
        self.violations = violations


def read_course(document: object) -> Course:
    """The course a document describes. Raises InvalidCourse with all that is wrong."""
    found: list[Violation] = []
    course = _course(Reader(document, found).fields(_FIELDS))
    if found:
        raise InvalidCourse(found)
    return course


def check_block(block: Block, value: object) -> list[Violation]:
    """What is wrong with one block of a course, wherever it is from."""
    found: list[Violation] = []
    reader = Reader({block: value}, found).fields(BLOCKS)[block]
    _BLOCKS[block](reader)
    return found


def read_hours(value: object) -> Decimal | None:
    """The hours that a document's member grants; None: they are missing or wrong."""
    found: list[Violation] = []
    hours = _hours(Reader(value, found))
    return None if found else hours


def write_course(course: Course) -> dict[str, Any]:
    """The document of a course: `read_course` gives the same course back."""
    document: dict[str, Any] = {
        "id": course.course_id,
        "content_id": course.content_id,
        "title": course.title,
        "title_en": course.title_en,
        "subtitle": course.subtitle,
        "hours": str(course.hours),
        "category": course.category,
        "eligible_credentials": list(course.eligible_credentials),
        "published_on": course.published_on.isoformat(),
        "price_fen": course.price_fen,
        "member_price_fen": course.member_price_fen,
        "member_recommended": course.member_recommended,
        "member_library": course.member_library,
        "watch": {"max_rate": str(course.max_rate)},
        "abstract": course.abstract,
        "keywords": list(course.keywords),
        "instructors": [{"name": i.name, "title": i.title, "bio": i.bio} for i in course.instructors],
        "chapters": [{"at": format_time(c.at_ms), "title": c.title, "summary": c.summary} for c in course.chapters],
        "key_points": [_written_key_point(point) for point in course.key_points],
        "mind_map": write_mind_map(course.mind_map) if course.mind_map else None,
        "questions": write_questions(course.questions) or None,
        "provenance": {p.block: _written_provenance(p) for p in course.provenance} or None,
    }
    return {name: value for name, value in document.items() if value is not None}


def document_bytes(document: dict[str, Any]) -> int:
    """The size of a document in UTF-8; at most MAX_DOCUMENT_BYTES can be published."""
    return len(json.dumps(document, ensure_ascii=False).encode())


def _written_key_point(point: KeyPoint) -> dict[str, Any]:
    written = {"question": point.question, "answer": point.answer}
    return written if point.at_ms is None else {**written, "at": format_time(point.at_ms)}


def _written_provenance(provenance: Provenance) -> dict[str, Any]:
    reviewed_on = provenance.reviewed_on.isoformat()
    return {"made_by": provenance.made_by, "reviewed_by": provenance.reviewed_by, "reviewed_on": reviewed_on}


def write_mind_map(node: MindMapNode) -> dict[str, Any]:
    """A mind map as an editor writes it."""
    return {"text": node.text, "children": [write_mind_map(child) for child in node.children]}


def write_questions(questions: tuple[Question, ...]) -> list[dict[str, Any]]:
    """Questions as an editor writes them: the answer in words."""
    return [{"text": q.text, "choices": list(q.choices), "answer": q.choices[q.answer]} for q in questions]


def questions_digest(questions: tuple[Question, ...]) -> str:
    """SHA-256 over questions and choices, in hexadecimal; "" where there are none.

    Without the answers: the version that it goes into is public, and a handful of choices are soon tried.
    """
    if not questions:
        return ""
    asked = [[question.text, *question.choices] for question in questions]
    canonical = json.dumps(asked, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def check_times(course: Course, duration_ms: int) -> list[Violation]:
    """What is wrong with the times of chapters and key points for a lecture of this length."""
    starts: list[tuple[str, int, int | None, str, str]] = []
    starts += [("chapters", place, c.at_ms, "章节", "chapter") for place, c in enumerate(course.chapters)]
    starts += [("key_points", place, k.at_ms, "要点", "key point") for place, k in enumerate(course.key_points)]
    shown = format_time(duration_ms)
    return [
        Violation(
            (name, place, "at"),
            f"{what}开始于 {format_time(at_ms)}，但视频只有 {shown}",
            f"the {what_en} starts at {format_time(at_ms)}, but the lecture ends at {shown}",
        )
        for name, place, at_ms, what, what_en in starts
        if at_ms is not None and at_ms >= duration_ms
    ]


def check_block_times(block: Block, value: Any, duration_ms: int) -> list[int]:
    """The places of entries of a valid block that begin after the end of a lecture of this length."""
    entries = value if block in {"chapters", "key_points"} else ()
    return [place for place, entry in enumerate(entries) if entry.get("at") and parse_time(entry["at"]) >= duration_ms]


def parse_time(text: str) -> int:
    """Milliseconds of MM:SS or H:MM:SS (which matches TIME_PATTERN)."""
    seconds = 0
    for part in text.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds * 1000


def format_time(milliseconds: int) -> str:
    """MM:SS, whole seconds, minutes past 59 where needed."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes:02d}:{seconds:02d}"


def _course(fields: Fields) -> Course:
    price = fields["price_fen"]
    price_fen = price.amount(0, MAX_PRICE_FEN)
    course = Course(
        course_id=CourseId(fields["id"].matching(ID_PATTERN, ID_RULE, ID_RULE_EN)),
        content_id=ContentId(fields["content_id"].matching(ID_PATTERN, ID_RULE, ID_RULE_EN)),
        title=fields["title"].text(MAX_TITLE),
        title_en=fields["title_en"].optional_text(MAX_LINE),
        subtitle=fields["subtitle"].optional_text(MAX_LINE),
        hours=_hours(fields["hours"]),
        category=_category(fields["category"]),
        eligible_credentials=_credentials(fields["eligible_credentials"]),
        published_on=fields["published_on"].day(),
        price_fen=price_fen,
        member_price_fen=_member_price(fields["member_price_fen"], price_fen if price.sound else MAX_PRICE_FEN),
        member_recommended=fields["member_recommended"].flag(),
        member_library=fields["member_library"].flag(),
        max_rate=_max_rate(fields["watch"]),
        abstract=fields["abstract"].text(MAX_TEXT, lines=True),
        keywords=_keywords(fields["keywords"]),
        instructors=tuple(_instructor(item) for item in fields["instructors"].items(1, MAX_INSTRUCTORS)),
        chapters=_chapters(fields["chapters"]),
        key_points=tuple(_key_point(item) for item in fields["key_points"].items(0, MAX_KEY_POINTS)),
        mind_map=_mind_map(fields["mind_map"]),
        questions=_questions(fields["questions"]),
        provenance=_provenance(fields["provenance"]),
    )
    for provenance in course.provenance:
        if not getattr(course, provenance.block):
            message_en = "there is nothing of the kind in this course"
            fields["provenance"].fields(BLOCKS)[provenance.block].refuse("课程里没有这一部分", message_en)
    return course


def _provenance(reader: Reader) -> tuple[Provenance, ...]:
    if reader.absent:
        return ()
    blocks = reader.fields(BLOCKS)
    return tuple(_reviewed(block, blocks[block]) for block in BLOCKS if not blocks[block].absent)


def _reviewed(block: Block, reader: Reader) -> Provenance:
    fields = reader.fields(("made_by", "reviewed_by", "reviewed_on"))
    made_by = fields["made_by"].text(MAX_TITLE)
    if fields["reviewed_by"].absent:
        message = "由机器生成，须有人审核：请写上审核人和日期"
        fields["reviewed_by"].refuse(message, "a machine made this: say who reviewed and accepted it, and when")
        return Provenance(block, made_by, "", date.min)
    return Provenance(block, made_by, fields["reviewed_by"].text(MAX_TITLE), fields["reviewed_on"].day())


def _hours(reader: Reader) -> Decimal:
    return reader.decimal(Decimal("0.1"), Decimal(50), places=1)


def _category(reader: Reader) -> Category:
    if reader.absent:
        reader.refuse("缺少此项，应为必修（compulsory）或选修（elective）", "missing; must be compulsory or elective")
        return CATEGORIES[0]
    word = reader.choice(CATEGORIES)
    return next(category for category in CATEGORIES if category == word)


def _credentials(reader: Reader) -> tuple[str, ...]:
    items = reader.items(1, len(CREDENTIALS))
    names = [item.choice(CREDENTIALS) for item in items]
    _refuse_repeats(items, names)
    return tuple(name for name in CREDENTIALS if name in names)


def _keywords(reader: Reader) -> tuple[str, ...]:
    items = reader.items(0, MAX_KEYWORDS)
    words = [item.text(MAX_KEYWORD) for item in items]
    _refuse_repeats(items, words)
    return tuple(words)


def _refuse_repeats(items: list[Reader], words: list[str]) -> None:
    for index, (item, word) in enumerate(zip(items, words, strict=True)):
        if word and word in words[:index]:
            item.refuse(f"「{word}」重复了", f"“{word}” is listed twice")


def _member_price(reader: Reader, price_fen: int) -> int:
    member_price_fen = reader.amount(0, MAX_PRICE_FEN)
    if member_price_fen > price_fen:
        reader.refuse("会员价不能高于原价", "the member price must not exceed the price")
    return member_price_fen


def _max_rate(reader: Reader) -> Decimal:
    if reader.absent:
        reader.refuse("缺少此项，应为 1.0 至 2.0 的播放速度", "missing; must be a playback rate from 1.0 to 2.0")
        return Decimal(1)
    return reader.fields(("max_rate",))["max_rate"].decimal(Decimal("1.0"), Decimal("2.0"), places=1)


def _instructor(reader: Reader) -> Instructor:
    fields = reader.fields(("name", "title", "bio"))
    return Instructor(
        name=fields["name"].text(MAX_TITLE),
        title=fields["title"].text(MAX_LINE),
        bio=fields["bio"].text(MAX_TEXT, lines=True),
    )


def _chapters(reader: Reader) -> tuple[Chapter, ...]:
    chapters: list[Chapter] = []
    for item in reader.items(1, MAX_CHAPTERS):
        fields = item.fields(("at", "title", "summary"))
        at_ms = _time(fields["at"])
        if chapters and at_ms is not None and at_ms <= chapters[-1].at_ms:
            before = format_time(chapters[-1].at_ms)
            fields["at"].refuse(
                f"必须晚于上一章节的开始时间 {before}",
                f"must be later than the chapter before, which starts at {before}",
            )
        previous = chapters[-1].at_ms if chapters else -1
        text = fields["title"].text(MAX_TITLE), fields["summary"].text(MAX_TEXT, lines=True)
        chapters.append(Chapter(previous if at_ms is None else at_ms, *text))
    return tuple(chapters)


def _time(reader: Reader) -> int | None:
    text = reader.matching(TIME_PATTERN, "时间 MM:SS 或 H:MM:SS", "a time MM:SS or H:MM:SS")
    return parse_time(text) if re.fullmatch(TIME_PATTERN, text, re.ASCII) else None


def _key_point(reader: Reader) -> KeyPoint:
    fields = reader.fields(("question", "answer", "at"))
    at_ms = None if fields["at"].absent else _time(fields["at"])
    return KeyPoint(fields["question"].text(MAX_LINE), fields["answer"].text(MAX_TEXT, lines=True), at_ms)


def _questions(reader: Reader) -> tuple[Question, ...]:
    return () if reader.absent else tuple(_question(item) for item in reader.items(1, MAX_QUESTIONS))


def _question(reader: Reader) -> Question:
    fields = reader.fields(("text", "choices", "answer"))
    items = fields["choices"].items(2, MAX_CHOICES)
    choices = tuple(item.text(MAX_LINE) for item in items)
    _refuse_repeats(items, list(choices))
    answer = fields["answer"].text(MAX_LINE)
    if answer and choices and answer not in choices:
        fields["answer"].refuse("正确答案必须是选项之一", "the answer must be one of the choices")
    return Question(fields["text"].text(MAX_LINE), choices, choices.index(answer) if answer in choices else 0)


def _mind_map(reader: Reader) -> MindMapNode | None:
    if reader.absent:
        return None
    count = [0]
    root = _node(reader, 1, count)
    if count[0] > MAX_MIND_MAP_NODES:
        reader.refuse(
            f"思维导图最多 {MAX_MIND_MAP_NODES} 个节点，现有 {count[0]} 个",
            f"the mind map takes at most {MAX_MIND_MAP_NODES} nodes; it has {count[0]}",
        )
    return root


def _node(reader: Reader, depth: int, count: list[int]) -> MindMapNode:
    count[0] += 1
    fields = reader.fields(("text", "children"))
    text = fields["text"].text(MAX_TITLE)
    if depth > MAX_MIND_MAP_DEPTH:
        reader.refuse(
            f"思维导图最多 {MAX_MIND_MAP_DEPTH} 层", f"the mind map is at most {MAX_MIND_MAP_DEPTH} levels deep"
        )
        return MindMapNode(text)
    children = fields["children"].items(0, MAX_MIND_MAP_NODES)
    return MindMapNode(text, tuple(_node(child, depth + 1, count) for child in children))


_BLOCKS: dict[Block, Callable[[Reader], object]] = {
    "keywords": _keywords,
    "abstract": lambda reader: reader.text(MAX_TEXT, lines=True),
    "chapters": _chapters,
    "mind_map": _mind_map,
    "key_points": lambda reader: [_key_point(item) for item in reader.items(0, MAX_KEY_POINTS)],
    "questions": _questions,
}
"""How each block is read."""
