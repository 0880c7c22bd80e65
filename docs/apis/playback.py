"""All functions of playback's HTTP API."""

from services.kit.audit import AuditLog
from services.kit.clock import SystemClock
from services.kit.event_factory import EventFactory
from services.kit.http import HttpApi
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.origin import OriginSecret
from services.kit.signing import ES256
from services.kit.store import Store
from services.playback.adapters.media_signer import CookieSigner
from services.playback.app.context import (
    Context,
    EvidenceContext,
    MediaContext,
    ProofContext,
    RiskContext,
    StatementsContext,
)
from services.playback.handlers import beat, evidence, http, media, risk, statements
from tests.fakes.archive import MemoryArchive
from tests.fakes.log_files import MemoryLogFiles
from tests.fakes.signing import MemorySigner


def apis(store: Store, origin_secret: OriginSecret) -> list[HttpApi]:
    """Every function's routes; whatever they need besides the store is in memory."""
    clock, ids, keys = SystemClock(), RandomIds(), KeyRing(lambda _: {"current": "none", "none": ""})
    events, packs = EventFactory("playback", clock, ids), MemoryArchive()
    context = Context(store, clock, ids, events, keys)
    return [
        http.build_api(context, origin_secret),
        beat.build_api(context, origin_secret),
        media.build_api(MediaContext(store, clock, keys, CookieSigner(lambda _: {})), origin_secret),
        evidence.build_api(
            EvidenceContext(MemorySigner(ES256), packs),
            ProofContext(store, MemoryLogFiles(), lambda: None),
            origin_secret,
        ),
        risk.build_api(RiskContext(store, clock, events, AuditLog(clock, ids), packs), origin_secret),
        statements.build_api(StatementsContext(store, packs), origin_secret),
    ]
