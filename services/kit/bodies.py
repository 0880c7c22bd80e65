"""What the bodies and queries of requests have in common."""

import re
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Request(BaseModel):
    """A body: it has no members but its own."""

    model_config = ConfigDict(extra="forbid")


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
