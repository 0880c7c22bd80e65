"""What the use cases work with."""

from collections.abc import Callable
from dataclasses import dataclass

from services.kit.audit import AuditLog
from services.kit.clock import Clock
from services.kit.event_factory import EventFactory
from services.kit.ids import Ids
from services.kit.objects import Objects
from services.kit.store import Store
from services.orders.app.ports import InvoiceFiles, Payers, Providers
from services.orders.domain.plan import Plans


@dataclass(frozen=True)
class Context:
    """The ports, and the plans as data. It is all that most functions hold."""

    store: Store
    clock: Clock
    ids: Ids
    events: EventFactory
    audit: AuditLog
    plans: Plans


@dataclass(frozen=True)
class PaymentContext(Context):
    """Of functions that talk to payment providers."""

    provider: Providers


@dataclass(frozen=True)
class PayingContext(PaymentContext):
    """Of the function that opens payments. `payers` is asked anew each time: None while nobody pays within WeChat."""

    payers: Callable[[], Payers | None]


@dataclass(frozen=True)
class InvoiceContext(Context):
    """Of functions that deal with the PDFs of invoices."""

    files: InvoiceFiles


@dataclass(frozen=True)
class FinanceContext(Context):
    """Of functions that keep or hand out files for finance."""

    objects: Objects


@dataclass(frozen=True)
class ReconciliationContext(FinanceContext, PaymentContext):
    """Of the function that compares providers' statements, and keeps reports of it."""


def context(store: Store, clock: Clock, ids: Ids, plans: Plans) -> Context:
    """The context on these ports."""
    return Context(store, clock, ids, EventFactory("orders", clock, ids), AuditLog(clock, ids), plans)
