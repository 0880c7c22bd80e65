"""Searching without an index, as the catalogue once did: every course is looked through. What the index is held to."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.catalog.domain.publication import Listing
from services.catalog.domain.words import grams, plain, terms

Field = tuple[int, str]


@dataclass(frozen=True)
class Candidate:
    """A course made ready: each field's words with its weight, and all of them in one text."""

    line: Listing
    fields: tuple[Field, ...]
    whole: str


def prepared(lines: Iterable[Listing]) -> list[Candidate]:
    """The courses, the newest first."""
    newest = sorted(lines, key=lambda line: (line.published_on, line.course_id), reverse=True)
    return [_candidate(line) for line in newest]


def scan(candidates: Sequence[Candidate], text: str) -> list[Listing]:
    """The courses in which every term is found, the best first; half of a term's pairs are enough, and at least two."""
    matching = set(range(len(candidates)))
    weights: dict[str, float] = {}
    for term in terms(text):
        pairs = grams(term)
        found: Counter[int] = Counter()
        for pair in pairs:
            having = [place for place, course in enumerate(candidates) if pair in course.whole]
            weights[pair] = math.log(1 + (len(candidates) - len(having) + 0.5) / (len(having) + 0.5))
            found.update(having)
        needed = max(math.ceil(len(pairs) / 2), min(len(pairs), 2))
        matching &= {place for place, count in found.items() if count >= needed}
    scored = [(_score(candidates[place], terms(text), weights), candidates[place]) for place in sorted(matching)]
    return [course.line for _, course in sorted(scored, key=lambda each: -each[0])]


def _candidate(line: Listing) -> Candidate:
    weighed = (
        (8, [line.title]),
        (5, [*line.keywords, *line.instructors]),
        (3, [line.subtitle or "", line.title_en or ""]),
        (1, [line.abstract, *line.eligible_credentials]),
    )
    fields = tuple((weight, "\n".join(map(plain, texts))) for weight, texts in weighed)
    return Candidate(line, fields, "\n".join(text for _, text in fields))


def _score(found: Candidate, asked: Sequence[str], weights: dict[str, float]) -> float:
    score = 0.0
    for term in asked:
        whole = _best(found, term)
        score += sum(weights[pair] * (_best(found, pair) + whole) for pair in grams(term))
    return score


def _best(found: Candidate, text: str) -> int:
    return next((weight for weight, field in found.fields if text in field), 0)
