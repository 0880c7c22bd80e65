"""A learner's questions and the staff's answers: each state of an enquiry, with its lines in both lists, is one
transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from services.catalog.app.allowances.use_allowance import use_allowance
from services.catalog.app.context import Context
from services.catalog.app.courses.items import listing_key
from services.catalog.app.enquiries.items import enquiry_key, own_enquiry_key, queue_key
from services.catalog.app.enquiries.problems import ENQUIRY_FULL
from services.catalog.app.enquiries.read_enquiries import find_enquiry, read_enquiry, side_of
from services.catalog.app.items import newest_first_id
from services.catalog.app.problems import COURSE_NOT_FOUND
from services.catalog.domain.enquiry import Enquiry, EnquirySummary, summary_of
from services.catalog.domain.ids import CourseId, EnquiryId, LearnerId
from services.catalog.domain.publication import Listing
from services.kit.call import Call
from services.kit.idempotency import answer_once
from services.kit.store import Change, Put, Stored, Write, commit_retrying, required

MESSAGES_PER_DAY = 30
ANSWERED, CLOSED = "catalog.enquiry_answered", "catalog.enquiry_closed"
GONE_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class MessagePlace:
    """Where a message went. It is what a retry gets again, so it holds no text."""

    enquiry_id: EnquiryId
    number: int


def open_enquiry(ctx: Context, call: Call, subject: str, text: str, course_id: CourseId | None) -> Enquiry:
    """Asks, once per idempotency key.

    Raises:
        Problem: COURSE_NOT_FOUND, PERSON_ERASED, TOO_OFTEN, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, MessagePlace]:
        title, title_en = _titles(ctx, course_id)
        now = ctx.clock.now()
        new = Enquiry(
            enquiry_id=EnquiryId(newest_first_id(now, ctx.ids)),
            learner_id=LearnerId(call.caller_id),
            course_id=course_id,
            subject=subject,
            messages=(),
            status="open",
            status_since=now,
            course_title=title,
            course_title_en=title_en,
        )
        enquiry = new.said("learner", call.caller_id, text, now)
        lines = [Put(key_of(enquiry), summary_of(enquiry)) for key_of in (own_enquiry_key, queue_key)]
        writes = [Put(enquiry_key(enquiry.enquiry_id), enquiry), *lines, *_use(ctx, call)]
        return Change(writes), MessagePlace(enquiry.enquiry_id, 1)

    asked = call.request("ask", subject=subject, text=text, course_id=course_id)
    return read_enquiry(ctx, call, answer_once(ctx.store, ctx.clock, asked, MessagePlace, plan).enquiry_id)


def add_message(ctx: Context, call: Call, enquiry_id: EnquiryId, text: str) -> Enquiry:
    """Says something more, once per idempotency key.

    Raises:
        Problem: ENQUIRY_NOT_FOUND, ENQUIRY_FULL, PERSON_ERASED, TOO_OFTEN, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """
    side = side_of(call.caller)

    def plan() -> tuple[Change, MessagePlace]:
        before = find_enquiry(ctx, call, enquiry_id)
        if before.value.full:
            raise ENQUIRY_FULL.problem()
        enquiry = before.value.said(side, call.caller_id, text, ctx.clock.now())
        noted = _use(ctx, call) if side == "learner" else [ctx.audit.entry(call.caller, ANSWERED, enquiry_id, "answer")]
        return Change([*put_enquiry(ctx, before, enquiry), *noted]), MessagePlace(enquiry_id, len(enquiry.messages))

    request = call.request("say", enquiry_id=enquiry_id, text=text)
    answer_once(ctx.store, ctx.clock, request, MessagePlace, plan)
    return read_enquiry(ctx, call, enquiry_id)


def close_enquiry(ctx: Context, call: Call, enquiry_id: EnquiryId, reason: str) -> Enquiry:
    """Closes the enquiry; staff's reason goes into the audit log. Raises ENQUIRY_NOT_FOUND, Conflict."""
    staff = side_of(call.caller) == "staff"
    record = [ctx.audit.entry(call.caller, CLOSED, enquiry_id, reason)] if staff else []
    return _change(ctx, call, enquiry_id, lambda enquiry: enquiry.moved("closed", ctx.clock.now()), record)


def note_reading(ctx: Context, call: Call, enquiry_id: EnquiryId, number: int) -> Enquiry:
    """Notes that the caller's side has seen all up to this message. Raises ENQUIRY_NOT_FOUND, Conflict."""
    return _change(ctx, call, enquiry_id, lambda enquiry: enquiry.read(side_of(call.caller), number), [])


def put_enquiry(ctx: Context, before: Stored[Enquiry], enquiry: Enquiry, *, bare: bool = False) -> list[Put]:
    """The writes that make the enquiry what it is now, and its lines with it.

    `bare`: without what newer code has put into them, of which an erasure cannot say what it is.
    """
    line, new = summary_of(enquiry), queue_key(enquiry)
    queued = ctx.store.get(queue_key(before.value), EnquirySummary)
    if queued is None:
        raise LookupError(f"enquiry {enquiry.enquiry_id} is in no queue")
    if bare:
        before, queued = replace(before, body=""), replace(queued, body="")
    # The learner's line is written with the enquiry each time: it has the enquiry's version, and the queue's text.
    writes = [before.put(enquiry), Put(own_enquiry_key(enquiry), line, before.version, over=queued)]
    if queued.key == new:
        return [*writes, queued.put(line)]
    expires_at = int((ctx.clock.now() + GONE_KEPT).timestamp())
    gone = queued.put_bare(replace(line, subject="", gone=True), expires_at)
    return [*writes, gone, Put(new, line, over=queued)]


def _change(
    ctx: Context, call: Call, enquiry_id: EnquiryId, change: Callable[[Enquiry], Enquiry], record: list[Put]
) -> Enquiry:
    def plan() -> tuple[Change, Enquiry]:
        before = find_enquiry(ctx, call, enquiry_id)
        enquiry = change(before.value)
        if enquiry == before.value:
            return Change(), enquiry
        return Change([*put_enquiry(ctx, before, enquiry), *record]), enquiry

    return commit_retrying(ctx.store, plan)


def _titles(ctx: Context, course_id: CourseId | None) -> tuple[str | None, str | None]:
    """What the course is called, in Chinese and English. Raises COURSE_NOT_FOUND."""
    if course_id is None:
        return None, None
    line = required(ctx.store.get(listing_key(course_id), Listing), COURSE_NOT_FOUND.problem())
    return line.value.title, line.value.title_en


def _use(ctx: Context, call: Call) -> list[Write]:
    return use_allowance(ctx, LearnerId(call.caller_id), "MESSAGES", MESSAGES_PER_DAY)
