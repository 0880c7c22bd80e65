"""The daily schedule: anchors the chains that grew, for every day that is over and has no anchor."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.observability import logger
from services.playback import bootstrap
from services.playback.app.evidence.anchor_chains import anchor_chains


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, list[str]]:
    """One run."""
    days = anchor_chains(bootstrap.archive(bootstrap.anchors()))
    logger().info("anchored", days=days)
    return {"days": days}
