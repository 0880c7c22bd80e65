"""What the use cases work with that hand the records out."""

from dataclasses import dataclass

from services.kit.audit import AuditLog
from services.kit.clock import Clock
from services.kit.events import EventFactory
from services.kit.ids import Ids
from services.kit.objects import Objects
from services.kit.store import Store


@dataclass(frozen=True)
class Records:
    """The ports. There is no key among them: nothing here can add an entry. `objects` keeps what was handed out."""

    store: Store
    clock: Clock
    objects: Objects
    audit: AuditLog
    events: EventFactory


def records(store: Store, clock: Clock, ids: Ids, objects: Objects) -> Records:
    """The records on these ports."""
    return Records(store, clock, objects, AuditLog(clock, ids), EventFactory("credits", clock, ids))
