"""The daily schedule: anchors the ledgers that grew, for every day that is over and has no anchor."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.ledger.anchor_ledgers import anchor_ledgers
from services.kit.observability import logger


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, list[str]]:
    """One run."""
    days = [day.isoformat() for day in anchor_ledgers(bootstrap.records())]
    logger().info("anchored", days=days)
    return {"days": days}
