"""What the use cases work with."""

from dataclasses import dataclass

from services.credits.domain.ledger import Macs
from services.credits.domain.profile import ProfilePolicy
from services.credits.domain.rules import RuleBook
from services.kit.audit import AuditLog
from services.kit.clock import Clock
from services.kit.events import EventFactory
from services.kit.ids import Ids
from services.kit.store import Store


@dataclass(frozen=True)
class Context:
    """The ports, and what is made from them."""

    store: Store
    clock: Clock
    ids: Ids
    macs: Macs
    rules: RuleBook
    events: EventFactory
    audit: AuditLog
    profiles: ProfilePolicy


def context(store: Store, clock: Clock, ids: Ids, macs: Macs, rules: RuleBook, profiles: ProfilePolicy) -> Context:
    """The context on these ports."""
    events, audit = EventFactory("credits", clock, ids), AuditLog(clock, ids)
    return Context(store, clock, ids, macs, rules, events, audit, profiles)
