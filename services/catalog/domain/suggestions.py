"""What somebody may have meant who asked for a word that no course has: a word of the catalogue that is like it. Pure.

Only words of titles, keywords, instructors and subtitles are offered, and Latin words; never a word of a dictionary.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from services.catalog.domain.search_index import Index
from services.catalog.domain.words import grams, is_latin

ALIKE = 0.75
"""How much of two Latin words must be the same, of at most 1: one wrong letter in four."""

_SHORTEST = 3
"""Characters of a Chinese word in which one may be wrong, or letters of a Latin one: of two, too little is left."""


def best_like(indexes: Sequence[Index], term: str) -> str | None:
    """What is most like the term; of several, what most courses have."""
    found = {word: None for index in indexes for word in _like(index, term) if word != term}
    return max(found, key=lambda word: _courses(indexes, word), default=None)


def _like(index: Index, term: str) -> Iterator[str]:
    if is_latin(term):
        return _spelled_alike(index, term)
    return iter([*_sounding(index, term)] or [*_one_wrong(index, term)])


def _courses(indexes: Sequence[Index], word: str) -> int:
    return sum(min(len(index.find(gram)) for gram in grams(word)) for index in indexes)


def _sounding(index: Index, term: str) -> Iterator[str]:
    """What sounds the same: pinyin was typed, and the wrong characters of that sound were taken."""
    syllables = index.spelling.syllables(term)
    if len(term) > 1 and syllables:
        yield from index.sounding("".join(syllables), len(term))


def _one_wrong(index: Index, term: str) -> Iterator[str]:
    """What differs in one character: another one, one too many, or one that is missing."""
    if len(term) < _SHORTEST:
        return
    for place in range(len(term)):
        yield from _matching(index, term[:place], ".", term[place + 1 :])
        if len(term) > _SHORTEST:
            yield from _matching(index, term[:place], "", term[place + 1 :])
    for place in range(1, len(term)):
        yield from _matching(index, term[:place], ".", term[place:])


def _matching(index: Index, before: str, between: str, after: str) -> Iterator[str]:
    pattern = re.escape(before) + between + re.escape(after)
    return (found.group() for found in re.finditer(pattern, index.names))


def _spelled_alike(index: Index, term: str) -> Iterator[str]:
    """Latin words, and names by their pinyin, with a letter or two wrong."""
    if len(term) < _SHORTEST:
        return
    sounds = dict(zip(index.spelled.split("\n"), index.names.split("\n"), strict=True))
    for word in get_close_matches(term, _candidates([*index.words, *sounds], term), n=3, cutoff=ALIKE):
        yield sounds.get(word, word)


def _candidates(words: Sequence[str], term: str) -> list[str]:
    """Comparing takes time: only those that begin alike and are about as long."""
    return [word for word in words if word[:1] == term[0] and abs(len(word) - len(term)) <= 2]
