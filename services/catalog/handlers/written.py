"""Texts that people write for others to read, without what cannot be seen. They stay text: clients escape them."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StrictStr

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Control characters and what turns the direction of writing: it could make one text look like another."""

MAX_NAME = 20
MAX_REASON = 500
MAX_REVIEW = 1_000
MAX_SUBJECT = 80
MAX_MESSAGE = 2_000


def _text(text: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise ValueError("must not be empty")
    if _UNSEEN.search(stripped):
        raise ValueError("contains control characters")
    return stripped


def _line(text: str) -> str:
    stripped = _text(text)
    if "\n" in stripped or "\t" in stripped:
        raise ValueError("must be a single line")
    return stripped


DisplayName = Annotated[StrictStr, Field(min_length=1, max_length=MAX_NAME), AfterValidator(_line)]
Reason = Annotated[StrictStr, Field(min_length=1, max_length=MAX_REASON), AfterValidator(_text)]
ReviewText = Annotated[StrictStr, Field(min_length=1, max_length=MAX_REVIEW), AfterValidator(_text)]
Subject = Annotated[StrictStr, Field(min_length=1, max_length=MAX_SUBJECT), AfterValidator(_line)]
MessageText = Annotated[StrictStr, Field(min_length=1, max_length=MAX_MESSAGE), AfterValidator(_text)]
