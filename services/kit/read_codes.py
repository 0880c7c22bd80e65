"""Codes that people read aloud and type, in Crockford's base 32. Pure: domains may import it."""

import re
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No letter that is read as a digit, and no U."""

_OTHER = re.compile(r"[^0-9A-Z]")
_READ_AS = str.maketrans("OIL", "011")


def letters_and_digits(text: str) -> str:
    """What counts of a code that somebody wrote: capitals and digits of half width, without blanks, dashes and such."""
    return _OTHER.sub("", unicodedata.normalize("NFKC", text).upper())


def as_read(text: str) -> str:
    """The same, with the digits for the letters that are read as one: O is 0, I and L are 1."""
    return letters_and_digits(text).translate(_READ_AS)
