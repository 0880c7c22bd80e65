"""What learners read of their notes."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.catalog.app.context import Context
from services.catalog.app.courses.items import listing_key
from services.catalog.app.items import learner_pk
from services.catalog.app.notes.items import NOTES, notes_of
from services.catalog.domain.ids import CourseId, LearnerId
from services.catalog.domain.note import Note
from services.catalog.domain.publication import Listing
from services.kit.call import Call
from services.kit.store import MAX_BATCH_ITEMS, Page
from services.kit.store.pages import page_of


@dataclass(frozen=True)
class NotesPage:
    """Part of a learner's notes, and the lines of their courses as they are now."""

    notes: Page[Note]
    courses: tuple[Listing, ...]


def list_notes(ctx: Context, call: Call, after: str, limit: int) -> NotesPage:
    """The caller's notes of all courses, in the order of the courses' ids.

    Args:
        after: the earlier page's `after`: `<course>~<note>`; empty for the first.
    """
    mine, begins = learner_pk(LearnerId(call.caller_id)), f"{NOTES}{after}" if after else None
    page = page_of(ctx.store, [(mine, NOTES)], Note, begins, limit, lambda note: not note.deleted)
    lines = _lines(ctx, [note.course_id for note in page.items])
    return NotesPage(Page(page.items, page.after and page.after.removeprefix(NOTES)), lines)


def list_course_notes(ctx: Context, call: Call, course_id: CourseId) -> list[Note]:
    """All of the caller's notes of a course, in the order of the lecture."""
    found = ctx.store.query(learner_pk(LearnerId(call.caller_id)), notes_of(course_id), Note)
    notes = [stored.value for stored in found if not stored.value.deleted]
    return sorted(notes, key=lambda note: (note.written.at_ms, note.created_at, note.note_id))


def _lines(ctx: Context, courses: Sequence[CourseId]) -> tuple[Listing, ...]:
    keys = list(dict.fromkeys(map(listing_key, courses)))
    parts = [keys[start : start + MAX_BATCH_ITEMS] for start in range(0, len(keys), MAX_BATCH_ITEMS)]
    read = [(ctx.store.get_many(part), part) for part in parts]
    return tuple(line.value for batch, part in read for key in part if (line := batch.get(key, Listing)))
