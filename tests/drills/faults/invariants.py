"""What must hold whatever failed, read from the tables and the provider's books by code that the services do not share.

Each function names every violation; none means that it holds.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.payments.till import Till

Body = dict[str, Any]
OUTCOMES = {"award", "hold", "declined"}
"""Entries of a ledger that say what a watch gives; the others act on one of them."""
COMPLETED = "playback.watch_completed.v1"


@dataclass(frozen=True)
class Item:
    """One stored item."""

    pk: str
    sk: str
    kind: str
    body: Body


@dataclass(frozen=True)
class Tables:
    """What the services hold: items by service, and what their outboxes told."""

    items: Mapping[str, Collection[Item]]
    told: Mapping[str, Collection[Item]]

    def of(self, service: str, kind: str) -> Iterator[Item]:
        """A service's items of a kind."""
        return (item for item in self.items[service] if item.kind == kind)


def read_tables(dynamodb: Any, tables: Mapping[str, str], outboxes: Mapping[str, str]) -> Tables:
    """Reads everything; `tables` and `outboxes` have a table's name by its service."""
    return Tables(
        {service: list(_items(dynamodb, name)) for service, name in tables.items()},
        {service: list(_items(dynamodb, name)) for service, name in outboxes.items()},
    )


def _items(dynamodb: Any, table: str) -> Iterator[Item]:
    import json

    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        for item in page["Items"]:
            kind = item.get("kind", {}).get("S", "")
            body = json.loads(item["body"]["S"]) if kind and "body" in item else {}
            yield Item(item["pk"]["S"], item["sk"]["S"], kind, body)


@dataclass(frozen=True)
class Seen:
    """What a learner's player saw complete; `certified`: whether the ledger must have an award for it."""

    watch_id: str
    learner_id: str
    certified: bool


def completion_faults(tables: Tables, seen: Iterable[Seen]) -> list[str]:
    """Every completion that somebody saw is recorded and told once, and has one award, or a reason why it has none."""
    attempts = {
        item.body["watch_id"]: item.body
        for item in tables.of("playback", "Attempt")
        if item.body["completed_at"] is not None
    }
    told = Counter(
        item.body["data"]["watch_id"] for item in tables.told["playback"] if item.body.get("type") == COMPLETED
    )
    entries = _entries_by_watch(tables)
    faults = [f"watch {watch}: told {told[watch]} times" for watch in attempts if told[watch] != 1]
    faults += [f"watch {watch}: told, and not recorded" for watch in told.keys() - attempts.keys()]
    faults += [f"watch {watch}: in a ledger, and not complete" for watch in entries.keys() - attempts.keys()]
    for watch in attempts:
        faults += [f"watch {watch}: {fault}" for fault in _outcome_faults(entries.get(watch, []))]
    for one in seen:
        if one.watch_id not in attempts:
            faults.append(f"watch {one.watch_id}: seen complete, and not recorded")
        awards = sum(entry["kind"] == "award" for entry in entries.get(one.watch_id, []))
        if awards != int(one.certified):
            faults.append(f"watch {one.watch_id}: {awards} awards")
    return faults


def _entries_by_watch(tables: Tables) -> dict[str, list[Body]]:
    found = defaultdict(list)
    for item in tables.of("credits", "Entry"):
        if item.body["completion"]["watch_id"]:
            found[item.body["completion"]["watch_id"]].append(item.body)
    return dict(found)


def _outcome_faults(entries: Iterable[Body]) -> Iterator[str]:
    outcomes = [entry for entry in entries if entry["kind"] in OUTCOMES]
    if not outcomes:
        yield "no outcome in any ledger"
    if len({entry["learner_id"] for entry in outcomes}) > 1:
        yield "in two ledgers"
    for credential, count in Counter(entry["credential"] for entry in outcomes).items():
        if count != 1:
            yield f"{count} outcomes for {credential}"
    for entry in outcomes:
        if not entry["reason"]:
            yield "an outcome without a reason"


def payment_faults(tables: Tables, till: Till) -> list[str]:
    """Every payment that the provider took was taken here once, for something that was given, or went back."""
    receipts, movements = _by_number(tables, "PaymentReceipt", "payment_number"), _movements(tables)
    orders = {item.body["order_id"]: item.body for item in tables.of("orders", "Order")}
    paid = {number: trade for number, trade in till.trades.items() if trade.transaction_id}
    faults = [f"payment {number}: here, and not at the provider" for number in receipts.keys() - paid.keys()]
    for number, trade in paid.items():
        found = receipts.get(number, [])
        if len(found) != 1:
            faults.append(f"payment {number}: {len(found)} receipts")
        if movements["payment", number] != [trade.amount_fen]:
            faults.append(f"payment {number} of {trade.amount_fen}: in the cash book {movements['payment', number]}")
        for receipt in found:
            faults += [f"payment {number}: {f}" for f in _given_faults(tables, receipt, orders[receipt["order_id"]])]
    return faults + _refund_faults(tables, till, movements)


def _by_number(tables: Tables, kind: str, member: str) -> dict[str, list[Body]]:
    found = defaultdict(list)
    for item in tables.of("orders", kind):
        found[item.body[member]].append(item.body)
    return dict(found)


def _movements(tables: Tables) -> defaultdict[tuple[str, str], list[int]]:
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for item in tables.of("orders", "Movement"):
        found[item.body["kind"], item.body["reference"]].append(item.body["amount_fen"])
    return found


def _given_faults(tables: Tables, receipt: Body, order: Body) -> Iterator[str]:
    if receipt["refund_id"]:
        return
    if order["state"] not in {"paid", "partly_refunded", "refunded"}:
        yield f"its order is {order['state']}"
    own = [i.body for i in tables.of("orders", "Entitlement") if i.body["order_id"] == order["order_id"]]
    if len(own) != len(order["lines"]):
        yield f"{len(own)} entitlements for {len(order['lines'])} lines"
    held = sum(entitlement["revoked_at"] is None for entitlement in own)
    if held != sum(line["state"] == "granted" for line in order["lines"]):
        yield f"{held} entitlements hold"


def _refund_faults(tables: Tables, till: Till, movements: Mapping[tuple[str, str], list[int]]) -> list[str]:
    refunds = {item.body["refund_id"]: item.body for item in tables.of("orders", "Refund")}
    over = {"done", "refused"}
    faults = [f"refund {id_}: {r['status']}" for id_, r in refunds.items() if r["status"] not in over]
    sent = {made.refund_number: made.amount_fen for made in till.refunds.values()}
    done = {id_: refund["amount_fen"] for id_, refund in refunds.items() if refund["status"] == "done"}
    if sent != done:
        faults.append(f"sent back at the provider {sent}, here {done}")
    faults += [
        f"refund {id_}: in the cash book {movements.get(('refund', id_), [])}"
        for id_, amount in sent.items()
        if movements.get(("refund", id_), []) != [amount]
    ]
    return faults
