"""What an editor says of a course in a production: the course document without its blocks, however much of it there is
yet. Pure.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.catalog.domain.course import BLOCKS, Course
from services.catalog.domain.document import (
    MAX_DOCUMENT_BYTES,
    InvalidCourse,
    document_bytes,
    read_course,
    read_hours,
    write_course,
)
from services.catalog.domain.hours import Doubt, doubt_hours
from services.catalog.domain.ids import CourseId
from services.catalog.domain.production import Lack
from services.catalog.domain.reading import Violation
from services.kit.kinds import Kept, stored

_OF_BLOCKS = {*BLOCKS, "provenance"}


@stored(
    shape=1,
    personal=Kept("text", because="who gives a lecture is part of what is published", until="the table goes"),
)
class ProductionFacts:
    """The facts as the JSON of a document's members."""

    text: str
    changed_at: datetime

    @property
    def document(self) -> dict[str, Any]:
        """The members that are there."""
        members: dict[str, Any] = json.loads(self.text)
        return members

    def rewrite(self, document: Mapping[str, Any], now: datetime) -> "ProductionFacts":
        """With the facts among these members instead."""
        return replace(self, text=_text(document), changed_at=now)

    @property
    def instructors(self) -> tuple[str, ...]:
        """Their names, which no model is told."""
        people = self.document.get("instructors") or []
        return tuple(person["name"] for person in people if person.get("name"))


def make_facts(document: Mapping[str, Any], now: datetime) -> ProductionFacts:
    """The facts among a document's members."""
    return ProductionFacts(_text(document), now)


def facts_of(course: Course, now: datetime) -> ProductionFacts:
    """The facts of a course."""
    return make_facts(write_course(course), now)


def check_facts(course_id: CourseId, facts: ProductionFacts) -> list[Violation]:
    """What is wrong with the facts, and what of them is missing."""
    try:
        read_course({"id": course_id, **facts.document})
    except InvalidCourse as invalid:
        return [violation for violation in invalid.violations if violation.path[0] not in _OF_BLOCKS]
    return []


def lacking_facts(course_id: CourseId, facts: ProductionFacts) -> Iterator[Lack]:
    """What of the facts keeps a course from being published."""
    for violation in check_facts(course_id, facts):
        yield Lack(f"facts{violation.pointer}", violation.message, violation.message_en)


def doubtful_facts(facts: ProductionFacts, duration_ms: int | None) -> Iterator[Doubt]:
    """What of the facts a person should look at, for a lecture of this length; None: it is not known yet."""
    hours = read_hours(facts.document.get("hours"))
    doubt = doubt_hours(hours, duration_ms) if hours is not None and duration_ms is not None else None
    if doubt:
        yield doubt


def lacking_whole(document: Mapping[str, Any]) -> Iterator[Lack]:
    """What keeps a course from being published that only the whole of it shows: its size."""
    if document_bytes(dict(document)) > MAX_DOCUMENT_BYTES:
        limit = MAX_DOCUMENT_BYTES // 1024
        yield Lack("facts", f"课程文字总共最大 {limit} KB", f"all texts together: at most {limit} KB")


def _text(document: Mapping[str, Any]) -> str:
    members = {name: value for name, value in document.items() if name not in {*_OF_BLOCKS, "id"}}
    return json.dumps(members, ensure_ascii=False)
