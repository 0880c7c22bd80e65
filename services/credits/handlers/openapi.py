"""The public description of credits' HTTP API: all its functions' routes in one document."""

from typing import Any

from services.credits.adapters.rule_files import load_rules
from services.credits.app.context import context
from services.credits.app.records import records as made_records
from services.credits.handlers import http, records
from services.kit.clock import SystemClock
from services.kit.http import merged
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.objects import MemoryObjects
from services.kit.store.memory import MemoryStore


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    nothing: dict[str, str] = {}
    ledger = context(MemoryStore(), SystemClock(), RandomIds(), KeyRing(lambda _: nothing), load_rules())
    handed_out = made_records(ledger.store, SystemClock(), RandomIds(), MemoryObjects())
    own = http.build_api(ledger, lambda _: nothing).openapi()
    return merged(own, records.build_api(handed_out, lambda _: nothing).openapi())
