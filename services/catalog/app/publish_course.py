"""Publishes a course."""

import json
from dataclasses import dataclass
from typing import Any, TypeGuard

from services.catalog.app.items import listing_key, publication_key
from services.catalog.app.manifest import MAX_LISTED, Manifest, verify_media
from services.catalog.app.note_change import change_noted
from services.catalog.app.ports import MediaBucket
from services.catalog.app.problems import (
    CONTENT_ID_FIXED,
    COURSE_INVALID,
    COURSE_TOO_LARGE,
    PUBLISHED_MEANWHILE,
)
from services.catalog.app.read_courses import find_current
from services.catalog.domain.course import Course
from services.catalog.domain.document import (
    MAX_DOCUMENT_BYTES,
    InvalidCourse,
    check_chapters,
    questions_digest,
    read_course,
)
from services.catalog.domain.media import Caption, MediaFile
from services.catalog.domain.publication import Current, Media, Publication, digest, listing
from services.catalog.domain.reading import Violation
from services.catalog.events.published import CoursePublished, PromptQuestion
from services.kit.audit import AuditLog
from services.kit.clock import Clock
from services.kit.events import Envelope, EventFactory
from services.kit.identity import Principal
from services.kit.problems import Problem
from services.kit.store import Change, Put, Store, commit_retrying

AUDIT_ACTION = "catalog.course_published"


@dataclass(frozen=True)
class PublishCourse:
    """What an editor sends. `expected` is the number of the state that the change was made on (0: none)."""

    editor: Principal
    document: dict[str, Any]
    version: str
    files: tuple[MediaFile, ...]
    captions: tuple[Caption, ...]
    expected: int
    reason: str
    correlation_id: str


@dataclass(frozen=True)
class Published:
    """The current publication afterwards, and whether this call made it."""

    publication: Publication
    changed: bool


class Publisher:
    """Publishes courses: state, event and audit record in one transaction."""

    def __init__(self, store: Store, bucket: MediaBucket, events: EventFactory, audit: AuditLog, clock: Clock) -> None:
        self._store = store
        self._bucket = bucket
        self._events = events
        self._audit = audit
        self._clock = clock

    def publish(self, command: PublishCourse) -> Published:
        """Publishes what differs from the current publication; the same package again changes nothing.

        Raises:
            Problem: everything in EDITOR_PROBLEMS but COURSE_NOT_FOUND.
            Conflict: others kept writing.
        """
        course = _course(command.document)
        media = self._media(course, command)

        def plan() -> tuple[Change, Published]:
            current = find_current(self._store, course.course_id)
            if _is_published(current, digest(course, media)):
                return Change(), Published(current.publication, changed=False)
            number = _next_number(current, course, command.expected)
            publication = Publication(number, course, media, self._clock.now(), command.editor.id)
            return self._change(publication, command), Published(publication, changed=True)

        return commit_retrying(self._store, plan)

    def _media(self, course: Course, command: PublishCourse) -> Media:
        asked = questions_digest(course.questions)
        manifest = Manifest(course.content_id, command.version, course.max_rate, command.files, command.captions, asked)
        playlist = verify_media(self._bucket, manifest)
        wrong = check_chapters(course, playlist.duration_ms)
        if wrong:
            raise _invalid(wrong)
        return Media(manifest.version, playlist.duration_ms, command.captions)

    def _change(self, publication: Publication, command: PublishCourse) -> Change:
        course_id = publication.course.course_id
        writes = [
            Put(publication_key(course_id, publication.number), publication),
            Put(listing_key(course_id), listing(publication), after=publication.number - 1),
            change_noted(self._store, course_id),
            self._audit.entry(command.editor, AUDIT_ACTION, course_id, command.reason),
        ]
        return Change(writes, [self._event(publication, command.correlation_id)])

    def _event(self, publication: Publication, correlation_id: str) -> Envelope:
        return self._events.make(
            CoursePublished.TYPE,
            announcement(publication),
            subject=publication.course.course_id,
            sequence=publication.number,
            correlation_id=correlation_id,
        )


def _is_published(current: Current | None, wanted: str) -> TypeGuard[Current]:
    return current is not None and current.withdrawn_at is None and current.publication.digest == wanted


def _course(document: dict[str, Any]) -> Course:
    if len(json.dumps(document, ensure_ascii=False).encode()) > MAX_DOCUMENT_BYTES:
        raise COURSE_TOO_LARGE.problem(limit_bytes=MAX_DOCUMENT_BYTES)
    try:
        return read_course(document)
    except InvalidCourse as invalid:
        raise _invalid(invalid.violations) from None


def _next_number(current: Current | None, course: Course, expected: int) -> int:
    number = current.number if current else 0
    if expected != number:
        raise _meanwhile(current)
    if current and current.publication.course.content_id != course.content_id:
        raise CONTENT_ID_FIXED.problem(content_id=current.publication.course.content_id)
    return number + 1


def announcement(publication: Publication) -> CoursePublished:
    """What the other services must know of a publication."""
    course, media = publication.course, publication.media
    return CoursePublished(
        course_id=course.course_id,
        content_id=course.content_id,
        content_version=media.version,
        title=course.title,
        title_en=course.title_en,
        duration_ms=media.duration_ms,
        hours=course.hours,
        category=course.category,
        eligible_credentials=list(course.eligible_credentials),
        member_recommended=course.member_recommended,
        price_fen=course.price_fen,
        published_on=course.published_on,
        max_rate=course.max_rate,
        media_path=publication.media_path,
        member_price_fen=course.member_price_fen,
        member_library=course.member_library,
        questions=[PromptQuestion(text=q.text, choices=list(q.choices), answer=q.answer) for q in course.questions],
    )


def _invalid(violations: list[Violation]) -> Problem:
    errors = [
        {"pointer": f"/course{v.pointer}", "message": v.message, "message_en": v.message_en}
        for v in violations[:MAX_LISTED]
    ]
    return COURSE_INVALID.problem(errors=errors)


def _meanwhile(current: Current | None) -> Problem:
    return PUBLISHED_MEANWHILE.problem(publication=current.number if current else 0)
