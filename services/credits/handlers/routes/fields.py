"""Fields that several routes share. Hours are exact decimals written as text; null is a figure that is not known."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import BeforeValidator, Field, Strict, StrictStr

from services.credits.app.texts.wording import hours_text
from services.credits.domain.ids import EntryId, LearnerId
from services.credits.domain.ledger import Reason
from services.kit.bodies import Answer
from services.kit.http import HttpApi


def written_hours(hours: object) -> object:
    """A figure as answers have it: exact, as text."""
    return hours_text(hours) if isinstance(hours, Decimal) else hours


Reason500 = Annotated[StrictStr, Field(pattern=r"\S", max_length=500, description="why; kept in the audit log")]
ShownReason = Annotated[StrictStr, Field(pattern=r"\S", max_length=500, description="why; the learner reads it")]
LearnerIdPath = Annotated[
    LearnerId,
    Strict(),
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$", description="the user pool's id of the learner"),
    Path(),
]
EntryIdField = Annotated[EntryId, Strict(), Field(pattern=r"^[0-9a-f]{32}$", description="the award's entry")]
EntryIdPath = Annotated[EntryIdField, Path()]
Hours = Annotated[
    str,
    BeforeValidator(written_hours),
    Field(pattern=r"^[0-9]+(\.[0-9]+)?$", description="exact decimal", examples=["1.5"]),
]


class PeriodSpan(Answer):
    """A period; both days are included."""

    start: date
    end: date | None


class ReasonAnswer(Answer):
    """Why, for programs and for people."""

    code: Reason
    text: str
    text_en: str


def learner_id(api: HttpApi) -> LearnerId:
    """Who makes the current request, on a route that only learners may call."""
    return LearnerId(api.call().caller_id)
