"""Finding courses: what can be asked for, and how well a course answers it. Pure."""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from heapq import merge
from itertools import islice
from typing import Any, Literal, NamedTuple

from services.catalog.domain.course import Category
from services.catalog.domain.ids import CourseId
from services.catalog.domain.publication import Listing
from services.catalog.domain.review import UNRATED, Rating
from services.catalog.domain.search_index import COMPULSORY, EVERYWHERE, LIBRARY, RECOMMENDED, WEIGHTS, Found, Index
from services.catalog.domain.suggestions import best_like
from services.catalog.domain.words import grams, plain, terms

Sort = Literal["relevance", "newest", "most_learners", "best_rated", "cheapest", "dearest", "shortest", "longest"]
"""Orders of a result; relevance without a text is newest. Ties, everywhere: the newest first."""

MAX_TEXT = 30
"""Characters that a text has at most."""


@dataclass(frozen=True)
class SearchQuery:
    """A question to the catalogue; None and False leave a filter out. `text` may be empty."""

    text: str = ""
    credential: str | None = None
    hours_min: Decimal | None = None
    hours_max: Decimal | None = None
    free_to_members: bool = False
    recommended: bool = False
    category: Category | None = None
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 20


@dataclass(frozen=True)
class Counts:
    """What is counted of a course: how many learners have taken it, and what their reviews give it."""

    learners: int = 0
    rating: Rating = UNRATED


@dataclass(frozen=True)
class Hit:
    """A course found, with what is counted of it."""

    line: Listing
    counts: Counts


@dataclass(frozen=True)
class SearchResult:
    """One page of the courses found, and how many there are in all.

    `did_you_mean`: a text that finds something, where the one asked for finds nothing.
    """

    total: int
    hits: tuple[Hit, ...]
    did_you_mean: str | None = None


@dataclass(frozen=True)
class Part:
    """An index, and those of its courses that have changed since: another part has them, or they are withdrawn."""

    index: Index
    gone: frozenset[int] = frozenset()


class Row(NamedTuple):
    """A course of a part."""

    part: int
    source: Index
    slot: int

    @property
    def place(self) -> str:
        """The greater, the newer."""
        return self.source.places[self.slot]


CountsOf = Callable[[CourseId], Counts]


def select(parts: Sequence[Part], query: SearchQuery, counts: CountsOf) -> SearchResult:
    """The page of courses that pass the filters and match the text, in the order asked for."""
    question = Question(parts, query.text)
    found = [_passing(part, query, question.slots(number)) for number, part in enumerate(parts)]
    rows = _newest_first(parts, found)
    by_text = query.sort == "relevance" and question.terms
    order = question.relevance(found) if by_text else _order(query.sort, counts)
    page = islice(sorted(rows, key=order) if order else rows, query.offset, query.offset + query.limit)
    hits = [Hit(row.source.line(row.slot), counts(row.source.course_id(row.slot))) for row in page]
    total = sum(map(len, found))
    return SearchResult(total, tuple(hits), None if total else _meant(parts, question, query))


def list_newest(parts: Sequence[Part], after: str, limit: int) -> tuple[list[Listing], str | None]:
    """At most `limit` courses, the newest first, from the first one after that place ("": the newest); and the place
    after which there are more.
    """
    rest = [_passing(part, SearchQuery(), part.index.slots_after(after)) for part in parts]
    rows = list(islice(_newest_first(parts, rest), limit + 1))
    lines = [row.source.line(row.slot) for row in rows[:limit]]
    return lines, rows[limit - 1].place if len(rows) > limit else None


class Term:
    """One thing that a text asks for, and where its pairs are found: for each pair, in each part.

    A term is found where half of its pairs are, and at least two: 「信托与婚姻」 finds 「信托……婚姻」, but one pair in
    common is not enough.
    """

    def __init__(self, parts: Sequence[Part], text: str) -> None:
        self.text = text
        pairs = grams(text)
        self._needed = max(math.ceil(len(pairs) / 2), min(len(pairs), 2))
        self._found: list[list[Found]] = [[part.index.find(pair) for part in parts] for pair in pairs]
        total = sum(part.index.size for part in parts)
        self._rarity = [_rarity(sum(map(len, found)), total) for found in self._found]

    def slots(self, part: int) -> set[int]:
        """The courses of a part that have it."""
        if len(self._found) == 1:
            return set(self._found[0][part])
        counted = Counter[int]()
        for found in self._found:
            counted.update(found[part].keys())
        return {slot for slot, times in counted.items() if times >= self._needed}

    def scores(self, part: int, slots: Collection[int]) -> dict[int, float]:
        """Each pair by its rarity and the best field it stands in; a term that stands there whole counts twice."""
        scores, whole = dict.fromkeys(slots, 0.0), dict.fromkeys(slots, EVERYWHERE)
        for found, rarity in zip(self._found, self._rarity, strict=True):
            where_of, worth = found[part].get, [rarity * weight for weight in WEIGHTS]
            for slot in slots:
                where = where_of(slot, 0)
                scores[slot] += worth[where]
                whole[slot] &= where
        rarity = sum(self._rarity)
        return {slot: score + rarity * WEIGHTS[whole[slot]] for slot, score in scores.items()}


class Question:
    """What a text asks for."""

    def __init__(self, parts: Sequence[Part], text: str) -> None:
        self.text = parts[0].index.spelling.simplify(plain(text))
        self.terms = [Term(parts, term) for term in terms(self.text)]

    def slots(self, part: int) -> set[int] | None:
        """The courses of a part in which every term is found; None where nothing is asked for."""
        found = [term.slots(part) for term in self.terms]
        return set.intersection(*found) if found else None

    def relevance(self, found: Sequence[Collection[int]]) -> Callable[[Row], tuple[int, float]]:
        """An order of what was found, by parts: the nearest titles first, then what answers best."""
        scores = [self._scores(part, slots) for part, slots in enumerate(found)]
        return lambda row: (-self._nearness(row), -scores[row.part][row.slot])

    def _scores(self, part: int, slots: Collection[int]) -> dict[int, float]:
        scores = [term.scores(part, slots) for term in self.terms]
        return {slot: sum(score[slot] for score in scores) for slot in slots}

    def _nearness(self, row: Row) -> int:
        """How near the title is to the text: 2 the same, 1 begun by it."""
        title = row.source.titles[row.slot]
        return (title == self.text) + title.startswith(self.text)


def _rarity(having: int, total: int) -> float:
    """How much a pair says: the rarer, the more (the inverse document frequency of BM25)."""
    return math.log(1 + (total - having + 0.5) / (having + 0.5))


def _order(sort: Sort, counts: CountsOf) -> Callable[[Row], Any] | None:
    orders: dict[Sort, Callable[[Row], Any]] = {
        "most_learners": lambda row: -counts(row.source.course_id(row.slot)).learners,
        "best_rated": lambda row: -counts(row.source.course_id(row.slot)).rating.standing,
        "cheapest": lambda row: row.source.prices[row.slot],
        "dearest": lambda row: -row.source.prices[row.slot],
        "shortest": lambda row: row.source.hours[row.slot],
        "longest": lambda row: -row.source.hours[row.slot],
    }
    return orders.get(sort)


def _passing(part: Part, query: SearchQuery, found: Collection[int] | None) -> list[int]:
    """Those of the slots found, or of all where nothing was asked for, that are there still and pass the filters."""
    slots = [slot for slot in (range(part.index.size) if found is None else sorted(found)) if slot not in part.gone]
    for passes in _filters(part.index, query):
        slots = [slot for slot in slots if passes(slot)]
    return slots


def _filters(index: Index, query: SearchQuery) -> Iterator[Callable[[int], Any]]:
    flags, hours, eligible = index.flags, index.hours, index.eligible
    if query.credential is not None:
        bit = index.eligible_bit(query.credential)
        yield lambda slot: eligible[slot] & bit
    if query.hours_min is not None:
        least = int(query.hours_min * 100)
        yield lambda slot: hours[slot] >= least
    if query.hours_max is not None:
        most = int(query.hours_max * 100)
        yield lambda slot: hours[slot] <= most
    if query.free_to_members:
        yield lambda slot: flags[slot] & (RECOMMENDED | LIBRARY)
    if query.recommended:
        yield lambda slot: flags[slot] & RECOMMENDED
    if query.category is not None:
        wanted = COMPULSORY if query.category == "compulsory" else 0
        yield lambda slot: flags[slot] & COMPULSORY == wanted


def _newest_first(parts: Sequence[Part], found: Sequence[Iterable[int]]) -> Iterator[Row]:
    rows = [_rows(number, parts[number].index, slots) for number, slots in enumerate(found)]
    return merge(*rows, key=lambda row: row.place, reverse=True) if len(rows) > 1 else rows[0]


def _rows(number: int, index: Index, slots: Iterable[int]) -> Iterator[Row]:
    return (Row(number, index, slot) for slot in slots)


def _meant(parts: Sequence[Part], question: Question, query: SearchQuery) -> str | None:
    """The text with what nobody has replaced by what is like it, if that finds something."""
    text = question.text
    for term in question.terms:
        if not any(term.slots(number) for number in range(len(parts))):
            like = best_like([part.index for part in parts], term.text)
            if like is None:
                return None
            text = text.replace(term.text, like)
    if text == question.text or len(text) > MAX_TEXT:
        return None
    meant = replace(query, text=text, sort="newest", offset=0, limit=0)
    return text if select(parts, meant, lambda _: Counts()).total else None
