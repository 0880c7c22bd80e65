"""Looks at a deployed stage as a visitor does, at the address that people use."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import httpx

from ops.client_files import ASK_AGAIN, FOR_EVER

PATIENCE_S = 120.0
"""A new distribution is not everywhere at once, and cold functions take seconds."""
PAUSE_S = 2.0


@dataclass(frozen=True)
class Check:
    """One look: what is expected in one sentence, and how it is looked at. The look answers what is wrong, or None."""

    expected: str
    look: Callable[[httpx.Client], str | None]


def smoke(http: httpx.Client, client_id: str, say: Callable[[str], None], patience_s: float = PATIENCE_S) -> list[str]:
    """Tries every check until it is met or patience is over; answers what is wrong, one sentence each."""
    wrong = []
    until = time.monotonic() + patience_s
    for check in checks(client_id):
        fault = _tried(check, http, until)
        say(f"ok: {check.expected}" if fault is None else f"WRONG: {check.expected} ({fault})")
        if fault is not None:
            wrong.append(f"{check.expected}: {fault}")
    return wrong


def _tried(check: Check, http: httpx.Client, until: float) -> str | None:
    while True:
        try:
            fault = check.look(http)
        except httpx.HTTPError as error:
            fault = f"{type(error).__name__}: {error}"
        if fault is None or time.monotonic() > until:
            return fault
        time.sleep(PAUSE_S)


def checks(client_id: str) -> Iterator[Check]:
    """All of them: the client, its settings, each service, and what must be closed."""
    yield Check("the client's page is served and asked for again each time", _page)
    yield Check("its address is a page too", lambda http: _page(http, "/hours"))
    yield Check("the files that it names are there and may be kept", _assets)
    yield Check("config.json names where this stage's people sign in", lambda http: _config(http, client_id))
    yield Check("the catalogue answers", lambda http: _status(http, "/v1/catalog/courses", 200))
    for path in ("/v1/orders/cart", "/v1/credits/account", "/v1/playback/progress/none"):
        yield Check(f"{path} asks who one is", partial(_status, path=path, expected=401))
    yield Check("what is signed by playback can be checked", lambda http: _status(http, "/v1/playback/jwks", 200))
    yield Check("media opens with signed cookies only", lambda http: _status(http, "/media/none/1/master.m3u8", 403))


def _page(http: httpx.Client, path: str = "/") -> str | None:
    answer = http.get(path)
    if answer.status_code != httpx.codes.OK or "<html" not in answer.text:
        return f"{answer.status_code}, {answer.text[:60]!r}"
    if answer.headers.get("cache-control") != ASK_AGAIN:
        return f"cache-control: {answer.headers.get('cache-control')}"
    missing = {"content-security-policy", "strict-transport-security", "x-frame-options"} - set(answer.headers)
    return f"lacks {', '.join(sorted(missing))}" if missing else None


def _assets(http: httpx.Client) -> str | None:
    named = re.findall(r'(?:src|href)="(/assets/[^"]+)"', http.get("/").text)
    if not named:
        return "the page names none"
    for path in named:
        answer = http.get(path)
        if answer.status_code != httpx.codes.OK or answer.headers.get("cache-control") != FOR_EVER:
            return f"{path}: {answer.status_code}, cache-control: {answer.headers.get('cache-control')}"
    return None


def _config(http: httpx.Client, client_id: str) -> str | None:
    answer = http.get("/config.json")
    config = answer.json() if answer.is_success else {}
    named = config.get("userPoolClientId") or config.get("clientId")
    return None if named == client_id else f"{answer.status_code}, {named!r} instead of {client_id!r}"


def _status(http: httpx.Client, path: str, expected: int) -> str | None:
    answer = http.get(path)
    return None if answer.status_code == expected else f"{answer.status_code}, {answer.text[:80]!r}"
