"""Carries a corrected sentence into the lines that show it: each line keeps what was not corrected. Pure.

Places are counted in letters: characters that are no blanks, which lines and sentences have in common.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

from services.catalog.domain.words import is_wide

_Opcode = tuple[str, int, int, int, int]


def letters(text: str) -> str:
    """The text without its blanks."""
    return "".join(text.split())


def letter_ends(text: str) -> list[int]:
    """Where each letter ends in the text."""
    return [place for place, character in enumerate(text, start=1) if not character.isspace()]


def correct_lines(lines: Sequence[str], skipped: int, before: str, after: str) -> list[str]:
    """The lines with `after` in place of `before`, which stands in them where `skipped` letters are passed.

    What was added where one line ends and the next begins stands in the first. A word is not cut in two, so a line of
    which nothing is left is empty.
    """
    length = len(letters(before))
    places = list(accumulate((len(letters(line)) for line in lines), initial=-skipped))
    ends = [min(max(place, 0), length) for place in places]
    old, new = [0, *letter_ends(before)], _cuts(before, after, ends)
    corrected = list(lines)
    for number, (first, last) in enumerate(pairwise(ends)):
        was, becomes = before[old[first] : old[last]].strip(), after[new[first] : new[last]].strip()
        if was != becomes:
            passed = places[number]
            corrected[number] = _replaced(lines[number], first - passed, last - passed, becomes)
    return corrected


def _replaced(line: str, first: int, last: int, text: str) -> str:
    """The line with another text for these letters; where nothing takes their place, the blanks before them go too."""
    ends = [0, *letter_ends(line)]
    head, tail = line[: ends[first]], line[ends[last] :]
    blanks = line[ends[first] : ends[first + 1] - 1] if text else ""
    return (head + blanks + text + tail).strip()


def _cuts(before: str, after: str, ends: Sequence[int]) -> dict[int, int]:
    """Where the second text is cut for lines that end with these letters of the first."""
    opcodes = SequenceMatcher(None, letters(before), letters(after), autojunk=False).get_opcodes()
    after_ends = [0, *letter_ends(after)]
    whole = [place for place in range(len(after) + 1) if not _is_within_word(after, place)]
    cuts = {0: 0, len(letters(before)): len(after)}
    for end in set(ends) - set(cuts):
        wanted = after_ends[_moved(opcodes, end)]
        cuts[end] = min(whole, key=lambda place: abs(place - wanted))
    return cuts


def _moved(opcodes: Sequence[_Opcode], place: int) -> int:
    """Where a place of the first text is in the second: within what was replaced, as far on as it was."""
    _, first, last, begin, end = [opcode for opcode in opcodes if opcode[1] <= place][-1]
    return begin + (min(place, last) - first) * (end - begin) // max(last - first, 1)


def _is_within_word(text: str, place: int) -> bool:
    around = text[max(place - 1, 0) : place + 1]
    return 0 < place < len(text) and not any(character.isspace() or is_wide(character) for character in around)
