"""What moderators do: look at reported reviews, hide them with a reason, or let them stand."""

from dataclasses import dataclass, replace
from datetime import timedelta

from services.catalog.app.context import Context
from services.catalog.app.reviews.items import REPORTED, reported_key, review_key
from services.catalog.app.reviews.problems import OWN_REVIEW, REVIEW_NOT_FOUND
from services.catalog.app.reviews.write_review import put_review
from services.catalog.domain.ids import CourseId, ReviewId
from services.catalog.domain.review import ReportedReview, Review
from services.kit.call import Call
from services.kit.store import Change, Page, Put, commit_retrying, required
from services.kit.store.pages import page_of

HIDDEN, SHOWN = "catalog.review_hidden", "catalog.review_shown"
DECIDED_KEPT = timedelta(days=30)
"""How long what was decided stays among the reported reviews, unseen, in case it is reported again."""


@dataclass(frozen=True)
class ReviewCase:
    """A reported review: a waiting one with its words of then, a decided one with those of now.

    `hidden_because` is the moderator's reason, where it is hidden.
    """

    reported: ReportedReview
    hidden_because: str | None = None


def list_waiting(ctx: Context, after: str, limit: int) -> Page[ReviewCase]:
    """Reviews that wait for a decision, the newest first."""
    page = page_of(ctx.store, [(REPORTED, "")], ReportedReview, after, limit, lambda entry: not entry.decided)
    return page.map(ReviewCase)


def list_decided(ctx: Context, after: str, limit: int) -> Page[ReviewCase]:
    """Reviews that were decided on of late, the newest first: a decision can be changed."""
    page = page_of(ctx.store, [(REPORTED, "")], ReportedReview, after, limit, lambda entry: entry.decided)
    return page.map(lambda entry: _as_it_is(ctx, entry))


def decide_review(
    ctx: Context, call: Call, course_id: CourseId, review_id: ReviewId, *, hide: bool, reason: str
) -> Review:
    """Hides the review, or lets it be read (again); what was reported of it is settled.

    State, rating and audit record are one transaction.

    Raises:
        Problem: REVIEW_NOT_FOUND, OWN_REVIEW.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Review]:
        before = required(ctx.store.get(review_key(course_id, review_id), Review), REVIEW_NOT_FOUND.problem())
        if before.value.learner_id == call.caller_id:
            raise OWN_REVIEW.problem()
        review = replace(before.value, hidden_because=reason if hide else None)
        settled = _settle(ctx, review_id)
        if review == before.value and not settled:
            return Change(), review
        record = ctx.audit.entry(call.caller, HIDDEN if hide else SHOWN, f"{course_id}/{review_id}", reason)
        return Change([*put_review(ctx, before, review), *settled, record]), review

    return commit_retrying(ctx.store, plan)


def leaving_at(ctx: Context) -> int:
    """When what is decided leaves by itself, counted from now: a Unix second."""
    return int((ctx.clock.now() + DECIDED_KEPT).timestamp())


def _as_it_is(ctx: Context, entry: ReportedReview) -> ReviewCase:
    stored = ctx.store.get(review_key(entry.course_id, entry.review_id), Review)
    if stored is None:
        return ReviewCase(entry)
    return ReviewCase(replace(entry, written=stored.value.written), stored.value.hidden_because)


def _settle(ctx: Context, review_id: ReviewId) -> list[Put]:
    entry = ctx.store.get(reported_key(review_id), ReportedReview)
    if entry is None or entry.value.decided:
        return []
    return [entry.put(replace(entry.value, decided=True), leaving_at(ctx))]
