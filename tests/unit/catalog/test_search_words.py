"""What is found though it is typed otherwise: by sound, in other characters, with a mistake; and what comes first."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.app.search.files import index_of, read_index
from services.catalog.domain.publication import Listing
from services.catalog.domain.search import Counts, Part, SearchQuery, SearchResult, select
from services.catalog.domain.words import grams, plain, terms
from tests.unit.catalog.test_search import COURSES, course
from tests.unit.catalog.world import SPELLER

OTHERS = [
    course("bank", title="重庆银行的信贷", instructors=("单立文",), keywords=("女性",)),
    course("insurance", title="保險入門", keywords=("年金", "annuity")),
    course("policy", title="policy", subtitle="信托入门"),
]
PARTS = [Part(read_index(index_of([*COURSES, *OTHERS], 1, SPELLER.spelling(), SPELLER)))]


def search(text: str, parts: list[Part] = PARTS, **filters: Any) -> SearchResult:
    """What a text finds."""
    return select(parts, SearchQuery(text, **filters), lambda _: Counts())


def found(text: str, parts: list[Part] = PARTS) -> list[str]:
    """The courses found, in order."""
    return [hit.line.course_id for hit in search(text, parts).hits]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("xintuo", ["trust", "marriage", "policy"]),  # title, keyword, subtitle; tax has it in its abstract alone
        ("XinTuo", ["trust", "marriage", "policy"]),
        ("jiazu xintuo", ["trust"]),
        ("jiazuxint", ["trust"]),  # still being typed
        ("chongqing", ["bank"]),  # as the word is read, not as its characters are
        ("zhongqing", []),
        ("nvxing", ["bank"]),  # ü as keyboards have it
        ("nüxing", ["bank"]),
        ("guxingzhou", ["trust"]),
        ("intuo", []),  # begins within a syllable
        ("jzxt", ["trust"]),
        ("gxz", ["trust"]),
        ("家族xintuo", ["trust"]),
        ("policy", ["policy"]),  # as it stands before anything that sounds like it
    ],
)
def test_pinyin_and_its_initials_find_names(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("家族信託", ["trust"]), ("稅", ["tax"]), ("保险", ["insurance"]), ("保險", ["insurance"]), ("基金託管", [])],
)
def test_traditional_and_simplified_characters_find_each_other(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("信脱", "信托"),  # the same sound, the wrong character
        ("顾行丹", "顾行舟"),  # it looks alike
        ("受益全", "受益权"),
        ("顾舟舟行", None),
        ("incmoe", "income"),
        ("anuity", "annuity"),
        ("xintou", "信托"),  # pinyin with two letters changed over
        ("信脱CPB", "信托cpb"),
        ("信脱 婚因", "信托 婚姻"),
        ("量子", None),
        ("信托 基金", None),  # 信托 is right, and nothing is like 基金
        ("信托 女性", None),  # each is there, only not together
        ("", None),
    ],
)
def test_a_mistake_is_answered_with_words_of_the_catalogue(text: str, meant: str | None) -> None:
    result = search(text)
    assert result.did_you_mean == meant
    assert meant is None or (result.total == 0 and search(meant).total > 0)


def test_what_is_offered_is_not_longer_than_what_can_be_asked_for() -> None:
    assert search("anuity" + 5 * "保险入门").did_you_mean == "annuity" + 5 * "保险入门"
    assert search("anuity" + 6 * "保险入门").did_you_mean is None


def test_what_is_offered_finds_something_under_the_same_filters() -> None:
    assert search("信脱", credential="CPB").did_you_mean == "信托"
    assert search("信脱", credential="CTP").did_you_mean is None
    assert search("信脱", offset=20).did_you_mean == "信托"


def test_the_same_title_comes_first_then_what_it_begins_then_the_rest() -> None:
    body = course("body", title="债券", abstract="基金 基金 基金", keywords=("基金",))
    inner = course("inner", title="认识基金")
    begun = course("begun", title="基金入门与进阶", abstract="长" * 200)
    same = course("same", title="基金")
    lines = [same, begun, inner, body]
    newest_last = [replace(line, published_on=line.published_on.replace(day=day)) for day, line in enumerate(lines, 1)]
    parts = [Part(read_index(index_of(newest_last, 1)))]
    assert found("基金", parts) == ["same", "begun", "inner", "body"]


def test_without_tables_nothing_is_found_by_sound_and_nothing_breaks() -> None:
    parts = [Part(read_index(index_of(COURSES, 1)))]
    assert (found("xintuo", parts), found("信託", parts)) == ([], [])
    assert search("信脱", parts).did_you_mean is None
    assert found("信托", parts) == ["trust", "marriage", "tax"]


def stands_in(line: Listing, term: str) -> bool:
    """Whether half of a term's pairs stand anywhere in the course, and at least two."""
    texts = [
        line.title, *line.keywords, *line.instructors, line.subtitle or "", line.title_en or "", line.abstract,
        *line.eligible_credentials,
    ]  # fmt: skip
    whole = "\n".join(map(plain, texts))
    pairs = grams(term)
    standing = sum(pair in whole for pair in pairs)
    return standing * 2 >= len(pairs) and standing >= min(2, len(pairs))


TEXTS = st.text("税务信托基金ab1 ，か", max_size=12)


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=6), TEXTS)
def test_the_index_finds_what_looking_through_all_texts_finds(texts: list[tuple[str, str, str]], text: str) -> None:
    lines = [
        course(f"c{number}", title=title, keywords=(keyword,), abstract=abstract)
        for number, (title, keyword, abstract) in enumerate(texts)
    ]
    expected = {line.course_id for line in lines if all(stands_in(line, term) for term in terms(text))}
    result = select([Part(read_index(index_of(lines, 1)))], SearchQuery(text), lambda _: Counts())
    assert {hit.line.course_id for hit in result.hits} == expected


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=6), st.sets(st.integers(0, 5)), TEXTS)
def test_an_index_and_what_changed_since_are_as_one_index_of_all(
    texts: list[tuple[str, str]], changed: set[int], text: str
) -> None:
    before = [course(f"c{number}", title=old) for number, (old, _) in enumerate(texts)]
    after = [course(f"c{number}", title=new if number in changed else old) for number, (old, new) in enumerate(texts)]
    recent = [line for number, line in enumerate(after) if number in changed]
    index = read_index(index_of(before, 1))
    gone = index.slots_of(line.course_id for line in recent)
    parts = [Part(index, gone), Part(read_index(index_of(recent, 2)))]
    whole = [Part(read_index(index_of(after, 2)))]
    for sort in ("newest", "cheapest"):
        query = SearchQuery(text, sort=sort)
        assert select(parts, query, lambda _: Counts()) == select(whole, query, lambda _: Counts())
    assert search(text, parts).total == search(text, whole).total
