"""Notes at times of a lecture: what only the learner who made them reads."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field, StrictInt

from services.catalog.app.context import Context
from services.catalog.app.notes.read_notes import list_course_notes, list_notes
from services.catalog.app.notes.write_note import MOST_NOTES, delete_note, write_note
from services.catalog.domain import ids
from services.catalog.domain.note import MAX_AT_MS, Note, NoteContent
from services.catalog.handlers.routes.fields import CourseId, NoteText
from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role

MAX_EDITION = 2**31 - 1

NoteId = Annotated[ids.NoteId, Field(strict=True, pattern=r"^[0-9a-f]{32}$", description="random, made by the client")]
After = Annotated[str, Query(pattern=r"^([a-z0-9-]{3,64}~[0-9a-f]{32})?$", description="the earlier page's `after`")]
Limit = Annotated[int, Query(ge=1, le=MOST_NOTES)]
Edition = Annotated[int, Query(ge=0, le=MAX_EDITION, description="the edition that is to go")]


class NoteAnswer(Answer):
    """A note."""

    note_id: str
    course_id: str
    at_ms: int = Field(description="time of the lecture, milliseconds")
    text: str = Field(description="plain text; empty: a bookmark")
    edition: int = Field(description="counts the changes; the next one names it")
    created_at: datetime
    edited_at: datetime


class NotedCourse(Answer):
    """A course that notes are of, as it is called now."""

    course_id: str
    title: str
    title_en: str | None


class NotesAnswer(Answer):
    """One page of the caller's notes, in the order of their courses' ids."""

    notes: list[NoteAnswer]
    courses: list[NotedCourse] = Field(description="those that the notes of this page are of")
    after: str | None = Field(description="begins the next page; null on the last")


class CourseNotesAnswer(Answer):
    """All of the caller's notes of a course, in the order of the lecture."""

    notes: list[NoteAnswer]


class NoteRequest(Request):
    """What the note says, and what it replaces."""

    at_ms: StrictInt = Field(ge=0, le=MAX_AT_MS, description="time of the lecture, milliseconds")
    text: NoteText
    replaces: StrictInt = Field(ge=0, le=MAX_EDITION, description="the edition that was edited; 0: a new note")


class DeletedNoteAnswer(Answer):
    """The note is gone."""

    edition: int | None = Field(description="writing it again from this edition brings it back; null: there was none")


def add_note_routes(api: HttpApi, ctx: Context) -> None:
    """The caller's own."""
    learner = api.secured(Role.LEARNER)

    @learner.route("GET /v1/catalog/notes", "list_notes")
    def listed(after: After = "", limit: Limit = 50) -> NotesAnswer:
        """The caller's notes of all courses, a page at a time."""
        page = list_notes(ctx, api.call(), after, limit)
        return NotesAnswer(
            notes=[_note(note) for note in page.notes.items],
            courses=[NotedCourse.of(line) for line in page.courses],
            after=page.notes.after,
        )

    @learner.route("GET /v1/catalog/notes/<course_id>", "list_course_notes")
    def of_course(course_id: CourseId) -> CourseNotesAnswer:
        """The caller's notes of a course, all of them."""
        return CourseNotesAnswer(notes=[_note(note) for note in list_course_notes(ctx, api.call(), course_id)])

    @learner.route("PUT /v1/catalog/notes/<course_id>/<note_id>", "write_note")
    def write(course_id: CourseId, note_id: NoteId, request: NoteRequest) -> NoteAnswer:
        """Write or edit a note, or bring a deleted one back; safe to repeat."""
        written = NoteContent(request.at_ms, request.text)
        return _note(write_note(ctx, api.call(), course_id, note_id, written, request.replaces))

    @learner.route("DELETE /v1/catalog/notes/<course_id>/<note_id>", "delete_note")
    def delete(course_id: CourseId, note_id: NoteId, replaces: Edition) -> DeletedNoteAnswer:
        """Delete a note; safe to repeat."""
        left = delete_note(ctx, api.call(), course_id, note_id, replaces)
        return DeletedNoteAnswer(edition=left.edition if left else None)


def _note(note: Note) -> NoteAnswer:
    return NoteAnswer.of(note, note.written)
