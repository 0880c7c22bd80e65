"""The words of a lecture: jieba's for Chinese, with the field's dictionary; runs of letters for English."""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import pairwise
from math import log
from pathlib import Path

import jieba
import jieba.analyse
from jieba.posseg import POSTokenizer

from services.catalog.domain.words import is_latin, plain

jieba.setLogLevel(logging.WARNING)

_HAN = re.compile(r"[\u4e00-\u9fff]")
_NAMING = ("n", "v", "a", "j", "l", "i", "eng", "t", "s", "m")
"""Jieba's tags of words that a lecture may be about; the others hold sentences together."""
_NOUNS = ("n", "vn", "an", "j", "l", "nz", "eng")
_LEAST_TIMES = 3
"""How often two words must follow one another to be one term."""


@cache
def _listed(name: str) -> frozenset[str]:
    """The words of a file, one a line."""
    return frozenset((Path(__file__).parent / "words" / f"{name}.txt").read_text("utf-8").split("\n")) - {""}


@dataclass(frozen=True)
class Words:
    """The words of a lecture by sentence, and those that may be keywords."""

    by_sentence: tuple[tuple[str, ...], ...]
    nouns: frozenset[str]
    terms: frozenset[str]
    weights: dict[str, float]

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each word is said."""
        return Counter(word for words in self.by_sentence for word in words)

    def keywords(self, most: int, within: Iterable[int] | None = None) -> list[str]:
        """What the lecture, or some sentences of it, are about: often said there, and rarely elsewhere."""
        places = range(len(self.by_sentence)) if within is None else within
        said = Counter(word for place in places for word in self.by_sentence[place] if word in self.nouns)
        if within is not None and max(said.values(), default=0) > 1:
            said = Counter({word: times for word, times in said.items() if times > 1})
        scores = {word: self._score(word, times) * (times / self.counts[word]) ** 0.5 for word, times in said.items()}
        chosen: list[str] = []
        for word in sorted(scores, key=lambda word: (-scores[word], word)):
            if len(chosen) < most and not any(word in known or known in word for known in chosen):
                chosen.append(word)
        return chosen

    def _score(self, word: str, times: int) -> float:
        known = 2.0 if word in self.terms else 1.0
        long = 1.3 if len(word) > 2 else 1.0
        return float(times**0.6) * self.weights[word] * known * long


def read_words(sentences: Sequence[str], terms: Iterable[str], names: Iterable[str] = ()) -> Words:
    """The words of sentences. `terms` are added to the field's dictionary; `names` are what nothing is about."""
    known = frozenset(plain(term) for term in (*_listed("field_terms"), *terms)) - {""}
    han = sum(len(_HAN.findall(sentence)) for sentence in sentences)
    words = (_chinese if han * 3 > sum(map(len, sentences)) else _english)(sentences, known)
    persons = {word for name in names for word in (plain(name), *plain(name).split())}
    return replace(words, nouns=words.nouns - persons)


def _chinese(sentences: Sequence[str], terms: frozenset[str]) -> Words:
    tokenizer = jieba.Tokenizer()
    for term in terms:
        if _HAN.search(term):
            tokenizer.add_word(term, tag="nz")
    tagger = POSTokenizer(tokenizer)
    # Where another kind of word stands between two, they do not make one.
    tagged = [[(plain(word), tag) for word, tag in tagger.cut(plain(sentence))] for sentence in sentences]
    tagged = [[(word, tag) for word, tag in words if word] for words in tagged]
    nouns = {word for words in tagged for word, tag in words if tag.startswith(_NOUNS) and _may_be_keyword(word)}
    tagged_words = [[word if tag.startswith(_NAMING) else "" for word, tag in words] for words in tagged]
    merged, phrases = _with_phrases(tagged_words, nouns)
    kept = tuple(tuple(word for word in words if _says_something(word)) for words in merged)
    idf = jieba.analyse.TFIDF().idf_loader
    frequencies, median = idf.get_idf()
    weights = {
        word: max(frequencies.get(word, median), median if word in phrases or word in terms else 0.0)
        for words in kept
        for word in words
    }
    found = frozenset(word for words in kept for word in words if word in nouns or word in phrases or word in terms)
    return Words(kept, found, terms, weights)


def _english(sentences: Sequence[str], terms: frozenset[str]) -> Words:
    pattern = "|".join(
        re.escape(term) for term in sorted(terms, key=len, reverse=True) if is_latin(term.replace(" ", ""))
    )
    finder = re.compile(rf"\b(?:{pattern})s?\b|\b[a-z][a-z]*(?:'[a-z]+)?\b")
    found = [[_singular(word, terms) for word in finder.findall(sentence.casefold())] for sentence in sentences]
    marked = [["" if word in _listed("everyday_en") or "'" in word else word for word in words] for words in found]
    nouns = {word for words in marked for word in words if len(word) > 3}
    merged, _ = _with_phrases(marked, nouns)
    kept = tuple(tuple(word for word in words if len(word) > 2) for words in merged)
    having = Counter(word for words in kept for word in set(words))
    weights = {word: log(1 + len(sentences) / times) + (1.5 if " " in word else 0.0) for word, times in having.items()}
    return Words(kept, frozenset(word for word in weights if len(word) > 3), terms, weights)


def _with_phrases(sentences: Sequence[Sequence[str]], nouns: set[str]) -> tuple[list[list[str]], set[str]]:
    """Two words that mostly come together are one: 年度 and 检视 are 年度检视. An empty word parts others."""
    pairs = Counter(pair for words in sentences for pair in pairwise(words))
    counts = Counter(word for words in sentences for word in words)
    made = {
        (first, second)
        for (first, second), times in pairs.items()
        if times >= _LEAST_TIMES
        and first
        and second in nouns
        and times * 2 >= min(counts[first], counts[second])
        and _may_be_keyword(first)
        and len(first) + len(second) <= (8 if _HAN.search(second) else 40)
    }
    return [_merge(words, made) for words in sentences], {_phrase(*pair) for pair in made}


def _merge(words: Sequence[str], made: set[tuple[str, str]]) -> list[str]:
    merged: list[str] = []
    place = 0
    while place < len(words):
        pair = tuple(words[place : place + 2])
        merged.append(_phrase(*pair) if pair in made else words[place])
        place += 2 if pair in made else 1
    return merged


def _phrase(first: str, second: str) -> str:
    return f"{first} {second}" if is_latin(second.replace(" ", "")) else first + second


def _may_be_keyword(word: str) -> bool:
    return len(word) > 1 and word not in _listed("everyday_zh") and not word.isdigit()


def _says_something(word: str) -> bool:
    return bool(word) and word not in _listed("everyday_zh") and not word.isdigit()


def _singular(word: str, terms: frozenset[str]) -> str:
    if word in terms or len(word) < 5 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    return word[:-3] + "y" if word.endswith("ies") else word[:-1]
