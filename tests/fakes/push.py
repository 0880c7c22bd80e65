"""A push service as browsers have one: it checks who pushes, and reads what only the device can read."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.kit import base64url

ORIGIN = "https://updates.push.services.mozilla.com"
"""Whose part it plays."""


class MemoryPushKey:
    """Of nobody."""

    def public(self) -> str:
        """No point of the curve."""
        return "none"


@dataclass
class Browser:
    """A device with its keys (RFC 8291)."""

    name: str
    auth: bytes = b"0123456789abcdef"
    shown: list[dict[str, str]] = field(default_factory=list)
    answers: int = 201
    """What the push service says of it."""

    @cached_property
    def key(self) -> ec.EllipticCurvePrivateKey:
        return ec.generate_private_key(ec.SECP256R1())

    def subscription(self, language: str = "zh") -> dict[str, str]:
        """As the page sends it."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {
            "endpoint": f"{ORIGIN}/push/{self.name}",
            "p256dh": base64url.encode(point),
            "auth": base64url.encode(self.auth),
            "language": language,
        }


@dataclass
class PushService:
    """Where browsers are pushed to. It takes what is signed with the key that they subscribed with, nothing else."""

    application_key: str
    port: int = 0
    browsers: dict[str, Browser] = field(default_factory=dict)
    pushed: int = 0

    def browser(self, name: str) -> Browser:
        """A browser that has subscribed."""
        return self.browsers.setdefault(name, Browser(name))

    def connect(self, host: str, timeout: float) -> HTTPConnection:
        """A connection to it, for whoever wants one to the host."""
        assert f"https://{host}" == ORIGIN
        return HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def take(self, path: str, headers: Any, body: bytes) -> int:
        """What it answers; what it takes, the browser shows."""
        self.pushed += 1
        browser = self.browsers[path.rsplit("/", 1)[-1]]
        if browser.answers != 201:
            return browser.answers
        if not self._is_ours(headers["authorization"]) or not int(headers["ttl"]):
            return 403
        assert headers["content-encoding"] == "aes128gcm"
        text = http_ece.decrypt(body, private_key=browser.key, auth_secret=browser.auth, version="aes128gcm")
        browser.shown.append(json.loads(text))
        return 201

    def _is_ours(self, authorization: str) -> bool:
        scheme, _, given = authorization.partition(" ")
        parts = dict(part.strip().split("=", 1) for part in given.split(","))
        if scheme != "vapid" or parts["k"] != self.application_key:
            return False
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64url.decode(parts["k"]))
        try:
            said = jwt.decode(parts["t"], key, algorithms=["ES256"], audience=ORIGIN)
        except jwt.InvalidTokenError:
            return False
        return bool(said["sub"].startswith("mailto:"))


@contextmanager
def push_service(application_key: str) -> Iterator[PushService]:
    """One on this machine, until the block ends."""
    service = PushService(application_key)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(service.take(self.path, self.headers, body))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    service.port = server.server_port
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
