"""Enquiries on courses (课程咨询) and customer service (客服): learners ask, the support staff answer."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from pydantic import BaseModel, Field, StrictInt

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
from services.catalog.handlers.routes.fields import CourseId, Limit, MessageText, Reason, Subject
from services.kit.bodies import Request
from services.kit.http import call_of, secured
from services.kit.identity import Role
from services.kit.store import Page

FUNCTION = "enquiries"

EnquiryId = Annotated[ids.EnquiryId, Field(strict=True, pattern=r"^[0-9a-f]{32}$")]
After = Annotated[str, Query(pattern=r"^[0-9a-f-]{0,64}$", description="the earlier page's `after`")]


class MessageAnswer(BaseModel):
    """One message. Who of the staff wrote it is in the audit log only."""

    number: int
    side: Side
    text: str
    at: datetime


class EnquiryAnswer(BaseModel):
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


class EnquiryLine(BaseModel):
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


class EnquiriesAnswer(BaseModel):
    """One page of enquiries."""

    enquiries: list[EnquiryLine]
    after: str | None = Field(description="begins the next page; null on the last")


class UnreadAnswersAnswer(BaseModel):
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


def add_enquiry_list_routes(app: APIGatewayHttpResolver, ctx: Context) -> None:
    """The lists of enquiries."""

    @app.get(
        "/v1/catalog/enquiries",
        operation_id="list_own_enquiries",
        summary="The caller's enquiries, the newest first, a page at a time",
        **secured(Role.LEARNER, function=FUNCTION),
    )
    def own(after: After = "", limit: Limit = 20) -> EnquiriesAnswer:
        return _page(list_own_enquiries(ctx, call_of(app), after, limit), "learner")

    @app.get(
        "/v1/catalog/unread-answers",
        operation_id="count_unread_answers",
        summary="In how many of the caller's enquiries staff have answered unread",
        **secured(Role.LEARNER, function=FUNCTION),
    )
    def unread() -> UnreadAnswersAnswer:
        return UnreadAnswersAnswer(enquiries=count_unread_answers(ctx, call_of(app)))

    @app.get(
        "/v1/catalog/enquiry-queue",
        operation_id="list_enquiries",
        summary="Everybody's enquiries of a status, a page at a time: open ones from who has waited longest",
        **secured(Role.SUPPORT, function=FUNCTION),
    )
    def queue(status: Annotated[Status, Query()] = "open", after: After = "", limit: Limit = 20) -> EnquiriesAnswer:
        return _page(list_enquiries(ctx, status, after, limit), "staff")


def add_enquiry_routes(app: APIGatewayHttpResolver, ctx: Context) -> None:
    """One enquiry's thread."""
    both = secured(Role.LEARNER, Role.SUPPORT, function=FUNCTION)

    def shown(enquiry: Enquiry) -> EnquiryAnswer:
        return _enquiry(enquiry, side_of(call_of(app).caller))

    @app.post(
        "/v1/catalog/enquiries",
        operation_id="ask",
        summary="Ask, on a course or in general",
        **secured(Role.LEARNER, idempotent=True, function=FUNCTION),
    )
    def ask(request: Annotated[AskRequest, Body()]) -> EnquiryAnswer:
        return shown(open_enquiry(ctx, call_of(app), request.subject, request.text, request.course_id))

    @app.get(
        "/v1/catalog/enquiries/<enquiry_id>",
        operation_id="read_enquiry",
        summary="An enquiry with its messages: a learner's own, or any for staff",
        **both,
    )
    def read(enquiry_id: Annotated[EnquiryId, Path()]) -> EnquiryAnswer:
        return shown(read_enquiry(ctx, call_of(app), enquiry_id))

    @app.post(
        "/v1/catalog/enquiries/<enquiry_id>/messages",
        operation_id="say",
        summary="Add a message: of the learner's it opens the enquiry again, of the staff's it answers",
        **secured(Role.LEARNER, Role.SUPPORT, idempotent=True, function=FUNCTION),
    )
    def say(enquiry_id: Annotated[EnquiryId, Path()], request: Annotated[MessageRequest, Body()]) -> EnquiryAnswer:
        return shown(add_message(ctx, call_of(app), enquiry_id, request.text))

    @app.post(
        "/v1/catalog/enquiries/<enquiry_id>/closing",
        operation_id="close_enquiry",
        summary="Close an enquiry; safe to repeat",
        **both,
    )
    def close(enquiry_id: Annotated[EnquiryId, Path()], request: Annotated[ClosingRequest, Body()]) -> EnquiryAnswer:
        return shown(close_enquiry(ctx, call_of(app), enquiry_id, request.reason))

    @app.post(
        "/v1/catalog/enquiries/<enquiry_id>/reading",
        operation_id="note_reading",
        summary="Note that the caller's side has read up to a message; safe to repeat",
        **both,
    )
    def note(enquiry_id: Annotated[EnquiryId, Path()], request: Annotated[ReadingRequest, Body()]) -> EnquiryAnswer:
        return shown(note_reading(ctx, call_of(app), enquiry_id, request.through))


def _enquiry(enquiry: Enquiry, side: Side) -> EnquiryAnswer:
    return EnquiryAnswer.model_validate({**vars(enquiry), "unread": enquiry.unread(side)}, from_attributes=True)


def _page(page: Page[EnquirySummary], side: Side) -> EnquiriesAnswer:
    lines = [EnquiryLine(**vars(line), unread=line.unread_by(side)) for line in page.items]
    return EnquiriesAnswer(enquiries=lines, after=page.after)
