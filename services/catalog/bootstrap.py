"""Where adapters are chosen. Everything is made on first use and kept while the function lives."""

from functools import cache

from services.catalog.app.context import Context, context
from services.kit.clock import SystemClock
from services.kit.ids import RandomIds
from services.kit.wiring.tables import store


@cache
def catalog() -> Context:
    """What the use cases work with."""
    return context(store(), SystemClock(), RandomIds())
