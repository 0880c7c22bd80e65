"""Fields that several routes have."""

import re
import unicodedata
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import AfterValidator, Field, StrictStr

from services.catalog.domain import document as limits
from services.catalog.domain import ids
from services.kit.bodies import optional_text_pattern, text_pattern

_IDENTIFIER = Field(strict=True, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=3, max_length=64)
CourseId = Annotated[ids.CourseId, _IDENTIFIER]
ContentId = Annotated[ids.ContentId, _IDENTIFIER]
LearnerId = Annotated[
    ids.LearnerId,
    Field(strict=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$", description="the user pool's id of the learner"),
]
_MADE_HERE = Field(strict=True, pattern=r"^[0-9a-f]{32}$")
ProductionId = Annotated[ids.ProductionId, _MADE_HERE]
FileId = Annotated[ids.FileId, _MADE_HERE]

Line = Annotated[StrictStr, Field(max_length=limits.MAX_LINE)]
Text = Annotated[StrictStr, Field(max_length=limits.MAX_TEXT)]
Digits = Annotated[StrictStr, Field(pattern=r"^[0-9]{1,6}(\.[0-9]{1,6})?$", max_length=13)]

Limit = Annotated[int, Query(ge=1, le=50)]
"""How many entries of a list an answer has at most."""

_UNSEEN = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
"""Control characters and what turns the direction of writing: it could make one text look like another."""

MOST_MARKS = 4
"""Combining marks on one character, at most: more than a language writes there would cover the lines around it."""
MAX_NAME = 20
MAX_REVIEWER = 40
MAX_REASON = 500
MAX_REVIEW = 1_000
MAX_SUBJECT = 80
MAX_MESSAGE = 2_000
MAX_NOTE = 2_000


def _text(text: str) -> str:
    stripped = _text_or_none(text)
    if not stripped:
        raise ValueError("must not be empty")
    return stripped


def _text_or_none(text: str) -> str:
    stripped = _without_stacks(text.strip())
    if re.search(f"[{_UNSEEN}]", stripped):
        raise ValueError("contains control characters")
    return stripped


def _without_stacks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _line(text: str) -> str:
    stripped = _text(text)
    if "\n" in stripped or "\t" in stripped:
        raise ValueError("must be a single line")
    return stripped


_TEXT_PATTERN = {"pattern": text_pattern(_UNSEEN)}
_LINE_PATTERN = {"pattern": text_pattern(rf"\t\n{_UNSEEN}")}

# Texts that people write for others to read, without what cannot be seen and with what fits a line. They stay text:
# clients escape them.
DisplayName = Annotated[
    StrictStr, Field(min_length=1, max_length=MAX_NAME, json_schema_extra=_LINE_PATTERN), AfterValidator(_line)
]
ReviewerName = Annotated[
    StrictStr, Field(min_length=1, max_length=MAX_REVIEWER, json_schema_extra=_LINE_PATTERN), AfterValidator(_line)
]
Reason = Annotated[
    StrictStr, Field(min_length=1, max_length=MAX_REASON, json_schema_extra=_TEXT_PATTERN), AfterValidator(_text)
]
ReviewText = Annotated[
    StrictStr, Field(min_length=1, max_length=MAX_REVIEW, json_schema_extra=_TEXT_PATTERN), AfterValidator(_text)
]
Subject = Annotated[
    StrictStr, Field(min_length=1, max_length=MAX_SUBJECT, json_schema_extra=_LINE_PATTERN), AfterValidator(_line)
]
MessageText = Annotated[
    StrictStr, Field(min_length=1, max_length=MAX_MESSAGE, json_schema_extra=_TEXT_PATTERN), AfterValidator(_text)
]
NoteText = Annotated[
    StrictStr,
    Field(
        max_length=MAX_NOTE,
        description="plain text; without any the note is a bookmark",
        json_schema_extra={"pattern": optional_text_pattern(_UNSEEN)},
    ),
    AfterValidator(_text_or_none),
]
