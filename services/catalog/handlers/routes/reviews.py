"""Reviews: what everybody reads, and what their authors, who reports them and moderators do."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field, StrictBool, StrictInt

from services.catalog.app.context import Context
from services.catalog.app.reviews.items import read_rating
from services.catalog.app.reviews.moderate_reviews import ReviewCase, decide_review, list_decided, list_waiting
from services.catalog.app.reviews.read_reviews import list_reviews, may_review, read_own_review
from services.catalog.app.reviews.write_review import report_review, withdraw_review, write_review
from services.catalog.domain import ids
from services.catalog.domain.review import MOST_STARS, Review, ReviewContent
from services.catalog.handlers.routes.caching import ASK_AGAIN, cacheable
from services.catalog.handlers.routes.fields import CourseId, DisplayName, Limit, Reason, ReviewText
from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role

ReviewId = Annotated[ids.ReviewId, Field(strict=True, pattern=r"^[0-9a-f]{32}$")]
After = Annotated[str, Query(pattern=r"^([0-9a-f]{32})?$", description="the earlier page's `after`")]


class RatingAnswer(Answer):
    """What the reviews of a course give it."""

    average: Decimal | None = Field(description="mean of the stars to one decimal place; null without reviews")
    count: int
    histogram: list[int] = Field(description="how many gave one star, two stars ... five stars")


class ReviewAnswer(Answer):
    """A review as everybody may read it."""

    review_id: str
    display_name: str
    stars: int
    text: str
    written_at: datetime
    edited_at: datetime | None


class ReviewsAnswer(Answer):
    """One page of a course's reviews, the newest first."""

    rating: RatingAnswer
    reviews: list[ReviewAnswer]
    after: str | None = Field(description="begins the next page; null on the last")


class OwnReviewAnswer(Answer):
    """What a learner may do about reviewing a course, and their review."""

    may_review: bool = Field(description="the learner has completed the course")
    review: ReviewAnswer | None
    hidden_because: str | None = Field(description="why a moderator hides the review from everybody else")


class ReviewRequest(Request):
    """A review. The display name is one made for it, not the real name."""

    display_name: DisplayName
    stars: StrictInt = Field(ge=1, le=MOST_STARS)
    text: ReviewText


class ReportRequest(Request):
    """Puts a review before the moderators."""

    reason: Reason


class ReportAnswer(Answer):
    """The report is kept; a moderator decides."""

    reported: bool


class DecisionRequest(Request):
    """Hides a review from everybody but its author, or lets it be read."""

    hide: StrictBool
    reason: Reason = Field(description="for the audit log, and for the author of a hidden review")


class DecisionAnswer(Answer):
    """The review after the decision."""

    review: ReviewAnswer
    hidden_because: str | None


class ReportedAnswer(Answer):
    """A review that was reported: one that waits in the words of then, one that was decided on in those of now."""

    course_id: str
    review_id: str
    display_name: str
    stars: int
    text: str
    reports: int
    reason: str = Field(description="of the last report")
    reported_at: datetime
    hidden_because: str | None = Field(description="the moderator's reason; null: everybody may read it")


class ReportedReviewsAnswer(Answer):
    """One page of the reviews that wait for a decision, or were decided on, the newest first."""

    reviews: list[ReportedAnswer]
    after: str | None = Field(description="begins the next page; null on the last")


def add_review_routes(api: HttpApi, ctx: Context) -> None:
    """What everybody may read of reviews."""

    @api.public().route("GET /v1/catalog/courses/<course_id>/reviews", "list_reviews")
    def listed(course_id: CourseId, after: After = "", limit: Limit = 20) -> Response[ReviewsAnswer]:
        """A course's reviews and rating, a page at a time."""
        page, rating = list_reviews(ctx, course_id, after, limit), read_rating(ctx.store, course_id)
        shown = [_review(review) for review in page.items]
        # What was hidden or taken back is gone at once, from every page.
        return cacheable(api, ReviewsAnswer.of(page, rating=rating, reviews=shown), ASK_AGAIN)


def add_own_review_routes(api: HttpApi, ctx: Context) -> None:
    """What learners do with reviews."""
    learner = api.secured(Role.LEARNER)

    def own_answer(course_id: ids.CourseId) -> OwnReviewAnswer:
        own = read_own_review(ctx, api.call(), course_id)
        may = may_review(ctx, api.call(), course_id)
        return OwnReviewAnswer.of(own, may_review=may, review=_review(own) if own else None)

    @learner.route("GET /v1/catalog/reviews/<course_id>", "read_own_review")
    def own(course_id: CourseId) -> OwnReviewAnswer:
        """The caller's review of a course, and whether they may write one."""
        return own_answer(course_id)

    @learner.route("PUT /v1/catalog/reviews/<course_id>", "write_review")
    def write(course_id: CourseId, request: ReviewRequest) -> OwnReviewAnswer:
        """Write or edit the caller's one review of a course they completed; safe to repeat."""
        content = ReviewContent(request.display_name, request.stars, request.text)
        write_review(ctx, api.call(), course_id, content)
        return own_answer(course_id)

    @learner.route("DELETE /v1/catalog/reviews/<course_id>", "withdraw_review")
    def withdraw(course_id: CourseId) -> OwnReviewAnswer:
        """Take the caller's review back; safe to repeat."""
        withdraw_review(ctx, api.call(), course_id)
        return own_answer(course_id)

    @learner.route("POST /v1/catalog/reviews/<course_id>/<review_id>/reports", "report_review")
    def report(course_id: CourseId, review_id: ReviewId, request: ReportRequest) -> ReportAnswer:
        """Put somebody's review before the moderators; safe to repeat."""
        report_review(ctx, api.call(), course_id, review_id, request.reason)
        return ReportAnswer(reported=True)


def add_moderation_routes(api: HttpApi, ctx: Context) -> None:
    """What moderators do with reviews."""
    moderator = api.secured(Role.MODERATOR)

    @moderator.route("GET /v1/catalog/reported-reviews", "list_reported_reviews")
    def reported(
        after: After = "", limit: Limit = 20, state: Literal["waiting", "decided"] = "waiting"
    ) -> ReportedReviewsAnswer:
        """Reviews that were reported and wait for a decision, or were decided on in 30 days, a page at a time."""
        page = (list_decided if state == "decided" else list_waiting)(ctx, after, limit)
        return ReportedReviewsAnswer(reviews=[_reported(case) for case in page.items], after=page.after)

    @moderator.route("POST /v1/catalog/reviews/<course_id>/<review_id>/decision", "decide_on_review")
    def decide(course_id: CourseId, review_id: ReviewId, request: DecisionRequest) -> DecisionAnswer:
        """Hide a review, or let it be read (again), with a reason; safe to repeat."""
        review = decide_review(ctx, api.call(), course_id, review_id, hide=request.hide, reason=request.reason)
        return DecisionAnswer.of(review, review=_review(review))


def _review(review: Review) -> ReviewAnswer:
    """Without whose it is."""
    return ReviewAnswer.of(review, review.written)


def _reported(case: ReviewCase) -> ReportedAnswer:
    return ReportedAnswer.of(case, case.reported, case.reported.written)
