"""A client of one JSON service of AWS, over one connection that is kept: a function answers one call at a time."""

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from os import environ
from random import uniform
from ssl import create_default_context
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

from services.kit.direct.codes import OF_CREDENTIALS, OF_THE_CLOCK, THROTTLED
from services.kit.direct.connection import Answer, BrokenAnswer, Connection
from services.kit.direct.credentials import FunctionsCredentials
from services.kit.direct.sigv4 import Scope, signed_headers
from services.kit.json_text import compact

ATTEMPTS = 4
"""Of one call, the first among them."""
CONNECT_SECONDS, ANSWER_SECONDS = 1.0, 2.0
"""How long an attempt waits."""
LATEST_SECONDS = 5.0
"""After so long no other attempt is begun: the function has ten seconds, and its player no more patience."""
_PAUSE_SECONDS = 0.025


@dataclass(frozen=True)
class Service:
    """How a service is called: its name in addresses and signatures, what its operations' names follow, and its JSON.

    `variable` is the environment's variable for another endpoint, as the SDKs have it.
    """

    name: str
    target: str
    json: str
    variable: str


DYNAMODB = Service("dynamodb", "DynamoDB_20120810", "1.0", "AWS_ENDPOINT_URL_DYNAMODB")
SECRETS = Service("secretsmanager", "secretsmanager", "1.1", "AWS_ENDPOINT_URL_SECRETS_MANAGER")
PARAMETERS = Service("ssm", "AmazonSSM", "1.1", "AWS_ENDPOINT_URL_SSM")
EVENTS = Service("events", "AWSEvents", "1.1", "AWS_ENDPOINT_URL_EVENTBRIDGE")


@dataclass
class CallError(Exception):
    """AWS refused a call.

    Attributes:
        code: such as ThrottlingException.
        said: the body of its answer.
        status: of HTTP.
        date: when it answered, by its own clock.
    """

    code: str
    said: Mapping[str, Any]
    status: int
    date: datetime | None

    def __str__(self) -> str:
        return f"{self.code}: {self.said.get('message') or self.said.get('Message') or ''}"


class NoAnswer(Exception):
    """There was no answer that could be read. Whether the call had its effect is not known."""


class DirectClient:
    """Signs, sends, and tries again what may come right: no answer, a broken one, a failure there, a throttle.

    An operation may so be done twice: whoever calls makes sure by a condition, or by a token of the operation, that
    this does no harm.
    """

    def __init__(self, service: Service, region: str, endpoint: str, now: Callable[[], datetime]) -> None:
        url = urlsplit(endpoint)
        self._service = service
        self._scope = Scope(region, service.name)
        self._host = url.netloc
        # Of the machine's authorities; reading them takes a while, so at the function's start.
        tls = create_default_context() if url.scheme == "https" else None
        port = url.port or (443 if tls else 80)
        self._connection = Connection(url.hostname or "", port, tls, CONNECT_SECONDS, ANSWER_SECONDS)
        self._now = now
        self._ahead = timedelta(0)
        self._credentials = FunctionsCredentials(now)
        self._type = f"application/x-amz-json-{service.json}"

    def call(self, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What the operation answers.

        Raises:
            CallError: refused, for throttling if all attempts were.
            NoAnswer: none of the attempts was answered.
            NoCredentials: there are none to sign with.
        """
        body = compact(arguments).encode()
        fresh, began = False, monotonic()
        for attempt in range(ATTEMPTS):
            last = attempt + 1 == ATTEMPTS or monotonic() - began > LATEST_SECONDS
            try:
                return self._attempt(operation, body, fresh=fresh)
            except CallError as error:
                if last or not self._may_come_right(error):
                    raise
                fresh = error.code in OF_CREDENTIALS
            except NoAnswer:
                if last:
                    raise
            # Callers that were refused together must not come back together: at most 25, 50, 100 ms.
            sleep(uniform(0, _PAUSE_SECONDS * 2**attempt))  # noqa: S311 (no secret)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _may_come_right(self, error: CallError) -> bool:
        if error.code in OF_THE_CLOCK:
            return self._set_clock(error)
        return error.code in THROTTLED | OF_CREDENTIALS or error.status >= 500

    def _set_clock(self, error: CallError) -> bool:
        """Signs with AWS's clock from now on. Whether that differs from what the last signature had."""
        ahead = error.date - self._now() if error.date else self._ahead
        moved = abs(ahead - self._ahead) > timedelta(minutes=1)
        self._ahead = ahead if moved else self._ahead
        return moved

    def _attempt(self, operation: str, body: bytes, *, fresh: bool) -> dict[str, Any]:
        told = {
            "content-type": self._type,
            "host": self._host,
            "x-amz-target": f"{self._service.target}.{operation}",
        }
        signed_at = self._now() + self._ahead
        headers = signed_headers(told, body, self._credentials.get(fresh=fresh), self._scope, signed_at)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST / HTTP/1.1\r\n{lines}content-length: {len(body)}\r\n\r\n"
        try:
            answer = self._connection.exchange(head.encode("latin-1"), body)
        except (OSError, BrokenAnswer) as error:
            raise NoAnswer(f"{operation}: {error or type(error).__name__}") from error
        return _read(operation, answer)


def _read(operation: str, answer: Answer) -> dict[str, Any]:
    checksum = answer.headers.get("x-amz-crc32")
    if checksum is not None and checksum != str(zlib.crc32(answer.body)):
        raise NoAnswer(f"{operation}: the answer's checksum is wrong")
    try:
        said = json.loads(answer.body)
    except ValueError as error:
        raise NoAnswer(f"{operation}: status {answer.status}, and no JSON") from error
    if not isinstance(said, dict):
        raise NoAnswer(f"{operation}: status {answer.status}, and no JSON object")
    if answer.status == 200:
        return said
    code = str(said.get("__type") or answer.headers.get("x-amzn-errortype") or answer.status)
    code = code.rpartition("#")[2].partition(":")[0]
    raise CallError(code, said, answer.status, _date(answer.headers.get("date")))


def _date(text: str | None) -> datetime | None:
    try:
        return datetime.strptime(text or "", "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    except ValueError:
        return None


@cache
def client(service: Service) -> DirectClient:
    """The function's client of a service, in the region and at the endpoint that its environment names."""
    region = environ["AWS_REGION"]
    endpoint = environ.get(service.variable) or environ.get("AWS_ENDPOINT_URL")
    return DirectClient(service, region, endpoint or f"https://{service.name}.{region}.amazonaws.com", _utc_now)


def _utc_now() -> datetime:
    return datetime.now(UTC)
