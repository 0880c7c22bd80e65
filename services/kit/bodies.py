"""What the bodies of requests and answers have in common, and the queries."""

import re
from datetime import date
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from services.kit.problems import TEXT_LOST

LOST = "\ufffd"
"""What programs put in the place of text that they could not read. Nobody means to write it, so it is not stored."""


class Request(BaseModel):
    """A body: it has no members but its own, and no text that was lost in another encoding (TEXT_LOST)."""

    # Made where it is used first: a function has more routes than it is asked at its start.
    model_config = ConfigDict(extra="forbid", defer_build=True)
    READ_BY_LINE: ClassVar[frozenset[str]] = frozenset()
    """Members that are whole files: what is lost in these is refused by its line, where they are read."""

    @field_validator("*", mode="before")
    @classmethod
    def _nothing_lost(cls, value: object, info: ValidationInfo) -> object:
        texts = value if isinstance(value, list) else [value]
        if info.field_name not in cls.READ_BY_LINE and any(isinstance(text, str) and LOST in text for text in texts):
            raise PydanticCustomError(TEXT_LOST.code, "text was lost in another encoding (U+FFFD)")
        return value


def text_pattern(unwanted: str) -> str:
    """What documents say of texts in which something must stand, around which spaces are dropped.

    `unwanted` are characters that must not be inside, as a class of a regular expression has them.
    """
    seen = rf"[^\s{unwanted}]"
    return rf"^\s*{seen}([^{unwanted}]*{seen})?\s*$"


def optional_text_pattern(unwanted: str) -> str:
    """The same of texts that may be empty."""
    return rf"{text_pattern(unwanted)}|^\s*$"


class Answer(BaseModel):
    """A body of an answer: it tells its own members and nothing else of the values that it is made of."""

    model_config = ConfigDict(defer_build=True)

    @classmethod
    def of(cls, *values: object, **members: object) -> Self:
        """The answer with these members; each other one is the attribute of its name of whichever value has it.

        So it goes on within: a member that is an answer itself may be given as a value of the domain. Where one of the
        values is None, the members that no other has are null.

        Raises:
            ValueError: a member that no value has, or of another type; one that two values have and differ in.
        """
        for name in cls.model_fields.keys() - members.keys():
            found = [getattr(value, name) for value in values if hasattr(value, name)]
            if any(other != found[0] for other in found):
                raise ValueError(f"which {name}?")
            if found or None in values:
                members[name] = found[0] if found else None
        return cls.model_validate(members, from_attributes=True)


_DATE = "(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}"


def _date_text(value: object) -> object:
    # pydantic would also read seconds since 1970, and instants at midnight.
    if not isinstance(value, str) or not re.fullmatch(_DATE, value):
        raise ValueError("a date is written as YYYY-MM-DD")
    return value


Day = Annotated[
    date,
    BeforeValidator(_date_text),
    Field(json_schema_extra={"pattern": f"^{_DATE}$"}),
]
"""A civil day of Asia/Shanghai, of the last century or this one: nothing here is older, and sums of days stay dates."""

DAY_OF_THIS_CENTURY = (
    "(20[0-9]{2}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
    "|20([02468][048]|[13579][26])-02-29)"
)
"""The days there are, for patterns of places in a list that is in the order of days."""
