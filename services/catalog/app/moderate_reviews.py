"""What moderators do: look at reported reviews, hide them with a reason, or let them stand."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.catalog.app.items import REPORTED, reported_key, review_key
from services.catalog.app.problems import OWN_REVIEW, REVIEW_NOT_FOUND
from services.catalog.app.read_reviews import Page, visible_page
from services.catalog.app.write_review import changed
from services.catalog.domain.review import Reported, Review
from services.kit.audit import AuditLog
from services.kit.clock import Clock
from services.kit.identity import Principal
from services.kit.store import Change, Put, Store, Stored, commit_retrying

HIDDEN, SHOWN = "catalog.review_hidden", "catalog.review_shown"
DECIDED_KEPT = timedelta(days=30)
"""How long what was decided stays among the reported reviews, unseen, in case it is reported again."""


@dataclass(frozen=True)
class Decided:
    """A review that was decided on, with its words of now, and why it is hidden, where it is."""

    reported: Reported
    hidden_because: str | None


class ModerateReviews:
    """Decisions on reviews: state, rating and audit record in one transaction."""

    def __init__(self, store: Store, clock: Clock, audit: AuditLog) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit

    def reported(self, after: str, limit: int) -> Page[Reported]:
        """Reviews that wait for a decision, the newest first."""
        return visible_page(self._store, REPORTED, Reported, lambda entry: not entry.decided, after, limit)

    def decided(self, after: str, limit: int) -> Page[Decided]:
        """Reviews that were decided on of late, the newest first: a decision can be changed."""
        page = visible_page(self._store, REPORTED, Reported, lambda entry: entry.decided, after, limit)
        return Page(tuple(self._as_it_is(entry) for entry in page.entries), page.after)

    def decide(self, moderator: Principal, course_id: str, review_id: str, *, hide: bool, reason: str) -> Review:
        """Hides the review, or lets it be read (again); what was reported of it is settled.

        Raises:
            Problem: REVIEW_NOT_FOUND, OWN_REVIEW.
            Conflict: others kept writing.
        """

        def plan() -> tuple[Change, Review]:
            before = self._store.get(review_key(course_id, review_id), Review)
            if before is None:
                raise REVIEW_NOT_FOUND.problem()
            if before.value.learner_id == moderator.id:
                raise OWN_REVIEW.problem()
            review = replace(before.value, hidden_because=reason if hide else None)
            settled = self._settled(review_id)
            if review == before.value and not settled:
                return Change(), review
            record = self._audit.entry(moderator, HIDDEN if hide else SHOWN, f"{course_id}/{review_id}", reason)
            return Change([*changed(self._store, before, review), *settled, record]), review

        return commit_retrying(self._store, plan)

    def _as_it_is(self, entry: Reported) -> Decided:
        stored = self._store.get(review_key(entry.course_id, entry.review_id), Review)
        if stored is None:
            return Decided(entry, None)
        return Decided(replace(entry, written=stored.value.written), stored.value.hidden_because)

    def _settled(self, review_id: str) -> list[Put]:
        entry = self._store.get(reported_key(review_id), Reported)
        if entry is None or entry.value.decided:
            return []
        return [rewritten(entry, replace(entry.value, decided=True), self._clock.now())]


def rewritten(entry: Stored[Reported], reported: Reported, now: datetime) -> Put:
    """The write that puts this in a reported review's place. What is decided leaves by itself, from now on counted."""
    expires_at = int((now + DECIDED_KEPT).timestamp()) if reported.decided else None
    return Put(entry.key, reported, after=entry.version, expires_at=expires_at)
