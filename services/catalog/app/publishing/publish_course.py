"""Publishes a course: state, event and audit record in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from services.catalog.app.context import MediaContext
from services.catalog.app.courses.items import current_key, listing_key, publication_key
from services.catalog.app.courses.read_courses import CourseState, find_state
from services.catalog.app.media.manifest import (
    MAX_LISTED,
    Length,
    Manifest,
    check_portraits,
    measured_length,
    verify_media,
)
from services.catalog.app.publishing.problems import (
    CONTENT_ID_FIXED,
    COURSE_INVALID,
    COURSE_TOO_LARGE,
    PUBLISHED_MEANWHILE,
)
from services.catalog.app.search.items import note_change
from services.catalog.domain.course import Course
from services.catalog.domain.document import (
    MAX_DOCUMENT_BYTES,
    InvalidCourse,
    check_times,
    document_bytes,
    questions_digest,
    read_course,
)
from services.catalog.domain.handouts import Handout
from services.catalog.domain.media import Caption, MediaFile
from services.catalog.domain.pictures import Picture
from services.catalog.domain.publication import Media, Publication, digest, listing
from services.catalog.domain.reading import Violation
from services.catalog.events.published import CoursePublished
from services.kit.call import Call
from services.kit.problems import Problem
from services.kit.store import Change, Put, Write, commit_retrying

AUDIT_ACTION = "catalog.course_published"


@dataclass(frozen=True)
class Submission:
    """What an editor sends. `expected` is the number of the state that the change was made on (0: none)."""

    document: dict[str, Any]
    version: str
    files: tuple[MediaFile, ...]
    captions: tuple[Caption, ...]
    expected: int
    reason: str
    handouts: tuple[Handout, ...] = ()
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class PublishResult:
    """The current publication afterwards, and whether this call made it."""

    publication: Publication
    changed: bool


_Besides = Callable[[PublishResult], Sequence[Write]]
"""What is written in the same transaction, by what comes of it."""


def publish_course(
    ctx: MediaContext,
    call: Call,
    submission: Submission,
    besides: _Besides = lambda _: (),
    length: Length = measured_length,
) -> PublishResult:
    """Publishes what differs from the current publication; the same package again changes nothing of the course.

    `length` tells how long the lecture plays, where somebody has measured these very files before.

    Raises:
        Problem: everything in PUBLISHING_PROBLEMS and MEDIA_PROBLEMS.
        Conflict: others kept writing.
    """
    course = read_submitted(submission.document)
    media = _media(ctx, course, submission, length)

    def plan() -> tuple[Change, PublishResult]:
        state = find_state(ctx, course.course_id)
        if _is_published(state, digest(course, media)):
            result = PublishResult(state.publication, changed=False)
            return Change(besides(result)), result
        number = _next_number(state, course, submission.expected)
        publication = Publication(number, course, media, ctx.clock.now(), call.caller_id)
        result = PublishResult(publication, changed=True)
        line, copy = listing(publication), ctx.store.get(current_key(course.course_id), Publication)
        writes = [
            Put(publication_key(course.course_id, number), publication),
            # Bare: what newer code noted of the publication before is none of this one.
            copy.put_bare(publication) if copy else Put(current_key(course.course_id), publication),
            state.line.put(line) if state else Put(listing_key(course.course_id), line),
            note_change(ctx, course.course_id),
            ctx.audit.entry(call.caller, AUDIT_ACTION, course.course_id, submission.reason),
            *besides(result),
        ]
        told = ctx.events.make(
            announcement(publication), subject=course.course_id, sequence=number, correlation_id=call.correlation_id
        )
        return Change(writes, [told]), result

    return commit_retrying(ctx.store, plan)


def announcement(publication: Publication) -> CoursePublished:
    """What the other services must know of a publication."""
    media = {
        "content_version": publication.media.version,
        "duration_ms": publication.media.duration_ms,
        "media_path": publication.media_path,
    }
    return CoursePublished.model_validate({**vars(publication.course), **media}, from_attributes=True)


def read_submitted(document: dict[str, Any]) -> Course:
    """The course that a document describes. Raises COURSE_INVALID, COURSE_TOO_LARGE."""
    if document_bytes(document) > MAX_DOCUMENT_BYTES:
        raise COURSE_TOO_LARGE.problem(limit_bytes=MAX_DOCUMENT_BYTES)
    try:
        return read_course(document)
    except InvalidCourse as invalid:
        raise _invalid(invalid.violations) from None


def _media(ctx: MediaContext, course: Course, submission: Submission, length: Length) -> Media:
    asked = questions_digest(course.questions)
    manifest = Manifest(
        course.content_id,
        submission.version,
        course.max_rate,
        submission.files,
        submission.captions,
        asked,
        submission.handouts,
        submission.pictures,
    )
    check_portraits(manifest, [instructor.name for instructor in course.instructors])
    duration_ms = verify_media(ctx.bucket, manifest, length)
    wrong = check_times(course, duration_ms)
    if wrong:
        raise _invalid(wrong)
    return Media(manifest.version, duration_ms, submission.captions, submission.handouts, submission.pictures)


def _is_published(state: CourseState | None, wanted: str) -> TypeGuard[CourseState]:
    return state is not None and state.withdrawn_at is None and state.publication.digest == wanted


def _next_number(state: CourseState | None, course: Course, expected: int) -> int:
    number = state.number if state else 0
    if expected != number:
        raise PUBLISHED_MEANWHILE.problem(publication=number)
    if state and state.publication.course.content_id != course.content_id:
        raise CONTENT_ID_FIXED.problem(content_id=state.publication.course.content_id)
    return number + 1


def _invalid(violations: list[Violation]) -> Problem:
    errors = [
        {"pointer": f"/course{v.pointer}", "message": v.message, "message_en": v.message_en}
        for v in violations[:MAX_LISTED]
    ]
    return COURSE_INVALID.problem(errors=errors)
