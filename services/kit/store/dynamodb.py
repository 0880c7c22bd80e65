"""The store on DynamoDB, through PynamoDB."""

import os
from collections.abc import Callable, Iterable, Set
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.constants import BATCH_GET_ITEM, PUT_ITEM, UPDATE_ITEM
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from services.kit.clock import Clock
from services.kit.direct.codes import THROTTLED
from services.kit.store import (
    ABSENT,
    Add,
    Batch,
    Change,
    Check,
    Count,
    Key,
    Page,
    Put,
    Raw,
    Remove,
    Stored,
    Throttled,
    Touch,
    Write,
    check_batch,
    check_size,
    stored_from,
)
from services.kit.store.codec import encode
from services.kit.store.dynamodb_terms import (
    ATTEMPTS,
    FAILED,
    MET,
    OLD,
    label_of,
    met_again,
    outbox_put,
    pause,
    raw_item,
    refusal,
)

if TYPE_CHECKING:
    from services.kit.events import Envelope

T = TypeVar("T")


class Item(Model):
    """What one DynamoDB item looks like, in every table of every service."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    version = NumberAttribute()
    kind = UnicodeAttribute(null=True)
    shape = NumberAttribute(null=True)
    at = UnicodeAttribute(null=True)
    body = UnicodeAttribute(null=True)
    total = NumberAttribute(null=True, attr_name="count")
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

    A change of one Put or Add and no event is a plain conditional write (one write unit per KB); anything more is one
    transaction (two write units per KB and item). What DynamoDB is too busy for is tried again, with a pause.
    """

    def __init__(self, table: str, outbox_table: str, clock: Clock) -> None:
        self._items = item_model(table)
        self._outbox = item_model(outbox_table)
        self._clock = clock

    def get(self, key: Key, kind: type[T]) -> Stored[T] | None:
        """Reads one item, strongly consistent."""
        try:
            item = _patiently(lambda: self._items.get(key.pk, key.sk, consistent_read=True))
        except self._items.DoesNotExist:
            return None
        return _stored(item, kind)

    def get_many(self, keys: Iterable[Key]) -> Batch:
        """Reads up to 100 items in one call, or in more where DynamoDB leaves some for later; strongly consistent."""
        asked = check_batch(keys)
        found: dict[Key, Raw | None] = dict.fromkeys(asked)
        left = [{"pk": {"S": key.pk}, "sk": {"S": key.sk}} for key in asked]
        for attempt in range(ATTEMPTS):
            if attempt:
                pause(attempt - 1)
            items, left = self._get_some(left)
            found |= {Key(item["pk"]["S"], item["sk"]["S"]): raw_item(item) for item in items}
            if not left:
                return Batch(found)
        raise Throttled(f"{len(left)} of {len(asked)} items were not read")

    def _get_some(self, keys: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The items, and the keys of those that are left for another call."""
        if not keys:
            return [], []
        table = self._items.Meta.table_name
        request = {"RequestItems": {table: {"Keys": keys, "ConsistentRead": True}}}
        answer: Any = _patiently(lambda: self._connection.dispatch(BATCH_GET_ITEM, request))
        return answer["Responses"].get(table, []), answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])

    def query(self, pk: str, prefix: str, kind: type[T]) -> list[Stored[T]]:
        """Reads a partition's items by sort-key prefix, in order, strongly consistent."""
        condition = Item.sk.startswith(prefix) if prefix else None
        found = _patiently(lambda: list(self._items.query(pk, condition, consistent_read=True)))
        return [_stored(item, kind) for item in found]

    def page(self, pk: str, prefix: str, kind: type[T], after: str | None, limit: int) -> Page[Stored[T]]:
        """Reads at most `limit` items of a partition, from the first one after a sort key, strongly consistent."""
        # A key condition takes one comparison: from what would come next after `after` to the prefix's last key.
        first, last = f"{after}\0" if after and after > prefix else prefix or "\0", f"{prefix}\U0010ffff"
        if first.encode() > last.encode():
            return Page([], None)
        condition = Item.sk.between(first, last)
        # One more than is asked for says whether there is more.
        found = _patiently(lambda: list(self._items.query(pk, condition, consistent_read=True, limit=limit + 1)))
        items = [_stored(item, kind) for item in found[:limit]]
        return Page(items, items[-1].key.sk if len(found) > limit else None)

    def commit(self, change: Change) -> None:
        """Applies the whole change or nothing."""
        check_size(change)
        if not change.writes and not change.events:
            return
        alone = change.writes[0] if len(change.writes) == 1 and not change.events else None
        if isinstance(alone, Put):
            self._write(PUT_ITEM, self._item(alone).get_save_kwargs_from_instance(_may_put(alone), OLD), alone)
        elif isinstance(alone, Add):
            counter = self._items(alone.key.pk, alone.key.sk)
            arguments = counter.get_update_kwargs_from_instance(self._adding(alone), _has_room(alone))
            self._write(UPDATE_ITEM, arguments, alone)
        elif isinstance(alone, Touch):
            self._touch(alone)
        else:
            self._transact(change)

    def _touch(self, touch: Touch) -> None:
        item = self._items(touch.key.pk, touch.key.sk)
        arguments = item.get_update_kwargs_from_instance([Item.version.add(1)], Item.pk.exists())
        try:
            _patiently(lambda: self._connection.dispatch(UPDATE_ITEM, arguments), again=MET)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in MET:
                raise refusal([touch], [None]) from error
            if code not in FAILED:
                raise

    def _write(self, operation: str, arguments: dict[str, Any], write: Put | Add) -> None:
        try:
            _patiently(lambda: self._connection.dispatch(operation, arguments), again=MET & met_again(write))
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in FAILED | MET:
                raise refusal([write], [_old_item(error)]) from error
            raise

    def _transact(self, change: Change) -> None:
        again = {code for write in change.writes for code in met_again(write)}
        try:
            _patiently(lambda: self._transact_once(change), again=again)
        except TransactWriteError as error:
            reasons = [reason for reason in error.cancellation_reasons if reason]
            if reasons and {reason.code for reason in reasons} <= FAILED | MET | THROTTLED:
                raise refusal(change.writes, [reason.raw_item for reason in reasons]) from error
            raise

    def _transact_once(self, change: Change) -> None:
        with TransactWrite(connection=self._connection) as transaction:
            for write in change.writes:
                self._join(transaction, write)
            for event in change.events:
                transaction.save(self._outbox_item(event), condition=Item.pk.does_not_exist())

    def _join(self, transaction: TransactWrite, write: Write) -> None:
        if isinstance(write, Put):
            transaction.save(self._item(write), condition=_may_put(write), return_values=OLD)
        elif isinstance(write, Add):
            counter = self._items(write.key.pk, write.key.sk)
            transaction.update(counter, self._adding(write), condition=_has_room(write))
        elif isinstance(write, Remove):
            transaction.delete(self._items(write.key.pk, write.key.sk), condition=_at_version(write.version))
        elif isinstance(write, Check):
            condition = _at_version(write.version)
            transaction.condition_check(self._items, write.key.pk, write.key.sk, condition)

    @property
    def _connection(self) -> Connection:
        # The models' own: one beside it would load DynamoDB's description and make a client a second time.
        return self._items._get_connection().connection  # noqa: SLF001 (the library has no other way to it)

    def _item(self, put: Put) -> Item:
        return self._items(
            put.key.pk,
            put.key.sk,
            version=put.after + 1,
            body=put.body,
            expires_at=put.expires_at,
            **label_of(put, self._clock),
        )

    def _outbox_item(self, event: "Envelope") -> Item:
        # Events of one subject share a partition, so the stream keeps their order.
        put = outbox_put(event, self._clock)
        label = label_of(put, self._clock)
        return self._outbox(put.key.pk, put.key.sk, version=1, body=put.body, expires_at=put.expires_at, **label)

    def _adding(self, add: Add) -> list[Action]:
        label = label_of(add, self._clock)
        sets = [Item.at.set(label["at"]), Item.kind.set(label["kind"]), Item.shape.set(label["shape"])]
        return [*sets, Item.version.add(1), Item.total.add(add.amount)]


def _stored(item: Item, kind: type[T]) -> Stored[T]:
    body = item.body if item.total is None else encode(Count(int(item.total)))
    shape = None if item.shape is None else int(item.shape)
    return stored_from(Key(item.pk, item.sk), int(item.version), body, item.kind, shape, kind)


def _at_version(version: int) -> Condition:
    return Item.pk.does_not_exist() if version == ABSENT else Item.version == version


def _may_put(put: Put) -> Condition:
    """At the version it expects, and of no newer shape: the version may have come from elsewhere than from a read."""
    condition = _at_version(put.after)
    if put.after != ABSENT:
        condition &= Item.shape.does_not_exist() | (Item.shape <= put.kind.shape)
    return condition


def _has_room(add: Add) -> Condition | None:
    if add.amount < 0:
        return Item.total >= -add.amount
    if add.at_most is None:
        return None
    room: Condition = Item.total <= add.at_most - add.amount
    return Item.total.does_not_exist() | room if add.allows(0) else room


def _old_item(error: ClientError) -> dict[str, Any] | None:
    response: Any = error.__cause__.response if isinstance(error.__cause__, ClientError) else {}
    item: dict[str, Any] | None = response.get("Item")
    return item


def _patiently(call: Callable[[], T], again: Set[str] = frozenset()) -> T:
    """Repeats what was refused for one of these reasons, or because the database is too busy, with a growing pause.

    Raises:
        Throttled: too busy still.
    """
    for attempt in range(ATTEMPTS):
        try:
            return call()
        except (PynamoDBException, ClientError) as error:
            codes = _codes(error)
            if not codes or not codes <= THROTTLED | again:
                raise
            if attempt + 1 == ATTEMPTS:
                if codes & THROTTLED:
                    raise Throttled(", ".join(sorted(codes))) from error
                raise
        pause(attempt)
    raise AssertionError("unreachable: the last attempt returns or raises")


def _codes(error: PynamoDBException | ClientError) -> set[str]:
    if isinstance(error, TransactWriteError) and (reasons := [r for r in error.cancellation_reasons if r]):
        return {reason.code for reason in reasons}
    if isinstance(error, ClientError):
        return {error.response["Error"]["Code"]}
    return {error.cause_response_code} if error.cause_response_code else set()
