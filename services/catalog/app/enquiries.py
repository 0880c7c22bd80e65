"""A learner's questions and the staff's answers."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from services.catalog.app.allowances import one_use
from services.catalog.app.items import (
    OWN_ENQUIRIES,
    enquiry_key,
    enquiry_line_key,
    enquiry_queue,
    enquiry_queue_key,
    learner_pk,
    listing_key,
    newest_first_id,
)
from services.catalog.app.problems import COURSE_NOT_FOUND, ENQUIRY_FULL, ENQUIRY_NOT_FOUND
from services.catalog.app.read_reviews import Page, visible_page
from services.catalog.domain.enquiry import Enquiry, Line, Side, Status, line_of
from services.catalog.domain.publication import Listing
from services.kit.audit import AuditLog
from services.kit.clock import Clock
from services.kit.idempotency import Request, answer_once
from services.kit.identity import Principal, Role
from services.kit.ids import Ids
from services.kit.store import Change, Put, Store, Stored, Write, commit_retrying

MESSAGES_PER_DAY = 30
ANSWERED, CLOSED = "catalog.enquiry_answered", "catalog.enquiry_closed"
GONE_KEPT = timedelta(days=1)
MOST_COUNTED = 100
"""Enquiries that are looked at for unread answers: counting is asked for all the time, and may not grow with them."""


@dataclass(frozen=True)
class Said:
    """Where a message went. It is what a retry gets again, so it holds no text."""

    enquiry_id: str
    number: int


def side_of(person: Principal) -> Side:
    """For whom somebody writes and reads."""
    return "staff" if Role.SUPPORT in person.roles else "learner"


class Enquiries:
    """Enquiries with their lines in both lists: each state in one transaction."""

    def __init__(self, store: Store, clock: Clock, ids: Ids, audit: AuditLog) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._audit = audit

    def ask(self, learner: Principal, key: str, subject: str, text: str, course_id: str | None) -> Enquiry:
        """Opens an enquiry, once per idempotency key.

        Raises:
            Problem: COURSE_NOT_FOUND, PERSON_ERASED, TOO_OFTEN, IDEMPOTENCY_KEY_REUSED.
            Conflict: others kept writing.
        """

        def plan() -> tuple[Change, Said]:
            title, title_en = self._titles(course_id)
            now = self._clock.now()
            new = Enquiry(
                enquiry_id=newest_first_id(now, self._ids),
                learner_id=learner.id,
                course_id=course_id,
                subject=subject,
                messages=(),
                status="open",
                status_since=now,
                course_title=title,
                course_title_en=title_en,
            )
            enquiry = new.said("learner", learner.id, text, now)
            lines = [Put(key_of(enquiry), line_of(enquiry)) for key_of in (enquiry_line_key, enquiry_queue_key)]
            writes = [Put(enquiry_key(enquiry.enquiry_id), enquiry), *lines, *self._use(learner)]
            return Change(writes), Said(enquiry.enquiry_id, 1)

        content = {"subject": subject, "text": text, "course_id": course_id}
        asked = Request(learner.id, key, "ask", content)
        return self.find(learner, answer_once(self._store, self._clock, asked, Said, plan).enquiry_id)

    def say(self, person: Principal, key: str, enquiry_id: str, text: str) -> Enquiry:
        """Adds a message, once per idempotency key.

        Raises:
            Problem: ENQUIRY_NOT_FOUND, ENQUIRY_FULL, PERSON_ERASED, TOO_OFTEN, IDEMPOTENCY_KEY_REUSED.
            Conflict: others kept writing.
        """
        side = side_of(person)

        def plan() -> tuple[Change, Said]:
            before = self._found(person, enquiry_id)
            if before.value.full:
                raise ENQUIRY_FULL.problem()
            enquiry = before.value.said(side, person.id, text, self._clock.now())
            answered = [self._record(person, ANSWERED, enquiry_id, "answer")]
            noted = self._use(person) if side == "learner" else answered
            return Change([*changed(self._store, self._clock, before, enquiry), *noted]), Said(
                enquiry_id, len(enquiry.messages)
            )

        request = Request(person.id, key, "say", {"enquiry_id": enquiry_id, "text": text})
        answer_once(self._store, self._clock, request, Said, plan)
        return self.find(person, enquiry_id)

    def close(self, person: Principal, enquiry_id: str, reason: str) -> Enquiry:
        """Closes the enquiry; staff's reason goes into the audit log. Raises ENQUIRY_NOT_FOUND, Conflict."""
        staff = side_of(person) == "staff"
        record = [self._record(person, CLOSED, enquiry_id, reason)] if staff else list[Write]()
        return self._change(person, enquiry_id, lambda enquiry: enquiry.moved("closed", self._clock.now()), record)

    def read(self, person: Principal, enquiry_id: str, number: int) -> Enquiry:
        """Notes that the caller's side has seen all up to this message. Raises ENQUIRY_NOT_FOUND, Conflict."""
        return self._change(person, enquiry_id, lambda enquiry: enquiry.read(side_of(person), number), [])

    def find(self, person: Principal, enquiry_id: str) -> Enquiry:
        """An enquiry of the caller's, or any for staff. Raises ENQUIRY_NOT_FOUND."""
        return self._found(person, enquiry_id).value

    def of_learner(self, learner_id: str, after: str, limit: int) -> Page[Line]:
        """The learner's enquiries, the newest first."""
        start = OWN_ENQUIRIES + after if after else ""
        found = self._store.page(learner_pk(learner_id), OWN_ENQUIRIES, Line, start, limit)
        return Page(tuple(stored.value for stored in found.items), (found.after or "").removeprefix(OWN_ENQUIRIES))

    def unread_answers(self, learner_id: str) -> int:
        """In how many of the learner's newest enquiries staff have said something that the learner has not read."""
        lines = self._store.page(learner_pk(learner_id), OWN_ENQUIRIES, Line, "", MOST_COUNTED)
        return sum(stored.value.unread_by_learner > 0 for stored in lines.items)

    def queue(self, status: Status, after: str, limit: int) -> Page[Line]:
        """Enquiries of a status: open ones from who has waited longest, others from the latest."""
        return visible_page(self._store, enquiry_queue(status), Line, lambda line: not line.gone, after, limit)

    def _titles(self, course_id: str | None) -> tuple[str | None, str | None]:
        """What the course is called, in Chinese and English. Raises COURSE_NOT_FOUND."""
        if course_id is None:
            return None, None
        line = self._store.get(listing_key(course_id), Listing)
        if line is None:
            raise COURSE_NOT_FOUND.problem()
        return line.value.title, line.value.title_en

    def _change(
        self, person: Principal, enquiry_id: str, change: Callable[[Enquiry], Enquiry], record: list[Write]
    ) -> Enquiry:
        def plan() -> tuple[Change, Enquiry]:
            before = self._found(person, enquiry_id)
            enquiry = change(before.value)
            if enquiry == before.value:
                return Change(), enquiry
            return Change([*changed(self._store, self._clock, before, enquiry), *record]), enquiry

        return commit_retrying(self._store, plan)

    def _found(self, person: Principal, enquiry_id: str) -> Stored[Enquiry]:
        stored = self._store.get(enquiry_key(enquiry_id), Enquiry)
        if stored is None or (side_of(person) == "learner" and stored.value.learner_id != person.id):
            raise ENQUIRY_NOT_FOUND.problem()
        return stored

    def _use(self, learner: Principal) -> list[Write]:
        return one_use(self._store, self._clock.now(), learner.id, "MESSAGES", MESSAGES_PER_DAY)

    def _record(self, person: Principal, action: str, enquiry_id: str, reason: str) -> Write:
        return self._audit.entry(person, action, enquiry_id, reason)


def changed(store: Store, clock: Clock, before: Stored[Enquiry], enquiry: Enquiry) -> list[Put]:
    """The writes that make the enquiry what it is now, and its lines with it."""
    # The learner's line is written with the enquiry each time, so it has the enquiry's version.
    line = line_of(enquiry)
    writes = [
        Put(before.key, enquiry, after=before.version),
        Put(enquiry_line_key(enquiry), line, after=before.version),
    ]
    old, new = enquiry_queue_key(before.value), enquiry_queue_key(enquiry)
    queued = store.get(old, Line)
    if queued is None:
        raise LookupError(f"enquiry {enquiry.enquiry_id} is in no queue")
    if old == new:
        return [*writes, Put(new, line, after=queued.version)]
    expires_at = int((clock.now() + GONE_KEPT).timestamp())
    gone = Put(old, replace(line, subject="", gone=True), after=queued.version, expires_at=expires_at)
    return [*writes, gone, Put(new, line)]
