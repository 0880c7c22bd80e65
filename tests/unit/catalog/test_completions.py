"""What is offered while somebody types: words of the catalogue, by characters, pinyin and initials."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.completions import LOOKED_AT, MOST, complete
from services.catalog.domain.words import plain
from services.catalog.handlers import http
from tests.gateway import origin_secret, request, send
from tests.unit.catalog.test_search import course, indexed
from tests.unit.catalog.world import World

COURSES = [
    course("fund", title="基金规划", keywords=("基金", "资产配置"), instructors=("顾行舟",)),
    course(
        "bonds", title="债券入门", title_en="Bonds to begin with", keywords=("债券", "久期"), instructors=("顾行舟",)
    ),
    course("crs", title="CRS 与税务", keywords=("CRS", "个人所得税")),
]
PARTS = indexed(COURSES)


def offered(text: str) -> list[tuple[str, str]]:
    return [(word.kind, word.text) for word in complete(PARTS, text).words]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("基金", [("keyword", "基金"), ("title", "基金规划")]),
        ("基", [("keyword", "基金"), ("title", "基金规划")]),
        ("jijin", [("keyword", "基金"), ("title", "基金规划")]),
        ("jijing", [("title", "基金规划")]),
        ("jjgh", [("title", "基金规划")]),
        ("JJGH", [("title", "基金规划")]),
        ("金规", [("title", "基金规划")]),
        ("債券", [("keyword", "债券"), ("title", "债券入门")]),
        ("guxing", [("instructor", "顾行舟")]),
        ("gxz", [("instructor", "顾行舟")]),
        ("bond", [("title", "债券入门")]),
        ("crs", [("keyword", "CRS"), ("title", "CRS 与税务")]),
        ("crs 税", [("title", "CRS 与税务")]),
        ("没有的", []),
        ("%%%", []),
    ],
)
def test_what_is_typed_finds_words_and_courses(text: str, expected: list[tuple[str, str]]) -> None:
    assert offered(text) == expected


def test_a_title_leads_to_its_course_and_a_word_to_a_search() -> None:
    words = {word.text: word.course_id for word in complete(PARTS, "债券").words}
    assert words == {"债券": None, "债券入门": "bonds"}


def test_a_word_of_several_courses_is_offered_once() -> None:
    assert offered("顾") == [("instructor", "顾行舟")]


def test_it_says_whether_there_is_anything_else() -> None:
    many = indexed([course(f"course-{number}", title=f"债券第{number}讲") for number in range(LOOKED_AT + 1)])
    few = complete(many, "债券")
    assert (len(few.words), few.whole) == (MOST, False)
    assert complete(PARTS, "债券").whole
    assert complete(PARTS, "没有的").whole


@given(
    st.text(alphabet="基金规划债券入门jizgqCRS税 ", min_size=1, max_size=8), st.text(alphabet="金券jhgz门", max_size=2)
)
def test_whoever_types_on_gets_nothing_by_characters_that_a_whole_answer_lacked(text: str, more: str) -> None:
    before = complete(PARTS, text)
    if before.whole and before.words:
        longer = plain(text + more)
        added = set(complete(PARTS, text + more).words) - set(before.words)
        assert not [word for word in added if longer in plain(word.text)]


def test_the_route_answers_everybody_and_caches_keep_it(world: World) -> None:
    package = world.package()
    world.upload(package)
    world.publish(package, 0)
    world.keep_files()
    api = http.build_api(world.ctx, world.search, origin_secret)
    answer = send(api, request("GET", f"/v1/catalog/completions?q={quote('zqrm')}"))
    assert answer.body == {
        "words": [
            {
                "kind": "title",
                "text": "债券入门",
                "text_en": None,
                "course_id": "bonds",
                "sound": ["zhai", "quan", "ru", "men"],
            }
        ],
        "whole": True,
    }
    assert answer.headers["Cache-Control"].startswith("public, max-age=300")
    assert send(api, request("GET", "/v1/catalog/completions")).code == "INVALID_REQUEST"
    assert send(api, request("GET", f"/v1/catalog/completions?q={'x' * 31}")).code == "INVALID_REQUEST"
    world.withdraw()
    assert send(api, request("GET", f"/v1/catalog/completions?q={quote('债券')}")).body["words"] == []
