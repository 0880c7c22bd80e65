"""The public description of orders' HTTP API."""

from typing import Any

from services.kit.clock import SystemClock
from services.kit.http import merged
from services.kit.ids import RandomIds
from services.kit.objects import MemoryObjects
from services.kit.store.memory import MemoryStore
from services.orders.adapters.invoice_files import MemoryInvoiceFiles
from services.orders.app.context import context
from services.orders.app.payments.till import Till
from services.orders.domain.plan import Plans
from services.orders.handlers import aftersale, callbacks, finance, http, pay


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    nothing: dict[str, str] = {}
    orders = context(MemoryStore(), SystemClock(), RandomIds(), Plans([]))
    buying = http.build_api(orders, lambda _: nothing).openapi()
    being_told = callbacks.build_api(orders, lambda _: None, lambda _: nothing).openapi()
    paying = pay.build_api(Till(orders, lambda _: None), lambda: "", lambda _: nothing).openapi()
    after_sales = aftersale.build_api(orders, MemoryInvoiceFiles(), lambda _: nothing).openapi()
    counting = finance.build_api(orders, MemoryObjects(), lambda _: nothing).openapi()
    return merged(buying, being_told, paying, after_sales, counting)
