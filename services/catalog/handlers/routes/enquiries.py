"""Enquiries on courses (课程咨询) and customer service (客服): learners ask, the support staff answer."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field, StrictInt

from services.catalog.app.context import Context
from services.catalog.app.enquiries.read_enquiries import (
    MOST_COUNTED,
    count_unread_answers,
    list_enquiries,
    list_own_enquiries,
    read_enquiry,
    side_of,
)
from services.catalog.app.enquiries.write_enquiry import add_message, close_enquiry, note_reading, open_enquiry
from services.catalog.domain import ids
from services.catalog.domain.enquiry import MAX_MESSAGES, Enquiry, EnquirySummary, Side, Status
from services.catalog.handlers.routes.fields import CourseId, LearnerId, Limit, MessageText, Reason, Subject
from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.kit.store import Page

EnquiryId = Annotated[ids.EnquiryId, Field(strict=True, pattern=r"^[0-9a-f]{32}$")]
After = Annotated[str, Query(pattern=r"^[0-9a-f-]{0,64}$", description="the earlier page's `after`")]


class MessageAnswer(Answer):
    """One message. Who of the staff wrote it is in the audit log only."""

    number: int
    side: Side
    text: str
    at: datetime


class EnquiryAnswer(Answer):
    """A whole enquiry, the same for both sides but for `unread`."""

    enquiry_id: str
    learner_id: str = Field(description="opaque, to find the learner's orders and hours by")
    course_id: str | None
    course_title: str | None = Field(description="as it was when it was asked; null: of no course, or not kept then")
    course_title_en: str | None
    subject: str
    status: Status = Field(description="open: staff must answer; a message of the learner's opens it again")
    messages: list[MessageAnswer]
    unread: int = Field(description="messages of the other side that the caller's has not seen")


class EnquiryLine(Answer):
    """An enquiry in a list."""

    enquiry_id: str
    course_id: str | None
    course_title: str | None = Field(description="as it was when it was asked; null: of no course, or not kept then")
    course_title_en: str | None
    subject: str
    status: Status
    status_since: datetime
    updated_at: datetime
    messages: int
    unread: int = Field(description="messages of the other side that the caller's has not seen")


class EnquiriesAnswer(Answer):
    """One page of enquiries."""

    enquiries: list[EnquiryLine]
    after: str | None = Field(description="begins the next page; null on the last")


class UnreadAnswersAnswer(Answer):
    """In how many of the caller's enquiries there is something new."""

    enquiries: int = Field(
        description=f"of the {MOST_COUNTED} newest, those with a message of the staff's that the caller has not read"
    )


class AskRequest(Request):
    """A question, on a course or in general."""

    course_id: CourseId | None = None
    subject: Subject
    text: MessageText


class MessageRequest(Request):
    """One more message."""

    text: MessageText


class ClosingRequest(Request):
    """Why the enquiry is closed; of staff, for the audit log."""

    reason: Reason


class ReadingRequest(Request):
    """Up to which message the caller has read."""

    through: StrictInt = Field(ge=1, le=MAX_MESSAGES)


def add_enquiry_list_routes(api: HttpApi, ctx: Context) -> None:
    """The lists of enquiries."""

    @api.secured(Role.LEARNER).route("GET /v1/catalog/enquiries", "list_own_enquiries")
    def own(after: After = "", limit: Limit = 20) -> EnquiriesAnswer:
        """The caller's enquiries, the newest first, a page at a time."""
        return _page(list_own_enquiries(ctx, ids.LearnerId(api.call().caller_id), after, limit), "learner")

    @api.secured(Role.SUPPORT, Role.ADMINISTRATOR).route(
        "GET /v1/catalog/learners/<learner_id>/enquiries", "list_learner_enquiries"
    )
    def of_learner(learner_id: LearnerId, after: After = "", limit: Limit = 20) -> EnquiriesAnswer:
        """A learner's enquiries, the newest first, a page at a time."""
        return _page(list_own_enquiries(ctx, learner_id, after, limit), "staff")

    @api.secured(Role.LEARNER).route("GET /v1/catalog/unread-answers", "count_unread_answers")
    def unread() -> UnreadAnswersAnswer:
        """In how many of the caller's enquiries staff have answered unread."""
        return UnreadAnswersAnswer(enquiries=count_unread_answers(ctx, api.call()))

    @api.secured(Role.SUPPORT).route("GET /v1/catalog/enquiry-queue", "list_enquiries")
    def queue(status: Status = "open", after: After = "", limit: Limit = 20) -> EnquiriesAnswer:
        """Everybody's enquiries of a status, a page at a time: open ones from who has waited longest."""
        return _page(list_enquiries(ctx, status, after, limit), "staff")


def add_enquiry_routes(api: HttpApi, ctx: Context) -> None:
    """One enquiry's thread."""
    both = api.secured(Role.LEARNER, Role.SUPPORT)

    def shown(enquiry: Enquiry) -> EnquiryAnswer:
        return EnquiryAnswer.of(enquiry, unread=enquiry.unread(side_of(api.call().caller)))

    @api.secured(Role.LEARNER).route("POST /v1/catalog/enquiries", "ask", idempotent=True)
    def ask(request: AskRequest) -> EnquiryAnswer:
        """Ask, on a course or in general."""
        return shown(open_enquiry(ctx, api.call(), request.subject, request.text, request.course_id))

    @both.route("GET /v1/catalog/enquiries/<enquiry_id>", "read_enquiry")
    def read(enquiry_id: EnquiryId) -> EnquiryAnswer:
        """An enquiry with its messages: a learner's own, or any for staff."""
        return shown(read_enquiry(ctx, api.call(), enquiry_id))

    @both.route("POST /v1/catalog/enquiries/<enquiry_id>/messages", "say", idempotent=True)
    def say(enquiry_id: EnquiryId, request: MessageRequest) -> EnquiryAnswer:
        """Add a message: of the learner's it opens the enquiry again, of the staff's it answers."""
        return shown(add_message(ctx, api.call(), enquiry_id, request.text))

    @both.route("POST /v1/catalog/enquiries/<enquiry_id>/closing", "close_enquiry")
    def close(enquiry_id: EnquiryId, request: ClosingRequest) -> EnquiryAnswer:
        """Close an enquiry; safe to repeat."""
        return shown(close_enquiry(ctx, api.call(), enquiry_id, request.reason))

    @both.route("POST /v1/catalog/enquiries/<enquiry_id>/reading", "note_reading")
    def note(enquiry_id: EnquiryId, request: ReadingRequest) -> EnquiryAnswer:
        """Note that the caller's side has read up to a message; safe to repeat."""
        return shown(note_reading(ctx, api.call(), enquiry_id, request.through))


def _page(page: Page[EnquirySummary], side: Side) -> EnquiriesAnswer:
    lines = [EnquiryLine.of(line, unread=line.unread_by(side)) for line in page.items]
    return EnquiriesAnswer(enquiries=lines, after=page.after)
