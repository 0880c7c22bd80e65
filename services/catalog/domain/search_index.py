"""The index that courses are found with: made of all lines at once, then bytes that are looked up where they lie.

Nothing is parsed when it is loaded but a head of a few hundred bytes, so a function that starts has it at once; texts
are decoded when the first search needs them. Courses have slots, numbered from the newest on. Pure.
"""

import json
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from services.catalog.domain.ids import CourseId
from services.catalog.domain.publication import Listing
from services.catalog.domain.spelling import UNKNOWN, Spelling
from services.catalog.domain.words import is_latin, plain, runs

FORMAT = 1
"""Of the bytes. Code of another format makes an index of its own, beside this one."""

TEXT, SECOND, NAMED, TITLE, SPELLED = 1, 2, 4, 8, 16
"""Bits that say where in a course something stands; SPELLED: by its sound alone."""
EVERYWHERE = 2 * SPELLED - 1

RECOMMENDED, LIBRARY, COMPULSORY = 1, 2, 4
"""Bits that say what a course is, for filters."""

Found = Mapping[int, int]
"""The slots of the courses that have something, with the bits that say where."""

Numbers: TypeAlias = "array[int]"

Spell = Callable[[str], Sequence[str]]
"""The syllables of a run of Chinese characters, one for each; none where it has no sound."""

_WEIGHTS = ((TITLE, 8.0), (NAMED, 5.0), (SECOND, 3.0), (TEXT, 1.0))
_SLOT_BITS, _FIELD_BITS = 18, 4
MAX_COURSES = 2**_SLOT_BITS
_LENGTH_BYTES = 4


class UnknownFormat(ValueError):
    """Bytes that other code wrote."""


def _weight(where: int) -> float:
    best = next((weight for bit, weight in _WEIGHTS if where & bit), 0.0)
    return best / 2 if where & SPELLED else best


WEIGHTS = tuple(map(_weight, range(2 * SPELLED)))
"""What it counts that something stands there, by the bits; the best place decides, and a sound is half of a word."""


class Index:
    """An index as `pack_index` writes it. `number` is that of the last change of the catalogue that it has."""

    def __init__(self, packed: bytes, read: Callable[[bytes], Listing]) -> None:
        """`read` reads a course's line as it was given to `pack_index`. Raises UnknownFormat."""
        length = int.from_bytes(packed[:_LENGTH_BYTES], "little")
        head = json.loads(packed[_LENGTH_BYTES : _LENGTH_BYTES + length])
        if head["format"] != FORMAT or head["order"] != sys.byteorder:
            raise UnknownFormat(f"format {head['format']}, {head['order']} endian")
        self.number: int = head["number"]
        self.size: int = head["courses"]
        self.credentials: list[str] = head["credentials"]
        self._read = read
        self._body = memoryview(packed)[_LENGTH_BYTES + length :]
        self._sections: dict[str, tuple[str, int, int]] = head["sections"]
        self.prices, self.hours = self._array("prices"), self._array("hours")
        self.flags, self.eligible = self._array("flags"), self._array("eligible")
        self._pairs, self._posted_at = self._array("pairs"), self._array("posted_at")
        self._slots, self._places_in = self._array("slots"), self._array("where")
        self._lines, self._line_at = self._array("lines"), self._array("line_at")
        self._spelled_at, self._syllables = self._array("spelled_at"), self._array("syllables")

    def line(self, slot: int) -> Listing:
        """A course's line."""
        return self._read(bytes(self._lines[self._line_at[slot] : self._line_at[slot + 1]]))

    def course_id(self, slot: int) -> CourseId:
        """A course's id."""
        return CourseId(self.places[slot].partition("~")[2])

    def eligible_bit(self, credential: str) -> int:
        """The bit in `eligible` of a certificate whose holders earn hours; none where no course has it."""
        return 1 << self.credentials.index(credential) if credential in self.credentials else 0

    def slots_after(self, after: str) -> range:
        """The courses that come after the one of this place ("": all)."""
        newer = self.size - bisect_left(self.places[::-1], after) if after else 0
        return range(newer, self.size)

    def slots_of(self, courses: Iterable[CourseId]) -> frozenset[int]:
        """The slots of those courses that are in it."""
        return frozenset(self._slot_of[course] for course in courses if course in self._slot_of)

    @cached_property
    def _slot_of(self) -> Mapping[CourseId, int]:
        return {self.course_id(slot): slot for slot in range(self.size)}

    @cached_property
    def places(self) -> list[str]:
        """Day of publication and id of each course: the greater, the newer."""
        return self._split("places")

    @cached_property
    def titles(self) -> list[str]:
        """Plain titles, in simplified characters."""
        return self._split("titles")

    @cached_property
    def spelling(self) -> Spelling:
        """What is known of characters."""
        return Spelling(*(self._text(name) for name in ("traditional", "simplified", "characters", "readings")))

    @cached_property
    def words(self) -> list[str]:
        """All Latin words and numbers of the catalogue."""
        text = self._text("words")
        return text.split("\n") if text else []

    @cached_property
    def names(self) -> str:
        """Titles, keywords, instructors and subtitles: their runs of Chinese characters, a line each."""
        return self._text("names")

    @cached_property
    def spelled(self) -> str:
        """The names by their sound, a line each."""
        return self._text("spelled")

    @cached_property
    def _initials(self) -> str:
        return self._text("initials")

    def find(self, gram: str) -> Found:
        """The courses that have it: a pair of characters, a character, or a Latin word or part of one.

        A Latin word is also looked for as pinyin: whole syllables, the last one perhaps begun; where there is nothing
        at all, as initials.
        """
        if not is_latin(gram):
            return self._posted(self._pair_ids(gram))
        found = dict(self._posted(self._word_ids(gram)))
        if len(gram) > 1:
            for slot, where in self._posted(self._sounding_ids(gram)).items():
                found.setdefault(slot, where | SPELLED)
            if not found:
                found = {slot: where | SPELLED for slot, where in self._posted(self._initial_ids(gram)).items()}
        return found

    def sounding(self, sound: str, length: int) -> Iterator[str]:
        """Parts of names that sound like this and are so many characters long."""
        for name, start, end in self._sounds(sound):
            if end is not None and self._syllables_in(start, end) == length:
                first = self._name_at(name) + self._syllables_in(self._spelled_at[name], start)
                yield self.names[first : first + length]

    def _array(self, name: str) -> Any:
        code, start, length = self._sections[name]
        return self._body[start : start + length].cast(code)  # type: ignore[call-overload] # the codes are ours

    def _text(self, name: str) -> str:
        return str(self._array(name), "utf-8")

    def _split(self, name: str) -> list[str]:
        return self._text(name).split("\n") if self.size else []

    def _posted(self, ids: Sequence[int]) -> Found:
        found: dict[int, int] = {}
        for number in ids:
            start, end = self._posted_at[number], self._posted_at[number + 1]
            posted = zip(self._slots[start:end], self._places_in[start:end], strict=True)
            if len(ids) == 1:
                return dict(posted)
            for slot, where in posted:
                found[slot] = found.get(slot, 0) | where
        return found

    def _pair_ids(self, gram: str) -> range:
        first = _pair_key(gram[0], gram[1:])
        # One character: all pairs that it begins, among them those where it is the last of its run.
        last = first + 1 if len(gram) > 1 else _pair_key(chr(ord(gram) + 1), "")
        start = bisect_left(self._pairs, first)
        return range(start, bisect_left(self._pairs, last, start))

    def _word_ids(self, term: str) -> list[int]:
        return [len(self._pairs) + number for number, word in enumerate(self.words) if term in word]

    def _sounding_ids(self, term: str) -> list[int]:
        found = list(self._sounds(term))
        whole = {name for name, _, end in found if end is not None}
        return self._name_ids(whole or {name for name, _, _ in found})

    def _initial_ids(self, term: str) -> list[int]:
        return self._name_ids({bisect_right(self._names_at, at) - 1 for at in _occurrences(self._initials, term)})

    def _name_ids(self, names: Iterable[int]) -> list[int]:
        first = len(self._pairs) + len(self.words)
        return [first + name for name in names]

    def _sounds(self, term: str) -> Iterator[tuple[int, int, int | None]]:
        """Where names sound like the term: the name, and its beginning and end, None within a syllable."""
        for start in _occurrences(self.spelled, term):
            if self._syllables[start]:
                end = start + len(term)
                yield bisect_right(self._spelled_at, start) - 1, start, end if self._syllables[end] else None

    def _syllables_in(self, start: int, end: int) -> int:
        return sum(self._syllables[start:end])

    @cached_property
    def _names_at(self) -> list[int]:
        return list(_starts(self.names.split("\n")))

    def _name_at(self, name: int) -> int:
        return self._names_at[name]


def _occurrences(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _starts(lines: Iterable[str]) -> Iterator[int]:
    at = 0
    for line in lines:
        yield at
        at += len(line) + 1


def _pair_key(first: str, second: str) -> int:
    return ord(first) << 21 | (ord(second) if second else 0)


@dataclass
class _Posting:
    """What was read of the courses so far."""

    pairs: Numbers = field(default_factory=lambda: array("Q"))
    words: dict[str, dict[int, int]] = field(default_factory=dict)
    names: dict[str, dict[int, int]] = field(default_factory=dict)

    def add(self, slot: int, line: Listing, spelling: Spelling) -> None:
        """Adds a course."""
        pairs: dict[int, int] = {}
        for where, text in _fields(line):
            for run in runs(spelling.simplify(plain(text))):
                if is_latin(run):
                    _mark(self.words.setdefault(run, {}), slot, where)
                    continue
                for first, second in zip(run, run[1:] + "\0", strict=True):
                    _mark(pairs, ord(first) << 21 | ord(second), where)
                if where != TEXT:
                    _mark(self.names.setdefault(run, {}), slot, where)
        low = slot << _FIELD_BITS
        self.pairs.extend(key << (_SLOT_BITS + _FIELD_BITS) | low | where for key, where in pairs.items())


def _mark(found: dict[int, int], key: int, where: int) -> None:
    found[key] = found.get(key, 0) | where


def _fields(line: Listing) -> Iterator[tuple[int, str]]:
    """What a course is found by.

    Beside the abstract the certificates whose holders earn hours: who types 「CFP 税务」 means those courses.
    """
    yield TITLE, line.title
    yield NAMED, "\n".join([*line.keywords, *line.instructors])
    yield SECOND, "\n".join([line.subtitle or "", line.title_en or ""])
    yield TEXT, "\n".join([line.abstract, *line.eligible_credentials])


def place(line: Listing) -> str:
    """Where a course stands among all, by the day of its publication and its id: the greater, the newer."""
    return f"{line.published_on.isoformat()}~{line.course_id}"


def pack_index(
    lines: Iterable[Listing],
    number: int,
    write: Callable[[Listing], bytes],
    spelling: Spelling = UNKNOWN,
    spell: Spell | None = None,
) -> bytes:
    """The index of all courses that are offered, as bytes.

    Args:
        lines: every course's line, withdrawn ones too.
        number: of the last change that these lines surely have.
        write: writes what `Index` reads of a line.
        spelling: what is known of characters.
        spell: how a run of them sounds; where it is not given, as each of them does.

    Raises:
        ValueError: more than MAX_COURSES courses.
    """
    offered = sorted((line for line in lines if line.withdrawn_at is None), key=place, reverse=True)
    if len(offered) > MAX_COURSES:
        raise ValueError(f"the index takes at most {MAX_COURSES} courses")
    posting = _Posting()
    for slot, line in enumerate(offered):
        posting.add(slot, line, spelling)
    credentials = sorted({name for line in offered for name in line.eligible_credentials})
    sections = {
        **_columns(offered, credentials),
        **_written(offered, write),
        **_postings(posting, len(offered)),
        **_sounds_of(list(posting.names), spell or spelling.syllables),
        "titles": _lines([spelling.simplify(plain(line.title)) for line in offered]),
        "traditional": _lines([spelling.traditional]),
        "simplified": _lines([spelling.simplified]),
        "characters": _lines([spelling.characters]),
        "readings": _lines([spelling.readings]),
    }
    head = {"format": FORMAT, "order": sys.byteorder, "number": number, "courses": len(offered)}
    return _packed({**head, "credentials": credentials}, sections)


def _columns(offered: Sequence[Listing], credentials: Sequence[str]) -> dict[str, Numbers]:
    bits = {name: 1 << place for place, name in enumerate(credentials)}
    return {
        "prices": array("I", (line.price_fen for line in offered)),
        "hours": array("I", (int(line.hours * 100) for line in offered)),
        "flags": array("B", map(_flags, offered)),
        "eligible": array("I", (sum(bits[name] for name in line.eligible_credentials) for line in offered)),
    }


def _flags(line: Listing) -> int:
    recommended, library = RECOMMENDED * line.member_recommended, LIBRARY * line.member_library
    return recommended | library | COMPULSORY * (line.category == "compulsory")


def _written(offered: Sequence[Listing], write: Callable[[Listing], bytes]) -> dict[str, Numbers]:
    written = [write(line) for line in offered]
    at = array("I", [0])
    for line in written:
        at.append(at[-1] + len(line))
    return {"lines": array("B", b"".join(written)), "line_at": at, "places": _lines(list(map(place, offered)))}


def _postings(posting: _Posting, courses: int) -> dict[str, Numbers]:
    """One list of courses for each pair, word and name, in this order, all in two arrays."""
    slots, where = array("H" if courses <= 2**16 else "I"), array("B")
    pairs, posted_at = array("Q"), array("I")
    for entry in sorted(posting.pairs):
        key = entry >> (_SLOT_BITS + _FIELD_BITS)
        if not pairs or pairs[-1] != key:
            pairs.append(key)
            posted_at.append(len(slots))
        slots.append(entry >> _FIELD_BITS & (MAX_COURSES - 1))
        where.append(entry & (2**_FIELD_BITS - 1))
    for found in (*posting.words.values(), *posting.names.values()):
        posted_at.append(len(slots))
        slots.extend(found.keys())
        where.extend(found.values())
    posted_at.append(len(slots))
    words = _lines(list(posting.words))
    return {"pairs": pairs, "posted_at": posted_at, "slots": slots, "where": where, "words": words}


def _sounds_of(names: Sequence[str], spell: Spell) -> dict[str, Numbers]:
    spelled, syllables, initials = [], bytearray(), []
    for name in names:
        sounds = spell(name)
        known = sounds if len(sounds) == len(name) and all(sounds) else [" "] * len(name)
        spelled.append("".join(known))
        initials.append("".join(sound[0] for sound in known))
        # A one where a syllable begins, and at the end of the line.
        for sound in known:
            syllables += b"\1" + bytes(len(sound) - 1)
        syllables += b"\1"
    return {
        "names": _lines(names),
        "spelled": _lines(spelled),
        "initials": _lines(initials),
        "spelled_at": array("I", _starts(spelled)),
        "syllables": array("B", bytes(syllables)),
    }


def _lines(texts: Sequence[str]) -> Numbers:
    return array("B", "\n".join(texts).encode())


def _packed(head: dict[str, Any], sections: Mapping[str, Numbers]) -> bytes:
    places: dict[str, tuple[str, int, int]] = {}
    body: list[bytes] = []
    at = 0
    for name, content in sections.items():
        written = content.tobytes()
        places[name] = content.typecode, at, len(written)
        body.append(written)
        at += len(written)
    begin = json.dumps({**head, "sections": places}).encode()
    return b"".join([len(begin).to_bytes(_LENGTH_BYTES, "little"), begin, *body])
