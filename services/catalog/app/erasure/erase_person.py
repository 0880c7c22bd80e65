"""Erases what a person wrote. Counts, times and the opaque id stay; of what was for themselves alone, nothing."""

from dataclasses import replace
from typing import Any

from services.catalog.app.context import Context
from services.catalog.app.enquiries.items import OWN_ENQUIRIES, enquiry_key
from services.catalog.app.enquiries.write_enquiry import put_enquiry
from services.catalog.app.erasure.items import Erasure, erasure_key
from services.catalog.app.favourites.items import favourites_key
from services.catalog.app.items import learner_pk
from services.catalog.app.notes.items import NOTES
from services.catalog.app.reviews.items import (
    OWN_REPORTS,
    OWN_REVIEWS,
    OwnReview,
    Report,
    reported_key,
    review_key,
)
from services.catalog.app.reviews.moderate_reviews import leaving_at
from services.catalog.domain.enquiry import Enquiry, EnquirySummary
from services.catalog.domain.favourites import Favourites
from services.catalog.domain.ids import CourseId, EnquiryId, LearnerId, ReviewId
from services.catalog.domain.note import Note
from services.catalog.domain.review import ReportedReview, Review
from services.catalog.events.consumed import PersonErased
from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Change, Key, Put, Stored, commit_retrying, put_once


def erase_person(ctx: Context, event: Envelope) -> None:
    """Lets nothing more be written, erases item by item, each in a transaction of its own, then marks the event.

    Erased again, nothing changes.

    Raises:
        ValueError: the event names nobody.
        Conflict: others kept writing; the queue delivers the event again.
    """
    learner_id = PersonErased.model_validate(event.data).learner_id
    mine = learner_pk(learner_id)
    _forbid_writing(ctx, learner_id)
    for own in ctx.store.query(mine, OWN_REVIEWS, OwnReview):
        _erase_review(ctx, CourseId(own.key.sk.removeprefix(OWN_REVIEWS)), own.value.review_id)
    for line in ctx.store.query(mine, OWN_ENQUIRIES, EnquirySummary):
        _erase_enquiry(ctx, line.value.enquiry_id)
    for report in ctx.store.query(mine, OWN_REPORTS, Report):
        _erase_report(ctx, report.key)
    for note in ctx.store.query(mine, NOTES, Note):
        _remove(ctx, note.key, Note)
    _remove(ctx, favourites_key(learner_id), Favourites)
    apply_once(ctx.store, ctx.clock, event, Change)


def _forbid_writing(ctx: Context, learner_id: LearnerId) -> None:
    """What is written holds that this is absent: whichever commits first, nothing comes after what is erased next."""
    erased = Erasure(ctx.clock.now())
    commit_retrying(ctx.store, lambda: (put_once(ctx.store, erasure_key(learner_id), erased), None))


def _erase_report(ctx: Context, key: Key) -> None:
    """The reporter's words, and where they are the last that moderators were told."""

    def plan() -> tuple[Change, None]:
        report = ctx.store.get(key, Report)
        if report is None or not report.value.reason:
            return Change(), None
        writes = [report.put_bare(replace(report.value, reason=""))]
        told = ctx.store.get(reported_key(ReviewId(key.sk.removeprefix(OWN_REPORTS))), ReportedReview)
        if told and told.value.reason == report.value.reason:
            writes.append(_put_reported(ctx, told, replace(told.value, reason="")))
        return Change(writes), None

    commit_retrying(ctx.store, plan)


def _erase_review(ctx: Context, course_id: CourseId, review_id: ReviewId) -> None:
    def plan() -> tuple[Change, None]:
        review = ctx.store.get(review_key(course_id, review_id), Review)
        reported = ctx.store.get(reported_key(review_id), ReportedReview)
        if review is None or review.value.erased:
            return Change(), None
        silent = review.value.anonymous()
        writes = [review.put_bare(silent)]
        if reported:
            writes.append(_put_reported(ctx, reported, replace(reported.value, written=silent.written)))
        return Change(writes), None

    commit_retrying(ctx.store, plan)


def _remove(ctx: Context, key: Key, kind: type[Any]) -> None:
    def plan() -> tuple[Change, None]:
        found = ctx.store.get(key, kind)
        return Change([found.remove()] if found else []), None

    commit_retrying(ctx.store, plan)


def _put_reported(ctx: Context, entry: Stored[ReportedReview], silent: ReportedReview) -> Put:
    return entry.put_bare(silent, leaving_at(ctx) if silent.decided else None)


def _erase_enquiry(ctx: Context, enquiry_id: EnquiryId) -> None:
    def plan() -> tuple[Change, None]:
        enquiry = ctx.store.get(enquiry_key(enquiry_id), Enquiry)
        if enquiry is None:
            return Change(), None
        silent = enquiry.value.without_words(ctx.clock.now())
        return Change(put_enquiry(ctx, enquiry, silent, bare=True) if silent != enquiry.value else []), None

    commit_retrying(ctx.store, plan)
