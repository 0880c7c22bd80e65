"""What learners keep for themselves: notes and favourites."""

from services.catalog import bootstrap
from services.catalog.app.context import Context
from services.catalog.app.favourites.problems import FAVOURITE_PROBLEMS
from services.catalog.app.notes.problems import NOTE_PROBLEMS
from services.catalog.app.problems import COURSE_NOT_FOUND, PERSON_ERASED, TOO_OFTEN
from services.catalog.handlers.routes.favourites import add_favourite_routes
from services.catalog.handlers.routes.notes import add_note_routes
from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function


def build_api(ctx: Context, origin_secret: OriginSecret) -> HttpApi:
    """The routes."""
    problems = (COURSE_NOT_FOUND, *NOTE_PROBLEMS, *FAVOURITE_PROBLEMS, PERSON_ERASED, TOO_OFTEN)
    api = HttpApi("Xueshi catalog", problems, origin_secret, function="shelf")
    add_note_routes(api, ctx)
    add_favourite_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.catalog(), secret))
