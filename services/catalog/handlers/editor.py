"""What editors do: upload media, publish, withdraw."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.catalog import bootstrap_media
from services.catalog.app.context import MediaContext
from services.catalog.app.media.problems import MEDIA_PROBLEMS
from services.catalog.app.problems import COURSE_NOT_FOUND
from services.catalog.app.publishing.problems import PUBLISHING_PROBLEMS
from services.catalog.handlers.routes.media import add_media_routes
from services.catalog.handlers.routes.publishing import add_publishing_routes
from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret

MAX_BODY_BYTES = 1024 * 1024
"""A course's text (256 KB) and a list of 3000 media files."""


def build_api(ctx: MediaContext, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """The editors' routes."""
    problems = (COURSE_NOT_FOUND, *PUBLISHING_PROBLEMS, *MEDIA_PROBLEMS)
    api = HttpApi("Xueshi catalog", problems, origin_secret, MAX_BODY_BYTES)
    add_media_routes(api.app, ctx)
    add_publishing_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap_media.media(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
