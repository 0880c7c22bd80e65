"""What finance's routes have in common."""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, StrictStr


def _date_text(value: object) -> object:
    # pydantic would also read seconds since 1970, and instants at midnight.
    if not isinstance(value, str) or not re.fullmatch(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("a date is written as YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(_date_text)]
"""A civil day of Asia/Shanghai."""
Reason = Annotated[StrictStr, Field(pattern=r"\S", max_length=500, description="why; kept in the audit log")]
