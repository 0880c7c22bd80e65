"""The way of the records out of the ledger: to auditors. It holds no MAC key, so it can add no entry."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.problems import RECORDS_PROBLEMS
from services.credits.handlers.audit_routes import add_audit_routes
from services.kit.http import HttpApi
from services.kit.store import Store


def build_api(store: Store, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", RECORDS_PROBLEMS, origin_secret)
    add_audit_routes(api.app, store)
    return api


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.store(), bootstrap.origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
