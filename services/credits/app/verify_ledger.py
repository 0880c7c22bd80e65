"""Checks one learner's whole chain, for an operator or an auditor."""

from dataclasses import dataclass

from services.credits.app.account import read_entries
from services.credits.app.keys import head_key
from services.credits.domain.ledger import Head, Macs
from services.credits.domain.verification import Fault, verify_chain
from services.kit.store import Store


@dataclass(frozen=True)
class Verdict:
    """How many entries there are, and the first fault, None if the chain is whole."""

    entries: int
    fault: Fault | None


def verify_ledger(store: Store, macs: Macs, learner_id: str) -> Verdict:
    """Reads entries, then head, and checks them. While entries are being added it may report a fault: run it again.

    Raises:
        UnknownKey: the key ring lacks a key that signed.
    """
    entries = read_entries(store, learner_id)
    head = store.get(head_key(learner_id), Head)
    return Verdict(len(entries), verify_chain(learner_id, entries, head.value if head else None, macs))
