"""Notes that a learner makes at a time of a lecture, for themselves alone. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.catalog.domain.ids import CourseId, NoteId
from services.kit.kinds import REMOVED, stored

MAX_AT_MS = 24 * 60 * 60 * 1000
"""No lecture is longer than a day."""


@dataclass(frozen=True)
class NoteContent:
    """What a learner writes, and at which time of the lecture (milliseconds). Without text it is a bookmark."""

    at_ms: int
    text: str


@stored(shape=1, personal=REMOVED)
class Note:
    """One note. `edition` counts its changes from 1, and each change names the one it was made from.

    A deleted one stays for a while without its text: another device that still shows it must not bring it back unseen.
    """

    note_id: NoteId
    course_id: CourseId
    written: NoteContent
    created_at: datetime
    edited_at: datetime
    edition: int = 1
    deleted: bool = False

    def rewritten(self, written: NoteContent, now: datetime) -> "Note":
        """With this content, and no longer deleted."""
        return replace(self, written=written, edited_at=now, edition=self.edition + 1, deleted=False)

    def without_content(self, now: datetime) -> "Note":
        """Deleted, and without its text."""
        silent = replace(self.written, text="")
        return replace(self, written=silent, edited_at=now, edition=self.edition + 1, deleted=True)

    def says(self, written: NoteContent) -> bool:
        """Whether it is there and says this already."""
        return not self.deleted and self.written == written
