"""The public description of playback's HTTP API: the player's function and the evidence one in one document."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from services.kit.audit import AuditLog
from services.kit.clock import SystemClock
from services.kit.events import EventFactory
from services.kit.http import HttpApi, described
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.store import Store
from services.kit.store.memory import MemoryStore
from services.playback.adapters.archive import MemoryArchive
from services.playback.adapters.media_signer import CookieSigner
from services.playback.adapters.signer import MemorySigner
from services.playback.app.context import Context
from services.playback.app.grant_media import grant_media
from services.playback.handlers import evidence, http, media, risk, statements


def apis(store: Store, origin_secret: Callable[[bool], Mapping[str, str]]) -> list[HttpApi]:
    """Every function's routes; whatever they need besides the store is in memory."""
    clock, ids, keys = SystemClock(), RandomIds(), KeyRing(lambda _: {"current": "none", "none": ""})
    context = Context(store, keys, clock, ids, EventFactory("playback", clock, ids))
    signer, archive = CookieSigner(lambda _: {}), MemoryArchive()
    return [
        http.build_api(context, origin_secret),
        media.build_api(partial(grant_media, store, keys, clock, signer), origin_secret),
        evidence.build_api(MemorySigner(), archive, origin_secret),
        risk.build_api(store, archive, clock, AuditLog(clock, ids), origin_secret),
        statements.build_api(store, archive, origin_secret),
    ]


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    return described(apis(MemoryStore(), lambda _: {}))
