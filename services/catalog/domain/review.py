"""Reviews of courses by who completed them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from services.catalog.domain.ids import CourseId, LearnerId, ReviewId
from services.kit.kinds import NOTHING, Emptied, Kept, stored

MOST_STARS = 5
ERASED_NAME = "已注销学员"
"""Stands for the display name of a person who was erased."""

_NEUTRAL_REVIEWS, _NEUTRAL_STARS = 5, 3


@dataclass(frozen=True)
class ReviewContent:
    """What a learner writes. The name is one they give for this review, not their real one."""

    display_name: str
    stars: int
    text: str


@stored(
    shape=1,
    personal=(
        Emptied("display_name", "text"),
        Kept("hidden_because", because="staff answer for what they hide", until="the table goes"),
    ),
)
class Review:
    """A learner's review of a course. `hidden_because` is the moderator's reason, which outlives every edit."""

    review_id: ReviewId
    course_id: CourseId
    learner_id: LearnerId
    written: ReviewContent
    written_at: datetime
    edited_at: datetime | None = None
    hidden_because: str | None = None
    withdrawn: bool = False
    erased: bool = False

    @property
    def counted(self) -> bool:
        """Whether its stars count."""
        return self.hidden_because is None and not self.withdrawn

    @property
    def listed(self) -> bool:
        """Whether everybody may read it."""
        return self.counted and not self.erased

    def rewritten(self, written: ReviewContent, now: datetime) -> "Review":
        """With other words or stars, and no longer withdrawn. Hidden it stays: an edit is no way around a moderator."""
        if self.written == written and not self.withdrawn:
            return self
        return replace(self, written=written, edited_at=now, withdrawn=False)

    def anonymous(self) -> "Review":
        """Without name and words. The stars go on counting."""
        return replace(self, written=replace(self.written, display_name=ERASED_NAME, text=""), erased=True)


@stored(shape=1, personal=NOTHING)
class Rating:
    """How many reviews gave one star, two stars ... five stars."""

    histogram: tuple[int, ...] = (0,) * MOST_STARS

    @property
    def count(self) -> int:
        """How many reviews count."""
        return sum(self.histogram)

    @property
    def average(self) -> Decimal | None:
        """The mean of the stars to one decimal place, half up; None without reviews."""
        if not self.count:
            return None
        return (Decimal(_stars(self.histogram)) / self.count).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def standing(self) -> Decimal:
        """The mean as if five reviews more had given three stars: one enthusiast does not beat a hundred."""
        stars = _stars(self.histogram) + _NEUTRAL_REVIEWS * _NEUTRAL_STARS
        return Decimal(stars) / (self.count + _NEUTRAL_REVIEWS)

    def moved(self, before: Review | None, after: Review) -> "Rating":
        """With the review as it is now in place of as it was."""
        counts = list(self.histogram)
        if before and before.counted:
            counts[before.written.stars - 1] -= 1
        if after.counted:
            counts[after.written.stars - 1] += 1
        return replace(self, histogram=tuple(counts))


UNRATED = Rating()


@stored(shape=1, personal=Emptied("display_name", "text", "reason"))
class ReportedReview:
    """A review that others reported, with its words at the last report: they may be edited since."""

    course_id: CourseId
    review_id: ReviewId
    written: ReviewContent
    reports: int
    reason: str
    reported_at: datetime
    decided: bool = False

    def reported_again(self, written: ReviewContent, reason: str, now: datetime) -> "ReportedReview":
        """After one more report, which waits for a decision even if the ones before had theirs."""
        return replace(self, written=written, reports=self.reports + 1, reason=reason, reported_at=now, decided=False)


def _stars(histogram: Sequence[int]) -> int:
    return sum(stars * count for stars, count in enumerate(histogram, start=1))
