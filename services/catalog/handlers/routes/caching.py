"""Answers that caches may keep and revalidate."""

import hashlib
from typing import TypeVar

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel

from services.kit.http import HttpApi

CACHE_CONTROL = "public, max-age=30, stale-while-revalidate=300"
"""A publication shows within half a minute; a reader never waits for it."""
KEPT_LONGER = "public, max-age=300, stale-while-revalidate=3600"
"""What many ask for and nothing depends on: a new course is offered five minutes later."""
ASK_AGAIN = "public, no-cache"
"""Browsers may keep it, and ask each time whether it still is so; caches that many share keep nothing."""

Headers = dict[str, str | list[str]]
T = TypeVar("T", bound=BaseModel)


class NotModified(Exception):
    """The caller already has what it asked for. An exception, because a route's answer is checked against its model."""

    def __init__(self, headers: Headers) -> None:
        super().__init__()
        self.headers = headers


def answer_not_modified(api: HttpApi) -> None:
    """Makes the API's routes answer `NotModified` with 304 and no body."""

    def answer(found: NotModified) -> Response[str]:
        # An empty text, not null: the gateway wants a text.
        return Response(304, body="", headers=found.headers)

    api.app.exception_handler(NotModified)(answer)


def cacheable(api: HttpApi, body: T, control: str = CACHE_CONTROL) -> Response[T]:
    """The body with its ETag, and who may keep it how long. Raises NotModified where the caller has the same."""
    etag = f'"{hashlib.sha256(body.model_dump_json().encode()).hexdigest()[:32]}"'
    headers: Headers = {"ETag": etag, "Cache-Control": control}
    if etag in _known(api.app.current_event.headers.get("if-none-match", "")):
        raise NotModified(headers)
    return Response(200, "application/json", body, headers=headers)


def _known(if_none_match: str) -> list[str]:
    # A compressing cache makes the tag weak; for a GET that is the same.
    return [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
