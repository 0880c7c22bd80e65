"""Fields that several routes share. Hours are exact decimals written as text; null is a figure that is not known."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import BaseModel, Field, Strict, StrictStr

from services.credits.app.texts.wording import hours_text
from services.credits.domain.ids import EntryId, LearnerId
from services.credits.domain.ledger import Reason
from services.credits.domain.periods import Period
from services.kit.bodies import text_pattern

# The planes of private characters are of that category; some who read patterns know its first plane only.
CLEAN_TEXT = {"pattern": text_pattern("\\p{C}\U000f0000-\U0010fffd")}
"""What the document says of texts that `clean_text` reads."""

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
Hours = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?$", description="exact decimal", examples=["1.5"])]


class PeriodSpan(BaseModel):
    """A period; both days are included."""

    start: date
    end: date | None


class ReasonAnswer(BaseModel):
    """Why, for programs and for people."""

    code: Reason
    text: str
    text_en: str


def span(period: Period) -> PeriodSpan:
    """The answer for a period."""
    return PeriodSpan(start=period.start, end=period.end)


def known_hours(hours: Decimal | None) -> str | None:
    """A figure, or null where it is not known or there is none."""
    return None if hours is None else hours_text(hours)
