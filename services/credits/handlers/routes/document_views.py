"""Bodies and answers of documents: certificates of completion and their verification."""

from datetime import date, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import BaseModel, Field, StrictStr

from services.credits.app.documents.attestation_document import verification_url
from services.credits.app.documents.attestations import Issued
from services.credits.app.documents.open_badge import ISSUER_NAME
from services.credits.app.documents.verify_attestation import Verified
from services.credits.app.documents.wording import hours_text
from services.credits.domain.attestations import written
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.review import Standing
from services.credits.handlers.routes.views import Hours, PeriodSpan
from services.kit.bodies import Request
from services.kit.days import civil_day

EntryId = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{32}$", description="the award's entry")]
EntryIdPath = Annotated[EntryId, Path()]


class IssueRequest(Request):
    """Which award to certify."""

    entry_id: EntryId


class AttestationAnswer(BaseModel):
    """A certificate of completion, for its holder."""

    entry_id: str
    code: str = Field(description="as printed, in groups")
    verification_url: str
    issued_at: datetime
    standing: Standing
    title: str
    title_en: str | None
    hours: Hours
    credential: Credential


class AttestationsAnswer(BaseModel):
    """The caller's certificates of completion, newest first."""

    attestations: list[AttestationAnswer]


class VerificationAnswer(BaseModel):
    """What a certificate's code proves. The name is masked: compare it with the one on the document by a name check."""

    code: str
    standing: Standing
    issuer: str
    issued_on: date
    holder: str | None = Field(description="masked; null: the holder has had their name erased")
    title: str
    title_en: str | None
    completed_on: date
    hours: Hours
    category: Category
    credential: Credential
    period: PeriodSpan


class NameCheckRequest(Request):
    """The name that the document shows."""

    name: StrictStr = Field(pattern=r"\S", max_length=100)


class NameCheckAnswer(BaseModel):
    """Whether that name is the one that the certificate was issued to."""

    matches: bool


def attestation_answer(issued: Issued, public_url: str) -> AttestationAnswer:
    """The answer for a certificate's holder."""
    award = issued.award
    assert award.credential is not None  # noqa: S101 (for the type checker: an award names its credential)
    return AttestationAnswer(
        entry_id=award.entry_id,
        code=written(issued.attestation.code),
        verification_url=verification_url(public_url, issued.attestation.code),
        issued_at=issued.attestation.issued_at,
        standing=issued.standing,
        title=award.completion.title,
        title_en=award.completion.title_en,
        hours=hours_text(award.hours),
        credential=award.credential,
    )


def verification_answer(verified: Verified) -> VerificationAnswer:
    """The answer for anybody with the code."""
    attestation, award = verified.issued.attestation, verified.issued.award
    assert award.credential is not None  # noqa: S101 (as above)
    assert award.period is not None  # noqa: S101 (as above)
    return VerificationAnswer(
        code=written(attestation.code),
        standing=verified.issued.standing,
        issuer=ISSUER_NAME,
        issued_on=civil_day(attestation.issued_at),
        holder=verified.holder,
        title=award.completion.title,
        title_en=award.completion.title_en,
        completed_on=civil_day(award.completion.completed_at),
        hours=hours_text(award.hours),
        category=award.completion.category,
        credential=award.credential,
        period=PeriodSpan(start=award.period.start, end=award.period.end),
    )
