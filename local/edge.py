"""The local edge: one origin for the client, media and the four APIs, as the CDN distribution arranges them.

It caches nothing. It passes methods, query, headers, bodies and status codes as they are, sets the origin header and
drops what a client sends under that name. Only a server failure's raw text becomes a problem document.
"""

import contextlib
import json
import mimetypes
import re
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from local import mailbox, serve
from local.distribution import Behaviour, Distribution, Origin, at_emulator
from local.emulator import HOST, REGION
from local.errors import LocalError

METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
HOP_BY_HOP = {
    "connection", "host", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",
    "trailer", "transfer-encoding", "upgrade",
}  # fmt: skip
PUBLIC_COGNITO_ACTIONS = {
    "ChangePassword", "ConfirmForgotPassword", "ConfirmSignUp", "ForgotPassword", "GetUser", "GlobalSignOut",
    "InitiateAuth", "ResendConfirmationCode", "RespondToAuthChallenge", "RevokeToken", "SignUp",
}  # fmt: skip
"""What Cognito does without AWS credentials; the emulator would do the rest too."""
INDEX = "/index.html"
SECRET_FRESH_S = 5.0
DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:secretsmanager:(.+?):SecretString:([^:}]*)(?::[^}]*)?\}\}")
UPSTREAM_FAILED = {
    "type": "about:blank",
    "title": "Bad Gateway",
    "status": 502,
    "code": "UPSTREAM_FAILED",
    "detail": "服务暂时没有应答。",
    "detail_en": "The service did not answer.",
    "next": "请稍后重试。",
    "next_en": "Please try again shortly.",
}


BAD_HEADER = {
    "type": "about:blank",
    "title": "Bad Request",
    "status": 400,
    "code": "INVALID_REQUEST",
    "detail": "请求头只能包含 ASCII 字符。",
    "detail_en": "Headers hold ASCII characters only.",
    "next": "请去掉其他字符后重试。",
    "next_en": "Leave the others out and try again.",
}


class SecretHeaders:
    """An origin's header values, with dynamic references replaced by the secrets' current values."""

    def __init__(self, secretsmanager: Any) -> None:
        self._client = secretsmanager
        self._seen: dict[str, tuple[float, str]] = {}

    def __call__(self, origin: Origin) -> dict[str, str]:
        """Header names in lower case, and values to send."""
        return {name: DYNAMIC_REFERENCE.sub(self._secret, value) for name, value in origin.headers}

    def _secret(self, reference: re.Match[str]) -> str:
        read_at, value = self._seen.get(reference.group(0), (0.0, ""))
        if time.monotonic() - read_at > SECRET_FRESH_S or not read_at:
            text = self._client.get_secret_value(SecretId=reference.group(1))["SecretString"]
            value = json.loads(text)[reference.group(2)] if reference.group(2) else text
            self._seen[reference.group(0)] = (time.monotonic(), value)
        return value


@dataclass(frozen=True)
class EdgeSettings:
    """What the edge serves. `config` is the client's /config.json, where that is in no bucket."""

    distribution: Distribution
    endpoint_url: str
    client_files: Path | None
    """The built client, where it is in no bucket."""
    config: dict[str, str] | None
    headers_of: Callable[[Origin], dict[str, str]]
    opens: Callable[[Mapping[str, str], str], bool]
    """(cookies, URL) -> whether they open it."""
    region: str = REGION


class Edge:
    """The ASGI application's handlers."""

    def __init__(self, settings: EdgeSettings) -> None:
        self._settings = settings
        limits = httpx.Limits(max_connections=128, max_keepalive_connections=32)
        self._http = httpx.AsyncClient(base_url=settings.endpoint_url, timeout=120, limits=limits)
        # The emulator needs none of httpx's default headers, and the client's own must pass unchanged.
        self._http.headers.clear()

    def change(self, settings: EdgeSettings) -> None:
        """Serves what was deployed anew, from the next request on."""
        self._settings = settings

    @property
    def _guarded(self) -> set[str]:
        return {name for b in self._settings.distribution.behaviours for name, _ in b.origin.headers}

    def app(self) -> Starlette:
        """The application."""
        return Starlette(
            routes=[
                Route("/config.json", self._config, methods=["GET"]),
                Route("/cognito/", self._cognito, methods=["POST"]),
                Route(mailbox.PATH, self._mailbox, methods=["GET"]),
                Route("/{path:path}", self._serve, methods=METHODS),
            ],
            lifespan=self._lifespan,
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        await self._http.aclose()

    async def _config(self, request: Request) -> Response:
        if self._settings.config is None:
            return await self._serve(request)
        return JSONResponse(self._settings.config, headers={"cache-control": "no-store"})

    async def _cognito(self, request: Request) -> Response:
        action = request.headers.get("x-amz-target", "").removeprefix("AWSCognitoIdentityProviderService.")
        if action not in PUBLIC_COGNITO_ACTIONS:
            error = {"__type": "NotAuthorizedException", "message": "This action needs AWS credentials."}
            return JSONResponse(error, status_code=400)
        return await self._forward(request, "/", self._signed_for())

    def _signed_for(self) -> dict[str, str]:
        """The emulator reads a request's region from its signature, and takes any; public actions have none."""
        scope = f"Credential=local/20260101/{self._settings.region}/cognito-idp/aws4_request"
        return {"authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}

    async def _mailbox(self, _: Request) -> Response:
        answer = await self._http.get(mailbox.MESSAGES)
        return HTMLResponse(
            mailbox.mailbox_page(mailbox.mails_of(answer.json())), headers={"cache-control": "no-store"}
        )

    async def _serve(self, request: Request) -> Response:
        behaviour = self._settings.distribution.behaviour(request.url.path)
        if request.method not in behaviour.methods:
            return Response("This distribution does not allow this method here.", 403, media_type="text/plain")
        if behaviour.needs_signature and not self._settings.opens(request.cookies, str(request.url)):
            return Response("Missing or invalid signed cookies.", 403, media_type="text/plain")
        response = await self._from_origin(request, behaviour)
        for name, value in behaviour.response_headers:
            response.headers[name] = at_emulator(value, self._settings.endpoint_url)
        return response

    async def _from_origin(self, request: Request, behaviour: Behaviour) -> Response:
        origin = behaviour.origin
        if origin.api_id:
            path = f"/_aws/execute-api/{origin.api_id}/$default{origin.path}{_raw_path(request)}"
            return await self._forward(request, path, self._settings.headers_of(origin))
        if origin.bucket:
            path = INDEX if behaviour.pages and _is_page(request) else _raw_path(request)
            return await self._forward(request, f"/{origin.bucket}{origin.path}{path}", {}, media=True)
        return self._client_file(request)

    async def _forward(self, request: Request, path: str, extra: dict[str, str], *, media: bool = False) -> Response:
        if not all(value.isascii() for _, value in request.headers.raw):
            return JSONResponse(BAD_HEADER, status_code=400, media_type="application/problem+json")
        headers = [(k, v) for k, v in self._passed_on(request)] + list(extra.items())
        target = self._http.base_url.copy_with(raw_path=_target(path, request))
        # Media was opened by cookies here, and a bearer token would make the storage look for a signature.
        sent = [(k, v) for k, v in headers if not (media and k == "authorization")]
        outgoing = httpx.Request(request.method, target, headers=sent, content=await request.body())
        try:
            answer = await self._http.send(outgoing, stream=True)
        except httpx.HTTPError:
            return _problem()
        if answer.status_code >= 500 and "problem+json" not in answer.headers.get("content-type", ""):
            await answer.aclose()
            return _problem(answer.status_code)
        return _streamed(answer)

    def _passed_on(self, request: Request) -> Iterable[tuple[str, str]]:
        for name, value in request.headers.items():
            if name not in HOP_BY_HOP and name not in self._guarded and name != "content-length":
                yield name, value
        if request.client and "x-forwarded-for" not in request.headers:
            yield "x-forwarded-for", request.client.host

    def _client_file(self, request: Request) -> Response:
        assert self._settings.client_files is not None  # noqa: S101 (else the client is in a bucket)
        root = self._settings.client_files.resolve()
        wanted = (root / request.url.path.lstrip("/")).resolve()
        if wanted.is_file() and wanted.is_relative_to(root):
            kind, _encoding = mimetypes.guess_type(wanted.name)
            return FileResponse(wanted, media_type=kind or "application/octet-stream")
        # The client routes in the browser: every path that is no file is its first page.
        index = root / "index.html"
        if not _is_page(request) or not index.is_file():
            return Response("Not found", 404, media_type="text/plain")
        return FileResponse(index, headers={"cache-control": "no-cache"})


def _is_page(request: Request) -> bool:
    """Whether the path is no file, as infra/stacks/spa.js sees it."""
    return "." not in request.url.path.rsplit("/", 1)[-1]


def _raw_path(request: Request) -> str:
    """The path as the client wrote it, percent-encoded."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return raw.split(b"?", 1)[0].decode("ascii")


def _target(path: str, request: Request) -> bytes:
    query: bytes = request.scope["query_string"]
    return path.encode("ascii") + (b"?" + query if query else b"")


def _streamed(answer: httpx.Response) -> Response:
    async def body() -> AsyncIterator[bytes]:
        try:
            async for chunk in answer.aiter_raw():
                yield chunk
        finally:
            await answer.aclose()

    response = StreamingResponse(body(), status_code=answer.status_code)
    response.raw_headers = [
        (name.lower(), value) for name, value in answer.headers.raw if name.lower().decode() not in HOP_BY_HOP
    ]
    return response


def _problem(status: int = 502) -> Response:
    document = {**UPSTREAM_FAILED, "status": status}
    return JSONResponse(document, status_code=status, media_type="application/problem+json")


def listen(port: int) -> socket.socket:
    """A listening socket of the loopback address; port 0 takes any free one.

    Raises:
        LocalError: the port is taken.
    """
    # With the protocol named, asyncio turns Nagle's delay off for accepted connections (40 ms an answer otherwise).
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise LocalError(
            f"Port {port} cannot be used ({error.strerror}): end what listens there, "
            f"or choose another, e.g. `make run PORT={port + 1}`."
        ) from None
    listener.listen(128)
    return listener


def serving(edge: Edge, listener: socket.socket) -> contextlib.AbstractContextManager[str]:
    """Serves on the listener in a thread until the block ends; gives the base URL."""
    return serve.serving(edge.app(), listener, "edge")
