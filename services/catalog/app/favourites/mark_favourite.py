"""Marking a course to find it again."""

from services.catalog.app.allowances.use_allowance import use_allowance
from services.catalog.app.context import Context
from services.catalog.app.courses.items import listing_key
from services.catalog.app.favourites.items import favourites_key
from services.catalog.app.favourites.problems import FAVOURITES_FULL
from services.catalog.app.problems import COURSE_NOT_FOUND
from services.catalog.domain.favourites import MOST_FAVOURITES, Favourites
from services.catalog.domain.ids import CourseId, LearnerId
from services.catalog.domain.publication import Listing
from services.kit.call import Call
from services.kit.store import Change, commit_retrying, read_or, required

MARKS_PER_DAY = 500


def read_favourites(ctx: Context, call: Call) -> Favourites:
    """What the caller marked."""
    return read_or(ctx.store, favourites_key(LearnerId(call.caller_id)), Favourites()).value


def mark_favourite(ctx: Context, call: Call, course_id: CourseId) -> Favourites:
    """Marks the course; one that is marked stays as it is.

    Raises:
        Problem: COURSE_NOT_FOUND, FAVOURITES_FULL, PERSON_ERASED, TOO_OFTEN.
        Conflict: others kept writing.
    """
    learner_id = LearnerId(call.caller_id)

    def plan() -> tuple[Change, Favourites]:
        before = read_or(ctx.store, favourites_key(learner_id), Favourites())
        after = before.value.with_course(course_id, ctx.clock.now())
        if after == before.value:
            return Change(), after
        required(ctx.store.get(listing_key(course_id), Listing), COURSE_NOT_FOUND.problem())
        if before.value.full:
            raise FAVOURITES_FULL.problem(limit=MOST_FAVOURITES)
        return Change([before.put(after), *use_allowance(ctx, learner_id, "FAVOURITES", MARKS_PER_DAY)]), after

    return commit_retrying(ctx.store, plan)


def unmark_favourite(ctx: Context, call: Call, course_id: CourseId) -> Favourites:
    """Takes the mark away; without one nothing happens. Raises Conflict."""

    def plan() -> tuple[Change, Favourites]:
        before = read_or(ctx.store, favourites_key(LearnerId(call.caller_id)), Favourites())
        after = before.value.without(course_id)
        return Change([] if after == before.value else [before.put(after)]), after

    return commit_retrying(ctx.store, plan)
