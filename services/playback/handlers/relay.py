"""The outbox's stream, to the bus."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.relay import relay
from services.kit.wiring.bus import bus


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """One batch of the stream."""
    return relay(event, *bus())
