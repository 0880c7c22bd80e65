"""What the use cases work with, made on first use and kept while the function lives."""

from functools import cache

from services.kit.clock import SystemClock
from services.kit.ids import RandomIds
from services.kit.wiring.tables import store
from services.orders.adapters.plan_file import load_plans
from services.orders.app.context import Context, context


@cache
def orders() -> Context:
    """What most functions hold."""
    return context(store(), SystemClock(), RandomIds(), load_plans())
