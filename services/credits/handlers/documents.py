"""What is drawn. A function of its own, as only it carries fonts and Typst."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.attestations.problems import DOCUMENT_PROBLEMS
from services.credits.app.context import DocumentsContext
from services.credits.handlers.routes.attestations import add_attestation_routes
from services.credits.handlers.routes.transcripts import add_pdf_routes
from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret


def build_api(ctx: DocumentsContext, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", DOCUMENT_PROBLEMS, origin_secret)
    add_attestation_routes(api.app, ctx)
    add_pdf_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.documents(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
