"""What a learner does with a review of a course: writing, editing, withdrawing their own, reporting others'."""

from dataclasses import dataclass, replace

from services.catalog.app.allowances import one_use
from services.catalog.app.items import (
    newest_first_id,
    own_review_key,
    rating_key,
    report_key,
    reported_key,
    review_key,
    taking_key,
)
from services.catalog.app.problems import NOT_COMPLETED, OWN_REVIEW, REVIEW_NOT_FOUND
from services.catalog.domain.learning import Taking
from services.catalog.domain.review import Rating, Reported, Review, Written
from services.kit.clock import Clock
from services.kit.ids import Ids
from services.kit.store import ABSENT, Change, Put, Store, Stored, commit_retrying

WRITES_PER_DAY = 20
REPORTS_PER_DAY = 20


@dataclass(frozen=True)
class OwnReview:
    """Points from a learner to their review of a course."""

    review_id: str


@dataclass(frozen=True)
class Report:
    """That a learner has reported a review."""

    reason: str


class WriteReview:
    """Reviews of learners: each state with the course's rating in one transaction."""

    def __init__(self, store: Store, clock: Clock, ids: Ids) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids

    def completed(self, learner_id: str, course_id: str) -> bool:
        """Whether the learner may review the course."""
        taking = self._store.get(taking_key(learner_id, course_id), Taking)
        return taking is not None and taking.value.completed_at is not None

    def own(self, learner_id: str, course_id: str) -> Review | None:
        """The learner's review of the course, a hidden one too; None where there is none or it is withdrawn."""
        stored = self._own(learner_id, course_id)
        return stored.value if stored and not stored.value.withdrawn else None

    def write(self, learner_id: str, course_id: str, written: Written) -> Review:
        """Publishes or edits the learner's one review of the course; the same again changes nothing.

        Raises:
            Problem: NOT_COMPLETED, PERSON_ERASED, TOO_OFTEN.
            Conflict: others kept writing.
        """

        def plan() -> tuple[Change, Review]:
            if not self.completed(learner_id, course_id):
                raise NOT_COMPLETED.problem()
            now, before = self._clock.now(), self._own(learner_id, course_id)
            if before:
                review = before.value.rewritten(written, now)
                if review == before.value:
                    return Change(), review
                writes = changed(self._store, before, review)
            else:
                review = Review(newest_first_id(now, self._ids), course_id, learner_id, written, now)
                pointer = Put(own_review_key(learner_id, course_id), OwnReview(review.review_id))
                writes = [pointer, *changed(self._store, None, review)]
            return Change([*writes, *one_use(self._store, now, learner_id, "REVIEWS", WRITES_PER_DAY)]), review

        return commit_retrying(self._store, plan)

    def withdraw(self, learner_id: str, course_id: str) -> None:
        """Takes the learner's review back; without one nothing happens. Raises Conflict."""

        def plan() -> tuple[Change, None]:
            before = self._own(learner_id, course_id)
            if before is None or before.value.withdrawn:
                return Change(), None
            return Change(changed(self._store, before, replace(before.value, withdrawn=True))), None

        commit_retrying(self._store, plan)

    def report(self, learner_id: str, course_id: str, review_id: str, reason: str) -> None:
        """Puts a review before the moderators; a learner's second report of it changes nothing.

        Raises:
            Problem: REVIEW_NOT_FOUND, OWN_REVIEW, PERSON_ERASED, TOO_OFTEN.
            Conflict: others kept writing.
        """

        def plan() -> tuple[Change, None]:
            stored = self._store.get(review_key(course_id, review_id), Review)
            if stored is None or not stored.value.listed:
                raise REVIEW_NOT_FOUND.problem()
            if stored.value.learner_id == learner_id:
                raise OWN_REVIEW.problem()
            marker = report_key(learner_id, review_id)
            if self._store.get(marker, Report):
                return Change(), None
            allowance = one_use(self._store, self._clock.now(), learner_id, "REPORTS", REPORTS_PER_DAY)
            return Change([Put(marker, Report(reason)), self._reported(stored.value, reason), *allowance]), None

        commit_retrying(self._store, plan)

    def _own(self, learner_id: str, course_id: str) -> Stored[Review] | None:
        pointer = self._store.get(own_review_key(learner_id, course_id), OwnReview)
        return self._store.get(review_key(course_id, pointer.value.review_id), Review) if pointer else None

    def _reported(self, review: Review, reason: str) -> Put:
        key = reported_key(review.review_id)
        known = self._store.get(key, Reported)
        number = known.value.reports + 1 if known else 1
        now = self._clock.now()
        reported = Reported(review.course_id, review.review_id, review.written, number, reason, now)
        return Put(key, reported, after=known.version if known else ABSENT)


def changed(store: Store, before: Stored[Review] | None, review: Review) -> list[Put]:
    """The writes that make the review what it is now, and the course's rating with it."""
    writes = [Put(review_key(review.course_id, review.review_id), review, after=before.version if before else ABSENT)]
    key = rating_key(review.course_id)
    known = store.get(key, Rating)
    rating = known.value if known else Rating()
    moved = rating.moved(before.value if before else None, review)
    return writes if moved == rating else [*writes, Put(key, moved, after=known.version if known else ABSENT)]
