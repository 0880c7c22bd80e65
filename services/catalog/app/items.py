"""Where the catalogue's items are. Access patterns and costs: the service's README."""

from datetime import datetime

from services.catalog.domain.enquiry import Enquiry, Status
from services.kit.clock import to_ms
from services.kit.ids import Ids
from services.kit.store import Key

_LAST_MS = 9_999_999_999_999
"""In the year 2286."""

LISTINGS = "COURSES"
STATISTICS = "STATISTICS"
REPORTED = "REPORTED"
RATINGS = "RATING#"
"""Sort-key prefix, in the statistics, of what reviews give each course."""
OWN_ENQUIRIES = "ENQUIRY#"
"""Sort-key prefix, of a learner, of the enquiries they made."""
OWN_REPORTS = "REPORT#"
"""Sort-key prefix, of a learner, of the reviews they reported."""
OWN_REVIEWS = "REVIEW#"
"""Sort-key prefix, of a learner, of the reviews they wrote."""
LEARNERS = "LEARNERS#"
"""Sort-key prefix, in the statistics, of how many learners each course has."""


CHANGES = Key("CATALOGUE", "CHANGES")
"""Which courses' lines changed lately."""


def listing_key(course_id: str) -> Key:
    """The course's line in the catalogue; its version is the number of the current publication."""
    return Key(LISTINGS, course_id)


def publication_key(course_id: str, number: int) -> Key:
    """One publication, never changed."""
    return Key(f"COURSE#{course_id}", f"PUBLICATION#{number:06d}")


def learners_key(course_id: str) -> Key:
    """How many learners have taken a course."""
    return Key(STATISTICS, f"{LEARNERS}{course_id}")


def taking_key(learner_id: str, course_id: str) -> Key:
    """A learner's having taken a course."""
    return Key(learner_pk(learner_id), f"TAKING#{course_id}")


def review_key(course_id: str, review_id: str) -> Key:
    """One review; a course's are in the order of their ids."""
    return Key(f"REVIEWS#{course_id}", review_id)


def own_review_key(learner_id: str, course_id: str) -> Key:
    """Which review of the course is the learner's."""
    return Key(learner_pk(learner_id), f"{OWN_REVIEWS}{course_id}")


def rating_key(course_id: str) -> Key:
    """What the course's reviews give it."""
    return Key(STATISTICS, f"{RATINGS}{course_id}")


def report_key(learner_id: str, review_id: str) -> Key:
    """A learner's having reported a review."""
    return Key(learner_pk(learner_id), f"{OWN_REPORTS}{review_id}")


def reported_key(review_id: str) -> Key:
    """A review's place among those for moderators to decide on."""
    return Key(REPORTED, review_id)


def erased_key(learner_id: str) -> Key:
    """Says that the learner was erased."""
    return Key(learner_pk(learner_id), "ERASED")


def allowance_key(learner_id: str, what: str) -> Key:
    """How much of a day's allowance a learner has used."""
    return Key(learner_pk(learner_id), f"ALLOWANCE#{what}")


def newest_first_id(now: datetime, ids: Ids) -> str:
    """A fresh identifier, smaller than those made before it: 32 digits and small letters."""
    return f"{_LAST_MS - to_ms(now):013d}{ids.new()[-19:]}"


def enquiry_key(enquiry_id: str) -> Key:
    """A whole enquiry with its messages."""
    return Key(f"ENQUIRY#{enquiry_id}", "ENQUIRY")


def enquiry_line_key(enquiry: Enquiry) -> Key:
    """The enquiry's place among its learner's."""
    return Key(learner_pk(enquiry.learner_id), f"{OWN_ENQUIRIES}{enquiry.enquiry_id}")


def enquiry_queue(status: Status) -> str:
    """The partition of all enquiries of a status."""
    return f"ENQUIRIES#{status}"


def enquiry_queue_key(enquiry: Enquiry) -> Key:
    """The enquiry's place among those of its status: open ones in the order of waiting, others the latest first."""
    since = to_ms(enquiry.status_since)
    place = since if enquiry.status == "open" else _LAST_MS - since
    return Key(enquiry_queue(enquiry.status), f"{place:013d}-{enquiry.enquiry_id}-{enquiry.moves}")


def learner_pk(learner_id: str) -> str:
    """The partition of what is a learner's."""
    return f"LEARNER#{learner_id}"
