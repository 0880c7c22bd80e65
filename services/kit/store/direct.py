"""The store on DynamoDB without an SDK: the same tables, conditions and meanings as `dynamodb.DynamoStore`."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from services.kit.clock import Clock
from services.kit.direct.client import CallError, DirectClient
from services.kit.direct.codes import THROTTLED
from services.kit.store import (
    ABSENT,
    Add,
    Batch,
    Change,
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

Json = dict[str, Any]
"""Part of a request or an answer in DynamoDB's JSON."""


@dataclass(frozen=True)
class Condition:
    """An expression, in which `#name` is the attribute of that name, and the values of its `:name`s."""

    text: str
    values: Mapping[str, str | int]

    def arguments(self) -> Json:
        """As calls have it."""
        return {"ConditionExpression": self.text, **_placeholders(self.text, self.values)}


class DirectStore:
    """One service's table and outbox table. What DynamoDB is too busy for is tried again, with a pause."""

    def __init__(self, client: DirectClient, table: str, outbox_table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._outbox_table = outbox_table
        self._clock = clock

    def get(self, key: Key, kind: type[T]) -> Stored[T] | None:
        """Reads one item, strongly consistent."""
        arguments = {"TableName": self._table, "Key": _key(key), "ConsistentRead": True}
        item = self._patiently("GetItem", arguments).get("Item")
        return _stored(item, kind) if item else None

    def get_many(self, keys: Iterable[Key]) -> Batch:
        """Reads up to 100 items in one call, or in more where DynamoDB leaves some for later; strongly consistent."""
        asked = check_batch(keys)
        found: dict[Key, Raw | None] = dict.fromkeys(asked)
        left = [_key(key) for key in asked]
        for attempt in range(ATTEMPTS):
            if not left:
                return Batch(found)
            if attempt:
                pause(attempt - 1)
            told = {"RequestItems": {self._table: {"Keys": left, "ConsistentRead": True}}}
            answer = self._patiently("BatchGetItem", told)
            found |= {_key_of(item): raw_item(item) for item in answer["Responses"].get(self._table, ())}
            left = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
        if left:
            raise Throttled(f"{len(left)} of {len(asked)} items were not read")
        return Batch(found)

    def query(self, pk: str, prefix: str, kind: type[T]) -> list[Stored[T]]:
        """Reads a partition's items by sort-key prefix, in order, strongly consistent."""
        text = "#pk = :pk AND begins_with(#sk, :prefix)" if prefix else "#pk = :pk"
        values = {"pk": pk, "prefix": prefix} if prefix else {"pk": pk}
        return [_stored(item, kind) for item in self._items(text, values)]

    def page(self, pk: str, prefix: str, kind: type[T], after: str | None, limit: int) -> Page[Stored[T]]:
        """Reads at most `limit` items of a partition, from the first one after a sort key, strongly consistent."""
        # A key condition takes one comparison: from what would come next after `after` to the prefix's last key.
        first, last = f"{after}\0" if after and after > prefix else prefix or "\0", f"{prefix}\U0010ffff"
        if first.encode() > last.encode():
            return Page([], None)
        values = {"pk": pk, "first": first, "last": last}
        found = self._items("#pk = :pk AND #sk BETWEEN :first AND :last", values, limit + 1)
        # One more than is asked for says whether there is more.
        items = [_stored(item, kind) for item in found[:limit]]
        return Page(items, items[-1].key.sk if len(found) > limit else None)

    def commit(self, change: Change) -> None:
        """Applies the whole change or nothing."""
        check_size(change)
        if not change.writes and not change.events:
            return
        alone = change.writes[0] if len(change.writes) == 1 and not change.events else None
        if isinstance(alone, Touch):
            self._touch(alone)
        elif isinstance(alone, Put):
            self._write("PutItem", alone, {**self._put(alone), "ReturnValuesOnConditionCheckFailure": OLD})
        elif isinstance(alone, Add):
            self._write("UpdateItem", alone, self._add(alone))
        else:
            self._transact(change)

    def _items(self, condition: str, values: Mapping[str, str], limit: int | None = None) -> list[Json]:
        arguments: Json = {"TableName": self._table, "KeyConditionExpression": condition, "ConsistentRead": True}
        arguments |= _placeholders(condition, values)
        return list(self._pages(arguments, limit))

    def _pages(self, arguments: Json, limit: int | None) -> Iterator[Json]:
        left = limit
        while left is None or left > 0:
            told = arguments if left is None else {**arguments, "Limit": left}
            answer = self._patiently("Query", told)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            arguments = {**arguments, "ExclusiveStartKey": answer["LastEvaluatedKey"]}
            left = left and left - len(answer["Items"])

    def _touch(self, touch: Touch) -> None:
        arguments = _update(self._table, touch.key, "ADD #version :one", Condition("attribute_exists(#pk)", {"one": 1}))
        try:
            self._patiently("UpdateItem", arguments, again=MET)
        except CallError as error:
            if error.code in MET:
                raise refusal([touch], [None]) from error
            if error.code not in FAILED:
                raise

    def _write(self, operation: str, write: Put | Add, arguments: Json) -> None:
        try:
            self._patiently(operation, arguments, again=met_again(write))
        except CallError as error:
            if error.code in FAILED | MET:
                raise refusal([write], [error.said.get("Item")]) from error
            raise

    def _transact(self, change: Change) -> None:
        items = [self._part(write) for write in change.writes]
        items += [{"Put": self._event(event)} for event in change.events]
        again = {code for write in change.writes for code in met_again(write)}
        try:
            self._patiently("TransactWriteItems", {"TransactItems": items}, again=again)
        except CallError as error:
            reasons = _reasons(error)
            if reasons and {reason["Code"] for reason in reasons} <= FAILED | MET | THROTTLED:
                raise refusal(change.writes, [reason.get("Item") for reason in reasons]) from error
            raise

    def _part(self, write: Write) -> Json:
        if isinstance(write, Put):
            return {"Put": {**self._put(write), "ReturnValuesOnConditionCheckFailure": OLD}}
        if isinstance(write, Add):
            return {"Update": self._add(write)}
        if isinstance(write, Touch):
            raise TypeError("a touch is a change of its own")
        checked = {"TableName": self._table, "Key": _key(write.key), **_at_version(write.version).arguments()}
        return {"Delete" if isinstance(write, Remove) else "ConditionCheck": checked}

    def _put(self, put: Put) -> Json:
        return {"TableName": self._table, "Item": self._item(put), **_may_put(put).arguments()}

    def _event(self, event: "Envelope") -> Json:
        item = self._item(outbox_put(event, self._clock))
        return {"TableName": self._outbox_table, "Item": item, **_at_version(ABSENT).arguments()}

    def _item(self, put: Put) -> Json:
        told = {"version": put.after + 1, "body": put.body, **label_of(put, self._clock)}
        if put.expires_at is not None:
            told["expires_at"] = put.expires_at
        return {**_key(put.key), **{name: _attribute(value) for name, value in told.items()}}

    def _add(self, add: Add) -> Json:
        label = label_of(add, self._clock)
        update = "SET #at = :at, #kind = :kind, #shape = :shape ADD #version :one, #count :amount"
        room = _has_room(add)
        values = {**label, "one": 1, "amount": add.amount, **room.values}
        return _update(self._table, add.key, update, Condition(room.text, values))

    def _patiently(self, operation: str, arguments: Json, again: Set[str] = frozenset()) -> Json:
        """Repeats a call whose reasons are these, or that the database is too busy for a transaction.

        Raises:
            Throttled: too busy still.
            CallError: refused for another reason.
        """
        for attempt in range(ATTEMPTS):
            # By its token a transaction that was done without an answer is not done twice.
            token = {"ClientRequestToken": str(uuid4())} if operation == "TransactWriteItems" else {}
            try:
                return self._client.call(operation, {**arguments, **token})
            except CallError as error:
                codes = {reason["Code"] for reason in _reasons(error)} or {error.code}
                last = attempt + 1 == ATTEMPTS or error.code in THROTTLED
                if codes <= THROTTLED | again and not last:
                    pause(attempt)
                    continue
                if codes <= THROTTLED | again and codes & THROTTLED:
                    raise Throttled(", ".join(sorted(codes))) from error
                raise
        raise AssertionError("unreachable: the last attempt returns or raises")


def _update(table: str, key: Key, update: str, condition: Condition) -> Json:
    arguments: Json = {"TableName": table, "Key": _key(key), "UpdateExpression": update}
    if condition.text:
        arguments["ConditionExpression"] = condition.text
    return arguments | _placeholders(update + condition.text, condition.values)


def _at_version(version: int) -> Condition:
    if version == ABSENT:
        return Condition("attribute_not_exists(#pk)", {})
    return Condition("#version = :version", {"version": version})


def _may_put(put: Put) -> Condition:
    """At the version it expects, and of no newer shape: the version may have come from elsewhere than from a read."""
    at = _at_version(put.after)
    if put.after == ABSENT:
        return at
    text = f"{at.text} AND (attribute_not_exists(#shape) OR #shape <= :shape)"
    return Condition(text, {**at.values, "shape": put.kind.shape})


def _has_room(add: Add) -> Condition:
    if add.amount < 0:
        return Condition("#count >= :least", {"least": -add.amount})
    if add.at_most is None:
        return Condition("", {})
    room = "#count <= :most"
    text = f"(attribute_not_exists(#count) OR {room})" if add.allows(0) else room
    return Condition(text, {"most": add.at_most - add.amount})


_NAMES = ("pk", "sk", "version", "kind", "shape", "at", "body", "count")


def _placeholders(text: str, values: Mapping[str, str | int]) -> Json:
    """What stands for the names and values of an expression. DynamoDB takes none that is not in it."""
    arguments: Json = {"ExpressionAttributeNames": {f"#{name}": name for name in _NAMES if f"#{name}" in text}}
    if values:
        arguments["ExpressionAttributeValues"] = {f":{name}": _attribute(value) for name, value in values.items()}
    return arguments


def _attribute(value: str | int) -> dict[str, str]:
    return {"S": value} if isinstance(value, str) else {"N": str(value)}


def _key(key: Key) -> Json:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def _stored(item: Json, kind: type[T]) -> Stored[T]:
    return stored_from(_key_of(item), *raw_item(item), kind)


def _key_of(item: Json) -> Key:
    return Key(item["pk"]["S"], item["sk"]["S"])


def _reasons(error: CallError) -> list[Json]:
    """Why a transaction was cancelled: of each of its items that was the reason."""
    return [reason for reason in error.said.get("CancellationReasons", ()) if reason["Code"] != "None"]
