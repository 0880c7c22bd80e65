"""What learners and staff read of enquiries."""

from services.catalog.app.context import Context
from services.catalog.app.enquiries.items import OWN_ENQUIRIES, enquiry_key, queue_pk
from services.catalog.app.enquiries.problems import ENQUIRY_NOT_FOUND
from services.catalog.app.items import learner_pk
from services.catalog.domain.enquiry import Enquiry, EnquirySummary, Side, Status
from services.catalog.domain.ids import EnquiryId, LearnerId
from services.kit.call import Call
from services.kit.identity import Principal, Role
from services.kit.store import Page, Stored
from services.kit.store.pages import page_of

MOST_COUNTED = 100
"""Enquiries that are looked at for unread answers: counting is asked for all the time, and may not grow with them."""


def side_of(person: Principal) -> Side:
    """For whom somebody writes and reads."""
    return "staff" if Role.SUPPORT in person.roles else "learner"


def read_enquiry(ctx: Context, call: Call, enquiry_id: EnquiryId) -> Enquiry:
    """An enquiry of the caller's, or any for staff. Raises ENQUIRY_NOT_FOUND."""
    return find_enquiry(ctx, call, enquiry_id).value


def find_enquiry(ctx: Context, call: Call, enquiry_id: EnquiryId) -> Stored[Enquiry]:
    """The same as it is stored. Raises ENQUIRY_NOT_FOUND."""
    stored = ctx.store.get(enquiry_key(enquiry_id), Enquiry)
    if stored is None or (side_of(call.caller) == "learner" and stored.value.learner_id != call.caller_id):
        raise ENQUIRY_NOT_FOUND.problem()
    return stored


def list_own_enquiries(ctx: Context, learner_id: LearnerId, after: str | None, limit: int) -> Page[EnquirySummary]:
    """A learner's enquiries, the newest first."""
    start = OWN_ENQUIRIES + after if after else None
    page = ctx.store.page(learner_pk(learner_id), OWN_ENQUIRIES, EnquirySummary, start, limit)
    more = page.after.removeprefix(OWN_ENQUIRIES) if page.after else None
    return Page([stored.value for stored in page.items], more)


def count_unread_answers(ctx: Context, call: Call) -> int:
    """In how many of the caller's newest enquiries staff have said something that the caller has not read."""
    mine = learner_pk(LearnerId(call.caller_id))
    lines = ctx.store.page(mine, OWN_ENQUIRIES, EnquirySummary, None, MOST_COUNTED)
    return sum(stored.value.unread_by_learner > 0 for stored in lines.items)


def list_enquiries(ctx: Context, status: Status, after: str | None, limit: int) -> Page[EnquirySummary]:
    """Everybody's enquiries of a status: open ones from who has waited longest, others from the latest."""
    queue = [(queue_pk(status), "")]
    return page_of(ctx.store, queue, EnquirySummary, after, limit, lambda line: not line.gone)
