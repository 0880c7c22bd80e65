"""The hourly schedule: the heads of the chains that grew, of every day that is over and has none yet."""

from datetime import timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.observability import logger
from services.playback import bootstrap
from services.playback.app.evidence.seal_heads import seal_chain_heads

ENOUGH = timedelta(minutes=10)
"""How long a run begins documents; the next one goes on."""


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, list[str]]:
    """One run."""
    ctx = bootstrap.heads()
    names = seal_chain_heads(ctx, ctx.clock.now() + ENOUGH)
    if names:
        logger().info("heads sealed", first=names[0], last=names[-1])
    return {"heads": names}
