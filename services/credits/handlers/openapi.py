"""The public description of credits' HTTP API."""

from typing import Any

from services.credits.adapters.rule_files import load_rules
from services.credits.app.context import context
from services.credits.handlers.http import build_api
from services.kit.clock import SystemClock
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.store.memory import MemoryStore


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    nothing: dict[str, str] = {}
    ledger = context(MemoryStore(), SystemClock(), RandomIds(), KeyRing(lambda _: nothing), load_rules())
    return build_api(ledger, lambda _: nothing).openapi()
