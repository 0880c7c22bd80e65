"""The way of the records out, to learners, auditors, the certifying body. It holds no MAC key, so it adds no entry."""

from services.credits import bootstrap
from services.credits.app.context import RecordsContext
from services.credits.app.problems import RECORDS_PROBLEMS
from services.credits.handlers.routes.declarations import add_declaration_routes
from services.credits.handlers.routes.ledger import add_audit_routes
from services.credits.handlers.routes.transcripts import add_csv_routes
from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function

MAX_BODY_BYTES = 1024 * 1024
"""A file of some ten thousand results."""


def build_api(ctx: RecordsContext, origin_secret: OriginSecret) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", RECORDS_PROBLEMS, origin_secret, MAX_BODY_BYTES, function="records")
    add_audit_routes(api, ctx)
    add_declaration_routes(api, ctx)
    add_csv_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.records(), secret))
