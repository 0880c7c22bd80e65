"""Where a learner's notes are."""

from services.catalog.app.items import learner_pk
from services.catalog.domain.ids import CourseId, LearnerId, NoteId
from services.kit.store import Key

NOTES = "NOTE#"
"""Sort-key prefix, of a learner, of all their notes."""


def notes_of(course_id: CourseId) -> str:
    """Sort-key prefix, of a learner, of their notes of a course."""
    return f"{NOTES}{course_id}~"


def note_key(learner_id: LearnerId, course_id: CourseId, note_id: NoteId) -> Key:
    """One note. Whoever asks is in the key: there is no way to another learner's."""
    return Key(learner_pk(learner_id), f"{notes_of(course_id)}{note_id}")
