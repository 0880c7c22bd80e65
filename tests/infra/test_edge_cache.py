"""The catalogue's public reads behind the edge: which questions share an answer that is kept there, and for how long.

The local edge serves the distribution of the synthesized template, in front of the catalogue's own function, in
process. The addresses are those that the client asks with (`askedFor` in web/src/search/criteria.ts, whose test holds
that what is usual is left out of them).
"""

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from starlette.testclient import TestClient

from local.distribution import read_distribution
from local.edge import Edge, EdgeSettings
from local.edge_cache import EdgeCache
from services.catalog.handlers import http
from tests.cloudfront import TemplatesCloudFront
from tests.gateway import LambdaContext, origin_secret, request
from tests.templates import templates
from tests.unit.catalog.world import World, edited

SEARCH, LIST, PAGE = "/v1/catalog/search", "/v1/catalog/courses", "/v1/catalog/courses/bonds"
HALF_A_MINUTE, LATER = 30_000, 331_000


@dataclass
class Cloudfront:
    """One place of the edge."""

    viewer: TestClient
    asked: list[str] = field(default_factory=list)
    """What the origin was asked."""
    answered: list[int] = field(default_factory=list)
    """The status of each of its answers."""

    def get(self, address: str, **headers: str) -> str:
        """The body that a viewer gets."""
        return str(self.viewer.get(address, headers=headers).text)


async def streamed(body: str) -> AsyncIterator[bytes]:
    """The body as it comes from a network."""
    yield body.encode()


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path / "package")
    package = world.package()
    world.upload(package)
    world.publish(package, 0)
    return world


@pytest.fixture
def cloudfront(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloudfront]:
    """The edge, and the catalogue's reading function."""
    api = http.build_api(world.ctx, world.search, origin_secret)
    holder: list[Cloudfront] = []

    def gateway(sent: httpx.Request) -> httpx.Response:
        address = sent.url.raw_path.decode().partition("/$default")[2]
        kept = {name: sent.headers[name] for name in ("if-none-match",) if name in sent.headers}
        answer = api.handle(request("GET", address, **kept), LambdaContext())  # type: ignore[arg-type]
        holder[0].asked.append(address)
        holder[0].answered.append(answer["statusCode"])
        return httpx.Response(answer["statusCode"], headers=answer["headers"], content=streamed(answer["body"]))

    transport = httpx.MockTransport(gateway)
    monkeypatch.setattr("local.edge.httpx.AsyncClient", partial(httpx.AsyncClient, transport=transport))
    known = TemplatesCloudFront(templates()["XueshiEdge"])
    distribution = read_distribution(known, known.distribution_id)
    cache = EdgeCache(lambda: world.clock.now().timestamp())
    with TestClient(Edge(EdgeSettings(distribution, "http://127.0.0.1:9", lambda *_: False), cache).app()) as viewer:
        holder.append(Cloudfront(viewer))
        yield holder[0]


def eventually(cloudfront: Cloudfront, address: str, text: str) -> None:
    """The answer is renewed while others are given the old one."""
    until = time.monotonic() + 10
    while text not in cloudfront.get(address):
        assert time.monotonic() < until
        time.sleep(0.01)


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
    eventually(cloudfront, address, "利率入门")
    world.withdraw()
    world.clock.advance(LATER)
    assert ("利率入门" in cloudfront.get(address)) == (address == PAGE), "withdrawn, and its page is still there"


def test_an_answer_that_is_still_right_is_not_sent_again(world: World, cloudfront: Cloudfront) -> None:
    whole = cloudfront.get(PAGE)
    world.clock.advance(LATER)
    assert cloudfront.get(PAGE) == whole
    assert cloudfront.answered == [200, 304]
    assert cloudfront.get(PAGE) == whole
    assert cloudfront.answered == [200, 304], "it is not kept on"


def test_a_refusal_is_not_kept(cloudfront: Cloudfront) -> None:
    for _ in range(2):
        assert "COURSE_NOT_FOUND" in cloudfront.get(f"{LIST}/nothing")
    assert len(cloudfront.asked) == 2


def test_reviews_are_asked_for_each_time_since_one_may_have_been_hidden(cloudfront: Cloudfront) -> None:
    for _ in range(2):
        assert "reviews" in cloudfront.get(f"{PAGE}/reviews")
    assert cloudfront.answered == [200, 200]
