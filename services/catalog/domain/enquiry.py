"""Enquiries: a learner asks, about a course or in general, and staff answer. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.catalog.domain.ids import CourseId, EnquiryId, LearnerId
from services.kit.kinds import Emptied, stored

Side = Literal["learner", "staff"]
Status = Literal["open", "answered", "closed"]
"""Open: staff must answer. A learner's message opens (again), staff's answers, either side closes."""

MAX_MESSAGES = 48
"""Of 2,000 characters each, which are 8,000 bytes at most: a whole enquiry stays one item."""


@dataclass(frozen=True)
class Message:
    """One message; `number` counts from 1."""

    number: int
    side: Side
    author_id: str
    text: str
    at: datetime


@stored(shape=1, personal=Emptied("subject", "text"))
class Enquiry:
    """A conversation of one learner with the staff.

    `course_title` is what the course was called when it was asked about; enquiries from before that was kept have none.
    `status_since` is when the status became what it is, and `moves` how often it changed. `read_by_...` is the number
    of the last message that side has seen.
    """

    enquiry_id: EnquiryId
    learner_id: LearnerId
    course_id: CourseId | None
    subject: str
    messages: tuple[Message, ...]
    status: Status
    status_since: datetime
    moves: int = 0
    read_by_learner: int = 0
    read_by_staff: int = 0
    course_title: str | None = None
    course_title_en: str | None = None

    @property
    def updated_at(self) -> datetime:
        """When something was last said."""
        return self.messages[-1].at

    @property
    def full(self) -> bool:
        """Whether there is no room for another message."""
        return len(self.messages) >= MAX_MESSAGES

    def said(self, side: Side, author_id: str, text: str, now: datetime) -> "Enquiry":
        """With one more message, whose writer has thereby seen all there is."""
        number = len(self.messages) + 1
        message = Message(number, side, author_id, text, now)
        longer = replace(self, messages=(*self.messages, message)).read(side, number)
        return longer.moved("open" if side == "learner" else "answered", now)

    def moved(self, status: Status, now: datetime) -> "Enquiry":
        """With this status, since now if it is another one."""
        if status == self.status:
            return self
        return replace(self, status=status, status_since=now, moves=self.moves + 1)

    def read(self, side: Side, number: int) -> "Enquiry":
        """With all up to this message seen; what was seen stays seen."""
        if side == "learner":
            return replace(self, read_by_learner=max(self.read_by_learner, min(number, len(self.messages))))
        return replace(self, read_by_staff=max(self.read_by_staff, min(number, len(self.messages))))

    def without_words(self, now: datetime) -> "Enquiry":
        """Closed, with nothing left of what was said but when and by which side."""
        silent = tuple(replace(message, text="") for message in self.messages)
        return replace(self, subject="", messages=silent).moved("closed", now)

    def unread(self, side: Side) -> int:
        """How many messages of the other side this one has not seen."""
        seen = self.read_by_learner if side == "learner" else self.read_by_staff
        return sum(message.side != side and message.number > seen for message in self.messages)


@stored(shape=1, personal=Emptied("subject"))
class EnquirySummary:
    """An enquiry in a list, without its messages. `gone`: it stands elsewhere by now."""

    enquiry_id: EnquiryId
    course_id: CourseId | None
    subject: str
    status: Status
    status_since: datetime
    updated_at: datetime
    messages: int
    unread_by_learner: int
    unread_by_staff: int
    gone: bool = False
    course_title: str | None = None
    course_title_en: str | None = None

    def unread_by(self, side: Side) -> int:
        """How many messages of the other side this one has not seen."""
        return self.unread_by_learner if side == "learner" else self.unread_by_staff


def summary_of(enquiry: Enquiry) -> EnquirySummary:
    """What lists show of the enquiry."""
    return EnquirySummary(
        enquiry_id=enquiry.enquiry_id,
        course_id=enquiry.course_id,
        subject=enquiry.subject,
        status=enquiry.status,
        status_since=enquiry.status_since,
        updated_at=enquiry.updated_at,
        messages=len(enquiry.messages),
        unread_by_learner=enquiry.unread("learner"),
        unread_by_staff=enquiry.unread("staff"),
        course_title=enquiry.course_title,
        course_title_en=enquiry.course_title_en,
    )
