"""The HTTP side of a service: routes with validation, refusals as problem details, roles per route."""

import base64
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.shared.json_encoder import Encoder
from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.call import Call
from services.kit.identity import Role
from services.kit.media_types import JSON, media_type
from services.kit.origin import OriginSecret, check_origin
from services.kit.problems import (
    COMMON,
    INVALID_REQUEST,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    PAYLOAD_TOO_LARGE,
    TEXT_LOST,
    UNSUPPORTED_MEDIA_TYPE,
    Problem,
    ProblemType,
)
from services.kit.refusals import refused
from services.kit.routes import IDEMPOTENCY_KEY, Routes, call_of, check_access

MAX_BODY_BYTES = 64 * 1024
"""Enough for every learner's request; the catalogue's editors pass their own limit."""


_PROBLEM_MEMBERS = ("type", "title", "code", "detail", "detail_en", "next", "next_en")
_REFUSED = {
    "description": "Refused: by us with a problem, or by the gateway before us with a message of its own, "
    "such as 401 without a valid access token.",
    "content": {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
        "application/json": {"schema": {"$ref": "#/components/schemas/GatewayRefusal"}},
    },
}
_GATEWAY_REFUSAL = {
    "type": "object",
    "description": "What the gateway answers by itself: 401 (no valid access token), 404 (no such address or method), "
    "413 (too large), 429 (too many requests), 500, 503 and 504. Nothing was changed, but after 503 or 504 it may "
    "have been: send the request again with the same key.",
    "required": ["message"],
    "properties": {"message": {"type": ["string", "null"]}},
    "additionalProperties": False,
}

_TABLE_HEAD = "| code | status | zh | en | next, zh | next, en |\n|---|---|---|---|---|---|\n"

_IDEMPOTENCY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "made anew for each action; a retry of the action sends the same one and gets the same answer",
    "schema": {"type": "string", "pattern": f"^{IDEMPOTENCY_KEY.pattern}$"},
}


DEFAULT_FUNCTION = "http"
"""The function that answers a service's routes unless it is another one's."""


class HttpApi:
    """One function's routes, and how it answers everything that is not a success."""

    def __init__(
        self,
        title: str,
        problems: Sequence[ProblemType],
        origin_secret: OriginSecret,
        max_body_bytes: int = MAX_BODY_BYTES,
        *,
        function: str = DEFAULT_FUNCTION,
        raw_bodies: bool = False,
    ) -> None:
        """`function` is which of the service's functions answers.

        With `raw_bodies` the routes read bodies of any type from `raw_body`: another party says their form.
        """
        self.app = APIGatewayHttpResolver(
            enable_validation=True, serializer=_as_json, json_body_deserializer=_read_json
        )
        self._title = title
        self._function = function
        self.problems = (*problems, *COMMON)
        """Every refusal of these routes."""
        self._origin_secret = origin_secret
        self._max_body_bytes = max_body_bytes
        self._raw_bodies = raw_bodies
        self.app.exception_handler(RequestValidationError)(self._refuse_invalid)
        self.app.exception_handler(Exception)(_refuse)
        self.app.not_found(lambda _error: self._refuse_unrouted())

    def public(self) -> Routes:
        """Where to add routes that anybody may call."""
        return Routes(self.app, self._function, None)

    def secured(self, *roles: Role) -> Routes:
        """Where to add routes behind the gateway's authorizer, for callers with one of these roles."""
        return Routes(self.app, self._function, roles)

    def call(self) -> Call:
        """The current request as use cases take it. Raises NOT_SIGNED_IN."""
        return call_of(self.app)

    def handle(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        """Answers one request of the HTTP API (payload format 2.0)."""
        try:
            check_origin(event, self._origin_secret)
            _check_size(event, self._max_body_bytes)
            if not self._raw_bodies:
                _check_json(event)
        except Problem as problem:
            return refused(problem)
        # Checked; the framework knows further types, and this one only in small letters.
        headers = {**event["headers"], "content-type": JSON}
        return self.app.resolve({**event, "headers": headers}, context)

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI 3.1 document of these routes."""
        # Models of all that such a document can have, which no function needs: a sixth of each one's start.
        from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

        text = self.app.get_openapi_json_schema(
            title=self._title,
            version="1",
            security_schemes={"cognito": HTTPBearer(bearerFormat="JWT", description="Cognito access token")},
        )
        return _with_problems(_completed(_with_one_name(json.loads(text))), self.problems)

    def _refuse_unrouted(self) -> Response[str]:
        path = self.app.current_event.path
        routes = self.app._static_routes + self.app._dynamic_routes  # noqa: SLF001 (the framework has no 405)
        allowed = sorted(route.method for route in routes if route.rule.match(path))
        if not allowed:
            return _refuse(NOT_FOUND.problem())
        response = _refuse(METHOD_NOT_ALLOWED.problem())
        response.headers["Allow"] = ", ".join(allowed)
        return response

    def _refuse_invalid(self, error: RequestValidationError) -> Response[str]:
        try:
            # The framework validates before any route's guard runs; who may not call learns nothing of the body.
            check_access(self.app)
        except Problem as problem:
            return _refuse(problem)
        places = [{"pointer": _pointer(found["loc"]), "message": found["msg"]} for found in error.errors()]
        only_lost = all(found["type"] == TEXT_LOST.code for found in error.errors())
        return _refuse((TEXT_LOST if only_lost else INVALID_REQUEST).problem(errors=places))


def described(apis: Sequence[HttpApi]) -> dict[str, Any]:
    """One OpenAPI document of a service whose routes are spread over several functions; the first gives its title.

    Raises:
        ValueError: two functions mean different things by one name.
    """
    problems = {problem for api in apis for problem in api.problems}
    codes = Counter(problem.code for problem in problems)
    if twice := [code for code, times in codes.items() if times > 1]:
        raise ValueError(f"two problems are called {', '.join(twice)}")
    first, *others = (_with_problems(api.openapi(), problems) for api in apis)
    for document in others:
        for path, operations in document["paths"].items():
            first["paths"].setdefault(path, {}).update(operations)
        for kind, components in document["components"].items():
            known = first["components"].setdefault(kind, {})
            for name, component in components.items():
                if known.setdefault(name, component) != component:
                    raise ValueError(f"two {kind} are called {name}")
    first["paths"] = dict(sorted(first["paths"].items()))
    return first


def _check_size(event: Mapping[str, Any], limit: int) -> None:
    if len(event.get("body") or "") > limit:
        raise PAYLOAD_TOO_LARGE.problem(limit_bytes=limit)


def _check_json(event: Mapping[str, Any]) -> None:
    body = event.get("body")
    if not body:
        return
    if media_type(event["headers"]) != JSON:
        raise UNSUPPORTED_MEDIA_TYPE.problem()
    try:
        # RecursionError: nesting bombs. ValueError: bad UTF-8 or JSON, integers of thousands of digits, NaN.
        text = base64.b64decode(body).decode("utf-8") if event.get("isBase64Encoded") else body
        parsed = _read_json(text)
    except (ValueError, RecursionError):
        error = {"pointer": "", "message": "not valid JSON"}
        raise INVALID_REQUEST.problem(errors=[error]) from None
    # Every body is an object; the framework would take a list of one as well.
    if not isinstance(parsed, dict):
        raise INVALID_REQUEST.problem(errors=[{"pointer": "", "message": "not a JSON object"}])


def _as_json(body: object) -> str:
    # Chinese as it is: escaped, each character is twice as long.
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), cls=Encoder)


def _read_json(text: str) -> Any:
    return json.loads(text, parse_constant=_no_constant)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _refuse(error: Exception) -> Response[str]:
    event = refused(error)
    return Response(event["statusCode"], body=event["body"], headers=event["headers"])


def _pointer(location: Sequence[str | int]) -> str:
    return "/" + "/".join(str(part) for part in location if part != "body")


def _with_one_name(document: dict[str, Any]) -> dict[str, Any]:
    """With one schema for what the framework describes twice, as it is sent and as it is answered, where both agree.

    It does so with every model that holds itself.
    """
    schemas = document.get("components", {}).get("schemas", {})
    text = json.dumps(document)
    for sent in [name for name in schemas if name.endswith("-Input")]:
        name = sent.removesuffix("-Input")
        answered = f"{name}-Output"
        if json.dumps(schemas[sent]).replace(sent, answered) == json.dumps(schemas.get(answered)):
            text = text.replace(f"{name}-Input", name).replace(answered, name)
    return json.loads(text)  # type: ignore[no-any-return]


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    """Says what the framework cannot know: the form of refusals, and which calls need an idempotency key."""
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _REFUSED
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _without_null(parameter["schema"])
            if operation.pop("x-idempotent", False):
                operation["parameters"] = [*operation.get("parameters", ()), _IDEMPOTENCY_PARAMETER]
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for own_to_framework in ("HTTPValidationError", "ResponseValidationError", "ValidationError"):
        schemas.pop(own_to_framework, None)
    schemas["GatewayRefusal"] = _GATEWAY_REFUSAL
    return document


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema: one that may be left out is None within, and null is nothing that an address could say."""
    some = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    if len(some) != 1:
        return schema
    return {**some[0], **{name: value for name, value in schema.items() if name != "anyOf"}}


def _with_problems(document: dict[str, Any], problems: Iterable[ProblemType]) -> dict[str, Any]:
    """Lists the problems by code, for people in a table and for programs in the schema."""
    listed = sorted(problems, key=lambda problem: problem.code)
    members: dict[str, Any] = {name: {"type": "string"} for name in _PROBLEM_MEMBERS}
    members["code"] = {"type": "string", "x-extensible-enum": [problem.code for problem in listed]}
    document["components"]["schemas"]["Problem"] = {
        "type": "object",
        "description": "RFC 9457 problem details; `code` is stable, further members depend on it.",
        "required": ["status", *_PROBLEM_MEMBERS],
        "properties": {"status": {"type": "integer"}, **members},
    }
    head = (
        "Integers are written without a point: 9900.0 is none.\n\n"
        "Errors are RFC 9457 problem details (`application/problem+json`) with these codes:\n\n"
    )
    document["info"]["description"] = (
        head + _TABLE_HEAD + "\n".join(f"| {' | '.join(problem.cells())} |" for problem in listed)
    )
    return document
