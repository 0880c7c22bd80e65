"""What goes over the wire to AWS, counted: a proxy between functions and the emulator, with a door for each of them.

Somebody may stand in the door, and answer in AWS's place or let through (`Wire.fault`): drills do, where things fail.
"""

import contextlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import urlsplit

from tests.bench.meter import READ_UNIT_BYTES, TRANSACTION_FACTOR, UNIT_BYTES, item_bytes

OWN = {"connection", "content-length"}
"""Headers that a request has anew, as its body is."""
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Call:
    """A call of an AWS API: who made it, its operation (`DynamoDB_20120810.PutItem`), what was sent and answered."""

    caller: str
    operation: str
    sent: bytes
    answered: bytes

    @property
    def name(self) -> str:
        """Such as `PutItem`."""
        return self.operation.rpartition(".")[2]

    @property
    def content(self) -> dict[str, Any]:
        """What was sent, where it is JSON."""
        return dict(json.loads(self.sent))

    @property
    def write_units(self) -> float:
        """Write units as DynamoDB bills them. What is changed in place, checked or removed counts as small."""
        if self.name == "TransactWriteItems":
            parts = [part for entry in self.content["TransactItems"] for part in entry.values()]
            return TRANSACTION_FACTOR * sum(_write_units(part) for part in parts)
        return _write_units(self.content) if self.name in ("PutItem", "UpdateItem", "DeleteItem") else 0

    @property
    def read_units(self) -> float:
        """Read units as DynamoDB bills them."""
        if self.name not in ("GetItem", "Query", "Scan"):
            return 0
        answer = json.loads(self.answered)
        items = [answer["Item"]] if answer.get("Item") else answer.get("Items", [])
        units = max(1, -(-sum(map(item_bytes, items)) // READ_UNIT_BYTES))
        return units if self.content.get("ConsistentRead") else units / 2


def _write_units(part: dict[str, Any]) -> int:
    return -(-item_bytes(part["Item"]) // UNIT_BYTES) if "Item" in part else 1


@dataclass(frozen=True)
class Answer:
    """What AWS says to a call."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


Pass = Callable[[bytes], Answer]
"""Lets a call through to AWS, with this body. It may be used later, and more than once."""


class Fault(Protocol):
    """What goes wrong on the way."""

    def answer(self, call: Call, let_through: Pass) -> Answer:
        """What the caller is told. `call` has no answer yet."""


@dataclass
class Wire:
    """Every call that was made through it since `clear`; `times` has how often, by caller and operation, ever."""

    endpoint_url: str
    calls: list[Call] = field(default_factory=list)
    times: Counter[tuple[str, str]] = field(default_factory=Counter)
    fault: Fault | None = None
    _doors: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def door(self, caller: str = "") -> str:
        """Where this caller finds AWS."""
        return self._doors.enter_context(_served(self, caller))

    def clear(self) -> None:
        """Forgets what was counted."""
        self.calls.clear()

    def close(self) -> None:
        """Nothing is passed on any more."""
        self._doors.close()


@contextlib.contextmanager
def counted(endpoint_url: str) -> Iterator[Wire]:
    """A wire to this endpoint, until the block ends."""
    with contextlib.closing(Wire(endpoint_url)) as wire:
        yield wire


class _Server(ThreadingHTTPServer):
    """A door."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, wire: Wire, caller: str) -> None:
        self.wire, self.caller, self.upstream = wire, caller, urlsplit(wire.endpoint_url).netloc
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, *_: object) -> None:
        """A function that ends closes its connections as it likes."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.upstream = HTTPConnection(self.server.upstream)

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        operation = self.headers.get("x-amz-target") or f"{_api(self.headers)}.{self.command}"
        asked = Call(self.server.caller, operation, body, b"")
        self.server.wire.times[self.server.caller, asked.name] += 1
        answer = (
            self.server.wire.fault.answer(asked, self.let_through)
            if self.server.wire.fault
            else self.sent_on(self.upstream, body)
        )
        self.server.wire.calls.append(replace(asked, answered=answer.body))
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def let_through(self, body: bytes) -> Answer:
        """By a way of its own, since this one's may have ended by then."""
        with contextlib.closing(HTTPConnection(self.server.upstream)) as way:
            return self.sent_on(way, body)

    def sent_on(self, way: HTTPConnection, body: bytes) -> Answer:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in OWN}
        way.request(self.command, self.path, body, headers)
        answer = way.getresponse()
        return Answer(answer.status, answer.getheaders(), answer.read())

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = pass_on  # noqa: N815 (the base class's names)

    def finish(self) -> None:
        super().finish()
        self.upstream.close()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextlib.contextmanager
def _served(wire: Wire, caller: str) -> Iterator[str]:
    with _Server(wire, caller) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def _api(headers: Any) -> str:
    """The API that a request without a target is for, as its signature's scope names it."""
    scope = (headers.get("authorization") or "").partition("Credential=")[2].split(",")[0].split("/")
    return scope[3] if len(scope) > 3 else "unsigned"
