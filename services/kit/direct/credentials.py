"""A function's credentials: from its environment, or from where its container hands them out."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from os import environ
from pathlib import Path
from urllib.parse import urlsplit

from services.kit.direct.sigv4 import Credentials

RENEWED_BEFORE_END = timedelta(minutes=5)
TIMEOUT_SECONDS = 2.0
_HANDED_OUT_AT = {"localhost", "127.0.0.1", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"}
"""Where a token may be sent without TLS: nowhere beyond the machine. As the SDKs have it."""


class NoCredentials(Exception):
    """There are none, or those there were have ended and no others could be had."""


class FunctionsCredentials:
    """Of the function it runs in. Lambda puts them into the environment; a restored snapshot asks its container."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._handed_out: tuple[Credentials, datetime] | None = None

    def get(self, *, fresh: bool = False) -> Credentials:
        """The credentials. Told `fresh`, those that were handed out before do not count. Raises NoCredentials."""
        if environ.get("AWS_ACCESS_KEY_ID"):
            return Credentials(
                environ["AWS_ACCESS_KEY_ID"], environ["AWS_SECRET_ACCESS_KEY"], environ.get("AWS_SESSION_TOKEN", "")
            )
        known = self._handed_out
        if known and not fresh and self._now() < known[1] - RENEWED_BEFORE_END:
            return known[0]
        try:
            self._handed_out = _hand_out()
        except NoCredentials:
            if known and not fresh and self._now() < known[1]:
                return known[0]
            raise
        return self._handed_out[0]


def _hand_out() -> tuple[Credentials, datetime]:
    # Loaded where it is used: functions of the usual kind find their credentials in the environment.
    from http.client import HTTPConnection, HTTPException, HTTPSConnection

    url = urlsplit(environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", ""))
    is_safe = url.scheme == "https" or (url.scheme == "http" and url.hostname in _HANDED_OUT_AT)
    if not url.hostname or not is_safe:
        raise NoCredentials("neither AWS_ACCESS_KEY_ID nor a container's address for credentials is set")
    kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
    connection = kind(url.hostname, url.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", f"{url.path}?{url.query}" if url.query else url.path, headers=_authorization())
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise NoCredentials(f"the container's credentials: status {answer.status}")
        return _read(json.loads(text))
    except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
        raise NoCredentials("the container's credentials could not be read") from error
    finally:
        connection.close()


def _authorization() -> dict[str, str]:
    file = environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    token = Path(file).read_text(encoding="ascii") if file else environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
    return {"Authorization": token} if token else {}


def _read(told: Mapping[str, str]) -> tuple[Credentials, datetime]:
    ends = datetime.fromisoformat(told["Expiration"]).astimezone(UTC)
    return Credentials(told["AccessKeyId"], told["SecretAccessKey"], told.get("Token", "")), ends
