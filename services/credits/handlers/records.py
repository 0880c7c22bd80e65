"""The way of the records out, to learners, auditors, the certifying body. It holds no MAC key, so it adds no entry."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.context import RecordsContext
from services.credits.app.problems import RECORDS_PROBLEMS
from services.credits.handlers.routes.declarations import add_declaration_routes
from services.credits.handlers.routes.ledger import add_audit_routes
from services.credits.handlers.routes.transcripts import add_csv_routes
from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret

MAX_BODY_BYTES = 1024 * 1024
"""A file of some ten thousand results."""


def build_api(ctx: RecordsContext, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", RECORDS_PROBLEMS, origin_secret, MAX_BODY_BYTES)
    add_audit_routes(api.app, ctx)
    add_declaration_routes(api.app, ctx)
    add_csv_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.records(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
