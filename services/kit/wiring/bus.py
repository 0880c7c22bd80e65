"""The event bus, and the relay to it."""

from functools import cache
from os import environ
from typing import TYPE_CHECKING, Any

from services.kit.direct.client import EVENTS, client
from services.kit.relay import EventsClient, relay
from services.kit.wiring.init import at_init

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def bus() -> tuple[EventsClient, str]:
    """EventBridge, and the bus to publish on."""
    return client(EVENTS), environ["EVENT_BUS_NAME"]


def relay_outbox(event: dict[str, Any], _context: "LambdaContext") -> dict[str, Any]:
    """The entry point of every service's relay: one batch of its outbox's stream."""
    return relay(event, *bus())


at_init(bus)
