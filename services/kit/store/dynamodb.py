"""The store on DynamoDB, through PynamoDB."""

import os
from datetime import timedelta
from functools import cached_property
from typing import Any, TypeVar

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from services.kit.clock import Clock
from services.kit.events import Envelope
from services.kit.store.codec import decode
from services.kit.store.port import ABSENT, Change, Check, Conflict, Key, Put, Stored, check_size, encode_item

T = TypeVar("T")

OUTBOX_RETENTION = timedelta(days=30)
"""Longer than a stream record (24 h) or a dead-lettered pointer to it (14 days) can live."""

_CONFLICTS = {"ConditionalCheckFailed", "TransactionConflict"}
_PUT_CONFLICTS = {"ConditionalCheckFailedException", "TransactionConflictException"}


class Item(Model):
    """What one DynamoDB item looks like, in every table of every service."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    version = NumberAttribute()
    body = UnicodeAttribute()
    expires_at = NumberAttribute(null=True)


def item_model(table: str) -> type[Item]:
    """The model bound to one table. The endpoint is explicit because PynamoDB does not read AWS_ENDPOINT_URL."""
    meta = {
        "table_name": table,
        "region": os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"),
        "host": os.environ.get("AWS_ENDPOINT_URL_DYNAMODB") or os.environ.get("AWS_ENDPOINT_URL"),
        "connect_timeout_seconds": 2,
        "read_timeout_seconds": 5,
    }
    return type("TableItem", (Item,), {"Meta": type("Meta", (), meta)})


class DynamoStore:
    """One service's table and outbox table.

    A change of one write and no event is a plain conditional PutItem (one write unit per KB); anything more is one
    transaction (two write units per KB and item).
    """

    def __init__(self, table: str, outbox_table: str, clock: Clock) -> None:
        self._items = item_model(table)
        self._outbox = item_model(outbox_table)
        self._clock = clock

    def get(self, key: Key, kind: type[T]) -> Stored[T] | None:
        """Reads one item, strongly consistent."""
        try:
            item = self._items.get(key.pk, key.sk, consistent_read=True)
        except self._items.DoesNotExist:
            return None
        return _stored(item, kind)

    def query(self, pk: str, prefix: str, kind: type[T]) -> list[Stored[T]]:
        """Reads a partition's items by sort-key prefix, in order, strongly consistent."""
        found = self._items.query(pk, Item.sk.startswith(prefix) if prefix else None, consistent_read=True)
        return [_stored(item, kind) for item in found]

    def page(self, pk: str, prefix: str, kind: type[T], after: str, limit: int) -> list[Stored[T]]:
        """Reads at most `limit` items of a partition, from the first one after a sort key, strongly consistent."""
        # A key condition takes one comparison: from what would come next after `after` to the prefix's last key.
        first, last = f"{after}\0" if after > prefix else prefix or "\0", f"{prefix}\U0010ffff"
        if first.encode() > last.encode():
            return []
        found = self._items.query(pk, Item.sk.between(first, last), consistent_read=True, limit=limit)
        return [_stored(item, kind) for item in found]

    def commit(self, change: Change) -> None:
        """Applies the whole change or nothing."""
        check_size(change)
        if not change.writes and not change.events:
            return
        if len(change.writes) == 1 and not change.events and isinstance(change.writes[0], Put):
            self._put(change.writes[0])
        else:
            self._transact(change)

    def _put(self, put: Put) -> None:
        try:
            self._item(put).save(condition=_at_version(put.after))
        except PutError as error:
            if error.cause_response_code in _PUT_CONFLICTS:
                raise Conflict(f"{put.key.pk} / {put.key.sk}") from error
            raise

    def _transact(self, change: Change) -> None:
        try:
            with TransactWrite(connection=self._connection) as transaction:
                for write in change.writes:
                    if isinstance(write, Check):
                        condition = _at_version(write.version)
                        transaction.condition_check(self._items, write.key.pk, write.key.sk, condition)
                    else:
                        transaction.save(self._item(write), condition=_at_version(write.after))
                for event in change.events:
                    transaction.save(self._outbox_item(event), condition=_at_version(ABSENT))
        except TransactWriteError as error:
            raise _conflict_or(error) from error

    @cached_property
    def _connection(self) -> Connection:
        # Kept: each new one would make a client and open a connection for its transaction.
        meta: Any = self._items.Meta
        return Connection(
            region=meta.region,
            host=meta.host,
            connect_timeout_seconds=meta.connect_timeout_seconds,
            read_timeout_seconds=meta.read_timeout_seconds,
        )

    def _item(self, put: Put) -> Item:
        return self._items(
            put.key.pk, put.key.sk, version=put.after + 1, body=encode_item(put.value), expires_at=put.expires_at
        )

    def _outbox_item(self, event: Envelope) -> Item:
        # Events of one subject share a partition, so the stream keeps their order.
        expires_at = int((self._clock.now() + OUTBOX_RETENTION).timestamp())
        return self._outbox(event.subject, event.id, version=1, body=encode_item(event), expires_at=expires_at)


def _stored(item: Item, kind: type[T]) -> Stored[T]:
    return Stored(Key(item.pk, item.sk), decode(item.body, kind), int(item.version))


def _at_version(version: int) -> Condition:
    return Item.pk.does_not_exist() if version == ABSENT else Item.version == version


def _conflict_or(error: TransactWriteError) -> Exception:
    codes = {reason.code for reason in error.cancellation_reasons if reason and reason.code}
    if codes and codes <= _CONFLICTS:
        return Conflict(", ".join(sorted(codes)))
    return error
