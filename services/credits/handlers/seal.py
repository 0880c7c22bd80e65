"""The hourly schedule: the heads of the ledgers that grew, of every day that is over and has none yet."""

from datetime import timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.ledger.seal_heads import seal_ledger_heads
from services.kit.observability import logger

ENOUGH = timedelta(minutes=10)
"""How long a run begins documents; the next one goes on."""


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, list[str]]:
    """One run."""
    ctx = bootstrap.records()
    names = seal_ledger_heads(ctx, ctx.clock.now() + ENOUGH)
    if names:
        logger().info("heads sealed", first=names[0], last=names[-1])
    return {"heads": names}
