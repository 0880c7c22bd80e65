"""Checking a certificate of completion by its code: open to anybody."""

from datetime import date
from typing import Annotated

from pydantic import Field, StrictStr

from services.credits.app.badges.open_badge import ISSUER_NAME
from services.credits.app.context import Context
from services.credits.app.verification.verify_attestation import VerificationView, check_name, verify_attestation
from services.credits.domain.attestations import written
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.review import Standing
from services.credits.domain.statements import statement_text
from services.credits.handlers.routes.fields import Hours, PeriodSpan
from services.kit.bodies import Answer, Request
from services.kit.days import civil_day
from services.kit.http import HttpApi

Code = Annotated[
    StrictStr,
    Field(pattern=r"^[0-9A-Za-z-]{1,64}$", description="as printed; hyphens and small letters do not matter"),
]


class VerificationAnswer(Answer):
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
    statement: str = Field(
        description="what was issued, as the transparency log has it: its SHA-256 is at /v1/playback/log/proofs/"
    )


class NameCheckRequest(Request):
    """The name that the document shows."""

    name: StrictStr = Field(pattern=r"\S", max_length=100)


class NameCheckAnswer(Answer):
    """Whether that name is the one that the certificate was issued to."""

    matches: bool


def add_verification_routes(api: HttpApi, ctx: Context) -> None:
    """Anybody's routes."""
    anybody = api.public()

    @anybody.route("GET /v1/credits/verification/<code>", "verify_attestation")
    def verify(code: Code) -> VerificationAnswer:
        """Whether a certificate of completion holds, and what it is for."""
        return _verification(verify_attestation(ctx.store, code))

    @anybody.route("POST /v1/credits/verification/<code>/name-check", "check_attestation_name")
    def name_check(code: Code, request: NameCheckRequest) -> NameCheckAnswer:
        """Whether a name is the one on the certificate."""
        return NameCheckAnswer(matches=check_name(ctx.store, code, request.name))


def _verification(verified: VerificationView) -> VerificationAnswer:
    issued = verified.issued
    return VerificationAnswer.of(
        verified,
        issued,
        issued.award,
        issued.award.completion,
        code=written(issued.attestation.code),
        issuer=ISSUER_NAME,
        issued_on=civil_day(issued.attestation.issued_at),
        hours=issued.award.hours,
        completed_on=civil_day(issued.award.completion.completed_at),
        statement=statement_text(issued.attestation, issued.award),
    )
