"""How routes are added to a function: who may call them, and what the API's document says of each."""

import base64
import re
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import Annotated, Any, TypedDict, TypeVar, Unpack

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.openapi.params import Path as PathParameter

from services.kit.call import Call
from services.kit.identity import Principal, Role, principal_from
from services.kit.problems import IDEMPOTENCY_KEY_REQUIRED

IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9-]{16,64}")
_PARAMETER = re.compile(r"<(\w+)>")

_Answering = TypeVar("_Answering", bound=Callable[..., Any])


class Described(TypedDict, total=False):
    """What the document says of some routes besides: another status than 200, another form than JSON."""

    status_code: int
    responses: dict[int, Any]
    response_description: str


class Routes:
    """Routes of one function, all for the same callers."""

    def __init__(self, app: APIGatewayHttpResolver, function: str, roles: Sequence[Role] | None) -> None:
        """`roles` are those of the callers, who are behind the gateway's authorizer; None: anybody may call."""
        self._app = app
        self._function = function
        self._roles = roles

    def route(
        self, key: str, operation_id: str, *, idempotent: bool = False, **described: Unpack[Described]
    ) -> Callable[[_Answering], _Answering]:
        """Decorates the function that answers a route, whose docstring is the summary in the API's document.

        Args:
            key: the route's at the gateway, such as "GET /v1/orders/orders/<order_id>". The function has a parameter
                for each in angle brackets, whose type says of which form it is.
            operation_id: the operation's name in the document.
            idempotent: whether it needs the caller's key for the action, which `call_of` hands on.
            described: what else the document says.
        """
        method, path = key.split(" ")
        extensions: dict[str, Any] = {"x-function": self._function}
        if self._roles is not None:
            extensions |= {"x-roles": [role.value for role in self._roles], "x-idempotent": idempotent}

        def add(answering: _Answering) -> _Answering:
            hints = answering.__annotations__
            hints |= {name: Annotated[hints[name], PathParameter()] for name in _PARAMETER.findall(path)}
            register = self._app.route(
                path,
                method,
                operation_id=operation_id,
                summary=" ".join((answering.__doc__ or "").split()).removesuffix("."),
                openapi_extensions=extensions,
                security=None if self._roles is None else [{"cognito": []}],
                middlewares=None if self._roles is None else [_guard],
                **described,
            )
            return register(answering)

        return add


def _guard(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """Lets only those call who may; nobody may keep what they are answered."""
    check_access(app)
    if _is_idempotent(app):
        idempotency_key(app)
    response = next_middleware(app)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def check_access(app: APIGatewayHttpResolver) -> None:
    """Whether the caller may use the current request's route. Raises NOT_SIGNED_IN, FORBIDDEN."""
    extensions = _extensions(app)
    if "x-roles" in extensions:
        caller(app).require(*extensions["x-roles"])


def caller(app: APIGatewayHttpResolver) -> Principal:
    """Who makes the current request. Raises NOT_SIGNED_IN."""
    return principal_from(app.current_event.raw_event)


def correlation_id(app: APIGatewayHttpResolver) -> str:
    """The gateway's id of the current request, which its events carry on."""
    return str(app.current_event.request_context.request_id)


def caller_address(app: APIGatewayHttpResolver) -> str | None:
    """The address that the request came from: what the distribution saw, the last but the distribution's own."""
    seen = [part.strip() for part in app.current_event.headers.get("x-forwarded-for", "").split(",")]
    for found in seen[-2:]:
        try:
            return str(ip_address(found))
        except ValueError:
            continue
    return None


def raw_body(app: APIGatewayHttpResolver) -> bytes:
    """The current request's body, byte for byte."""
    event = app.current_event.raw_event
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()


def idempotency_key(app: APIGatewayHttpResolver) -> str:
    """The caller's key for this action. Raises IDEMPOTENCY_KEY_REQUIRED."""
    key = app.current_event.headers.get("idempotency-key", "")
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise IDEMPOTENCY_KEY_REQUIRED.problem()
    return key


def call_of(app: APIGatewayHttpResolver) -> Call:
    """The current request as use cases take it. Raises NOT_SIGNED_IN.

    Of a route that is `idempotent` it carries the caller's key, which the route's guard has found to be valid.
    """
    return Call(caller(app), correlation_id(app), idempotency_key(app) if _is_idempotent(app) else "")


def _is_idempotent(app: APIGatewayHttpResolver) -> bool:
    return bool(_extensions(app).get("x-idempotent"))


def _extensions(app: APIGatewayHttpResolver) -> dict[str, Any]:
    return app.context["_route"].openapi_extensions or {}
