"""Reviews: what their authors, who reports them and moderators do."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from services.catalog import bootstrap
from services.catalog.app.moderate_reviews import ModerateReviews
from services.catalog.app.problems import REVIEW_PROBLEMS
from services.catalog.app.write_review import WriteReview
from services.catalog.domain.review import Written
from services.catalog.handlers.models import Identifier
from services.catalog.handlers.review_models import (
    DecisionAnswer,
    DecisionRequest,
    OwnReviewAnswer,
    ReportAnswer,
    ReportedReviewsAnswer,
    ReportRequest,
    ReviewId,
    ReviewRequest,
    reported_answer,
    review_answer,
)
from services.kit.http import HttpApi, caller, secured
from services.kit.identity import Role

FUNCTION = "reviews"
MAX_REPORTED = 50


def build_api(
    reviews: WriteReview, moderation: ModerateReviews, origin_secret: Callable[[bool], Mapping[str, str]]
) -> HttpApi:
    """The routes."""
    api = HttpApi("Xueshi catalog", REVIEW_PROBLEMS, origin_secret)
    app = api.app
    learner = secured(Role.LEARNER, function=FUNCTION)

    def own_answer(course_id: str) -> OwnReviewAnswer:
        learner_id = caller(app).id
        own = reviews.own(learner_id, course_id)
        return OwnReviewAnswer(
            may_review=reviews.completed(learner_id, course_id),
            review=review_answer(own) if own else None,
            hidden_because=own.hidden_because if own else None,
        )

    @app.get(
        "/v1/catalog/reviews/<course_id>",
        operation_id="read_own_review",
        summary="The caller's review of a course, and whether they may write one",
        **learner,
    )
    def read_own_review(course_id: Annotated[Identifier, Path()]) -> OwnReviewAnswer:
        return own_answer(course_id)

    @app.put(
        "/v1/catalog/reviews/<course_id>",
        operation_id="write_review",
        summary="Write or edit the caller's one review of a course they completed; safe to repeat",
        **learner,
    )
    def write_review(
        course_id: Annotated[Identifier, Path()], request: Annotated[ReviewRequest, Body()]
    ) -> OwnReviewAnswer:
        reviews.write(caller(app).id, course_id, Written(request.display_name, request.stars, request.text))
        return own_answer(course_id)

    @app.delete(
        "/v1/catalog/reviews/<course_id>",
        operation_id="withdraw_review",
        summary="Take the caller's review back; safe to repeat",
        **learner,
    )
    def withdraw_review(course_id: Annotated[Identifier, Path()]) -> OwnReviewAnswer:
        reviews.withdraw(caller(app).id, course_id)
        return own_answer(course_id)

    @app.post(
        "/v1/catalog/reviews/<course_id>/<review_id>/reports",
        operation_id="report_review",
        summary="Put somebody's review before the moderators; safe to repeat",
        **learner,
    )
    def report_review(
        course_id: Annotated[Identifier, Path()],
        review_id: Annotated[ReviewId, Path()],
        request: Annotated[ReportRequest, Body()],
    ) -> ReportAnswer:
        reviews.report(caller(app).id, course_id, review_id, request.reason)
        return ReportAnswer(reported=True)

    _add_moderation(app, moderation)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.reviews(), bootstrap.moderation(), bootstrap.origin_secret())


def _add_moderation(app: APIGatewayHttpResolver, moderation: ModerateReviews) -> None:
    moderator = secured(Role.MODERATOR, function=FUNCTION)

    @app.get(
        "/v1/catalog/reported-reviews",
        operation_id="list_reported_reviews",
        summary="Reviews that were reported and wait for a decision, or were decided on in 30 days, a page at a time",
        **moderator,
    )
    def list_reported_reviews(
        after: Annotated[str, Query(pattern=r"^([0-9a-f]{32})?$", description="the earlier page's `after`")] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_REPORTED)] = 20,
        state: Annotated[Literal["waiting", "decided"], Query()] = "waiting",
    ) -> ReportedReviewsAnswer:
        if state == "decided":
            decided = moderation.decided(after, limit)
            answers = [reported_answer(one.reported, one.hidden_because) for one in decided.entries]
            return ReportedReviewsAnswer(reviews=answers, after=decided.after or None)
        waiting = moderation.reported(after, limit)
        return ReportedReviewsAnswer(reviews=[reported_answer(r) for r in waiting.entries], after=waiting.after or None)

    @app.post(
        "/v1/catalog/reviews/<course_id>/<review_id>/decision",
        operation_id="decide_on_review",
        summary="Hide a review, or let it be read (again), with a reason; safe to repeat",
        **moderator,
    )
    def decide_on_review(
        course_id: Annotated[Identifier, Path()],
        review_id: Annotated[ReviewId, Path()],
        request: Annotated[DecisionRequest, Body()],
    ) -> DecisionAnswer:
        review = moderation.decide(caller(app), course_id, review_id, hide=request.hide, reason=request.reason)
        return DecisionAnswer(review=review_answer(review), hidden_because=review.hidden_because)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
