"""Requests as API Gateway's HTTP API sends them to a function (payload format 2.0), for in-process tests."""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from threading import current_thread, main_thread
from typing import Any, Protocol
from urllib.parse import parse_qsl

from services.kit.origin import ORIGIN_HEADER
from services.kit.problems import ProblemType
from tests.documented import undocumented

ORIGIN_SECRET = "of-our-own-origin"
NOBODY: dict[str, str] = {}


@dataclass
class LambdaContext:
    """What powertools reads of a function's context."""

    function_name: str = "function"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:000000000000:function:function"
    aws_request_id: str = "aws-request"


@dataclass(frozen=True)
class Answer:
    """What a handler answered."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def code(self) -> str:
        """The code of a refusal, whose manners are checked on the way."""
        assert self.headers["Content-Type"] == "application/problem+json"
        assert self.body["status"] == self.status
        assert all(self.body[member] for member in ("type", "title", "detail", "detail_en", "next", "next_en"))
        return str(self.body["code"])


def claims(person_id: str, *roles: str) -> dict[str, str]:
    """The claims of an access token, flattened as the gateway does."""
    return {"sub": person_id, "token_use": "access", "roles": " ".join(roles) or "learner"}


def request(
    method: str, path: str, body: Any = None, *, who: dict[str, str] = NOBODY, **headers: str
) -> dict[str, Any]:
    """An event. A body that is no text or bytes is sent as JSON; keyword `content_type` is header content-type."""
    path, _, query = path.partition("?")
    sent = {"content-type": "application/json", ORIGIN_HEADER: ORIGIN_SECRET}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    context: dict[str, Any] = {"requestId": "request-1", "stage": "$default", "http": {"method": method, "path": path}}
    if who:
        context["authorizer"] = {"jwt": {"claims": who, "scopes": None}}
    text = body if body is None or isinstance(body, str | bytes) else json.dumps(body)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "queryStringParameters": dict(parse_qsl(query)),
        "headers": sent,
        "requestContext": context,
        "isBase64Encoded": isinstance(text, bytes),
    }
    if text is not None:
        event["body"] = b64encode(text).decode() if isinstance(text, bytes) else text
    return event


class Api(Protocol):
    """One function's routes, or several functions'."""

    problems: tuple[ProblemType, ...]

    def handle(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answers one request."""


def send(api: Api, event: dict[str, Any]) -> Answer:
    """The handler's answer to an event, which must be one that the API's document names.

    The framework keeps the request that it answers in a global, as a function answers one at a time: what happens at
    once is tested with use cases, or with the running system.
    """
    assert current_thread() is main_thread(), "threads would take each other's requests"
    answer = api.handle(event, LambdaContext())
    found = Answer(answer["statusCode"], answer["headers"], _content(answer))
    http = event["requestContext"]["http"]
    assert not undocumented(http["method"], http["path"], found.status, found.headers, found.body), found
    if found.status >= 400:
        assert found.code in {problem.code for problem in api.problems}, "this function's problems lack it"
    return found


def _content(answer: dict[str, Any]) -> Any:
    """JSON read, text as it is, bytes where the gateway would decode them."""
    if answer.get("isBase64Encoded"):
        return b64decode(answer["body"])
    return json.loads(answer["body"]) if "json" in answer["headers"]["Content-Type"] else answer["body"]


def origin_secret(_fresh: bool) -> dict[str, str]:
    """What the origin header is compared with."""
    return {"current": ORIGIN_SECRET}
