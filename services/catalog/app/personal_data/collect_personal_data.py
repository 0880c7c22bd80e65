"""What the catalogue holds of a person: what they wrote and noted, and which courses they took and marked."""

from collections.abc import Iterator

from services.catalog.app.context import Context
from services.catalog.app.enquiries.items import OWN_ENQUIRIES, enquiry_key
from services.catalog.app.favourites.items import favourites_key
from services.catalog.app.items import learner_pk
from services.catalog.app.learning.items import TAKING
from services.catalog.app.notes.items import NOTES
from services.catalog.app.reviews.items import OWN_REPORTS, OWN_REVIEWS, OwnReview, Report, review_key
from services.catalog.domain.enquiry import Enquiry, EnquirySummary
from services.catalog.domain.favourites import Favourites
from services.catalog.domain.ids import CourseId, LearnerId
from services.catalog.domain.learning import Enrolment
from services.catalog.domain.note import Note
from services.catalog.domain.review import Review
from services.kit.personal_data import Section, section
from services.kit.store import read_or


def collect_personal_data(ctx: Context, learner_id: str) -> list[Section]:
    """All of it."""
    mine = learner_pk(LearnerId(learner_id))
    enrolments, reported = ctx.store.query(mine, TAKING, Enrolment), ctx.store.query(mine, OWN_REPORTS, Report)
    taken = ({"course_id": one.key.sk.removeprefix(TAKING), **vars(one.value)} for one in enrolments)
    reports = ({"review_id": one.key.sk.removeprefix(OWN_REPORTS), **vars(one.value)} for one in reported)
    favourites = read_or(ctx.store, favourites_key(LearnerId(learner_id)), Favourites()).value
    return [
        section("courses", "学习的课程", "Courses taken", taken),
        section("reviews", "课程评价", "Reviews", _reviews(ctx, mine)),
        section("reports", "举报", "Reports of reviews", reports),
        section("enquiries", "咨询", "Enquiries", _enquiries(ctx, mine)),
        section("notes", "课程笔记", "Notes", ctx.store.query(mine, NOTES, Note)),
        section("favourites", "收藏", "Favourites", favourites.courses),
    ]


def _reviews(ctx: Context, mine: str) -> Iterator[Review]:
    for own in ctx.store.query(mine, OWN_REVIEWS, OwnReview):
        course_id = CourseId(own.key.sk.removeprefix(OWN_REVIEWS))
        if review := ctx.store.get(review_key(course_id, own.value.review_id), Review):
            yield review.value


def _enquiries(ctx: Context, mine: str) -> Iterator[Enquiry]:
    for line in ctx.store.query(mine, OWN_ENQUIRIES, EnquirySummary):
        if enquiry := ctx.store.get(enquiry_key(line.value.enquiry_id), Enquiry):
            yield enquiry.value
