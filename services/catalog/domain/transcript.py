"""What is said in a lecture: sentences with their times.

They are made of cues, which break lines where a screen ends and not where a sentence does, and become cues again: those
that an editor brought, or others that fit the screen.
Times are milliseconds from the lecture's beginning.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, islice, pairwise

from services.catalog.domain.line_correction import correct_lines, letter_ends, letters
from services.catalog.domain.words import is_wide, plain, terms

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
_NAME = re.compile(r"s([1-9][0-9]{0,5})-([1-9][0-9]{0,3})((?:,[1-9][0-9]{0,5})*)")
"""Of a cue: the sentence that it begins with, and its how manieth cue it is. Where others begin within it, up to which
of the cue's letters each of them goes, the last one included: so it is seen where the text was changed since."""


@dataclass(frozen=True)
class Cue:
    """One caption as a file has it: its lines, and which line of the file has its times (0: it is not known).

    `speaker` and `name` are empty where none is given; `settings` say where it is shown, as WebVTT writes them.
    """

    start_ms: int
    end_ms: int
    text: str
    speaker: str = ""
    name: str = ""
    settings: str = ""
    line: int = 0


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

    `cues` are the captions as an editor brought them, which have the same letters; none: they are cut anew.

    Raises:
        ValueError: times that fall, overlap or span nothing, text that is empty or not tidy, other cues.
    """

    language: str
    sentences: tuple[Sentence, ...]
    cues: tuple[Cue, ...] = ()

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
        if self.cues and letters("".join(cue.text for cue in self.cues)) != letters(self.text):
            raise ValueError("the cues are not of these sentences")

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

    def edit(self, texts: Mapping[int, str]) -> "Transcript":
        """With other texts for sentences by their numbers, which keep their times, as their cues do.

        Raises:
            IndexError: there is no sentence of a number.
            ValueError: nothing is left of a text.
        """
        kept = list(self.sentences)
        for number, text in texts.items():
            if not 1 <= number <= len(kept):
                raise IndexError(number)
            kept[number - 1] = replace(kept[number - 1], text=tidy(text))
        corrected = {number: kept[number - 1].text for number in texts}
        return Transcript(self.language, tuple(kept), tuple(self._corrected(corrected)) if self.cues else ())

    def _corrected(self, texts: Mapping[int, str]) -> Iterator[Cue]:
        """The cues with other texts for sentences; one that shows nothing any more goes."""
        lines = [line for cue in self.cues for line in cue.text.split("\n")]
        places = list(accumulate((len(letters(line)) for line in lines), initial=0))
        ends = list(accumulate((len(letters(sentence.text)) for sentence in self.sentences), initial=0))
        # From the last one on: what was corrected already lies behind, and moves no place that is still counted with.
        for number in sorted(texts, reverse=True):
            begin, end = ends[number - 1], ends[number]
            first, last = bisect_right(places, begin) - 1, bisect_left(places, end)
            before = self.sentences[number - 1].text
            lines[first:last] = correct_lines(lines[first:last], begin - places[first], before, texts[number])
        corrected = iter(lines)
        for cue in self.cues:
            shown = "\n".join(filter(None, islice(corrected, cue.text.count("\n") + 1)))
            if shown:
                yield replace(cue, text=shown)


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
    """The sentences that captions spell, with the captions; from those that `write_captions` wrote, the same sentences.

    Captions that roll show a line several times: they are not kept, but cut anew.
    """
    # As players put them: of two that begin together, the longer one is the first.
    shown = sorted((cue for cue in map(_shown, cues) if cue.text), key=lambda cue: (cue.start_ms, -cue.end_ms))
    spoken = list(_spoken(shown))
    sentences = _sentences_by_name(spoken)
    if sentences is None:
        once = list(_without_repeats(spoken))
        sentences, shown = [*_sentences(once)], shown if once == spoken else []
    return replace(transcript_of(language, sentences), cues=tuple(shown))


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
    """What is shown on the screen, named by the sentences: the cues that were brought, or as many as each needs."""
    if transcript.cues:
        yield from _named(transcript)
        return
    for number, sentence in enumerate(transcript.sentences, start=1):
        parts = _parts(sentence)
        length, shown = sum(map(len, parts)), 0
        for place, part in enumerate(parts, start=1):
            start = _at(sentence, shown, length)
            shown += len(part)
            yield Cue(start, _at(sentence, shown, length), part, name=f"s{number}-{place}")


def write_captions(transcript: Transcript) -> str:
    """The captions as WebVTT, which `check_captions` takes and `transcript_of_cues` turns into the same sentences."""
    blocks = ["WEBVTT"]
    for cue in cues_of(transcript):
        text = cue.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        times = f"{_clock(cue.start_ms)} --> {_clock(cue.end_ms)} {cue.settings}".rstrip()
        blocks.append(f"{cue.name}\n{times}\n{text}")
    return "\n\n".join(blocks) + "\n"


def _named(transcript: Transcript) -> Iterator[Cue]:
    """The cues that were brought."""
    ends = list(accumulate(len(letters(sentence.text)) for sentence in transcript.sentences))
    begin, going_on, part = 0, -1, 0
    for cue in transcript.cues:
        end = begin + len(letters(cue.text))
        first, last = bisect_right(ends, begin), bisect_left(ends, end)
        part = part + 1 if first == going_on else 1
        within = [place - begin for place in (*ends[first:last], end)] if first < last else []
        yield replace(cue, name="".join((f"s{first + 1}-{part}", *(f",{place}" for place in within))))
        begin, going_on, part = end, last, 1 if within else part


def _shown(cue: Cue) -> Cue:
    """With what can be seen of its lines, and for a moment at least."""
    lines = (_INVISIBLE.sub("", line).strip() for line in cue.text.split("\n"))
    return replace(cue, text="\n".join(filter(None, lines)), end_ms=max(cue.end_ms, cue.start_ms + 1))


def _spoken(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Cues in their order with all of their lines in one, each at its end where the next one begins."""
    ends = [*(after.start_ms for after in cues[1:]), *(last.end_ms for last in cues[-1:])]
    for cue, end_ms in zip(cues, ends, strict=True):
        text = joined(tidy(line) for line in cue.text.split("\n"))
        yield replace(cue, text=text, end_ms=max(min(cue.end_ms, end_ms), cue.start_ms + 1))


def _clock(milliseconds: int) -> str:
    seconds, thousandths = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}.{thousandths:03d}"


def _sentences_by_name(cues: Sequence[Cue]) -> list[Sentence] | None:
    """The sentences that `cues_of` named these cues by; None where others named them, or they were changed since."""
    sentences: list[list[Sentence]] = []
    part = 0
    for cue in cues:
        name = _NAME.fullmatch(cue.name)
        pieces = _pieces_by_name(cue, name) if name else []
        if not name or not pieces:
            return None
        number, place = int(name[1]), int(name[2])
        if (number, place) == (len(sentences) + 1, 1):
            sentences.append([])
        elif not sentences or (number, place) != (len(sentences), part + 1):
            return None
        sentences[-1].append(pieces[0])
        sentences += [[piece] for piece in pieces[1:]]
        part = place if len(pieces) == 1 else 1
    return [_whole(pieces) for pieces in sentences]


def _pieces_by_name(cue: Cue, name: re.Match[str]) -> list[Sentence]:
    """The cue cut where its name says that sentences end; nothing where its text is another one."""
    ends = letter_ends(cue.text)
    said = [int(place) for place in name[3].split(",") if place] or [len(ends)]
    if said != sorted(set(said)) or said[-1] != len(ends):
        return []
    return [_piece(cue, first, last) for first, last in pairwise((0, *(ends[place - 1] for place in said)))]


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
    """A cue cut where sentences stop within it, or grow too long."""
    stops = (stop.end() for stop in _STOP.finditer(cue.text)) if punctuated else ()
    ends = [end for end in stops if not _ABBREVIATED.search(cue.text[max(end - _ABBREVIATION, 0) : end])]
    for start, end in pairwise(sorted({0, *ends, len(cue.text)})):
        for first, last in pairwise(_bounds(cue.text, start, end)):
            piece = _piece(cue, first, last)
            if piece.text:
                yield piece


def _piece(cue: Cue, first: int, last: int) -> Sentence:
    """What is said from one place of a cue to another; time is shared out by length."""
    whole = Sentence(cue.start_ms, cue.end_ms, cue.text)
    begin, end = (_at(whole, len(cue.text[:place].rstrip()), len(cue.text)) for place in (first, last))
    return Sentence(begin, end, cue.text[first:last].strip())


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
    return sum(2 if is_wide(character) else 1 for character in text)


def _between(before: str, after: str) -> str:
    return " " if before and after and not is_wide(before[-1]) and not is_wide(after[0]) else ""
