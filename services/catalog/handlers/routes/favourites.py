"""Favourites: courses that a learner marks to find them again."""

from datetime import datetime

from services.catalog.app.context import Context
from services.catalog.app.favourites.mark_favourite import mark_favourite, read_favourites, unmark_favourite
from services.catalog.handlers.routes.fields import CourseId
from services.kit.bodies import Answer
from services.kit.http import HttpApi
from services.kit.identity import Role


class FavouriteAnswer(Answer):
    """A course that is marked."""

    course_id: str
    since: datetime


class FavouritesAnswer(Answer):
    """All that the caller marked, the newest first."""

    courses: list[FavouriteAnswer]


def add_favourite_routes(api: HttpApi, ctx: Context) -> None:
    """The caller's own."""
    learner = api.secured(Role.LEARNER)

    @learner.route("GET /v1/catalog/favourites", "list_favourites")
    def listed() -> FavouritesAnswer:
        """The caller's favourites, all of them."""
        return FavouritesAnswer.of(read_favourites(ctx, api.call()))

    @learner.route("PUT /v1/catalog/favourites/<course_id>", "mark_favourite")
    def mark(course_id: CourseId) -> FavouritesAnswer:
        """Mark a course; safe to repeat."""
        return FavouritesAnswer.of(mark_favourite(ctx, api.call(), course_id))

    @learner.route("DELETE /v1/catalog/favourites/<course_id>", "unmark_favourite")
    def unmark(course_id: CourseId) -> FavouritesAnswer:
        """Take the mark away; safe to repeat."""
        return FavouritesAnswer.of(unmark_favourite(ctx, api.call(), course_id))
