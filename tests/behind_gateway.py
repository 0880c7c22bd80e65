"""The services' functions as one WSGI application: what the gateway does by itself comes before them, as on AWS."""

import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from werkzeug import Request, Response

from infra.openapi import ANY, Route, read_routes
from services.kit.http import HttpApi
from services.kit.identity import Role
from services.kit.store.memory import MemoryStore
from tests.gateway import LambdaContext, claims, origin_secret, request
from tests.security.operations import DOCUMENTS, SERVICES

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def behind_gateway() -> Application:
    """The application, on empty stores. Somebody's token is the name of their role."""
    routes = [route for service in SERVICES for route in _routes(service)]
    # As the gateway chooses: a fixed address before one with parameters, and a method that is named before any other.
    routes.sort(key=lambda found: (found[0].path.count("{"), found[0].method == ANY))

    @Request.application
    def answer(sent: Request) -> Response:
        for route, api in routes:
            pattern = re.sub(r"\{\w+\}", "[^/]+", route.path.replace(".", r"\."))
            if route.method in (sent.method, ANY) and re.fullmatch(pattern, sent.path):
                return _through(route, api, sent)
        return _alone(404, "Not Found")

    return answer


def _routes(service: str) -> Iterator[tuple[Route, HttpApi]]:
    found: list[HttpApi] = import_module(f"services.{service}.handlers.openapi").apis(MemoryStore(), origin_secret)
    apis = {_function(api): api for api in found}
    yield from ((route, apis[route.function]) for route in read_routes(DOCUMENTS, service))


def _function(api: HttpApi) -> str:
    (name,) = {route["x-function"] for routes in api.openapi()["paths"].values() for route in routes.values()}
    return str(name)


def _through(route: Route, api: HttpApi, sent: Request) -> Response:
    role = sent.headers.get("Authorization", "").removeprefix("Bearer ")
    if not route.public and role not in [*Role]:
        return _alone(401, "Unauthorized")
    event = request(sent.method, "", _text(sent.get_data()), who={} if route.public else claims(f"some-{role}", role))
    event["requestContext"]["http"]["path"] = event["rawPath"] = sent.path
    event["rawQueryString"] = sent.query_string.decode()
    values = parse_qs(event["rawQueryString"], keep_blank_values=True)
    event["queryStringParameters"] = {name: ",".join(found) for name, found in values.items()}
    event["headers"] |= {"content-type": ""} | {name.lower(): value for name, value in sent.headers.items()}
    answer = api.handle(event, LambdaContext())  # type: ignore[arg-type]  # powertools names a class of its own
    body = b64decode(answer["body"]) if answer.get("isBase64Encoded") else answer["body"]
    return Response(body, answer["statusCode"], answer["headers"])


def _text(body: bytes) -> str | bytes | None:
    """As the gateway hands it on: text where it is some, else Base64."""
    try:
        return body.decode() or None
    except UnicodeDecodeError:
        return body


def _alone(status: int, message: str) -> Response:
    return Response(f'{{"message":"{message}"}}', status, content_type="application/json")
