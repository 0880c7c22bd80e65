"""Whether a text is a person's own, or has something of what a machine drafted. Pure, and blind to order.

Texts are compared by their letters alone: width, case, accents, punctuation, spaces, digits and what cannot be seen do
not count, so that changing them changes nothing. What is told apart and what is not are figures of decision 0078.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

_IDEOGRAPHS = "\u2e80"
"""From here on a letter is a syllable or a word, and counts as three of an alphabet."""
GRAM, RUN = 6, 24
"""Letters of an alphabet: two Chinese characters are a gram. What two texts have in common in a row of eight is none
of their subject's terms, of which nearly all are shorter."""
LEAST_SHARED = 21
"""Letters at which shared grams begin, seven Chinese ones: so much of a short text is not by chance in a longer one."""

_FILLERS = dict.fromkeys((0x115F, 0x1160))
"""Letters that nobody sees, in place of a Hangul sound; those of other widths are decomposed to the second."""
_ENDS = re.compile(r"[。！？；!?;…\n]|\.(?!\w)")


def texts_of(value: Any) -> Iterator[str]:
    """Every text of a block's value, in its order."""
    if isinstance(value, str):
        yield value
    else:
        for member in value.values() if isinstance(value, dict) else value:
            yield from texts_of(member)


def sentences_of(value: Any) -> Iterator[str]:
    """Every sentence of a block's value, as it is written."""
    for text in texts_of(value):
        yield from filter(None, map(str.strip, _ENDS.split(text)))


def words_of(value: Any) -> tuple[str, ...]:
    """What a value says word for word: letters and digits of its texts, whatever stands between them.

    The order of an entry's members says nothing.
    """
    known = dict(sorted(value.items())) if isinstance(value, dict) else value
    return tuple(_kept(text, str.isalnum) for text in texts_of(known))


class DraftedText:
    """What a machine drafted, to be looked for in what a person wrote.

    `kin`: of the same block, where a single word that is the same may be the machine's. A text of another kind shares
    words with it anyway, and is held against whole sentences.
    """

    def __init__(self, texts: Iterable[str], *, kin: bool) -> None:
        known = list(texts)
        self._kin = kin
        pieces = [_grams(piece) for piece in {piece: None for text in known for piece in _pieces(text)}]
        self._wholes = [sum(grams.values()) for grams in pieces]
        self._places: dict[str, list[int]] = {}
        for place, grams in enumerate(pieces):
            for gram in grams:
                self._places.setdefault(gram, []).append(place)
        rows = ["".join(map(_letters, known))] if kin else [_letters(text) for text in known]
        self._runs = {run for row in rows for run in _shingles(row, RUN)}

    def is_in(self, texts: Iterable[str]) -> bool:
        """Whether anything of it is in these texts: one of its sentences, much of one, or many words in a row."""
        known = list(texts)
        row = "".join(map(_letters, known))
        if any(run in self._runs for run in _shingles(row, RUN)):
            return True
        return any(self._has(_grams(piece)) for piece in {piece for text in known for piece in _pieces(text)})

    def _has(self, grams: Mapping[str, int]) -> bool:
        shared: Counter[int] = Counter()
        for gram, weight in grams.items():
            for place in self._places.get(gram, ()):
                shared[place] += weight
        whole = sum(grams.values())
        return any(_is_like(count, whole, self._wholes[place], kin=self._kin) for place, count in shared.items())


def followed(before: Sequence[Any], after: Sequence[Any]) -> list[int | None]:
    """Which of the parts that were before each part is now: the very same, or else the one that it is likest to."""
    grams = [_part_grams(part) for part in before]
    left = list(range(len(before)))
    found: list[int | None] = []
    for part in after:
        same = next((place for place in left if before[place] == part), None)
        if same is not None:
            left.remove(same)
        found.append(_likest(grams, _part_grams(part)) if same is None else same)
    return found


def _likest(known: Sequence[Mapping[str, int]], grams: Mapping[str, int]) -> int | None:
    whole = sum(grams.values())
    likeness: dict[int, float] = {}
    for place, other in enumerate(known):
        shared, most = sum(grams[gram] for gram in grams.keys() & other.keys()), sum(other.values())
        if _is_like(shared, whole, most, kin=True):
            likeness[place] = shared / (whole + most)
    return max(likeness, key=likeness.__getitem__, default=None)


def _is_like(shared: int, one: int, other: int, *, kin: bool) -> bool:
    """Whether more than half is the same: of the shorter one, or of both together where they are short."""
    return (shared >= LEAST_SHARED and 2 * shared > min(one, other)) or (kin and 4 * shared > one + other)


def _part_grams(part: Any) -> dict[str, int]:
    return {gram: weight for text in texts_of(part) for gram, weight in _grams(_letters(text)).items()}


def _pieces(text: str) -> Iterator[str]:
    """Its sentences. Short ones stand together with what follows too, as whoever cuts a sentence has it."""
    sentences = [letters for sentence in _ENDS.split(text) if (letters := _letters(sentence))]
    for first in range(len(sentences)):
        piece = ""
        for sentence in sentences[first:]:
            piece += sentence
            yield piece
            if _weight(piece) >= RUN:
                break


def _letters(text: str) -> str:
    return _kept(text, str.isalpha)


def _kept(text: str, counts: Callable[[str], bool]) -> str:
    # What does not count goes before case does: one accent would become a letter with it.
    seen = unicodedata.normalize("NFKD", text).translate(_FILLERS)
    return "".join(filter(counts, seen)).casefold()


def _grams(letters: str) -> dict[str, int]:
    """Each with what its first letter counts. What is too short for a gram is one itself."""
    grams = {gram: _count(gram[0]) for gram in _shingles(letters, GRAM)}
    return grams or ({letters: _weight(letters)} if letters else {})


def _shingles(letters: str, width: int) -> Iterator[str]:
    """All that begin at a letter and are as long as `width` letters of an alphabet, or hardly longer."""
    counts = [*map(_count, letters)]
    end, weight = 0, 0
    for begin, count in enumerate(counts):
        while weight < width and end < len(counts):
            weight += counts[end]
            end += 1
        if weight < width:
            return
        yield letters[begin:end]
        weight -= count


def _weight(letters: str) -> int:
    return sum(map(_count, letters))


def _count(letter: str) -> int:
    return 3 if letter >= _IDEOGRAPHS else 1
