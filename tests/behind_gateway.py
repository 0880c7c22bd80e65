"""The services' functions as one WSGI application: what the gateway does by itself comes before them, as on AWS."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from infra.openapi import ANY, Route, read_routes
from services.kit.http import HttpApi
from services.kit.identity import Role
from tests.fakes.store import MemoryStore
from tests.gateway import LambdaContext, claims, origin_secret, request
from tests.security.operations import DOCUMENTS, SERVICES

TOKENS = {"learner": claims("a-learner"), "staff": claims("of-the-staff", *Role)}
"""Whose claims the gateway finds in a token; in any other one it finds none."""


@dataclass(frozen=True)
class Integration:
    """A route, as the gateway matches requests with it, and the function behind it."""

    route: Route
    pattern: re.Pattern[str]
    api: HttpApi


def behind_gateway() -> WSGIApplication:
    """The application, on empty stores."""
    # As the gateway chooses: a fixed address before one with parameters, and a method that is named before any other.
    integrations = sorted(
        (found for service in SERVICES for found in _integrations(service)),
        key=lambda found: (found.route.path.count("{"), found.route.method == ANY),
    )

    def application(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        status, headers, body = _answer(integrations, environ)
        start(f"{status} {HTTPStatus(status).phrase}", [*headers.items()])
        return [body]

    return application


def _integrations(service: str) -> Iterator[Integration]:
    found: list[HttpApi] = import_module(f"docs.apis.{service}").apis(MemoryStore(), origin_secret)
    apis = {_function(api): api for api in found}
    for route in read_routes(DOCUMENTS, service):
        pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", route.path.replace(".", r"\.")))
        yield Integration(route, pattern, apis[route.function])


def _function(api: HttpApi) -> str:
    (name,) = {route["x-function"] for routes in api.openapi()["paths"].values() for route in routes.values()}
    return str(name)


def _answer(integrations: list[Integration], environ: WSGIEnvironment) -> tuple[int, Mapping[str, str], bytes]:
    # WSGI has the bytes of the decoded path as Latin-1.
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    method = environ["REQUEST_METHOD"]
    for found in integrations:
        if found.route.method in (method, ANY) and found.pattern.fullmatch(path):
            who = TOKENS.get(environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer "), {})
            if not who and not found.route.public:
                return _alone(HTTPStatus.UNAUTHORIZED)
            return _of_function(found.api, _event(environ, path, {} if found.route.public else who))
    return _alone(HTTPStatus.NOT_FOUND)


def _of_function(api: HttpApi, event: dict[str, Any]) -> tuple[int, Mapping[str, str], bytes]:
    answer = api.handle(event, LambdaContext())  # type: ignore[arg-type]  # powertools names a class of its own
    body = b64decode(answer["body"]) if answer.get("isBase64Encoded") else answer["body"].encode()
    return answer["statusCode"], answer["headers"], body


def _alone(status: HTTPStatus) -> tuple[int, Mapping[str, str], bytes]:
    return status, {"Content-Type": "application/json"}, json.dumps({"message": status.phrase}).encode()


def _event(environ: WSGIEnvironment, path: str, who: dict[str, str]) -> dict[str, Any]:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    event = request(environ["REQUEST_METHOD"], "", _text(body), who=who, content_type=environ.get("CONTENT_TYPE", ""))
    event["requestContext"]["http"]["path"] = event["rawPath"] = path
    event["rawQueryString"] = environ["QUERY_STRING"]
    values = parse_qs(environ["QUERY_STRING"], keep_blank_values=True)
    event["queryStringParameters"] = {name: ",".join(found) for name, found in values.items()}
    sent = {name.removeprefix("HTTP_"): value for name, value in environ.items() if name.startswith("HTTP_")}
    event["headers"] |= {name.replace("_", "-").lower(): value for name, value in sent.items()}
    return event


def _text(body: bytes) -> str | bytes | None:
    """As the gateway hands it on: text where it is some, else Base64."""
    try:
        return body.decode() or None
    except UnicodeDecodeError:
        return body
