"""Where the adapters of the function that answers beats are chosen: those that need no SDK."""

from functools import cache
from os import environ

from services.kit.clock import SystemClock
from services.kit.direct.client import DYNAMODB, client
from services.kit.direct.values import secret
from services.kit.event_factory import EventFactory
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.origin import OriginSecret
from services.kit.secrets import json_secret
from services.kit.store.direct import DirectStore
from services.playback.app.context import Context


@cache
def context() -> Context:
    """Of watching."""
    clock, ids = SystemClock(), RandomIds()
    store = DirectStore(client(DYNAMODB), environ["TABLE_NAME"], environ["OUTBOX_TABLE_NAME"], clock)
    keys = KeyRing(json_secret(secret(environ["KEYRING_SECRET_ID"])))
    return Context(store, clock, ids, EventFactory("playback", clock, ids), keys)


@cache
def origin_secret() -> OriginSecret:
    """What the origin's header is compared with."""
    return json_secret(secret(environ["ORIGIN_SECRET_ID"]))
