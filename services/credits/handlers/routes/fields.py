"""Fields that several routes share. Hours are exact decimals written as text; null is a figure that is not known."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BeforeValidator, Field, StrictStr

from services.credits.app.texts.reasons import other_certificates_text
from services.credits.app.texts.wording import hours_text
from services.credits.domain import ids, ledger
from services.credits.domain.credentials import Credential
from services.credits.domain.profile import UNPRINTABLE
from services.kit.bodies import Answer, text_pattern
from services.kit.http import HttpApi

CLEAN_TEXT = {"pattern": text_pattern(UNPRINTABLE)}
"""What the document says of texts that `clean_text` reads."""


def written_hours(hours: object) -> object:
    """A figure as answers have it: exact, as text."""
    return hours_text(hours) if isinstance(hours, Decimal) else hours


Reason = Annotated[StrictStr, Field(pattern=r"\S", max_length=500, description="why; kept in the audit log")]
ShownReason = Annotated[StrictStr, Field(pattern=r"\S", max_length=500, description="why; the learner reads it")]
LearnerId = Annotated[
    ids.LearnerId,
    Field(strict=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$", description="the user pool's id of the learner"),
]
Number = Annotated[int, Query(ge=0, le=9_999_999_999, description="the last number seen")]
"""A place in a ledger, after which a page begins; 0: the first page."""
EntryId = Annotated[ids.EntryId, Field(strict=True, pattern=r"^[0-9a-f]{32}$", description="the award's entry")]
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

    code: ledger.Reason
    text: str
    text_en: str


class OtherCertificatesAnswer(Answer):
    """Certificates that are not registered, and for which hours would count too: what people read is one sentence."""

    credentials: list[Credential]
    text: str
    text_en: str


def other_certificates(waiting: Iterable[Credential | None]) -> OtherCertificatesAnswer | None:
    """The answer for hours that wait for these, each named once; None where there are none."""
    found = set(waiting)
    credentials = [credential for credential in Credential if credential in found]
    text = other_certificates_text(credentials)
    return OtherCertificatesAnswer(credentials=credentials, text=text.zh, text_en=text.en) if credentials else None


def learner_id(api: HttpApi) -> ids.LearnerId:
    """Who makes the current request, on a route that only learners may call."""
    return ids.LearnerId(api.call().caller_id)
