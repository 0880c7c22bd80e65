"""What the bodies and queries of requests have in common."""

import re
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Request(BaseModel):
    """A body: it has no members but its own."""

    model_config = ConfigDict(extra="forbid")


def text_pattern(unwanted: str) -> str:
    """What documents say of texts in which something must stand, around which spaces are dropped.

    `unwanted` are characters that must not be inside, as a class of a regular expression has them.
    """
    seen = rf"[^\s{unwanted}]"
    return rf"^\s*{seen}([^{unwanted}]*{seen})?\s*$"


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
