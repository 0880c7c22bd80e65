"""Erases what a person wrote. Counts, times and the opaque id stay."""

from dataclasses import replace

from services.catalog.app import enquiries
from services.catalog.app.allowances import Erased
from services.catalog.app.items import (
    OWN_ENQUIRIES,
    OWN_REPORTS,
    OWN_REVIEWS,
    enquiry_key,
    erased_key,
    learner_pk,
    reported_key,
    review_key,
)
from services.catalog.app.moderate_reviews import rewritten
from services.catalog.app.write_review import OwnReview, Report
from services.catalog.domain.enquiry import Enquiry, Line
from services.catalog.domain.review import Reported, Review
from services.catalog.events.consumed import PersonErased
from services.kit.clock import Clock
from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Change, Key, Put, Store, commit_retrying


def erase_person(store: Store, clock: Clock, event: Envelope) -> None:
    """Lets nothing more be written, erases item by item, each in a transaction of its own, then marks the event.

    Erased again, nothing changes.

    Raises:
        ValueError: the event names nobody.
        Conflict: others kept writing; the queue delivers the event again.
    """
    learner_id = PersonErased.model_validate(event.data).learner_id
    mine = learner_pk(learner_id)
    _close(store, clock, learner_id)
    for own in store.query(mine, OWN_REVIEWS, OwnReview):
        _erase_review(store, clock, own.key.sk.removeprefix(OWN_REVIEWS), own.value.review_id)
    for line in store.query(mine, OWN_ENQUIRIES, Line):
        _erase_enquiry(store, clock, line.value.enquiry_id)
    for report in store.query(mine, OWN_REPORTS, Report):
        _erase_report(store, clock, report.key)
    apply_once(store, clock, event, Change)


def _close(store: Store, clock: Clock, learner_id: str) -> None:
    """What is written holds that this is absent: whichever commits first, nothing comes after what is erased next."""
    key = erased_key(learner_id)

    def plan() -> tuple[Change, None]:
        known = store.get(key, Erased)
        return Change([] if known else [Put(key, Erased(clock.now()))]), None

    commit_retrying(store, plan)


def _erase_report(store: Store, clock: Clock, key: Key) -> None:
    """The reporter's words, and where they are the last that moderators were told."""

    def plan() -> tuple[Change, None]:
        report = store.get(key, Report)
        if report is None or not report.value.reason:
            return Change(), None
        writes = [Put(key, Report(""), after=report.version)]
        told = store.get(reported_key(key.sk.removeprefix(OWN_REPORTS)), Reported)
        if told and told.value.reason == report.value.reason:
            writes.append(rewritten(told, replace(told.value, reason=""), clock.now()))
        return Change(writes), None

    commit_retrying(store, plan)


def _erase_review(store: Store, clock: Clock, course_id: str, review_id: str) -> None:
    def plan() -> tuple[Change, None]:
        review = store.get(review_key(course_id, review_id), Review)
        reported = store.get(reported_key(review_id), Reported)
        if review is None or review.value.erased:
            return Change(), None
        silent = review.value.anonymous()
        writes = [Put(review.key, silent, after=review.version)]
        if reported:
            writes.append(rewritten(reported, replace(reported.value, written=silent.written), clock.now()))
        return Change(writes), None

    commit_retrying(store, plan)


def _erase_enquiry(store: Store, clock: Clock, enquiry_id: str) -> None:
    def plan() -> tuple[Change, None]:
        enquiry = store.get(enquiry_key(enquiry_id), Enquiry)
        if enquiry is None:
            return Change(), None
        silent = enquiry.value.without_words(clock.now())
        return Change(enquiries.changed(store, clock, enquiry, silent) if silent != enquiry.value else []), None

    commit_retrying(store, plan)
