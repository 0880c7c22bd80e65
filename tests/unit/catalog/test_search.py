"""Finding courses: what a text finds and in which order, filters, sorting, pages, and that the index follows."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.adapters.course_index import CourseIndex
from services.catalog.app.courses.items import listing_key
from services.catalog.app.learning.items import learner_counter
from services.catalog.app.search.files import INDEX, TALLY, index_of, read_index
from services.catalog.app.search.items import CHANGES, REMEMBERED, Changes, note_change
from services.catalog.domain.ids import CourseId
from services.catalog.domain.publication import Listing
from services.catalog.domain.search import Counts, Part, SearchQuery, Sort, select
from services.catalog.domain.words import grams, terms
from services.catalog.handlers import http
from services.kit.http import HttpApi
from services.kit.store import Change, Key, Put
from tests.gateway import LambdaContext, origin_secret, request, send
from tests.unit.catalog.world import BONDS, SPELLER, World, edited

SEARCH = "/v1/catalog/search"
BASE = Listing(
    course_id=CourseId("base"),
    publication=1,
    digest="",
    title="债券入门",
    hours=Decimal("1.5"),
    category="elective",
    eligible_credentials=("AFP", "CFP"),
    published_on=date(2026, 1, 1),
    price_fen=1_000,
    member_price_fen=800,
    member_recommended=False,
    member_library=False,
    instructors=("甲",),
    keywords=(),
    duration_ms=60_000,
)


def course(course_id: str, **fields: Any) -> Listing:
    """A line that differs from the base in these fields."""
    return replace(BASE, course_id=CourseId(course_id), **fields)


COURSES = [
    course(
        "trust",
        title="家族信托的边界",
        keywords=("财产独立", "受益权"),
        instructors=("顾行舟",),
        abstract="一笔财产进入信托以后，婚姻变化与企业债务怎样影响安排。",
        eligible_credentials=("CFP", "CPB"),
        published_on=date(2026, 3, 1),
        hours=Decimal("2.0"),
        member_library=True,
        price_fen=3_000,
    ),
    course(
        "marriage",
        title="婚姻财产规划",
        keywords=("信托",),
        published_on=date(2026, 2, 1),
        hours=Decimal("0.5"),
        category="compulsory",
        member_recommended=True,
        price_fen=2_000,
    ),
    course("tax", title="个人所得税汇算", title_en="Annual income tax", abstract="顺带谈到信托。", keywords=("CRS",)),
]


def found(text: str = "", learners: dict[str, int] | None = None, **filters: Any) -> list[str]:
    """The courses found, in order."""
    counts = learners or {}
    result = select(indexed(COURSES), SearchQuery(text, **filters), lambda c: Counts(counts.get(c, 0)))
    return [hit.line.course_id for hit in result.hits]


def indexed(lines: Iterable[Listing]) -> list[Part]:
    """Their index."""
    return [Part(read_index(index_of(lines, 1, SPELLER.spelling(), SPELLER)))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("家族信托", ["trust"]),  # title
        ("受益权", ["trust"]),  # keyword
        ("益权", ["trust"]),  # part of a word
        ("顾行舟", ["trust"]),  # instructor
        ("企业债务", ["trust"]),  # abstract
        ("税", ["tax"]),  # one character
        ("income", ["tax"]),
        ("INCOME", ["tax"]),
        ("ＣＲＳ", ["tax"]),  # full width
        ("cpb", ["trust"]),  # a certificate, though no text names it
        ("信托CPB", ["trust"]),
        ("CTP", []),
        ("inc", ["tax"]),  # part of a Latin word
        ("CRS个税", []),  # every term must be found: 个税 stands nowhere
        ("CRS所得税", ["tax"]),
        ("信托", ["trust", "marriage", "tax"]),  # title before keyword before abstract
        ("婚姻", ["marriage", "trust"]),
        ("信托 婚姻", ["marriage", "trust"]),
        ("婚姻与信托", ["marriage", "trust"]),  # without a space, in another order
        ("家族信托婚姻", ["trust"]),
        ("所得额", []),  # one pair of two is not enough
        ("基金", []),
        ("信托 基金", []),
        ("《信托》！", ["trust", "marriage", "tax"]),
        ("——！", ["trust", "marriage", "tax"]),  # nothing to look for
    ],
)
def test_what_a_text_finds(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"credential": "CPB"}, {"trust"}),
        ({"credential": "CTP"}, set()),
        ({"hours_min": Decimal("1.5")}, {"trust", "tax"}),
        ({"hours_max": Decimal("1.5")}, {"marriage", "tax"}),
        ({"hours_min": Decimal("0.6"), "hours_max": Decimal("1.9")}, {"tax"}),
        ({"free_to_members": True}, {"trust", "marriage"}),
        ({"recommended": True}, {"marriage"}),
        ({"category": "compulsory"}, {"marriage"}),
        ({"credential": "CFP", "free_to_members": True, "hours_min": Decimal(1)}, {"trust"}),
    ],
)
def test_filters(filters: dict[str, Any], expected: set[str]) -> None:
    assert set(found(**filters)) == expected
    assert set(found("信托", **filters)) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("relevance", ["trust", "marriage", "tax"]),
        ("newest", ["trust", "marriage", "tax"]),
        ("most_learners", ["tax", "trust", "marriage"]),
        ("cheapest", ["tax", "marriage", "trust"]),
        ("dearest", ["trust", "marriage", "tax"]),
        ("shortest", ["marriage", "tax", "trust"]),
        ("longest", ["trust", "tax", "marriage"]),
    ],
)
def test_sorting(sort: Sort, expected: list[str]) -> None:
    assert found(sort=sort, learners={"tax": 9, "trust": 1, "marriage": 1}) == expected


@given(
    st.lists(st.integers(0, 3), max_size=30), st.integers(1, 7), st.sampled_from(["relevance", "cheapest", "newest"])
)
def test_pages_together_are_the_whole_result_once(prices: list[int], limit: int, sort: Sort) -> None:
    lines = indexed(course(f"c{number}", price_fen=price) for number, price in enumerate(prices))
    whole = select(lines, SearchQuery(sort=sort, limit=1_000), lambda _: Counts())
    pages = [
        select(lines, SearchQuery(sort=sort, offset=offset, limit=limit), lambda _: Counts())
        for offset in range(0, len(prices) + limit, limit)
    ]
    assert [hit for page in pages for hit in page.hits] == list(whole.hits)
    assert {page.total for page in pages} == {len(prices)}


@given(st.text(max_size=30), st.text(max_size=30))
def test_what_stands_in_a_title_is_found_by_it(before: str, after: str) -> None:
    line = course("one", title=f"{before}风险等级{after}")
    for text in ("风险等级", "险等", line.title):
        result = select(indexed([line]), SearchQuery(text), lambda _: Counts())
        assert result.total == 1


def test_terms_and_pairs() -> None:
    assert terms("CFP考试，税务 税务") == ["cfp", "考试", "税务"]
    assert grams("家族信托") == ["家族", "族信", "信托"]
    assert (grams("税"), grams("trust")) == (["税"], ["trust"])


@pytest.fixture
def api(world: World) -> HttpApi:
    """The public API."""
    return http.build_api(world.ctx, world.search, origin_secret)


def publish(world: World, expected: int = 0, **changed: Any) -> None:
    package = world.package(**changed)
    world.upload(package)
    world.publish(package, expected)


def titles(api: HttpApi, query: str = "") -> list[str]:
    answer = send(api, request("GET", f"{SEARCH}?{query}"))
    assert answer.status == 200
    assert answer.body["total"] == len(answer.body["courses"])
    return [line["title"] for line in answer.body["courses"]]


def test_publishing_changing_and_withdrawing_show_at_once(world: World, api: HttpApi) -> None:
    assert titles(api) == []
    publish(world)
    assert titles(api, f"q={quote('久期')}") == ["债券入门"]
    assert titles(api, f"q={quote('第二段')}") == ["债券入门"]
    publish(world, 1, course_yaml=edited("title: 债券入门", "title: 利率入门"))
    assert titles(api, f"q={quote('利率')}") == ["利率入门"]
    assert titles(api, f"q={quote('债券入')}") == []
    world.withdraw()
    assert titles(api) == []
    publish(world, 3)
    assert titles(api) == ["债券入门"]


def test_an_unchanged_catalogue_is_read_once_and_a_change_reads_what_changed(
    world: World, api: HttpApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(world)
    world.keep_files()
    titles(api)
    reads: list[Any] = []
    for name in ("get", "get_many", "query", "page"):
        monkeypatch.setattr(world.store, name, noting(reads, getattr(world.store, name)))
    titles(api)
    assert reads == [CHANGES]
    world.withdraw()
    reads.clear()
    titles(api)
    assert reads == [CHANGES, [listing_key(BONDS)]]
    assert world.files.read == [TALLY, INDEX]


def noting(reads: list[Any], read: Callable[..., Any]) -> Callable[..., Any]:
    """A read that is noted by what it reads."""

    def noted(what: Any, *others: Any) -> Any:
        reads.append(what if isinstance(what, str | Key) else list(what))
        return read(what, *others)

    return noted


@pytest.mark.parametrize("changes", [1, REMEMBERED, REMEMBERED + 1, 3 * REMEMBERED])
def test_who_is_far_behind_misses_nothing(world: World, changes: int) -> None:
    search = CourseIndex(world.store, world.clock, world.files)
    assert search.find(SearchQuery()).total == 0
    for number in range(changes):
        line = course(f"course-{number}")
        world.store.commit(Change([Put(listing_key(line.course_id), line), note_change(world.ctx, line.course_id)]))
    assert search.find(SearchQuery()).total == changes
    stored = world.store.get(CHANGES, Changes)
    assert stored
    assert len(stored.value.courses) <= REMEMBERED


def test_counts_are_at_most_a_minute_old(world: World, api: HttpApi) -> None:
    publish(world)
    world.keep_files()
    titles(api)
    for _ in range(7):
        world.store.commit(Change([learner_counter(BONDS).add()]))
    world.store.commit(Change([learner_counter(CourseId("bonds-advanced")).add()]))
    world.clock.advance(60_000)
    world.keep_files()
    (line,) = send(api, request("GET", SEARCH)).body["courses"]
    assert line["learners"] == 7


def test_a_search_is_kept_by_caches_and_not_sent_again(world: World, api: HttpApi) -> None:
    publish(world)
    answer = send(api, request("GET", SEARCH))
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    again = api.handle(request("GET", SEARCH, if_none_match=answer.headers["ETag"]), LambdaContext())  # type: ignore[arg-type]
    assert again["statusCode"] == 304


@pytest.mark.parametrize(
    "query",
    [
        f"q={'x' * 31}", "credential=ABC", "hours_min=-1", "hours_min=NaN", "hours_max=many", "hours_max=1e99",
        "free_to_members=perhaps", "category=optional", "sort=random", "offset=-1", "offset=10001", "limit=0",
        "limit=51", "limit=ten",
    ],
)  # fmt: skip
def test_malformed_questions(api: HttpApi, query: str) -> None:
    assert send(api, request("GET", f"{SEARCH}?{query}")).code == "INVALID_REQUEST"


def test_all_filters_by_their_names(world: World, api: HttpApi) -> None:
    publish(world)
    matching = "credential=AFP&hours_min=1.5&hours_max=1.5&free_to_members=true&recommended=true&category=elective"
    assert titles(api, f"{matching}&sort=cheapest&offset=0&limit=1") == ["债券入门"]
    for other in ("credential=CTP", "hours_min=1.6", "hours_max=1.4", "category=compulsory"):
        assert titles(api, other) == []
