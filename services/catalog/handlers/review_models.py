"""The JSON bodies about reviews."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr

from services.catalog.domain.review import MOST_STARS, Reported, Review
from services.catalog.handlers.models import RatingAnswer
from services.catalog.handlers.written import DisplayName, Reason, ReviewText
from services.kit.bodies import Request

ReviewId = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{32}$")]


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


def review_answer(review: Review) -> ReviewAnswer:
    """Without whose it is."""
    return ReviewAnswer(
        review_id=review.review_id,
        display_name=review.written.display_name,
        stars=review.written.stars,
        text=review.written.text,
        written_at=review.written_at,
        edited_at=review.edited_at,
    )


def reported_answer(reported: Reported, hidden_because: str | None = None) -> ReportedAnswer:
    """For moderators."""
    return ReportedAnswer(
        course_id=reported.course_id,
        review_id=reported.review_id,
        display_name=reported.written.display_name,
        stars=reported.written.stars,
        text=reported.written.text,
        reports=reported.reports,
        reason=reported.reason,
        reported_at=reported.reported_at,
        hidden_because=hidden_because,
    )
