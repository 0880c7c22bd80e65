"""What the bodies and queries of requests have in common."""

import re
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Request(BaseModel):
    """A body: it has no members but its own."""

    model_config = ConfigDict(extra="forbid")


def _date_text(value: object) -> object:
    # pydantic would also read seconds since 1970, and instants at midnight.
    if not isinstance(value, str) or not re.fullmatch(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("a date is written as YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(_date_text)]
"""A civil day of Asia/Shanghai, of the last century or this one: nothing here is older, and sums of days stay dates."""
