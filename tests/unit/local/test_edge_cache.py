"""What the local edge keeps, for how long and for whom: by CloudFront's rules, and no others."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import httpx
import pytest
from starlette.testclient import TestClient

from local.distribution import Behaviour, CachePolicy, Chosen, Distribution, Origin, Taken
from local.edge import Edge, EdgeSettings
from local.edge_cache import EdgeCache, fresh_seconds

OPTIMIZED, DISABLED = CachePolicy(1, 86_400, 31_536_000), CachePolicy(0, 0, 0)
READS = CachePolicy(
    0, 0, 3600, Taken(Chosen("whitelist", frozenset({"authorization"})), queries=Chosen("whitelist", frozenset({"q"})))
)
EVERYTHING = Taken(Chosen("all"), Chosen("all"), Chosen("all"))
API = Origin("abc123.execute-api.us-east-1.amazonaws.com", "", (("x-origin-verify", "ours"),))


@pytest.mark.parametrize(
    ("policy", "said", "seconds"),
    [
        (READS, "", 0),
        (READS, "public, max-age=30", 30),
        (READS, "max-age=30, s-maxage=60", 60),
        (READS, "max-age=7200", 3600),
        (READS, "private, max-age=30", 0),
        (READS, "no-store", 0),
        (OPTIMIZED, "", 86_400),
        (OPTIMIZED, "no-cache", 1),
        (OPTIMIZED, "max-age=0", 1),
        (OPTIMIZED, "public, max-age=31536000, immutable", 31_536_000),
        (DISABLED, "max-age=30", 0),
    ],
)
def test_an_answer_is_kept_as_long_as_it_says_within_the_policys_bounds(
    policy: CachePolicy, said: str, seconds: int
) -> None:
    assert fresh_seconds(policy, 200, {"cache-control": said}, {}) == seconds


@pytest.mark.parametrize(
    ("status", "said", "seconds"),
    [
        (404, "", 10),
        (404, "no-store", 0),
        (403, "", 0),
        (403, "max-age=60", 60),
        (429, "", 0),
        (500, "no-store", 10),
        (503, "no-store", 0),
        (504, "max-age=5", 10),
        (206, "max-age=60", 0),
    ],
)
def test_errors_have_rules_of_their_own(status: int, said: str, seconds: int) -> None:
    assert fresh_seconds(OPTIMIZED, status, {"cache-control": said}, {503: 0}) == seconds


def test_an_answer_is_as_old_as_the_caches_before_us_say() -> None:
    assert fresh_seconds(READS, 200, {"cache-control": "max-age=30", "age": "10"}, {}) == 20
    dated = {"date": "Mon, 30 Nov 2026 10:00:00 GMT", "expires": "Mon, 30 Nov 2026 10:00:40 GMT"}
    assert fresh_seconds(READS, 200, dated, {}) == 40


@dataclass
class Behind:
    """The origin, the clock, and an edge before both."""

    viewer: TestClient
    edge: Edge
    asked: list[httpx.Request] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"first"
    seconds: float = 0.0

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)

        async def streamed() -> AsyncIterator[bytes]:
            yield self.body

        return httpx.Response(self.status, headers=self.headers, content=streamed())


Serve = Callable[[CachePolicy], Behind]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """An edge with one behaviour, in front of an origin."""
    opened: list[TestClient] = []

    def served(policy: CachePolicy) -> Behind:
        held: list[Behind] = []
        transport = httpx.MockTransport(lambda request: held[0].answer(request))
        monkeypatch.setattr("local.edge.httpx.AsyncClient", partial(httpx.AsyncClient, transport=transport))
        behaviour = Behaviour("*", frozenset({"GET", "HEAD", "POST"}), API, cache=policy, forwards=EVERYTHING)
        settings = EdgeSettings(Distribution((behaviour,)), "http://127.0.0.1:9", lambda *_: False)
        edge = Edge(settings, EdgeCache(lambda: held[0].seconds))
        opened.append(TestClient(edge.app()).__enter__())
        held.append(Behind(opened[-1], edge))
        return held[0]

    yield served
    for client in opened:
        client.__exit__()


def test_what_is_fresh_is_given_to_all_who_ask_the_same(serve: Serve) -> None:
    behind = serve(READS)
    behind.headers = {"cache-control": "max-age=30"}
    first, again = behind.viewer.get("/a?q=1"), behind.viewer.get("/a?q=1&utm=mail")
    assert (first.content, first.headers["x-cache"]) == (b"first", "Miss from cloudfront")
    assert (again.content, again.headers["x-cache"], again.headers["age"]) == (b"first", "Hit from cloudfront", "0")
    behind.seconds, behind.body = 31, b"second"
    assert behind.viewer.get("/a?q=1").content == b"second"
    assert len(behind.asked) == 2
    assert {request.headers["x-origin-verify"] for request in behind.asked} == {"ours"}


def test_another_key_is_another_answer(serve: Serve) -> None:
    behind = serve(READS)
    behind.headers = {"cache-control": "max-age=30"}
    for headers in ({}, {"authorization": "Bearer a"}, {"authorization": "Bearer b"}):
        for path in ("/a?q=1", "/a?q=2", "/b"):
            behind.viewer.get(path, headers=headers)
    assert len(behind.asked) == 9


def test_other_methods_pass_and_a_head_is_answered_from_what_is_kept(serve: Serve) -> None:
    behind = serve(OPTIMIZED)
    behind.viewer.post("/a")
    behind.viewer.post("/a")
    behind.viewer.get("/a")
    assert behind.viewer.head("/a").headers["x-cache"] == "Hit from cloudfront"
    assert [request.method for request in behind.asked] == ["POST", "POST", "GET"]


def test_a_part_of_what_is_kept_and_what_a_viewer_has_already(serve: Serve) -> None:
    behind = serve(OPTIMIZED)
    behind.headers, behind.body = {"etag": '"1"'}, b"0123456789"
    behind.viewer.get("/a")
    part = behind.viewer.get("/a", headers={"range": "bytes=2-4"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"234", "bytes 2-4/10")
    assert behind.viewer.get("/a", headers={"if-none-match": '"1"'}).status_code == 304
    assert len(behind.asked) == 1


def test_what_is_too_old_is_asked_for_by_its_etag(serve: Serve) -> None:
    behind = serve(READS)
    behind.headers = {"cache-control": "max-age=30", "etag": '"1"'}
    behind.viewer.get("/a")
    behind.seconds, behind.status, behind.body = 31, 304, b""
    assert behind.viewer.get("/a").content == b"first"
    assert behind.asked[1].headers["if-none-match"] == '"1"'
    behind.seconds = 60
    assert behind.viewer.get("/a").headers["x-cache"] == "Hit from cloudfront"


def test_what_was_invalidated_is_asked_for_again(serve: Serve) -> None:
    behind = serve(OPTIMIZED)
    for path in ("/index.html", "/assets/a.js", "/assets/b.js"):
        behind.viewer.get(path)
    behind.edge.cache.invalidate(["/index.html", "/assets/b*"])
    for path in ("/index.html", "/assets/a.js", "/assets/b.js"):
        behind.viewer.get(path)
    assert [request.url.path.rpartition("$default")[2] for request in behind.asked[3:]] == [
        "/index.html",
        "/assets/b.js",
    ]


def test_one_persons_failure_is_everybodys_unless_the_distribution_keeps_none(serve: Serve) -> None:
    behind = serve(DISABLED)
    behind.status, behind.headers = 503, {"cache-control": "no-store", "content-type": "application/problem+json"}
    behind.viewer.get("/v1/credits/account", headers={"authorization": "Bearer a"})
    behind.status = 200
    assert behind.viewer.get("/v1/credits/account", headers={"authorization": "Bearer b"}).status_code == 503
    behind.seconds = 11
    assert behind.viewer.get("/v1/credits/account", headers={"authorization": "Bearer b"}).status_code == 200
