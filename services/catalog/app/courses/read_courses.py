"""Courses as they stand."""

from dataclasses import dataclass
from datetime import datetime

from services.catalog.app.context import Context
from services.catalog.app.courses.items import LISTINGS, PUBLICATIONS, listing_key, publication_key
from services.catalog.app.learning.record_learning import count_learners
from services.catalog.app.problems import COURSE_NOT_FOUND
from services.catalog.app.reviews.read_reviews import read_rating
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


def list_courses(ctx: Context) -> list[Listing]:
    """Every course's line but those withdrawn, the newest first."""
    found = [stored.value for stored in ctx.store.query(LISTINGS, "", Listing)]
    offered = [line for line in found if line.withdrawn_at is None]
    return sorted(offered, key=lambda line: (line.published_on, line.course_id), reverse=True)


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
    """The course with what is counted beside it. Raises COURSE_NOT_FOUND."""
    return CourseDetails(read_state(ctx, course_id), count_learners(ctx, course_id), read_rating(ctx, course_id))


def read_state(ctx: Context, course_id: CourseId) -> CourseState:
    """The course as it stands, a withdrawn one too. Raises COURSE_NOT_FOUND."""
    return required(find_state(ctx, course_id), COURSE_NOT_FOUND.problem())


def find_state(ctx: Context, course_id: CourseId) -> CourseState | None:
    """The course as it stands, if it was ever published."""
    line = ctx.store.get(listing_key(course_id), Listing)
    return CourseState(line, read_publication(ctx, line.value)) if line else None


def read_publication(ctx: Context, line: Listing) -> Publication:
    """The publication that the course's line names."""
    return required(
        ctx.store.get(publication_key(line.course_id, line.publication), Publication),
        LookupError(f"{line.course_id} has a line without its publication {line.publication}"),
    ).value
