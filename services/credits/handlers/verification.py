"""Checking a certificate of completion by its code. A function of its own: what strangers call can only read."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.attestations.problems import VERIFICATION_PROBLEMS
from services.credits.app.context import Context
from services.credits.handlers.routes.verification import add_verification_routes
from services.kit.http import HttpApi
from services.kit.wiring.origin import origin_secret


def build_api(ctx: Context, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", VERIFICATION_PROBLEMS, origin_secret)
    add_verification_routes(api.app, ctx)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.context(), origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
