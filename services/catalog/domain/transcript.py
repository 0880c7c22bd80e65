"""What is said in a lecture: sentences with their times.

They are made of cues, which break lines where a screen ends and not where a sentence does, and become cues again.
Times are milliseconds from the lecture's beginning.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from services.catalog.domain.words import plain, terms

MAX_CUE_WIDTH = 80
"""Columns of a cue, where a Chinese character takes two: two lines of twenty characters."""
MAX_SENTENCE = 300
"""Characters after which a sentence ends where its cue does, without a full stop too. Within a cue it has no more."""
_FEWEST_STOPS = 1 / 200
"""Stops for each character, below which captions have no punctuation: then each cue is a sentence."""

_CLOSING = r"\"'”’』」》）)\]"
_STOP = re.compile(rf"(?:[。！？!?…]+|(?<![0-9.])\.(?=\s|$)|(?<=[0-9])\.(?=\s+[A-Z]|$))[{_CLOSING}]*")
_STOPPED = re.compile(f"{_STOP.pattern}$")
_ABBREVIATED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|No|Nos|Fig|e\.g|i\.e|etc|cf|approx|Inc|Ltd|Co|Corp|U\.S|U\.K|[A-Z])\.$"
)
_ABBREVIATION = 12
"""Characters before a stop in which an abbreviation is found, and where it begins."""
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd\ud800-\udfff]"
)
_PART = re.compile(r"s([1-9][0-9]{0,5})-([1-9][0-9]{0,3})")


@dataclass(frozen=True)
class Cue:
    """One caption as a file has it. `speaker` and `name` are empty where none is given."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str = ""
    name: str = ""


@dataclass(frozen=True)
class Sentence:
    """One sentence, and when it is spoken."""

    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True)
class Stretch:
    """Sentences by their numbers, from 1, the last one included."""

    first: int
    last: int


@dataclass(frozen=True)
class Transcript:
    """The sentences of a lecture in order, one after another without overlap, and their language (such as "zh").

    Raises:
        ValueError: times that fall, overlap or span nothing, or text that is empty or not tidy.
    """

    language: str
    sentences: tuple[Sentence, ...]

    def __post_init__(self) -> None:
        for sentence in self.sentences:
            if (
                not 0 <= sentence.start_ms < sentence.end_ms
                or not sentence.text
                or tidy(sentence.text) != sentence.text
            ):
                raise ValueError(f"no sentence: {sentence}")
        if any(before.end_ms > after.start_ms for before, after in pairwise(self.sentences)):
            raise ValueError("sentences overlap")

    @property
    def text(self) -> str:
        """All of it."""
        return joined(sentence.text for sentence in self.sentences)

    @property
    def end_ms(self) -> int:
        """When the last sentence ends."""
        return self.sentences[-1].end_ms if self.sentences else 0

    def has(self, stretch: Stretch) -> bool:
        """Whether it has these sentences."""
        return 1 <= stretch.first <= stretch.last <= len(self.sentences)

    def within(self, stretch: Stretch) -> tuple[Sentence, ...]:
        """The sentences of a stretch."""
        return self.sentences[stretch.first - 1 : stretch.last]

    def find(self, text: str) -> list[int]:
        """The numbers of the sentences that have all the terms of a text, whatever their width and case."""
        wanted = terms(text)
        said = ((number, plain(sentence.text)) for number, sentence in enumerate(self.sentences, start=1))
        return [number for number, words in said if wanted and all(term in words for term in wanted)]

    def edit(self, number: int, text: str) -> "Transcript":
        """With another text for a sentence, which keeps its time.

        Raises:
            IndexError: there is no sentence of this number.
            ValueError: nothing is left of the text.
        """
        if not 1 <= number <= len(self.sentences):
            raise IndexError(number)
        kept = list(self.sentences)
        kept[number - 1] = replace(kept[number - 1], text=tidy(text))
        return Transcript(self.language, tuple(kept))


def tidy(text: str) -> str:
    """The text on one line, without what cannot be seen."""
    return " ".join(_INVISIBLE.sub(" ", text).split())


def joined(texts: Iterable[str]) -> str:
    """Texts that follow one another, with a space where their script has one."""
    whole = ""
    for text in texts:
        whole += _between(whole, text) + text
    return whole


def transcript_of_cues(language: str, cues: Iterable[Cue]) -> Transcript:
    """The sentences that captions spell, in order; from captions that this module wrote, exactly those of before."""
    known = [cue for cue in (replace(cue, text=tidy(cue.text)) for cue in cues) if cue.text]
    written = _sentences_by_name(known)
    if written is not None:
        return Transcript(language, written)
    return transcript_of(language, _sentences(sorted(known, key=lambda cue: cue.start_ms)))


def transcript_of(language: str, sentences: Iterable[Sentence]) -> Transcript:
    """A transcript of what a recognizer heard: put in order, tidied, and overlaps ended where the next one begins."""
    heard = [Sentence(s.start_ms, s.end_ms, tidy(s.text)) for s in sentences]
    kept: list[Sentence] = []
    for sentence in sorted((s for s in heard if s.text), key=lambda s: s.start_ms):
        start = max(sentence.start_ms, kept[-1].start_ms + 1) if kept else max(sentence.start_ms, 0)
        if kept and kept[-1].end_ms > start:
            kept[-1] = replace(kept[-1], end_ms=start)
        kept.append(Sentence(start, max(sentence.end_ms, start + 1), sentence.text))
    return Transcript(language, tuple(kept))


def cues_of(transcript: Transcript) -> Iterator[Cue]:
    """What is shown on the screen: each sentence in as many cues as it needs, named by the sentence."""
    for number, sentence in enumerate(transcript.sentences, start=1):
        parts = _parts(sentence)
        length, shown = sum(map(len, parts)), 0
        for place, part in enumerate(parts, start=1):
            start = _at(sentence, shown, length)
            shown += len(part)
            yield Cue(start, _at(sentence, shown, length), part, name=f"s{number}-{place}")


def write_captions(transcript: Transcript) -> str:
    """The captions as WebVTT, which `check_captions` takes and `transcript_of_cues` turns into the same transcript."""
    blocks = ["WEBVTT"]
    for cue in cues_of(transcript):
        text = cue.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        blocks.append(f"{cue.name}\n{_clock(cue.start_ms)} --> {_clock(cue.end_ms)}\n{text}")
    return "\n\n".join(blocks) + "\n"


def _clock(milliseconds: int) -> str:
    seconds, thousandths = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}.{thousandths:03d}"


def _sentences_by_name(cues: Sequence[Cue]) -> tuple[Sentence, ...] | None:
    """The sentences that `cues_of` made these cues of; None where others made them, or they were moved since."""
    sentences: list[list[Cue]] = []
    for cue in cues:
        name = _PART.fullmatch(cue.name)
        number, place = (int(name[1]), int(name[2])) if name else (0, 0)
        if place == 1 and number == len(sentences) + 1:
            sentences.append([cue])
        elif sentences and number == len(sentences) and place == len(sentences[-1]) + 1:
            sentences[-1].append(cue)
        else:
            return None
    if any(before.end_ms > after.start_ms for before, after in pairwise(cues)):
        return None
    if any(cue.start_ms >= cue.end_ms for cue in cues):
        return None
    return tuple(Sentence(s[0].start_ms, s[-1].end_ms, joined(cue.text for cue in s)) for s in sentences)


def _sentences(cues: Sequence[Cue]) -> Iterator[Sentence]:
    """Pieces of cues, put together up to where a sentence stops."""
    punctuated = _are_punctuated(cues)
    begun: list[Sentence] = []
    speaker = ""
    for cue in _without_repeats(cues):
        if begun and cue.speaker != speaker:
            yield _whole(begun)
            begun = []
        speaker = cue.speaker
        for piece in _pieces(cue, punctuated):
            begun.append(piece)
            text = joined(part.text for part in begun)
            if not punctuated or _stops(text) or len(text) >= MAX_SENTENCE:
                yield _whole(begun)
                begun = []
    if begun:
        yield _whole(begun)


def _are_punctuated(cues: Sequence[Cue]) -> bool:
    text = joined(cue.text for cue in cues)
    return len(_STOP.findall(text)) >= len(text) * _FEWEST_STOPS


def _without_repeats(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Live captions roll: a cue begins with the line that the one before it ended with. Each is taken once."""
    before = ""
    for cue in cues:
        rolled = before and cue.text.startswith(before) and len(cue.text) > len(before)
        text = cue.text[len(before) :].strip() if rolled else cue.text
        before = cue.text if len(cue.text) > 1 else ""
        yield replace(cue, text=text)


def _pieces(cue: Cue, punctuated: bool) -> Iterator[Sentence]:
    """A cue cut where sentences stop within it, or grow too long; time is shared out by length."""
    stops = (stop.end() for stop in _STOP.finditer(cue.text)) if punctuated else ()
    ends = [end for end in stops if not _ABBREVIATED.search(cue.text[max(end - _ABBREVIATION, 0) : end])]
    whole = Sentence(cue.start_ms, max(cue.end_ms, cue.start_ms + 1), cue.text)
    for start, end in pairwise(sorted({0, *ends, len(cue.text)})):
        for first, last in pairwise(_bounds(cue.text, start, end)):
            text = cue.text[first:last].strip()
            if text:
                yield Sentence(_at(whole, first, len(cue.text)), _at(whole, last, len(cue.text)), text)


def _bounds(text: str, start: int, end: int) -> Iterator[int]:
    """From start to end in steps of a sentence's length at most, between words where there is such a place."""
    while end - start > MAX_SENTENCE:
        yield start
        furthest = start + MAX_SENTENCE
        start = next((place for place in range(furthest, start, -1) if _rejoins(text, place)), furthest)
    yield start
    yield end


def _stops(text: str) -> bool:
    return _STOPPED.search(text) is not None and not _ABBREVIATED.search(text)


def _whole(pieces: Sequence[Sentence]) -> Sentence:
    return Sentence(pieces[0].start_ms, max(piece.end_ms for piece in pieces), joined(piece.text for piece in pieces))


def _at(sentence: Sentence, place: int, length: int) -> int:
    return sentence.start_ms + (sentence.end_ms - sentence.start_ms) * place // length


def _parts(sentence: Sentence) -> list[str]:
    """The sentence cut into what a screen shows at a time, at a comma if there is one in the second half."""
    parts, rest = [], sentence.text
    while _width(rest[: MAX_CUE_WIDTH + 1]) > MAX_CUE_WIDTH:
        cut = _cut(rest)
        if not cut:
            break
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    parts.append(rest)
    return parts if sentence.end_ms - sentence.start_ms >= sum(map(len, parts)) else [sentence.text]


def _cut(text: str) -> int:
    """Where to cut so that the part fits and both parts joined are the text again; 0 where that is nowhere."""
    fitting: list[int] = []
    width = 0
    for place in range(1, len(text)):
        width += _width(text[place - 1])
        if width > MAX_CUE_WIDTH and fitting:
            break
        if _rejoins(text, place):
            fitting.append(place)
    good = [
        place
        for place in fitting
        if text[max(place - 2, 0) : place].rstrip()[-1:] in "，、；：,;:" and place * 2 >= fitting[-1]
    ]
    return (good or fitting or [0])[-1]


def _rejoins(text: str, place: int) -> bool:
    """Whether tidy text that is cut there is the same again once it is joined: what lies next to the cut decides."""
    before, after = text[max(place - 2, 0) : place], text[place : place + 2]
    return joined((before.rstrip(), after.lstrip())) == before + after


def _width(text: str) -> int:
    return sum(2 if _is_wide(character) else 1 for character in text)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _between(before: str, after: str) -> str:
    return " " if before and after and not _is_wide(before[-1]) and not _is_wide(after[0]) else ""
