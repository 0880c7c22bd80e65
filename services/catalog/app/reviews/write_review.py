"""What a learner does with a review of a course: writing, editing, withdrawing their own, reporting others'.

Each state of a review is one transaction with the course's rating.
"""

from dataclasses import replace

from services.catalog.app.allowances.use_allowance import use_allowance
from services.catalog.app.context import Context
from services.catalog.app.items import newest_first_id
from services.catalog.app.reviews.items import (
    OwnReview,
    Report,
    own_review_key,
    rating_key,
    report_key,
    reported_key,
    review_key,
)
from services.catalog.app.reviews.problems import NOT_COMPLETED, OWN_REVIEW, REVIEW_NOT_FOUND
from services.catalog.app.reviews.read_reviews import find_own_review, may_review
from services.catalog.domain.ids import CourseId, LearnerId, ReviewId
from services.catalog.domain.review import UNRATED, ReportedReview, Review, ReviewContent
from services.kit.call import Call
from services.kit.store import Change, Put, Stored, commit_retrying, read_or

WRITES_PER_DAY = 20
REPORTS_PER_DAY = 20


def write_review(ctx: Context, call: Call, course_id: CourseId, content: ReviewContent) -> Review:
    """Publishes or edits the caller's one review of the course; the same again changes nothing.

    Raises:
        Problem: NOT_COMPLETED, PERSON_ERASED, TOO_OFTEN.
        Conflict: others kept writing.
    """
    learner_id = LearnerId(call.caller_id)

    def plan() -> tuple[Change, Review]:
        if not may_review(ctx, call, course_id):
            raise NOT_COMPLETED.problem()
        now, before = ctx.clock.now(), find_own_review(ctx, learner_id, course_id)
        if before:
            review = before.value.rewritten(content, now)
            if review == before.value:
                return Change(), review
            writes = put_review(ctx, before, review)
        else:
            review = Review(ReviewId(newest_first_id(now, ctx.ids)), course_id, learner_id, content, now)
            pointer = Put(own_review_key(learner_id, course_id), OwnReview(review.review_id))
            writes = [pointer, *put_review(ctx, None, review)]
        return Change([*writes, *use_allowance(ctx, learner_id, "REVIEWS", WRITES_PER_DAY)]), review

    return commit_retrying(ctx.store, plan)


def withdraw_review(ctx: Context, call: Call, course_id: CourseId) -> None:
    """Takes the caller's review back; without one nothing happens. Raises Conflict."""

    def plan() -> tuple[Change, None]:
        before = find_own_review(ctx, LearnerId(call.caller_id), course_id)
        if before is None or before.value.withdrawn:
            return Change(), None
        return Change(put_review(ctx, before, replace(before.value, withdrawn=True))), None

    commit_retrying(ctx.store, plan)


def report_review(ctx: Context, call: Call, course_id: CourseId, review_id: ReviewId, reason: str) -> None:
    """Puts a review before the moderators; a caller's second report of it changes nothing.

    Raises:
        Problem: REVIEW_NOT_FOUND, OWN_REVIEW, PERSON_ERASED, TOO_OFTEN.
        Conflict: others kept writing.
    """
    learner_id = LearnerId(call.caller_id)

    def plan() -> tuple[Change, None]:
        stored = ctx.store.get(review_key(course_id, review_id), Review)
        if stored is None or not stored.value.listed:
            raise REVIEW_NOT_FOUND.problem()
        if stored.value.learner_id == learner_id:
            raise OWN_REVIEW.problem()
        marker = report_key(learner_id, review_id)
        if ctx.store.get(marker, Report):
            return Change(), None
        allowance = use_allowance(ctx, learner_id, "REPORTS", REPORTS_PER_DAY)
        return Change([Put(marker, Report(reason)), _put_reported(ctx, stored.value, reason), *allowance]), None

    commit_retrying(ctx.store, plan)


def put_review(ctx: Context, before: Stored[Review] | None, review: Review) -> list[Put]:
    """The writes that make the review what it is now, and the course's rating with it."""
    written = before.put(review) if before else Put(review_key(review.course_id, review.review_id), review)
    rating = read_or(ctx.store, rating_key(review.course_id), UNRATED)
    moved = rating.value.moved(before.value if before else None, review)
    return [written, rating.put(moved)] if moved != rating.value else [written]


def _put_reported(ctx: Context, review: Review, reason: str) -> Put:
    key, now = reported_key(review.review_id), ctx.clock.now()
    known = ctx.store.get(key, ReportedReview)
    if known is None:
        return Put(key, ReportedReview(review.course_id, review.review_id, review.written, 1, reason, now))
    return known.put(known.value.reported_again(review.written, reason, now))
