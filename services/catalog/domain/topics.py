"""Divides a text into topics, and ranks what is said in it. Pure; words come from whoever knows the language.

Topics are divided where the words change most (M. Utiyama and H. Isahara, A Statistical Model for Domain-Independent
Text Segmentation, ACL 2001): of all divisions the one under which the text is likeliest, found by dynamic programming.
Sentences are ranked by how much they share with others (R. Mihalcea and P. Tarau, TextRank, EMNLP 2004).
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import log

DAMPING = 0.85
ROUNDS = 30
_LENGTH_MATTERS = 3.0
"""What a topic costs that is e times as long or as short as expected, in nats."""


def divide(
    sentences: Sequence[Sequence[str]], turns: Sequence[float], seconds: Sequence[float], expected: float
) -> list[int]:
    """Where topics begin: places of sentences, the first of them 0.

    Args:
        sentences: the words of each.
        turns: for each sentence, how much speaks for a topic that begins with it, in nats.
        seconds: how long each one takes.
        expected: how long a topic usually is, in seconds.
    """
    count = len(sentences)
    vocabulary = len({word for words in sentences for word in words}) or 1
    ends = [0.0]
    for length in seconds:
        ends.append(ends[-1] + length)
    per_topic = log(max(2, sum(map(len, sentences))))
    best = [0.0] + [float("inf")] * count
    begins = [0] * (count + 1)
    for start in range(count):
        base = best[start] + per_topic - turns[start]
        for end, cost in enumerate(_costs(sentences[start:], vocabulary), start=start + 1):
            far = log(max(ends[end] - ends[start], 1.0) / expected)
            total = base + cost + _LENGTH_MATTERS * far * far
            if total < best[end]:
                best[end], begins[end] = total, start
    places, place = [], count
    while place > 0:
        place = begins[place]
        places.append(place)
    return places[::-1]


def _costs(sentences: Sequence[Sequence[str]], vocabulary: int) -> list[float]:
    """The cost of a topic that ends after the first sentence, after the second …: minus the log of its likelihood."""
    counts: Counter[str] = Counter()
    gained, length = 0.0, 0
    costs: list[float] = []
    for words in sentences:
        for word in words:
            known = counts[word]
            gained += (known + 1) * log(known + 2) - known * log(known + 1)
            counts[word] = known + 1
        length += len(words)
        costs.append(length * log(length + vocabulary) - gained)
    return costs


def rank(sentences: Sequence[Sequence[str]], weights: Mapping[str, float]) -> list[float]:
    """How central each sentence is, on average 1: TextRank, where words count by their weight."""
    words = [set(sentence) for sentence in sentences]
    edges = _edges(words, weights)
    strength = [sum(edge.values()) for edge in edges]
    ranks = [1.0] * len(words)
    for _ in range(ROUNDS):
        passed = [0.0] * len(words)
        for place, edge in enumerate(edges):
            share = ranks[place] / strength[place] if strength[place] else 0.0
            for other, weight in edge.items():
                passed[other] += share * weight
        ranks = [1 - DAMPING + DAMPING * value for value in passed]
    return ranks


def _edges(words: Sequence[set[str]], weights: Mapping[str, float]) -> list[dict[int, float]]:
    having: dict[str, list[int]] = defaultdict(list)
    for place, known in enumerate(words):
        for word in known:
            having[word].append(place)
    lengths = [log(len(known) + 1) + 1 for known in words]
    edges: list[dict[int, float]] = [defaultdict(float) for _ in words]
    for word, places in having.items():
        for place in places:
            for other in places:
                if place != other:
                    edges[place][other] += weights.get(word, 1.0) / (lengths[place] + lengths[other])
    return edges


def stretches(begins: Sequence[int], count: int) -> list[tuple[int, int]]:
    """The first and last place of each topic."""
    return [(first, following - 1) for first, following in pairwise([*begins, count])]
