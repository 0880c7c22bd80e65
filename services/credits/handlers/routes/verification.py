"""Checking a certificate of completion by its code: open to anybody."""

from datetime import date
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import BaseModel, Field, StrictStr

from services.credits.app.badges.open_badge import ISSUER_NAME
from services.credits.app.context import Context
from services.credits.app.texts.wording import hours_text
from services.credits.app.verification.verify_attestation import VerificationView, check_name, verify_attestation
from services.credits.domain.attestations import written
from services.credits.domain.credentials import Category, Credential
from services.credits.domain.review import Standing
from services.credits.domain.statements import statement_text
from services.credits.handlers.routes.fields import Hours, PeriodSpan, span
from services.kit.bodies import Request
from services.kit.days import civil_day
from services.kit.http import public

Code = Annotated[
    StrictStr,
    Field(pattern=r"^[0-9A-Za-z-]{1,64}$", description="as printed; hyphens and small letters do not matter"),
    Path(),
]


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
    statement: str = Field(
        description="what was issued, as the transparency log has it: its SHA-256 is at /v1/playback/log/proofs/"
    )


class NameCheckRequest(Request):
    """The name that the document shows."""

    name: StrictStr = Field(pattern=r"\S", max_length=100)


class NameCheckAnswer(BaseModel):
    """Whether that name is the one that the certificate was issued to."""

    matches: bool


def add_verification_routes(app: APIGatewayHttpResolver, ctx: Context) -> None:
    """Anybody's routes."""
    path = "/v1/credits/verification/<code>"

    @app.get(
        path,
        summary="Whether a certificate of completion holds, and what it is for",
        operation_id="verify_attestation",
        **public(function="verification"),
    )
    def verify(code: Code) -> VerificationAnswer:
        return _verification(verify_attestation(ctx.store, code))

    @app.post(
        f"{path}/name-check",
        summary="Whether a name is the one on the certificate",
        operation_id="check_attestation_name",
        **public(function="verification"),
    )
    def name_check(code: Code, request: Annotated[NameCheckRequest, Body()]) -> NameCheckAnswer:
        return NameCheckAnswer(matches=check_name(ctx.store, code, request.name))


def _verification(verified: VerificationView) -> VerificationAnswer:
    attestation, award = verified.issued.attestation, verified.issued.award
    assert award.credential is not None  # noqa: S101 (for the type checker: an award names both)
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
        period=span(award.period),
        statement=statement_text(attestation, award),
    )
