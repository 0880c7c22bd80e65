"""Checking a certificate of completion by its code. A function of its own: what strangers call can only read."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import Field, StrictStr

from services.credits import bootstrap
from services.credits.app.documents.problems import VERIFICATION_PROBLEMS
from services.credits.app.documents.verify_attestation import check_name, verify_attestation
from services.credits.handlers.routes.document_views import (
    NameCheckAnswer,
    NameCheckRequest,
    VerificationAnswer,
    verification_answer,
)
from services.kit.http import HttpApi, public
from services.kit.store import Store

Code = Annotated[
    StrictStr,
    Field(pattern=r"^[0-9A-Za-z-]{1,64}$", description="as printed; hyphens and small letters do not matter"),
    Path(),
]


def build_api(store: Store, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", VERIFICATION_PROBLEMS, origin_secret)
    app = api.app
    path = "/v1/credits/verification/<code>"

    @app.get(
        path,
        summary="Whether a certificate of completion holds, and what it is for",
        operation_id="verify_attestation",
        **public(function="verification"),
    )
    def verify(code: Code) -> VerificationAnswer:
        return verification_answer(verify_attestation(store, code))

    @app.post(
        f"{path}/name-check",
        summary="Whether a name is the one on the certificate",
        operation_id="check_attestation_name",
        **public(function="verification"),
    )
    def name_check(code: Code, request: Annotated[NameCheckRequest, Body()]) -> NameCheckAnswer:
        return NameCheckAnswer(matches=check_name(store, code, request.name))

    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.store(), bootstrap.origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
