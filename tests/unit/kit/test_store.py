"""One suite for every store: the fake keeps what DynamoDB promises, and nothing more."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pydantic import ValidationError

from services.kit.kinds import NOTHING, stored
from services.kit.store import (
    MAX_BATCH_ITEMS,
    MAX_BODY_BYTES,
    Add,
    Change,
    Check,
    Conflict,
    Count,
    Key,
    Put,
    Store,
    Write,
    WrongKind,
    commit_retrying,
    read_or,
)
from tests.unit.kit.conftest import NOW, Subject, envelope

KEY, OTHER = Key("P", "a"), Key("P", "b")


@stored(shape=1, personal=NOTHING)
class Thing:
    """Something to keep."""

    text: str
    amount: Decimal = Decimal("0.1")
    at: datetime = NOW
    parts: tuple[int, ...] = ()
    maybe: int | None = 7


@stored(shape=1, personal=NOTHING)
class Incompatible:
    """Something else."""

    needed: int


def put(store: Store, key: Key, text: str, after: int = 0) -> None:
    """Writes a thing."""
    store.commit(Change([Put(key, Thing(text), after)]))


def texts(store: Store, prefix: str = "") -> list[str]:
    """Of all things of the partition."""
    return [stored.value.text for stored in store.query("P", prefix, Thing)]


def test_what_is_written_is_read(store: Store) -> None:
    value = Thing("学时 🎓", Decimal("1.50"), datetime(2026, 1, 1, 0, 0, 0, 1000, tzinfo=UTC), (1, 2), None)
    store.commit(Change([Put(KEY, value)]))
    stored = store.get(KEY, Thing)
    assert stored
    assert (stored.key, stored.value, stored.version) == (KEY, value, 1)
    assert str(stored.value.amount) == "1.50"


def test_nothing_is_read_where_nothing_is(store: Store) -> None:
    assert store.get(KEY, Thing) is None
    assert store.query("P", "", Thing) == []


def test_an_item_from_before_there_were_kinds_that_is_none_of_the_kind_is_an_error(subject: Subject) -> None:
    subject.put_unlabelled(KEY, '{"text":"x"}')
    with pytest.raises(ValidationError):
        subject.store.get(KEY, Incompatible)


def test_what_does_not_say_what_it_is_is_not_stored(store: Store) -> None:
    @dataclass(frozen=True)
    class Silent:
        text: str

    with pytest.raises(TypeError, match="Silent is not declared"):
        store.commit(Change([Put(KEY, Silent("x"))]))
    put(store, KEY, "x")
    with pytest.raises(TypeError, match="Silent is not declared"):
        store.get(KEY, Silent)


def test_versions_count_up(store: Store) -> None:
    put(store, KEY, "one")
    put(store, KEY, "two", after=1)
    stored = store.get(KEY, Thing)
    assert stored
    assert (stored.value.text, stored.version) == ("two", 2)


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_write_on_another_version_is_a_conflict(store: Store, after: int) -> None:
    put(store, KEY, "one")
    put(store, KEY, "two", after=1)
    with pytest.raises(Conflict):
        put(store, KEY, "three", after=after)
    assert texts(store) == ["two"]


def test_a_write_on_what_is_not_there_is_a_conflict(store: Store) -> None:
    with pytest.raises(Conflict):
        put(store, KEY, "one", after=1)
    assert texts(store) == []


@pytest.mark.parametrize(
    "failing", [Put(OTHER, Thing("new"), 5), Check(OTHER, 5), Check(OTHER, 0), Check(Key("P", "c"), 1)]
)
def test_a_transaction_is_all_or_nothing(subject: Subject, failing: Put | Check) -> None:
    put(subject.store, OTHER, "old")
    change = Change([Put(KEY, Thing("new")), failing], [envelope()])
    with pytest.raises(Conflict):
        subject.store.commit(change)
    assert texts(subject.store) == ["old"]
    assert subject.outbox() == []


def test_a_transaction_writes_everything(subject: Subject) -> None:
    put(subject.store, OTHER, "old")
    events = [envelope("event-1", note=None, number=1.5), envelope("event-2", text="学时")]
    writes: list[Write] = [Put(KEY, Thing("new")), Check(OTHER, 1), Check(Key("P", "absent"), 0)]
    subject.store.commit(Change(writes, events))
    assert texts(subject.store) == ["new", "old"]
    assert subject.outbox() == events
    other = subject.store.get(OTHER, Thing)
    assert other
    assert other.version == 1


def test_a_check_alone_and_an_event_alone(subject: Subject) -> None:
    subject.store.commit(Change([Check(KEY, 0)]))
    with pytest.raises(Conflict):
        subject.store.commit(Change([Check(KEY, 1)]))
    subject.store.commit(Change(events=[envelope()]))
    assert len(subject.outbox()) == 1


def test_nothing_to_do(subject: Subject) -> None:
    subject.store.commit(Change())
    assert subject.outbox() == []


def test_an_event_is_put_out_once(subject: Subject) -> None:
    subject.store.commit(Change(events=[envelope()]))
    with pytest.raises(Conflict):
        subject.store.commit(Change([Put(KEY, Thing("new"))], [envelope()]))
    assert texts(subject.store) == []
    assert len(subject.outbox()) == 1


def test_a_query_is_ordered_by_bytes_within_partition_and_prefix(store: Store) -> None:
    names = ["x#b", "x#a", "x#Z", "x#ä", "x#10", "x#2", "x#学", "y#a", "x"]
    for name in names:
        put(store, Key("P", name), name)
    put(store, Key("Q", "x#a"), "elsewhere")
    assert texts(store, "x#") == ["x#10", "x#2", "x#Z", "x#a", "x#b", "x#ä", "x#学"]
    assert texts(store) == sorted(names, key=str.encode)
    assert texts(store, "z") == []


def test_a_query_reads_more_than_one_page(store: Store) -> None:
    for number in range(4):
        put(store, Key("P", f"{number}"), "x" * 380_000)
    assert len(texts(store)) == 4


def test_a_page_goes_on_after_a_key_whether_it_exists_or_not(store: Store) -> None:
    for name in ("w", "x#1", "x#1a", "x#2", "x#ä", "x#\U0010ffff", "y"):
        put(store, Key("P", name), name)
    put(store, Key("Q", "x#1"), "elsewhere")

    def page(prefix: str, after: str, limit: int = 9) -> list[str]:
        return [stored.value.text for stored in store.page("P", prefix, Thing, after, limit).items]

    everything = ["w", "x#1", "x#1a", "x#2", "x#ä", "x#\U0010ffff", "y"]
    assert page("x#", "") == everything[1:6]
    assert page("x#", "", 2) == ["x#1", "x#1a"]
    assert page("x#", "x#1a", 2) == ["x#2", "x#ä"]
    assert page("x#", "x#1b") == ["x#2", "x#ä", "x#\U0010ffff"]
    assert page("x#", "a") == everything[1:6]
    assert page("x#", "y") == []
    assert page("x#", "x#\U0010ffff") == []
    assert page("", "") == everything
    assert page("", "x#2", 2) == ["x#ä", "x#\U0010ffff"]


def test_a_page_is_full_however_long_its_items_are(store: Store) -> None:
    for number in range(5):
        put(store, Key("P", f"{number}"), "x" * 380_000)
    assert [stored.key.sk for stored in store.page("P", "", Thing, "0", 3).items] == ["1", "2", "3"]


def test_a_hundred_items_are_a_transaction_and_one_more_is_none(subject: Subject) -> None:
    writes = [Put(Key("P", f"{number:03}"), Thing("x")) for number in range(99)]
    subject.store.commit(Change(writes, [envelope()]))
    assert len(texts(subject.store)) == 99
    more = [Put(Key("Q", f"{number:03}"), Thing("x")) for number in range(100)]
    with pytest.raises(ValueError, match="at most 100"):
        subject.store.commit(Change(more, [envelope("event-2")]))
    assert subject.store.query("Q", "", Thing) == []


@pytest.mark.parametrize("second", [Put(KEY, Thing("two")), Check(KEY, 0)])
def test_two_writes_of_one_key_are_no_transaction(store: Store, second: Put | Check) -> None:
    with pytest.raises(ValueError, match="one key"):
        store.commit(Change([Put(KEY, Thing("one")), second]))


def test_two_events_of_one_id_are_no_transaction(store: Store) -> None:
    with pytest.raises(ValueError, match="one key"):
        store.commit(Change(events=[envelope(), envelope()]))


@pytest.mark.parametrize("key", [Key("", "a"), Key("a", ""), Key("学" * 683, "a"), Key("a", "学" * 342)])
def test_keys_have_limits(store: Store, key: Key) -> None:
    with pytest.raises(ValueError, match="key"):
        put(store, key, "x")


def test_the_longest_keys(store: Store) -> None:
    put(store, Key("p" * 2048, "s" * 1024), "x")


@pytest.mark.parametrize("text", ["x" * MAX_BODY_BYTES, "学" * (MAX_BODY_BYTES // 3)])
def test_items_have_limits(store: Store, text: str) -> None:
    with pytest.raises(ValueError, match="bytes"):
        put(store, KEY, text)
    put(store, KEY, text[: len(text) * 99 // 100])


def test_retrying_plans_again_on_what_the_other_wrote(store: Store) -> None:
    put(store, KEY, "one")
    seen: list[str] = []

    def plan() -> tuple[Change, str]:
        stored = store.get(KEY, Thing)
        assert stored
        seen.append(stored.value.text)
        if len(seen) == 1:
            put(store, KEY, "two", after=1)
        return Change([Put(KEY, Thing("three"), stored.version)]), f"after {stored.value.text}"

    assert commit_retrying(store, plan) == "after two"
    assert seen == ["one", "two"]


def test_retrying_gives_up(store: Store) -> None:
    tries: list[int] = []

    def plan() -> tuple[Change, None]:
        tries.append(1)
        return Change([Check(KEY, 9)]), None

    with pytest.raises(Conflict):
        commit_retrying(store, plan, attempts=3)
    assert len(tries) == 3


def test_what_a_plan_refuses_is_not_tried_again(store: Store) -> None:
    def plan() -> tuple[Change, None]:
        raise LookupError

    with pytest.raises(LookupError):
        commit_retrying(store, plan)


def test_several_items_are_read_at_once_each_as_it_is(store: Store) -> None:
    put(store, KEY, "one")
    store.commit(Change([Add(OTHER, 3)]))
    gone = Key("Q", "c")
    read = store.get_many([KEY, OTHER, gone, KEY])
    assert read.get(KEY, Thing) == store.get(KEY, Thing)
    assert read.get(OTHER, Count) == store.get(OTHER, Count)
    assert read.get(gone, Thing) is None
    assert read_or(read, gone, Thing("two")).value == Thing("two")
    with pytest.raises(WrongKind):
        read.get(KEY, Count)
    with pytest.raises(KeyError):
        read.get(Key("P", "not asked for"), Thing)
    store.get_many([])


def test_as_many_items_are_read_at_once_as_dynamodb_takes(store: Store) -> None:
    for number in range(MAX_BATCH_ITEMS):
        put(store, Key("P", f"{number:03}"), str(number))
    keys = [Key("P", f"{number:03}") for number in range(MAX_BATCH_ITEMS)]
    read = store.get_many(keys)
    assert [found.value.text for key in keys if (found := read.get(key, Thing))] == [str(n) for n in range(len(keys))]
    with pytest.raises(ValueError, match="at most 100"):
        store.get_many([*keys, OTHER])
