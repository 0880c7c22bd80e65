"""What somebody may be typing: words of the catalogue's courses that go on from it. Pure.

Titles, keywords and instructors are offered as they are written, and found by their characters, their pinyin or its
initials, as in a search.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from services.catalog.domain.ids import CourseId
from services.catalog.domain.publication import Listing
from services.catalog.domain.search import Counts, Part, Question, SearchQuery, select
from services.catalog.domain.spelling import Spelling
from services.catalog.domain.words import is_latin, plain, runs

Kind = Literal["keyword", "instructor", "title"]

MOST = 8
"""What is offered at once: as much as a phone shows above its keyboard."""
LOOKED_AT = 20
"""Courses whose words are looked at, the best first."""

_ORDER: tuple[Kind, ...] = ("keyword", "instructor", "title")


@dataclass(frozen=True)
class Completion:
    """A word to search for, or a course: then `course_id` leads to it. `sound` are its syllables, where it has some."""

    kind: Kind
    text: str
    text_en: str | None
    course_id: CourseId | None
    sound: tuple[str, ...]


@dataclass(frozen=True)
class Completions:
    """What is offered. `whole`: there is nothing else, so what is typed on can only leave some of it out."""

    words: tuple[Completion, ...]
    whole: bool


def complete(parts: Sequence[Part], text: str) -> Completions:
    """What goes on from the text, the likeliest first."""
    question = Question(parts, text)
    if not any(question.slots(part) for part in range(len(parts))):
        return Completions((), whole=True)
    found = select(parts, SearchQuery(text, limit=LOOKED_AT), lambda _: Counts())
    spelling, asked = parts[0].index.spelling, [term.text for term in question.terms]
    offered = list(dict.fromkeys(_matching([hit.line for hit in found.hits], spelling, asked)))
    offered.sort(key=lambda word: (not _begins(word, spelling, question.text), _ORDER.index(word.kind)))
    return Completions(tuple(offered[:MOST]), found.total <= LOOKED_AT and len(offered) <= MOST)


def _matching(lines: Iterable[Listing], spelling: Spelling, asked: Sequence[str]) -> Iterator[Completion]:
    for word in (word for line in lines for word in _words(line, spelling)):
        written = [spelling.simplify(plain(text)) for text in (word.text, word.text_en or "")]
        if all(any(term in text for text in written) or _sounds_so(word.sound, term) for term in asked):
            yield word


def _words(line: Listing, spelling: Spelling) -> Iterator[Completion]:
    for keyword in line.keywords:
        yield Completion("keyword", keyword, None, None, _sound(keyword, spelling))
    for name in line.instructors:
        yield Completion("instructor", name, None, None, _sound(name, spelling))
    yield Completion("title", line.title, line.title_en, line.course_id, _sound(line.title, spelling))


def _sound(text: str, spelling: Spelling) -> tuple[str, ...]:
    parts = runs(spelling.simplify(plain(text)))
    return tuple(sound for run in parts if not is_latin(run) for sound in spelling.syllables(run))


def _sounds_so(sound: Sequence[str], term: str) -> bool:
    """Whether it stands in it from a syllable's beginning on, or is some of its initials."""
    if not is_latin(term) or len(term) < 2:
        return False
    rests = ("".join(sound[place:]) for place in range(len(sound)))
    return any(rest.startswith(term) for rest in rests) or term in "".join(part[0] for part in sound)


def _begins(word: Completion, spelling: Spelling, text: str) -> bool:
    """Whether what was typed is its beginning."""
    initials = "".join(part[0] for part in word.sound)
    return any(begun.startswith(text) for begun in (spelling.simplify(plain(word.text)), "".join(word.sound), initials))
