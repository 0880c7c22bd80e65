"""The event bus, for relays."""

from functools import cache

import boto3

from services.kit.relay import EventsClient
from services.kit.settings import Settings


class RelaySettings(Settings):
    """Of a relay."""

    event_bus_name: str


@cache
def bus() -> tuple[EventsClient, str]:
    """EventBridge, and the bus to publish on."""
    return boto3.client("events"), RelaySettings.load().event_bus_name
