"""Takes a course off the catalogue."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.catalog.app.items import listing_key
from services.catalog.app.note_change import change_noted
from services.catalog.app.problems import COURSE_NOT_FOUND
from services.catalog.app.publish_course import announcement
from services.catalog.app.read_courses import publication_of
from services.catalog.domain.publication import Listing, Publication
from services.catalog.events.published import CourseWithdrawn
from services.kit.audit import AuditLog
from services.kit.clock import Clock
from services.kit.events import Envelope, EventFactory
from services.kit.identity import Principal
from services.kit.store import Change, Put, Store, commit_retrying

AUDIT_ACTION = "catalog.course_withdrawn"


@dataclass(frozen=True)
class Withdrawal:
    """Since when the course is withdrawn, the number of that state, and whether this call did it."""

    number: int
    withdrawn_at: datetime
    changed: bool


class Withdrawer:
    """Withdraws courses: state, event and audit record in one transaction. Publishing again brings a course back."""

    def __init__(self, store: Store, events: EventFactory, audit: AuditLog, clock: Clock) -> None:
        self._store = store
        self._events = events
        self._audit = audit
        self._clock = clock

    def withdraw(self, editor: Principal, course_id: str, reason: str, correlation_id: str) -> Withdrawal:
        """Withdraws the course; one that is withdrawn stays as it is.

        Raises:
            Problem: COURSE_NOT_FOUND.
            Conflict: others kept writing.
        """

        def plan() -> tuple[Change, Withdrawal]:
            line = self._store.get(listing_key(course_id), Listing)
            if line is None:
                raise COURSE_NOT_FOUND.problem()
            if line.value.withdrawn_at:
                return Change(), Withdrawal(line.version, line.value.withdrawn_at, changed=False)
            now = self._clock.now()
            writes = [
                Put(line.key, replace(line.value, withdrawn_at=now), after=line.version),
                change_noted(self._store, course_id),
                self._audit.entry(editor, AUDIT_ACTION, course_id, reason),
            ]
            number = line.version + 1
            event = self._event(publication_of(self._store, line.value), now, number, correlation_id)
            return Change(writes, [event]), Withdrawal(number, now, changed=True)

        return commit_retrying(self._store, plan)

    def _event(self, publication: Publication, now: datetime, number: int, correlation_id: str) -> Envelope:
        state = announcement(publication).model_dump()
        return self._events.make(
            CourseWithdrawn.TYPE,
            CourseWithdrawn(withdrawn_at=now, **state),
            subject=publication.course.course_id,
            sequence=number,
            correlation_id=correlation_id,
        )
