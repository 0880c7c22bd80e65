"""What the edge keeps of answers, by CloudFront's rules.

How long: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html, and for errors
.../custom-error-pages-expiration.html. An answer that is too old is asked for again with its ETag; with
`stale-while-revalidate` whoever asks meanwhile is given the old one. Only whole answers to GET are kept.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from enum import Enum

from local.distribution import CachePolicy

MAX_ENTRY_BYTES, MAX_BYTES = 8 * 1024 * 1024, 64 * 1024 * 1024
"""Of an answer that is kept, and of all of them. CloudFront has more, and forgets what is rarely asked for too."""
ERRORS_S = 10.0
"""How long errors are kept where the distribution says nothing of them."""
ALWAYS_KEPT = {404, 410, 414, 500, 501, 502, 503, 504}
KEPT_IF_DATED = {400, 403, 405, 412, 415}
"""Errors that are kept where the answer says for how long."""
MAY_REFUSE = {404, 410, 414, 501}
"""Errors that are not kept where the answer forbids it; the others are."""
KEPT = {200, 203, 300, 301, 302, 304, 307, 308}
FORBIDDING = {"no-store", "no-cache", "private"}

Headers = Mapping[str, str]
"""By names in lower case."""


@dataclass(frozen=True)
class Entry:
    """An answer that is kept: since when, how long it is fresh, and how long it may be given while it is renewed.

    Names of headers are in lower case.
    """

    path: str
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    etag: str | None
    since: float
    fresh_s: float
    stale_s: float


class Age(Enum):
    """How an entry may be used."""

    FRESH = "given"
    STALE = "given, and renewed meanwhile"
    OLD = "renewed first"


class EdgeCache:
    """The entries, those asked for longest ago first. `now` is in seconds, from any moment on."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._entries: OrderedDict[Hashable, Entry] = OrderedDict()
        self._bytes = 0

    def find(self, key: Hashable) -> Entry | None:
        """The entry, however old it is."""
        if key in self._entries:
            self._entries.move_to_end(key)
        return self._entries.get(key)

    def age(self, entry: Entry) -> Age:
        """How it may be used now."""
        age = self.seconds(entry)
        if age <= entry.fresh_s:
            return Age.FRESH
        return Age.STALE if age <= entry.fresh_s + entry.stale_s else Age.OLD

    def seconds(self, entry: Entry) -> float:
        """How long it has been here."""
        return self._now() - entry.since

    def keep(
        self, key: Hashable, path: str, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes, fresh_s: float
    ) -> None:
        """Keeps an answer for so many seconds."""
        pairs = tuple(headers)
        said = {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}
        stale_s = float(directives(said).get("stale-while-revalidate") or 0)
        self._forget(key)
        self._entries[key] = Entry(path, status, pairs, body, said.get("etag"), self._now(), fresh_s, stale_s)
        self._bytes += len(body)
        while self._bytes > MAX_BYTES:
            self._forget(next(iter(self._entries)))

    def renew(self, key: Hashable, entry: Entry, fresh_s: float) -> None:
        """Keeps an entry on, which the origin says is still right."""
        if self._entries.get(key) is entry:
            self._entries[key] = replace(entry, since=self._now(), fresh_s=fresh_s)

    def invalidate(self, patterns: Iterable[str]) -> None:
        """Forgets what lies under these paths; a `*` at the end stands for any text."""
        wanted = [f"/{pattern.removeprefix('/')}" for pattern in patterns]
        gone = [key for key, entry in list(self._entries.items()) if any(_covers(p, entry.path) for p in wanted)]
        for key in gone:
            self._forget(key)

    def _forget(self, key: Hashable) -> None:
        entry = self._entries.pop(key, None)
        self._bytes -= len(entry.body) if entry else 0


def _covers(pattern: str, path: str) -> bool:
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern


def directives(headers: Headers) -> dict[str, str]:
    """What an answer's Cache-Control says; a directive without a value has an empty one."""
    found = re.findall(r'([a-z-]+)(?:="?([^",\s]*)"?)?', headers.get("cache-control", "").lower())
    return dict(found)


def fresh_seconds(policy: CachePolicy, status: int, headers: Headers, errors_s: Mapping[int, float]) -> float:
    """For how long an answer is given to others; 0 if it is not kept."""
    said = directives(headers)
    stated = _stated(said, headers)
    if status in ALWAYS_KEPT | KEPT_IF_DATED:
        refused = status in MAY_REFUSE and FORBIDDING & set(said)
        if refused or (status in KEPT_IF_DATED and stated is None):
            return 0.0
        return max(min(stated or 0.0, policy.max_s), errors_s.get(status, ERRORS_S))
    if status not in KEPT:
        return 0.0
    if FORBIDDING & set(said):
        return policy.min_s
    return min(max(policy.default_s if stated is None else stated, policy.min_s), policy.max_s)


def _stated(said: Mapping[str, str], headers: Headers) -> float | None:
    """The seconds that an answer gives itself, for caches that many share."""
    for name in ("s-maxage", "max-age"):
        if said.get(name, "").isdigit():
            return max(0.0, float(said[name]) - float(headers.get("age", 0)))
    if "expires" in headers and "date" in headers:
        expires, date = (parsedate_to_datetime(headers[name]) for name in ("expires", "date"))
        return max(0.0, (expires - date).total_seconds())
    return None
