"""Courses as they stand."""

from dataclasses import dataclass
from datetime import datetime

from services.catalog.app.context import Context
from services.catalog.app.courses.items import LISTINGS, PUBLICATIONS, current_key, listing_key, publication_key
from services.catalog.app.learning.items import count_learners, learner_counter
from services.catalog.app.problems import COURSE_NOT_FOUND
from services.catalog.app.reviews.items import rating_key, read_rating
from services.catalog.domain.ids import CourseId
from services.catalog.domain.publication import Listing, Publication
from services.catalog.domain.review import Rating
from services.kit.store import Page, Stored, required


@dataclass(frozen=True)
class CourseState:
    """How a course stands: its line, and the publication that the line names."""

    line: Stored[Listing]
    publication: Publication

    @property
    def number(self) -> int:
        """Of its latest change: publications and withdrawals are counted together."""
        return self.line.version

    @property
    def withdrawn_at(self) -> datetime | None:
        """Since when it is no longer offered."""
        return self.line.value.withdrawn_at


@dataclass(frozen=True)
class CourseDetails:
    """A course as it stands, how many learners have taken it, and what their reviews give it."""

    state: CourseState
    learners: int
    rating: Rating


def list_publications(ctx: Context, after: str, limit: int) -> Page[Stored[Listing]]:
    """Courses in the order of their ids, from the first one after `after`; those withdrawn too.

    A line's version is the number of its latest change: publications and withdrawals are counted together.
    """
    return ctx.store.page(LISTINGS, "", Listing, after, limit)


def past_publications(ctx: Context, course_id: CourseId, after: int, limit: int) -> Page[Publication]:
    """A course's publications, the oldest first, from the first one after that number. Raises COURSE_NOT_FOUND."""
    read_state(ctx, course_id)
    pk, begins = publication_key(course_id, 0).pk, publication_key(course_id, after).sk
    return ctx.store.page(pk, PUBLICATIONS, Publication, begins, limit).map(lambda stored: stored.value)


def read_course(ctx: Context, course_id: CourseId) -> CourseDetails:
    """The course with what is counted beside it, in one call. Raises COURSE_NOT_FOUND."""
    key, current = listing_key(course_id), current_key(course_id)
    read = ctx.store.get_many([key, current, rating_key(course_id), *learner_counter(course_id).keys()])
    line = required(read.get(key, Listing), COURSE_NOT_FOUND.problem())
    number, copy = line.value.publication, read.get(current, Publication)
    # Of what was published by code that makes no copy, or in this very moment, there is none yet.
    publication = copy.value if copy and copy.value.number == number else read_publication(ctx, course_id, number)
    return CourseDetails(CourseState(line, publication), count_learners(read, course_id), read_rating(read, course_id))


def read_state(ctx: Context, course_id: CourseId) -> CourseState:
    """The course as it stands, a withdrawn one too. Raises COURSE_NOT_FOUND."""
    return required(find_state(ctx, course_id), COURSE_NOT_FOUND.problem())


def find_state(ctx: Context, course_id: CourseId) -> CourseState | None:
    """The course as it stands, if it was ever published."""
    line = ctx.store.get(listing_key(course_id), Listing)
    return CourseState(line, read_publication(ctx, course_id, line.value.publication)) if line else None


def read_publication(ctx: Context, course_id: CourseId, number: int) -> Publication:
    """The publication that the course's line names."""
    return required(
        ctx.store.get(publication_key(course_id, number), Publication),
        LookupError(f"{course_id} has a line without its publication {number}"),
    ).value
