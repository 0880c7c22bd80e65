"""What anybody gets without a method: chapters of equal length, chance, the first sentences, the commonest words."""

import random
from collections import Counter
from statistics import mean

from services.catalog.adapters.lecture_words import read_words
from services.catalog.domain.topics import divide
from services.catalog.domain.transcript import joined
from tests.quality.lectures import Example
from tests.quality.scores import boundary_scores, keyword_recall, rouge_scores

DRAWS = 200
"""Of what is left to chance, the mean of so many draws, always the same ones."""
KEYWORDS = 12


def equal_chapters(example: Example) -> tuple[float, float]:
    """WindowDiff and Pk of chapters of equal length, as many as the editor has: more than a machine is told."""
    count, chapters = len(example.transcript.sentences), len(example.reference.chapters)
    return boundary_scores(example, [round(place * count / chapters) for place in range(chapters)])


def chance_chapters(example: Example) -> tuple[float, float]:
    """The same of chapters that begin anywhere, as many as the editor has."""
    places, chapters = range(1, len(example.transcript.sentences)), len(example.reference.chapters)
    chance = random.Random(1)  # noqa: S311 (no secret hangs on it)
    drawn = [boundary_scores(example, sorted([0, *chance.sample(places, chapters - 1)])) for _ in range(DRAWS)]
    return mean(score[0] for score in drawn), mean(score[1] for score in drawn)


def words_alone(example: Example) -> tuple[float, float]:
    """The same of the embedded default where it overlooks how a lecturer announces the next topic."""
    sentences = example.transcript.sentences
    words = read_words([sentence.text for sentence in sentences], (), example.lecture.names)
    minutes = example.transcript.end_ms / 60_000
    seconds = [(sentence.end_ms - sentence.start_ms) / 1000 for sentence in sentences]
    return boundary_scores(example, divide(words.by_sentence, [0.0] * len(sentences), seconds, 42.0 * minutes**0.5))


def first_sentences(example: Example) -> tuple[float, float]:
    """ROUGE of the lecture's beginning, as long as the editor's abstract."""
    return rouge_scores(example, _cut(example, list(range(len(example.transcript.sentences)))))


def chance_sentences(example: Example) -> tuple[float, float]:
    """ROUGE of sentences from anywhere, as long as the editor's abstract."""
    places = list(range(len(example.transcript.sentences)))
    chance = random.Random(2)  # noqa: S311 (no secret hangs on it)
    drawn = [rouge_scores(example, _cut(example, chance.sample(places, len(places)))) for _ in range(DRAWS)]
    return mean(score[0] for score in drawn), mean(score[1] for score in drawn)


def commonest_words(example: Example) -> float:
    """Keyword recall of the words that are said most."""
    counts = _words(example)
    return keyword_recall(example, tuple(word for word, _ in counts.most_common(KEYWORDS)))


def chance_words(example: Example) -> float:
    """Keyword recall of any words that are said."""
    words, chance = sorted(_words(example)), random.Random(3)  # noqa: S311 (no secret hangs on it)
    return mean(keyword_recall(example, tuple(chance.sample(words, KEYWORDS))) for _ in range(DRAWS))


def _words(example: Example) -> Counter[str]:
    found = read_words([sentence.text for sentence in example.transcript.sentences], ())
    return Counter({word: times for word, times in found.counts.items() if len(word) > 1})


def _cut(example: Example, places: list[int]) -> str:
    taken: list[int] = []
    for place in places:
        taken.append(place)
        if sum(len(example.transcript.sentences[p].text) for p in taken) >= len(example.reference.abstract):
            break
    return joined(example.transcript.sentences[place].text for place in sorted(taken))
