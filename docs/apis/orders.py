"""All functions of orders' HTTP API."""

from services.kit.clock import SystemClock
from services.kit.http import HttpApi
from services.kit.ids import RandomIds
from services.kit.origin import OriginSecret
from services.kit.store import Store
from services.orders.app.context import FinanceContext, InvoiceContext, PayingContext, PaymentContext, context
from services.orders.domain.plan import Plans
from services.orders.handlers import aftersale, callbacks, finance, http, pay
from tests.fakes.invoice_files import MemoryInvoiceFiles
from tests.fakes.objects import MemoryObjects


def apis(store: Store, origin_secret: OriginSecret) -> list[HttpApi]:
    """Every function's routes; whatever they need besides the store is in memory."""
    ctx = context(store, SystemClock(), RandomIds(), Plans([]))
    paying = PaymentContext(**vars(ctx), provider=lambda _: None)
    return [
        http.build_api(ctx, origin_secret),
        callbacks.build_api(paying, origin_secret),
        pay.build_api(PayingContext(**vars(paying), payers=lambda: None), lambda: "", origin_secret),
        aftersale.build_api(InvoiceContext(**vars(ctx), files=MemoryInvoiceFiles()), origin_secret),
        finance.build_api(FinanceContext(**vars(ctx), objects=MemoryObjects()), origin_secret),
    ]
