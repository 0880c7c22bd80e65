"""Reviews: what everybody reads, and what their authors, who reports them and moderators do."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from pydantic import BaseModel, Field, StrictBool, StrictInt

from services.catalog.app.context import Context
from services.catalog.app.reviews.moderate_reviews import ReviewCase, decide_review, list_decided, list_waiting
from services.catalog.app.reviews.read_reviews import list_reviews, may_review, read_own_review, read_rating
from services.catalog.app.reviews.write_review import report_review, withdraw_review, write_review
from services.catalog.domain import ids
from services.catalog.domain.review import MOST_STARS, Rating, Review, ReviewContent
from services.catalog.handlers.routes.caching import cacheable
from services.catalog.handlers.routes.fields import CourseId, DisplayName, Limit, Reason, ReviewText
from services.kit.bodies import Request
from services.kit.http import call_of, public, secured
from services.kit.identity import Role

FUNCTION = "reviews"

ReviewId = Annotated[ids.ReviewId, Field(strict=True, pattern=r"^[0-9a-f]{32}$")]
After = Annotated[str, Query(pattern=r"^([0-9a-f]{32})?$", description="the earlier page's `after`")]


class RatingAnswer(BaseModel):
    """What the reviews of a course give it."""

    average: Decimal | None = Field(description="mean of the stars to one decimal place; null without reviews")
    count: int
    histogram: list[int] = Field(description="how many gave one star, two stars ... five stars")


class ReviewAnswer(BaseModel):
    """A review as everybody may read it."""

    review_id: str
    display_name: str
    stars: int
    text: str
    written_at: datetime
    edited_at: datetime | None


class ReviewsAnswer(BaseModel):
    """One page of a course's reviews, the newest first."""

    rating: RatingAnswer
    reviews: list[ReviewAnswer]
    after: str | None = Field(description="begins the next page; null on the last")


class OwnReviewAnswer(BaseModel):
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


class ReportAnswer(BaseModel):
    """The report is kept; a moderator decides."""

    reported: bool


class DecisionRequest(Request):
    """Hides a review from everybody but its author, or lets it be read."""

    hide: StrictBool
    reason: Reason = Field(description="for the audit log, and for the author of a hidden review")


class DecisionAnswer(BaseModel):
    """The review after the decision."""

    review: ReviewAnswer
    hidden_because: str | None


class ReportedAnswer(BaseModel):
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


class ReportedReviewsAnswer(BaseModel):
    """One page of the reviews that wait for a decision, or were decided on, the newest first."""

    reviews: list[ReportedAnswer]
    after: str | None = Field(description="begins the next page; null on the last")


def add_review_routes(app: APIGatewayHttpResolver, ctx: Context) -> None:
    """What everybody may read of reviews."""

    @app.get(
        "/v1/catalog/courses/<course_id>/reviews",
        operation_id="list_reviews",
        summary="A course's reviews and rating, a page at a time",
        **public(),
    )
    def listed(course_id: Annotated[CourseId, Path()], after: After = "", limit: Limit = 20) -> Response[ReviewsAnswer]:
        page, rating = list_reviews(ctx, course_id, after, limit), read_rating(ctx, course_id)
        shown = [_review(review) for review in page.items]
        return cacheable(app, ReviewsAnswer(rating=rating_answer(rating), reviews=shown, after=page.after))


def add_own_review_routes(app: APIGatewayHttpResolver, ctx: Context) -> None:
    """What learners do with reviews."""
    learner = secured(Role.LEARNER, function=FUNCTION)

    def own_answer(course_id: ids.CourseId) -> OwnReviewAnswer:
        own = read_own_review(ctx, call_of(app), course_id)
        return OwnReviewAnswer(
            may_review=may_review(ctx, call_of(app), course_id),
            review=_review(own) if own else None,
            hidden_because=own.hidden_because if own else None,
        )

    @app.get(
        "/v1/catalog/reviews/<course_id>",
        operation_id="read_own_review",
        summary="The caller's review of a course, and whether they may write one",
        **learner,
    )
    def own(course_id: Annotated[CourseId, Path()]) -> OwnReviewAnswer:
        return own_answer(course_id)

    @app.put(
        "/v1/catalog/reviews/<course_id>",
        operation_id="write_review",
        summary="Write or edit the caller's one review of a course they completed; safe to repeat",
        **learner,
    )
    def write(course_id: Annotated[CourseId, Path()], request: Annotated[ReviewRequest, Body()]) -> OwnReviewAnswer:
        content = ReviewContent(request.display_name, request.stars, request.text)
        write_review(ctx, call_of(app), course_id, content)
        return own_answer(course_id)

    @app.delete(
        "/v1/catalog/reviews/<course_id>",
        operation_id="withdraw_review",
        summary="Take the caller's review back; safe to repeat",
        **learner,
    )
    def withdraw(course_id: Annotated[CourseId, Path()]) -> OwnReviewAnswer:
        withdraw_review(ctx, call_of(app), course_id)
        return own_answer(course_id)

    @app.post(
        "/v1/catalog/reviews/<course_id>/<review_id>/reports",
        operation_id="report_review",
        summary="Put somebody's review before the moderators; safe to repeat",
        **learner,
    )
    def report(
        course_id: Annotated[CourseId, Path()],
        review_id: Annotated[ReviewId, Path()],
        request: Annotated[ReportRequest, Body()],
    ) -> ReportAnswer:
        report_review(ctx, call_of(app), course_id, review_id, request.reason)
        return ReportAnswer(reported=True)


def add_moderation_routes(app: APIGatewayHttpResolver, ctx: Context) -> None:
    """What moderators do with reviews."""
    moderator = secured(Role.MODERATOR, function=FUNCTION)

    @app.get(
        "/v1/catalog/reported-reviews",
        operation_id="list_reported_reviews",
        summary="Reviews that were reported and wait for a decision, or were decided on in 30 days, a page at a time",
        **moderator,
    )
    def reported(
        after: After = "", limit: Limit = 20, state: Annotated[Literal["waiting", "decided"], Query()] = "waiting"
    ) -> ReportedReviewsAnswer:
        page = (list_decided if state == "decided" else list_waiting)(ctx, after, limit)
        return ReportedReviewsAnswer(reviews=[_reported(case) for case in page.items], after=page.after)

    @app.post(
        "/v1/catalog/reviews/<course_id>/<review_id>/decision",
        operation_id="decide_on_review",
        summary="Hide a review, or let it be read (again), with a reason; safe to repeat",
        **moderator,
    )
    def decide(
        course_id: Annotated[CourseId, Path()],
        review_id: Annotated[ReviewId, Path()],
        request: Annotated[DecisionRequest, Body()],
    ) -> DecisionAnswer:
        review = decide_review(ctx, call_of(app), course_id, review_id, hide=request.hide, reason=request.reason)
        return DecisionAnswer(review=_review(review), hidden_because=review.hidden_because)


def rating_answer(rating: Rating) -> RatingAnswer:
    """What reviews give a course."""
    return RatingAnswer(average=rating.average, count=rating.count, histogram=list(rating.histogram))


def _review(review: Review) -> ReviewAnswer:
    """Without whose it is."""
    return ReviewAnswer(
        review_id=review.review_id,
        display_name=review.written.display_name,
        stars=review.written.stars,
        text=review.written.text,
        written_at=review.written_at,
        edited_at=review.edited_at,
    )


def _reported(case: ReviewCase) -> ReportedAnswer:
    reported = case.reported
    return ReportedAnswer(
        course_id=reported.course_id,
        review_id=reported.review_id,
        display_name=reported.written.display_name,
        stars=reported.written.stars,
        text=reported.written.text,
        reports=reported.reports,
        reason=reported.reason,
        reported_at=reported.reported_at,
        hidden_because=case.hidden_because,
    )
