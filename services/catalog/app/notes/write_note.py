"""What a learner does with a note: writing, editing and deleting it.

The client makes a note's id, and each change names the edition that it was made from. So a retry is known by itself,
without a second copy of the text under a key, and of two devices the second is told what the first has written.
"""

from datetime import timedelta
from typing import Any

from services.catalog.app.allowances.use_allowance import use_allowance
from services.catalog.app.context import Context
from services.catalog.app.courses.items import listing_key
from services.catalog.app.items import learner_pk
from services.catalog.app.notes.items import note_key, notes_of
from services.catalog.app.notes.problems import NOTE_CHANGED, NOTES_FULL
from services.catalog.app.problems import COURSE_NOT_FOUND
from services.catalog.domain.ids import CourseId, LearnerId, NoteId
from services.catalog.domain.note import Note, NoteContent
from services.catalog.domain.publication import Listing
from services.kit.call import Call
from services.kit.problems import Problem
from services.kit.store import Change, Put, Stored, commit_retrying, required

MOST_NOTES = 200
"""Of a course. It keeps floods out and is not counted exactly: two at one moment may both be the last."""
WRITES_PER_DAY = 1_000
DELETED_KEPT = timedelta(days=30)
"""How long a note that was deleted says so."""


def write_note(
    ctx: Context, call: Call, course_id: CourseId, note_id: NoteId, written: NoteContent, replaces: int
) -> Note:
    """Makes the note what was written; where it says that already nothing changes, so a retry is harmless.

    Args:
        replaces: the edition that the change was made from, 0 for a new note; of a deleted one, which thereby comes
            back, that of the deletion.

    Raises:
        Problem: COURSE_NOT_FOUND, NOTE_CHANGED, NOTES_FULL, PERSON_ERASED, TOO_OFTEN.
        Conflict: others kept writing.
    """
    learner_id = LearnerId(call.caller_id)
    key = note_key(learner_id, course_id, note_id)

    def plan() -> tuple[Change, Note]:
        before, now = ctx.store.get(key, Note), ctx.clock.now()
        if before and before.value.says(written):
            return Change(), before.value
        _check_edition(before, replaces)
        if before is None or before.value.deleted:
            _check_room(ctx, learner_id, course_id)
        note = before.value.rewritten(written, now) if before else Note(note_id, course_id, written, now, now)
        put = before.put(note) if before else Put(key, note)
        return Change([put, *use_allowance(ctx, learner_id, "NOTES", WRITES_PER_DAY)]), note

    return commit_retrying(ctx.store, plan)


def delete_note(ctx: Context, call: Call, course_id: CourseId, note_id: NoteId, replaces: int) -> Note | None:
    """Deletes the note's text and says so for 30 days; one that is deleted, or never was, stays so.

    Returns what is left of it: writing it again from that edition brings it back.

    Raises:
        Problem: NOTE_CHANGED where it is another edition than the one that was to go.
        Conflict: others kept writing.
    """
    key = note_key(LearnerId(call.caller_id), course_id, note_id)

    def plan() -> tuple[Change, Note | None]:
        before, now = ctx.store.get(key, Note), ctx.clock.now()
        if before is None or before.value.deleted:
            return Change(), before.value if before else None
        _check_edition(before, replaces)
        note = before.value.without_content(now)
        return Change([before.put(note, int((now + DELETED_KEPT).timestamp()))]), note

    return commit_retrying(ctx.store, plan)


def _check_edition(before: Stored[Note] | None, replaces: int) -> None:
    if replaces != (before.value.edition if before else 0):
        raise _changed(before.value if before else None)


def _changed(note: Note | None) -> Problem:
    shown: dict[str, Any] | None = None
    if note:
        shown = {"edition": note.edition, "deleted": note.deleted, **vars(note.written)}
    return NOTE_CHANGED.problem(note=shown)


def _check_room(ctx: Context, learner_id: LearnerId, course_id: CourseId) -> None:
    required(ctx.store.get(listing_key(course_id), Listing), COURSE_NOT_FOUND.problem())
    notes = ctx.store.query(learner_pk(learner_id), notes_of(course_id), Note)
    if sum(not note.value.deleted for note in notes) >= MOST_NOTES:
        raise NOTES_FULL.problem(limit=MOST_NOTES)
