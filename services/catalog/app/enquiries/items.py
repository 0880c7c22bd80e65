"""Where enquiries are, and the two lists that they stand in."""

from services.catalog.app.items import falling, learner_pk
from services.catalog.domain.enquiry import Enquiry, Status
from services.catalog.domain.ids import EnquiryId
from services.kit.clock import to_ms
from services.kit.store import Key

OWN_ENQUIRIES = "ENQUIRY#"
"""Sort-key prefix, of a learner, of the enquiries they made."""


def enquiry_key(enquiry_id: EnquiryId) -> Key:
    """A whole enquiry with its messages."""
    return Key(f"ENQUIRY#{enquiry_id}", "ENQUIRY")


def own_enquiry_key(enquiry: Enquiry) -> Key:
    """The enquiry's place among its learner's."""
    return Key(learner_pk(enquiry.learner_id), f"{OWN_ENQUIRIES}{enquiry.enquiry_id}")


def queue_pk(status: Status) -> str:
    """The partition of all enquiries of a status."""
    return f"ENQUIRIES#{status}"


def queue_key(enquiry: Enquiry) -> Key:
    """The enquiry's place among those of its status: open ones in the order of waiting, others the latest first."""
    since = enquiry.status_since
    place = f"{to_ms(since):013d}" if enquiry.status == "open" else falling(since)
    return Key(queue_pk(enquiry.status), f"{place}-{enquiry.enquiry_id}-{enquiry.moves}")
