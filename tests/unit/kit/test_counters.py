"""Counters: added to without a version, never below nothing, and by hundreds at once."""

from functools import partial

import pytest

from services.kit.store import Add, Change, Check, Conflict, Count, Key, Put, Store, commit_retrying
from services.kit.store.counters import ShardedCounter
from tests.crowd import CrowdedStore, all_at_once
from tests.fakes.store import MemoryStore
from tests.unit.kit.conftest import Subject, envelope
from tests.unit.kit.test_store import Thing

KEY, OTHER = Key("P", "count"), Key("P", "other")


def count(store: Store, key: Key = KEY) -> int:
    """What the counter holds."""
    found = store.get(key, Count)
    return found.value.count if found else 0


def add(store: Store, amount: int = 1, at_most: int | None = None, *, transaction: bool = False) -> None:
    """Adds, alone or with an event."""
    events = [envelope(f"event-{count(store)}")] if transaction else []
    store.commit(Change([Add(KEY, amount, at_most)], events))


@pytest.mark.parametrize("transaction", [False, True])
def test_adding(store: Store, transaction: bool) -> None:
    add(store, 2, transaction=transaction)
    add(store, 3, transaction=transaction)
    add(store, -4, transaction=transaction)
    found = store.get(KEY, Count)
    assert found
    assert (found.value, found.version) == (Count(1), 3)
    assert [stored.value for stored in store.query("P", "", Count)] == [Count(1)]
    assert [stored.value for stored in store.page("P", "", Count, None, 1).items] == [Count(1)]


@pytest.mark.parametrize("transaction", [False, True])
@pytest.mark.parametrize(("before", "amount", "at_most"), [(2, 1, 2), (0, 3, 2), (1, 2, 2), (0, -1, None), (1, -2, 9)])
def test_a_counter_keeps_its_bounds(
    subject: Subject, transaction: bool, before: int, amount: int, at_most: int | None
) -> None:
    if before:
        add(subject.store, before)
    with pytest.raises(Conflict):
        add(subject.store, amount, at_most, transaction=transaction)
    assert count(subject.store) == before
    assert subject.outbox() == []


@pytest.mark.parametrize(("before", "amount", "at_most"), [(1, 1, 2), (0, 2, 2), (3, -1, 1)])
def test_up_to_its_bound_and_back_from_beyond_it(store: Store, before: int, amount: int, at_most: int) -> None:
    if before:
        add(store, before)
    add(store, amount, at_most)
    assert count(store) == before + amount


def test_a_counter_is_part_of_a_transaction(store: Store) -> None:
    add(store, 1)
    with pytest.raises(Conflict):
        store.commit(Change([Add(KEY, 1, at_most=1), Put(OTHER, Thing("x"))]))
    with pytest.raises(Conflict):
        store.commit(Change([Add(KEY), Put(OTHER, Thing("x"), after=7)]))
    assert (count(store), store.get(OTHER, Thing)) == (1, None)
    store.commit(Change([Add(KEY), Put(OTHER, Thing("x"))]))
    assert count(store) == 2


def test_a_counter_is_checked_and_removed_by_its_version_but_never_put(store: Store) -> None:
    add(store, 5)
    with pytest.raises(ValueError, match="added to"):
        store.commit(Change([Put(KEY, Count(1), after=1)]))
    found = store.get(KEY, Count)
    assert found
    store.commit(Change([Check(KEY, 1), Put(OTHER, Thing("x"))]))
    store.commit(Change([found.remove()]))
    assert store.get(KEY, Count) is None


def test_a_sharded_counter_is_one_number(store: Store) -> None:
    counter = ShardedCounter("COUPON", "USES#", 4)
    for _ in range(9):
        store.commit(Change([counter.add()]))
    store.commit(Change([Add(Key("COUPON", "OTHER#000"), 7)]))
    assert counter.total(store) == 9
    for _ in range(9):
        store.commit(Change([counter.give_back(store)]))
    assert counter.total(store) == 0
    with pytest.raises(LookupError):
        counter.give_back(store)


@pytest.mark.parametrize("limit", [0, 1, 3, 4, 5, 9])
def test_a_limit_is_used_up_exactly(store: Store, limit: int) -> None:
    counter = ShardedCounter("COUPON", "USES#", 4)
    taken = 0
    while write := counter.take(store, limit):
        store.commit(Change([write]))
        taken += 1
    assert taken == counter.total(store) == limit
    if limit:
        store.commit(Change([counter.give_back(store)]))
        assert counter.take(store, limit)


def test_a_lowered_limit_holds_for_what_comes(store: Store) -> None:
    counter = ShardedCounter("COUPON", "USES#", 2)
    for _ in range(6):
        write = counter.take(store, 6)
        assert write
        store.commit(Change([write]))
    assert counter.take(store, 4) is None


@pytest.mark.parametrize(("callers", "limit"), [(200, 120), (200, 1_000)])
def test_a_crowd_uses_up_exactly_the_limit_and_nobody_is_sent_away_busy(callers: int, limit: int) -> None:
    store, counter = CrowdedStore(), ShardedCounter("COUPON", "USES#", 30)

    def order(number: int) -> bool:
        def plan() -> tuple[Change, bool]:
            write = counter.take(store, limit)
            return (Change([write, Put(Key("ORDER", f"{number}"), Thing("x"))]), True) if write else (Change(), False)

        return commit_retrying(store, plan)

    placed = all_at_once([partial(order, number) for number in range(callers)], within_s=1)
    assert sum(placed) == counter.total(store) == len(store.query("ORDER", "", Thing)) == min(callers, limit)


def test_one_counter_alone_would_send_some_away() -> None:
    """The crowd is one: what is shown above is not shown by a store on which nobody meets."""
    store = CrowdedStore()

    def order(number: int) -> bool:
        def plan() -> tuple[Change, bool]:
            return Change([Add(KEY), Put(Key("ORDER", f"{number}"), Thing("x"))]), True

        try:
            return commit_retrying(store, plan)
        except Conflict:
            return False

    placed = all_at_once([partial(order, number) for number in range(200)], within_s=0.2)
    assert not all(placed)
    assert sum(placed) == count(store)


def test_memory_counts_like_any_item() -> None:
    store = MemoryStore()
    add(store, 2)
    assert store.items[KEY] == (1, '{"count":2}')
