"""What of a text is looked for, and looked up. Pure."""

import re
import unicodedata

_RUNS = re.compile(r"[0-9a-z]+|[^\W0-9a-z_]+")
_LATIN = re.compile(r"[0-9a-z]+")


def plain(text: str) -> str:
    """Full width as half width, small letters, ü as pinyin is typed, a single space for what is no letter or digit."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ü", "v")
    return " ".join(re.findall(r"\w+", folded))


def runs(text: str) -> list[str]:
    """The runs of one kind of script in a plain text: "cfp考试 税务" has cfp, 考试 and 税务."""
    return _RUNS.findall(text)


def terms(text: str) -> list[str]:
    """What a text asks for, each once: 「CFP考试 税务」 asks for cfp, 考试 and 税务."""
    return list(dict.fromkeys(runs(plain(text))))


def is_latin(term: str) -> bool:
    """Whether it is a word of Latin letters and digits, which is looked for as it is."""
    return _LATIN.fullmatch(term) is not None


def grams(term: str) -> list[str]:
    """What of a term is looked for: pairs of characters where words are not set apart, Latin words as they are."""
    if len(term) <= 2 or is_latin(term):
        return [term]
    return list(dict.fromkeys(term[place : place + 2] for place in range(len(term) - 1)))


def is_wide(character: str) -> bool:
    """Whether it takes two columns, as Chinese characters do, whose script sets no words apart."""
    return unicodedata.east_asian_width(character) in "WF"
