"""The event bus, and the relay to it."""

from functools import cache
from os import environ
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.kit.aws import client
from services.kit.relay import EventsClient, relay
from services.kit.wiring.init import at_init


@cache
def bus() -> tuple[EventsClient, str]:
    """EventBridge, and the bus to publish on."""
    return client("events"), environ["EVENT_BUS_NAME"]


def relay_outbox(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """The entry point of every service's relay: one batch of its outbox's stream."""
    return relay(event, *bus())


at_init(bus)
