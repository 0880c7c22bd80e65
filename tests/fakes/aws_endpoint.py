"""An endpoint of AWS on this machine: it checks signatures as AWS does, and answers from moto.

A test may have it fail as AWS and what lies between can: each fault that is laid in is met by one call.
"""

import json
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from os import environ
from threading import Thread
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from services.kit.direct.client import EVENTS, PARAMETERS, SECRETS, client

Fault = Callable[["AwsRequest"], None]
"""Answers a call wrongly, or not at all."""


@dataclass
class AwsEndpoint:
    """What is behind it, and what it has seen.

    `clients` are boto3's clients, by the name of their service in signatures.
    `clock_ahead` is how far AWS's clock is ahead of this machine's.
    """

    clients: dict[str, Any]
    faults: deque[Fault] = field(default_factory=deque)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    connections: int = 0
    clock_ahead: timedelta = timedelta(0)
    secrets: dict[str, str] = field(
        default_factory=lambda: {environ["AWS_ACCESS_KEY_ID"]: environ["AWS_SECRET_ACCESS_KEY"]}
    )
    """Of each key id that is known: at first the environment's."""
    done: set[str] = field(default_factory=set)
    """Tokens of transactions that were done: moto does not know them."""
    url: str = ""


class AwsRequest(BaseHTTPRequestHandler):
    """One call."""

    protocol_version = "HTTP/1.1"
    endpoint: AwsEndpoint

    def setup(self) -> None:
        """A new connection."""
        super().setup()
        self.endpoint.connections += 1

    def do_POST(self) -> None:
        """Answers a call, as the next fault has it if one is laid in."""
        self.body = self.rfile.read(int(self.headers["content-length"]))
        self.service = self.headers["authorization"].split("/")[3]
        operation = self.headers["x-amz-target"].partition(".")[2]
        self.endpoint.calls.append((operation, json.loads(self.body)))
        if self.endpoint.faults:
            self.endpoint.faults.popleft()(self)
            return
        self.answer_rightly()

    def answer_rightly(self) -> None:
        """As AWS does."""
        operation, arguments = self.endpoint.calls[-1]
        if problem := self._of_the_signature():
            self.refuse(*problem)
            return
        client = self.endpoint.clients[self.service]
        token = arguments.get("ClientRequestToken")
        if token in self.endpoint.done:
            self.send(200, b"{}")
            return
        try:
            answer = client._make_api_call(operation, arguments)  # noqa: SLF001 (takes the JSON that calls have)
        except ClientError as error:
            said: dict[str, Any] = {name: value for name, value in error.response.items() if name[0].isupper()}
            self.refuse(said.pop("Error")["Code"], "no", **said)
            return
        answer.pop("ResponseMetadata", None)
        if token:
            self.endpoint.done.add(token)
        self.send(200, json.dumps(answer, default=str).encode())

    def refuse(self, code: str, message: str, status: int = 400, **said: Any) -> None:
        """As AWS does, with more that it says."""
        said.pop("ResponseMetadata", None)
        told = {"__type": f"com.amazonaws.{self.service}#{code}", "message": message, **said}
        self.send(status, json.dumps(told).encode())

    def send(self, status: int, body: bytes, *, checksum: int | None = None, length: int | None = None) -> None:
        """Sends an answer; wrong where told so."""
        self.send_response(status)
        self.send_header("x-amz-crc32", str(zlib.crc32(body) if checksum is None else checksum))
        self.send_header("content-length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """AWS's clock."""
        return f"{self._now():%a, %d %b %Y %H:%M:%S GMT}"

    def log_message(self, *_arguments: Any) -> None:
        """Says nothing."""

    def _now(self) -> datetime:
        return datetime.now(UTC) + self.endpoint.clock_ahead

    def _of_the_signature(self) -> tuple[str, str] | None:
        sent = self.headers["authorization"]
        key_id = sent.partition("Credential=")[2].partition("/")[0]
        if key_id not in self.endpoint.secrets:
            return "UnrecognizedClientException", "The security token included in the request is invalid."
        stamp = self.headers["x-amz-date"]
        at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if abs(at - self._now()) > timedelta(minutes=5):
            return "InvalidSignatureException", "Signature expired."
        signed = sent.partition("SignedHeaders=")[2].partition(",")[0].split(";")
        headers = {name: self.headers[name] for name in signed if name not in ("host", "x-amz-date")}
        request = AWSRequest("POST", f"http://{self.headers['host']}/", headers=headers, data=self.body)
        request.context["timestamp"] = stamp
        credentials = Credentials(key_id, self.endpoint.secrets[key_id])
        signer = SigV4Auth(credentials, self.service, sent.split("/")[2])
        request.headers["X-Amz-Date"] = stamp
        right = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
        return None if sent.endswith(f"Signature={right}") else ("InvalidSignatureException", "It does not match.")


@contextmanager
def aws_endpoint(**clients: Any) -> Iterator[AwsEndpoint]:
    """One that runs until it is left."""
    endpoint = AwsEndpoint(clients)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Request", (AwsRequest,), {"endpoint": endpoint}))
    server.daemon_threads = True
    endpoint.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def aws_of_functions(patch: pytest.MonkeyPatch, **clients: Any) -> Iterator[AwsEndpoint]:
    """The same, where functions find what they read and publish without an SDK."""
    with aws_endpoint(**clients) as endpoint:
        for service in (SECRETS, PARAMETERS, EVENTS):
            patch.setenv(service.variable, endpoint.url)
        client.cache_clear()
        yield endpoint
        client.cache_clear()
