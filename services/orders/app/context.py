"""What every use case works with."""

from dataclasses import dataclass

from services.kit.audit import AuditLog
from services.kit.clock import Clock
from services.kit.events import EventFactory
from services.kit.ids import Ids
from services.kit.store import Store
from services.orders.domain.plan import Plans


@dataclass(frozen=True)
class Context:
    """The ports, and the plans as data."""

    store: Store
    clock: Clock
    ids: Ids
    events: EventFactory
    audit: AuditLog
    plans: Plans


def context(store: Store, clock: Clock, ids: Ids, plans: Plans) -> Context:
    """A context on these ports."""
    return Context(store, clock, ids, EventFactory("orders", clock, ids), AuditLog(clock, ids), plans)
