"""What everybody may read of reviews, and their authors."""

from services.catalog.app.context import Context
from services.catalog.app.learning.items import enrolment_key
from services.catalog.app.reviews.items import OwnReview, own_review_key, review_key, reviews_pk
from services.catalog.domain.ids import CourseId, LearnerId
from services.catalog.domain.learning import Enrolment
from services.catalog.domain.review import Review
from services.kit.call import Call
from services.kit.store import Page, Stored
from services.kit.store.pages import page_of


def list_reviews(ctx: Context, course_id: CourseId, after: str, limit: int) -> Page[Review]:
    """A course's reviews that everybody may read, the newest first."""
    partitions = [(reviews_pk(course_id), "")]
    return page_of(ctx.store, partitions, Review, after, limit, lambda review: review.listed)


def may_review(ctx: Context, call: Call, course_id: CourseId) -> bool:
    """Whether the caller has completed the course."""
    stored = ctx.store.get(enrolment_key(LearnerId(call.caller_id), course_id), Enrolment)
    return stored is not None and stored.value.completed_at is not None


def read_own_review(ctx: Context, call: Call, course_id: CourseId) -> Review | None:
    """The caller's review of the course, a hidden one too; None where there is none or it is withdrawn."""
    stored = find_own_review(ctx, LearnerId(call.caller_id), course_id)
    return stored.value if stored and not stored.value.withdrawn else None


def find_own_review(ctx: Context, learner_id: LearnerId, course_id: CourseId) -> Stored[Review] | None:
    """The learner's review of the course, a withdrawn one too."""
    pointer = ctx.store.get(own_review_key(learner_id, course_id), OwnReview)
    return ctx.store.get(review_key(course_id, pointer.value.review_id), Review) if pointer else None
