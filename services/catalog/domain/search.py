"""Finding courses: what can be asked for, and how well a course answers it. Pure."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from services.catalog.domain.course import Category
from services.catalog.domain.ids import CourseId
from services.catalog.domain.publication import Listing
from services.catalog.domain.review import UNRATED, Rating

Sort = Literal["relevance", "newest", "most_learners", "best_rated", "cheapest", "dearest", "shortest", "longest"]
"""Orders of a result; relevance without a text is newest. Ties, everywhere: the newest first."""

_RUNS = re.compile(r"[0-9a-z]+|[^\W0-9a-z_]+")
_LATIN = re.compile(r"[0-9a-z]+")
_TITLE, _NAMED, _SECOND, _TEXT = 8, 5, 3, 1


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
    """One page of the courses found, and how many there are in all."""

    total: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class Candidate:
    """A course made ready for searching: each field's words with its weight, and all of them in one text."""

    line: Listing
    fields: tuple[tuple[int, str], ...]
    whole: str


def candidate(line: Listing) -> Candidate:
    """The course with its searchable fields: title, keywords, instructors, subtitle, English title, abstract.

    Beside the abstract the certificates whose holders earn hours: who types 「CFP 税务」 means those courses.
    """
    weighed = (
        (_TITLE, [line.title]),
        (_NAMED, [*line.keywords, *line.instructors]),
        (_SECOND, [line.subtitle or "", line.title_en or ""]),
        (_TEXT, [line.abstract, *line.eligible_credentials]),
    )
    fields = tuple((weight, "\n".join(map(_plain, texts))) for weight, texts in weighed)
    return Candidate(line, fields, "\n".join(text for _, text in fields))


def newest_first(candidates: Iterable[Candidate]) -> list[Candidate]:
    """In the order that `select` takes them."""
    return sorted(candidates, key=lambda found: (found.line.published_on, found.line.course_id), reverse=True)


def select(candidates: Sequence[Candidate], query: SearchQuery, counts: Callable[[CourseId], Counts]) -> SearchResult:
    """The page of courses that pass the filters and match the text, in the order asked for.

    The candidates come newest first; every order keeps that where it finds two courses equal.
    """
    passing = [found for found in candidates if _passes(found.line, query)]
    scored = _matching(passing, query.text)
    order = _order(query.sort, counts)
    if order:
        scored.sort(key=order)
    page = [found.line for _, found in scored[query.offset : query.offset + query.limit]]
    return SearchResult(len(scored), tuple(Hit(line, counts(line.course_id)) for line in page))


def _order(sort: Sort, counts: Callable[[CourseId], Counts]) -> Callable[[tuple[float, Candidate]], Any] | None:
    orders: dict[Sort, Callable[[tuple[float, Candidate]], Any]] = {
        "relevance": lambda scored: -scored[0],
        "most_learners": lambda scored: -counts(scored[1].line.course_id).learners,
        "best_rated": lambda scored: -counts(scored[1].line.course_id).rating.standing,
        "cheapest": lambda scored: scored[1].line.price_fen,
        "dearest": lambda scored: -scored[1].line.price_fen,
        "shortest": lambda scored: scored[1].line.hours,
        "longest": lambda scored: -scored[1].line.hours,
    }
    return orders.get(sort)


def _passes(line: Listing, query: SearchQuery) -> bool:
    return (
        line.withdrawn_at is None
        and (query.credential is None or query.credential in line.eligible_credentials)
        and (query.hours_min is None or line.hours >= query.hours_min)
        and (query.hours_max is None or line.hours <= query.hours_max)
        and (not query.free_to_members or line.member_recommended or line.member_library)
        and (not query.recommended or line.member_recommended)
        and (query.category is None or line.category == query.category)
    )


def _plain(text: str) -> str:
    """Full width as half width, small letters, a single space for whatever is no letter and no digit."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def terms(text: str) -> list[str]:
    """The runs of one kind of script that a text asks for: 「CFP考试 税务」 asks for cfp, 考试 and 税务."""
    return list(dict.fromkeys(_RUNS.findall(_plain(text))))


def grams(term: str) -> list[str]:
    """What of a term is looked for: pairs of characters where words are not set apart, Latin words as they are."""
    if len(term) <= 2 or _LATIN.fullmatch(term):
        return [term]
    return list(dict.fromkeys(term[place : place + 2] for place in range(len(term) - 1)))


def _matching(candidates: Sequence[Candidate], text: str) -> list[tuple[float, Candidate]]:
    """Those in which every term is found, with their scores; all of them where nothing is asked for.

    A term is found where half of its pairs are, and at least two: 「信托与婚姻」 finds 「信托……婚姻」, but one pair in
    common is not enough.
    """
    asked = terms(text)
    matching = set(range(len(candidates)))
    weights: dict[str, float] = {}
    for term in asked:
        pairs = grams(term)
        found: Counter[int] = Counter()
        for pair in pairs:
            having = [place for place, course in enumerate(candidates) if pair in course.whole]
            weights[pair] = _rarity(len(having), len(candidates))
            found.update(having)
        needed = max(math.ceil(len(pairs) / 2), min(len(pairs), 2))
        matching &= {place for place, count in found.items() if count >= needed}
    return [(_score(candidates[place], asked, weights), candidates[place]) for place in sorted(matching)]


def _rarity(having: int, total: int) -> float:
    """How much a pair says: the rarer, the more (the inverse document frequency of BM25)."""
    return math.log(1 + (total - having + 0.5) / (having + 0.5))


def _score(found: Candidate, asked: Sequence[str], weights: dict[str, float]) -> float:
    """Each pair by its rarity and the best field it stands in; a term that stands there whole counts twice."""
    score = 0.0
    for term in asked:
        whole = _best(found, term)
        score += sum(weights[pair] * (_best(found, pair) + whole) for pair in grams(term))
    return score


def _best(found: Candidate, text: str) -> int:
    return next((weight for weight, field in found.fields if text in field), 0)
