"""The public description of playback's HTTP API: the player's function and the evidence one in one document."""

from functools import partial
from typing import Any

from services.kit.audit import AuditLog
from services.kit.clock import SystemClock
from services.kit.events import EventFactory
from services.kit.http import merged
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.store.memory import MemoryStore
from services.playback.adapters.archive import MemoryArchive
from services.playback.adapters.media_signer import CookieSigner
from services.playback.adapters.signer import MemorySigner
from services.playback.app.context import Context
from services.playback.app.grant_media import grant_media
from services.playback.handlers import evidence, http, media, risk, statements


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    clock, ids = SystemClock(), RandomIds()
    context = Context(MemoryStore(), KeyRing(lambda _: {}), clock, ids, EventFactory("playback", clock, ids))
    watching = http.build_api(context, lambda _: {}).openapi()
    signer = CookieSigner(lambda _: {})
    opening = media.build_api(partial(grant_media, context.store, context.keys, clock, signer), lambda _: {}).openapi()
    archive = MemoryArchive()
    proving = evidence.build_api(MemorySigner(), archive, lambda _: {}).openapi()
    reviewing = risk.build_api(context.store, archive, clock, AuditLog(clock, ids), lambda _: {}).openapi()
    stating = statements.build_api(context.store, archive, lambda _: {}).openapi()
    return merged(watching, opening, proving, reviewing, stating)
