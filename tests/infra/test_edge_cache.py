"""The catalogue's public reads behind the edge: which questions share an answer that is kept there, and for how long.

The cache is a model of CloudFront's, under the policy of the synthesized template; behind it are the local edge and the
catalogue's own function, in process. The addresses are those that the client asks with (`askedFor` in
web/src/search/criteria.ts, whose test holds that what is usual is left out of them).
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
import pytest
from starlette.testclient import TestClient

from local.distribution import read_distribution
from local.edge import Edge, EdgeSettings
from services.catalog.handlers import http
from tests.gateway import ORIGIN_SECRET, LambdaContext, origin_secret, request
from tests.templates import of_type, templates
from tests.unit.catalog.world import World, edited

SEARCH, LIST, PAGE = "/v1/catalog/search", "/v1/catalog/courses", "/v1/catalog/courses/bonds"
HALF_A_MINUTE, LATER = 30_000, 331_000


class EveryExport(dict[str, str]):
    """Answers whatever the edge's stack imports: nothing here is deployed."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return "abc123"


@dataclass
class Entry:
    """An answer that is kept, since when, how long it is fresh, and how much longer it may be given while it is asked
    for again; all in milliseconds."""

    body: str
    etag: str
    since: int
    fresh_ms: int
    stale_ms: int


async def streamed(body: str) -> AsyncIterator[bytes]:
    """The body as it comes from a network."""
    yield body.encode()


@dataclass
class Cloudfront:
    """One place of the edge."""

    behind: TestClient
    now: Callable[[], int]
    policy: dict[str, Any]
    entries: dict[tuple[Any, ...], Entry] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """What the origin was asked."""

    def get(self, address: str, **headers: str) -> str:
        """The body that a viewer gets."""
        key = self._key(address, headers)
        entry = self.entries.get(key)
        age = self.now() - entry.since if entry else 0
        if entry and age <= entry.fresh_ms:
            return entry.body
        if entry and age <= entry.fresh_ms + entry.stale_ms:
            self._ask(key, address, headers, entry)
            return entry.body
        return self._ask(key, address, headers, entry)

    def _key(self, address: str, headers: dict[str, str]) -> tuple[Any, ...]:
        named = self.policy["ParametersInCacheKeyAndForwardedToOrigin"]
        assert named["CookiesConfig"]["CookieBehavior"] == "none"
        parts, known = urlsplit(address), set(named["QueryStringsConfig"]["QueryStrings"])
        asked = tuple(pair for pair in parse_qsl(parts.query) if pair[0] in known)
        return parts.path, asked, tuple(headers.get(name.lower()) for name in named["HeadersConfig"]["Headers"])

    def _ask(self, key: tuple[Any, ...], address: str, headers: dict[str, str], known: Entry | None) -> str:
        self.asked.append(address)
        sent = headers | ({"if-none-match": known.etag} if known else {})
        answer = self.behind.get(address, headers=sent)
        seconds = dict(re.findall(r"([a-z-]+)=(\d+)", answer.headers.get("cache-control", "")))
        body = known.body if known and answer.status_code == httpx.codes.NOT_MODIFIED else answer.text
        if seconds and answer.status_code in {httpx.codes.OK, httpx.codes.NOT_MODIFIED}:
            fresh = min(int(seconds["max-age"]), self.policy["MaxTTL"]) * 1_000
            stale = int(seconds.get("stale-while-revalidate", 0)) * 1_000
            self.entries[key] = Entry(body, answer.headers["etag"], self.now(), fresh, stale)
        return body


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path / "package")
    package = world.package()
    world.upload(package)
    world.publish(package, 0)
    return world


@pytest.fixture
def cloudfront(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloudfront]:
    """CloudFront, the local edge, and the catalogue's reading function."""
    api = http.build_api(world.ctx, world.search, origin_secret)

    def gateway(sent: httpx.Request) -> httpx.Response:
        address = sent.url.raw_path.decode().partition("/$default")[2]
        kept = {name: sent.headers[name] for name in ("if-none-match",) if name in sent.headers}
        answer = api.handle(request("GET", address, **kept), LambdaContext())  # type: ignore[arg-type]
        assert sent.headers["x-origin-verify"] == ORIGIN_SECRET
        return httpx.Response(answer["statusCode"], headers=answer["headers"], content=streamed(answer["body"]))

    transport = httpx.MockTransport(gateway)
    monkeypatch.setattr("local.edge.httpx.AsyncClient", partial(httpx.AsyncClient, transport=transport))
    template = templates()["XueshiEdge"]
    settings = EdgeSettings(
        distribution=read_distribution(template, EveryExport()),
        endpoint_url="http://127.0.0.1:9",
        client_files=tmp_path,
        config={},
        headers_of=lambda _origin: {"x-origin-verify": ORIGIN_SECRET},
        opens=lambda _cookies, _url: False,
    )
    (policy,) = of_type(template, "AWS::CloudFront::CachePolicy").values()
    with TestClient(Edge(settings).app()) as behind:
        yield Cloudfront(behind, lambda: int(world.clock.now().timestamp() * 1_000), policy["CachePolicyConfig"])


def test_the_home_page_and_whoever_searches_for_everything_share_one_answer(cloudfront: Cloudfront) -> None:
    bodies = {cloudfront.get(address) for address in (SEARCH, SEARCH, f"{SEARCH}?utm_source=mail", f"{SEARCH}?t=1")}
    assert len(bodies) == 1
    assert "债券入门" in bodies.pop()
    assert cloudfront.asked == [SEARCH]


@pytest.mark.parametrize(
    "query", [f"q={quote('债券')}", "credential=AFP", "sort=cheapest", "offset=20", "free_to_members=true"]
)
def test_another_question_is_another_answer_and_is_kept_as_well(cloudfront: Cloudfront, query: str) -> None:
    for _ in range(3):
        cloudfront.get(SEARCH)
        cloudfront.get(f"{SEARCH}?{query}")
    assert cloudfront.asked == [SEARCH, f"{SEARCH}?{query}"]


def test_every_page_of_the_list_has_an_answer_of_its_own(cloudfront: Cloudfront) -> None:
    pages = [f"{LIST}?limit=1", f"{LIST}?limit=1&after=2026-03-02~bonds", LIST]
    for address in (*pages, *pages):
        cloudfront.get(address)
    assert cloudfront.asked == pages


def test_what_is_asked_with_a_token_is_never_given_to_others(cloudfront: Cloudfront) -> None:
    cloudfront.get(PAGE, authorization="Bearer somebody")
    cloudfront.get(PAGE)
    cloudfront.get(PAGE, authorization="Bearer somebody")
    assert cloudfront.asked == [PAGE, PAGE]


@pytest.mark.parametrize("address", [SEARCH, LIST, PAGE])
def test_what_is_published_shows_when_the_answer_before_is_no_longer_fresh(
    world: World, cloudfront: Cloudfront, address: str
) -> None:
    assert "债券入门" in cloudfront.get(address)
    world.publish(world.package(course_yaml=edited("title: 债券入门", "title: 利率入门")), 1)
    world.clock.advance(HALF_A_MINUTE)
    assert "债券入门" in cloudfront.get(address)
    world.clock.advance(1)
    # Nobody waits: one more is given what was there, while it is asked for.
    assert "债券入门" in cloudfront.get(address)
    assert "利率入门" in cloudfront.get(address)
    world.withdraw()
    world.clock.advance(LATER)
    assert ("利率入门" in cloudfront.get(address)) == (address == PAGE), "withdrawn, and its page is still there"


def test_an_answer_that_is_still_right_is_not_sent_again(world: World, cloudfront: Cloudfront) -> None:
    whole = cloudfront.get(PAGE)
    world.clock.advance(LATER)
    known = cloudfront.entries.copy()
    assert cloudfront.get(PAGE) == whole
    (before,), (after,) = known.values(), cloudfront.entries.values()
    assert (after.etag, after.body) == (before.etag, before.body)
    assert after.since > before.since


def test_a_refusal_is_not_kept(cloudfront: Cloudfront) -> None:
    for _ in range(2):
        assert "COURSE_NOT_FOUND" in cloudfront.get(f"{LIST}/nothing")
    assert len(cloudfront.asked) == 2
