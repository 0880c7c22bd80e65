"""What the bodies of requests and answers have in common, and the queries."""

import re
from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Request(BaseModel):
    """A body: it has no members but its own."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """A body of an answer: it tells its own members and nothing else of the values that it is made of."""

    @classmethod
    def of(cls, *values: object, **members: object) -> Self:
        """The answer with these members; each other one is the attribute of its name of the first value that has it.

        So it goes on within: a member that is an answer itself may be given as a value of the domain. Where one of the
        values is None, the members that none before it has are null.

        Raises:
            pydantic.ValidationError: a member that no value has, or of another type.
        """
        for name in cls.model_fields.keys() - members.keys():
            for value in values:
                if value is None or hasattr(value, name):
                    members[name] = getattr(value, name, None)
                    break
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
