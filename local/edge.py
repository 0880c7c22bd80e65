"""The local edge: one origin for the client, media and the four APIs, as the distribution has been deployed.

It sends what the distribution's header says, keeps answers by its cache policies (local/edge_cache.py), and passes on
what its policies let through. Only a server failure's raw text becomes a problem document. Files of the client that
are in no bucket, and what is under `/cognito/` and `/_local/`, are this machine's own, and are kept by nobody.
"""

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator, Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from local import mailbox, serve
from local.distribution import Behaviour, Chosen, Distribution, at_emulator
from local.edge_cache import MAX_ENTRY_BYTES, Age, EdgeCache, Entry, fresh_seconds
from local.emulator import HOST, REGION
from local.errors import LocalError
from ops.client_files import headers

METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
HOP_BY_HOP = {
    "connection", "host", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",
    "trailer", "transfer-encoding", "upgrade",
}  # fmt: skip
PUBLIC_COGNITO_ACTIONS = {
    "AssociateSoftwareToken", "ChangePassword", "ConfirmForgotPassword", "ConfirmSignUp", "ForgotPassword", "GetUser",
    "GlobalSignOut", "InitiateAuth", "ResendConfirmationCode", "RespondToAuthChallenge", "RevokeToken",
    "SetUserMFAPreference", "SignUp", "VerifySoftwareToken",
}  # fmt: skip
"""What Cognito does without AWS credentials; the emulator would do the rest too."""
INDEX = "/index.html"
WECHAT = "MicroMessenger"
"""What WeChat's own browser says of itself."""
ALWAYS_FORWARDED = {"if-match", "if-modified-since", "if-none-match", "if-range", "range", "x-forwarded-for"}
"""Headers of a request that the origin sees whatever the policies say."""
CONDITIONS = {"if-match", "if-modified-since", "if-none-match", "if-unmodified-since"}
RANGE = re.compile(r"bytes=([0-9]+)-([0-9]*)")
HIT, MISS = b"Hit from cloudfront", b"Miss from cloudfront"
Pair = tuple[bytes, bytes]
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


@dataclass(frozen=True)
class Client:
    """The built client and its settings, where they are in no bucket.

    `bridge` is the address of the script that stands for what WeChat's own browser puts into every page.
    """

    files: Path
    config: Mapping[str, str]
    bridge: str | None = None


@dataclass(frozen=True)
class EdgeSettings:
    """What the edge serves.

    Members:
        opens: (behaviour, cookies, URL) -> whether the cookies open it.
        region: of the user pool.
        client: where it is in no bucket.
    """

    distribution: Distribution
    endpoint_url: str
    opens: Callable[[Behaviour, Mapping[str, str], str], bool]
    region: str = REGION
    client: Client | None = None
    pages: Sequence[Route] = ()
    """Of this machine only, beside what the distribution serves."""


class Edge:
    """The ASGI application's handlers."""

    def __init__(self, settings: EdgeSettings, cache: EdgeCache | None = None) -> None:
        self.cache = cache or EdgeCache()
        self.change(settings)
        self._renewing: dict[Hashable, asyncio.Task[None]] = {}
        limits = httpx.Limits(max_connections=128, max_keepalive_connections=32)
        self._http = httpx.AsyncClient(base_url=settings.endpoint_url, timeout=120, limits=limits)
        # The emulator needs none of httpx's default headers, and the client's own must pass unchanged.
        self._http.headers.clear()

    def change(self, settings: EdgeSettings, *, anew: bool = False) -> None:
        """Serves what was deployed, from the next request on. What is kept stays, unless the distribution is new."""
        self._settings = settings
        self._guarded = {name for b in settings.distribution.behaviours for name, _ in b.origin.headers}
        if anew:
            self.cache = EdgeCache()

    def app(self) -> Starlette:
        """The application."""
        return Starlette(
            routes=[
                Route("/config.json", self._config, methods=["GET"]),
                Route("/cognito/", self._cognito, methods=["POST"]),
                Route(mailbox.PATH, self._mailbox, methods=["GET"]),
                *self._settings.pages,
                Route("/{path:path}", self._serve, methods=METHODS),
            ],
            lifespan=self._lifespan,
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        await self._http.aclose()

    async def _config(self, request: Request) -> Response:
        if self._settings.client is None:
            return await self._serve(request)
        return JSONResponse(dict(self._settings.client.config), headers={"cache-control": "no-store"})

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
        if behaviour.key_groups and not self._settings.opens(behaviour, request.cookies, str(request.url)):
            return Response("Missing or invalid signed cookies.", 403, media_type="text/plain")
        response = await self._answered(request, behaviour)
        for name, value in behaviour.response_headers:
            response.headers[name] = at_emulator(value, self._settings.endpoint_url)
        return response

    async def _answered(self, request: Request, behaviour: Behaviour) -> Response:
        """From what is kept, or from the origin."""
        client = self._settings.client
        if client and behaviour is self._settings.distribution.behaviours[-1]:
            return _client_file(request, client)
        if request.method not in {"GET", "HEAD"}:
            return await self._from_origin(request, behaviour)
        path = _path(request, behaviour)
        key = _key(request, behaviour, path)
        known = self.cache.find(key)
        age = self.cache.age(known) if known else Age.OLD
        if known and age is Age.FRESH:
            return self._given(request, known)
        if known and age is Age.STALE:
            await self._renew_meanwhile(request, behaviour, key, known)
            return self._given(request, known)
        if request.method == "HEAD" or "range" in request.headers:
            return await self._from_origin(request, behaviour)
        return await self._kept_from_origin(request, behaviour, key, known)

    def _given(self, request: Request, entry: Entry) -> Response:
        """What is kept, or the part of it that is asked for."""
        about = [(b"x-cache", HIT), (b"age", str(int(self.cache.seconds(entry))).encode())]
        if entry.etag and request.headers.get("if-none-match") == entry.etag:
            return _made(304, [*_without_length(entry), *about], b"")
        return _part(request, entry, about) or _made(entry.status, [*entry.headers, *about], entry.body)

    async def _renew_meanwhile(self, request: Request, behaviour: Behaviour, key: Hashable, known: Entry) -> None:
        await request.body()  # while there is somebody who sends it

        async def renew() -> None:
            await self._kept_from_origin(request, behaviour, key, known)

        if key not in self._renewing:
            self._renewing[key] = asyncio.get_running_loop().create_task(renew())
            self._renewing[key].add_done_callback(lambda _: self._renewing.pop(key))

    async def _kept_from_origin(
        self, request: Request, behaviour: Behaviour, key: Hashable, known: Entry | None
    ) -> Response:
        """Asks the origin, whether what is known is still right, and keeps the answer for as long as it may be."""
        etag = known.etag if known else None
        answer = await self._ask(request, behaviour, etag)
        if isinstance(answer, Response):
            return answer
        errors_s = self._settings.distribution.errors_s
        fresh_s = fresh_seconds(behaviour.cache, answer.status_code, answer.headers, errors_s)
        if known and etag and answer.status_code == httpx.codes.NOT_MODIFIED:
            await answer.aclose()
            self.cache.renew(key, known, fresh_s)
            return self._given(request, known)
        conditional = etag is None and CONDITIONS & set(request.headers)
        if fresh_s <= 0 or conditional or int(answer.headers.get("content-length", 0)) > MAX_ENTRY_BYTES:
            return _answer(answer, await _failed(answer))
        headers, body = await _read(answer)
        self.cache.keep(key, _path(request, behaviour), answer.status_code, headers, body, fresh_s)
        return _made(answer.status_code, [*headers, (b"x-cache", MISS)], body)

    async def _from_origin(self, request: Request, behaviour: Behaviour) -> Response:
        answer = await self._ask(request, behaviour)
        return answer if isinstance(answer, Response) else _answer(answer, await _failed(answer))

    async def _ask(self, request: Request, behaviour: Behaviour, etag: str | None = None) -> httpx.Response | Response:
        """What the origin answers, or why it is not asked. With an ETag, whether that is still right."""
        origin, path = behaviour.origin, _path(request, behaviour)
        where = f"/_aws/execute-api/{origin.api_id}/$default" if origin.api_id else f"/{origin.bucket}"
        headers = [(k, v) for k, v in self._passed_on(request) if _is_forwarded(behaviour, k)]
        if etag:
            headers = [(k, v) for k, v in headers if k not in CONDITIONS] + [("if-none-match", etag)]
        query = _query(request, behaviour)
        return await self._send(request, f"{where}{origin.path}{path}", query, headers + list(origin.headers))

    async def _forward(self, request: Request, path: str, extra: dict[str, str]) -> Response:
        headers = [*self._passed_on(request), *extra.items()]
        answer = await self._send(request, path, request.scope["query_string"], headers)
        return answer if isinstance(answer, Response) else _answer(answer, await _failed(answer))

    async def _send(
        self, request: Request, path: str, query: bytes, headers: list[tuple[str, str]]
    ) -> httpx.Response | Response:
        if not all(value.isascii() for _, value in request.headers.raw):
            return JSONResponse(BAD_HEADER, status_code=400, media_type="application/problem+json")
        target = self._http.base_url.copy_with(raw_path=path.encode("ascii") + (b"?" + query if query else b""))
        outgoing = httpx.Request(request.method, target, headers=headers, content=await request.body())
        try:
            return await self._http.send(outgoing, stream=True)
        except httpx.HTTPError:
            return _problem()

    def _passed_on(self, request: Request) -> Iterable[tuple[str, str]]:
        for name, value in request.headers.items():
            if name not in HOP_BY_HOP and name not in self._guarded and name != "content-length":
                yield name, value
        if request.client and "x-forwarded-for" not in request.headers:
            yield "x-forwarded-for", request.client.host


def _client_file(request: Request, client: Client) -> Response:
    root = client.files.resolve()
    wanted = (root / request.url.path.lstrip("/")).resolve()
    if wanted.is_file() and wanted.is_relative_to(root):
        about = headers(wanted.relative_to(root).as_posix())
        return FileResponse(wanted, media_type=about["ContentType"], headers={"cache-control": about["CacheControl"]})
    # The client routes in the browser: every path that is no file is its first page.
    index = root / "index.html"
    if not _is_page(request) or not index.is_file():
        return Response("Not found", 404, media_type="text/plain")
    fresh = {"cache-control": headers(index.name)["CacheControl"]}
    if client.bridge and WECHAT in request.headers.get("user-agent", ""):
        script = f'<head><script src="{client.bridge}"></script>'
        return HTMLResponse(index.read_text("utf-8").replace("<head>", script, 1), headers=fresh)
    return FileResponse(index, headers=fresh)


def _is_page(request: Request) -> bool:
    """Whether the path is no file, as infra/stacks/spa.js sees it."""
    return "." not in request.url.path.rsplit("/", 1)[-1]


def _raw_path(request: Request) -> str:
    """The path as the client wrote it, percent-encoded."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return raw.split(b"?", 1)[0].decode("ascii")


def _path(request: Request, behaviour: Behaviour) -> str:
    """The path that the origin is asked for, once the function has seen it."""
    return INDEX if behaviour.pages and _is_page(request) else _raw_path(request)


def _key(request: Request, behaviour: Behaviour, path: str) -> Hashable:
    """What two requests have in common that get the same answer."""
    chosen, headers = behaviour.cache.key, request.headers
    encodings = [name for name in ("br", "gzip") if name in headers.get("accept-encoding", "")]
    return (
        path,
        _query_of(request, chosen.queries),
        tuple(
            (name, headers.get(name))
            for name in sorted(set(headers) | chosen.headers.names)
            if chosen.headers.takes(name)
        ),
        tuple((name, value) for name, value in sorted(request.cookies.items()) if chosen.cookies.takes(name)),
        tuple(encodings),
    )


def _query_of(request: Request, chosen: Chosen) -> tuple[tuple[str, str], ...]:
    pairs = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return tuple(pair for pair in pairs if chosen.takes(pair[0]))


def _query(request: Request, behaviour: Behaviour) -> bytes:
    """As the client wrote it, without what no policy lets through."""
    whole: bytes = request.scope["query_string"]
    taken = (behaviour.forwards.queries, behaviour.cache.key.queries)
    parts = [part for part in whole.split(b"&") if any(chosen.takes(_name_of(part)) for chosen in taken)]
    return b"&".join(parts)


def _name_of(part: bytes) -> str:
    return next((name for name, _ in parse_qsl(part.decode("latin-1"), keep_blank_values=True)), "")


def _is_forwarded(behaviour: Behaviour, header: str) -> bool:
    if header in ALWAYS_FORWARDED:
        return True
    taken = (behaviour.forwards, behaviour.cache.key)
    if header == "cookie":
        return any(each.cookies.behaviour != "none" for each in taken)
    return any(each.headers.takes(header) for each in taken)


def _part(request: Request, entry: Entry, about: list[Pair]) -> Response | None:
    """One range of an entry; None where none is asked for that there is."""
    found = RANGE.fullmatch(request.headers.get("range", ""))
    if not found or entry.status != httpx.codes.OK:
        return None
    first, last = int(found[1]), min(int(found[2] or len(entry.body)), len(entry.body) - 1)
    if first > last:
        return None
    ranged = (b"content-range", f"bytes {first}-{last}/{len(entry.body)}".encode())
    return _made(206, [*_without_length(entry), ranged, *about], entry.body[first : last + 1])


def _without_length(entry: Entry) -> list[Pair]:
    return [pair for pair in entry.headers if pair[0] != b"content-length"]


def _made(status: int, headers: list[Pair], body: bytes) -> Response:
    response = Response(body, status)
    sized = status == httpx.codes.NOT_MODIFIED or any(name == b"content-length" for name, _ in headers)
    response.raw_headers = headers if sized else [*headers, (b"content-length", str(len(body)).encode())]
    return response


async def _read(answer: httpx.Response) -> tuple[list[Pair], bytes]:
    """An answer whole, or the problem document in its place."""
    failed = await _failed(answer)
    if failed:
        return failed.raw_headers, bytes(failed.body)
    body = b"".join([chunk async for chunk in answer.aiter_raw()])
    return _kept_headers(answer), body


def _kept_headers(answer: httpx.Response) -> list[Pair]:
    return [(name.lower(), value) for name, value in answer.headers.raw if name.lower().decode() not in HOP_BY_HOP]


async def _failed(answer: httpx.Response) -> Response | None:
    """A problem document in place of a server failure's raw text."""
    if answer.status_code < 500 or "problem+json" in answer.headers.get("content-type", ""):
        return None
    await answer.aclose()
    return _problem(answer.status_code)


def _answer(answer: httpx.Response, failed: Response | None) -> Response:
    """What the origin says, as it comes."""
    if failed:
        return failed

    async def body() -> AsyncIterator[bytes]:
        try:
            async for chunk in answer.aiter_raw():
                yield chunk
        finally:
            await answer.aclose()

    response = StreamingResponse(body(), status_code=answer.status_code)
    response.raw_headers = _kept_headers(answer)
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
