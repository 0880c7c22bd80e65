"""Kinds, shapes and what newer code has put in: two versions of the code, side by side over the same items."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from services.kit.events import Envelope
from services.kit.kinds import ID_ONLY, NOTHING, Emptied, Kept, Kind, kind_of, kinds, stored
from services.kit.store import Add, Change, Conflict, Count, Key, NewerShape, Put, Store, Stored, WrongKind
from tests.fakes.store import MemoryStore
from tests.unit.kit.conftest import NOW, Subject, envelope
from tests.unit.kit.versions import new, newest, old

KEY, OTHER = Key("P", "a"), Key("P", "b")


@stored(shape=1, personal=NOTHING)
class Lid:
    """Something that is no box."""

    text: str = ""


def put(store: Store, value: Any, key: Key = KEY, after: int = 0) -> None:
    """Writes a value."""
    store.commit(Change([Put(key, value, after)]))


def read(store: Store, kind: type[Any], key: Key = KEY) -> Stored[Any]:
    """What is there."""
    found = store.get(key, kind)
    assert found
    return found


def test_an_item_says_what_it_is_and_when_it_was_written(subject: Subject) -> None:
    put(subject.store, new.Box("x"))
    subject.store.commit(Change([Add(OTHER)], [envelope()]))
    at = NOW.isoformat(timespec="milliseconds")
    assert subject.labels() == {KEY: ("Box", 1, at), OTHER: ("Count", 1, at)}


def test_an_item_of_another_kind_fails_loudly_even_where_it_would_fit(store: Store) -> None:
    put(store, new.Box("x"))
    for fails in (
        lambda: store.get(KEY, Lid),
        lambda: store.query("P", "", Lid),
        lambda: store.page("P", "", Lid, "", 9),
    ):
        with pytest.raises(WrongKind, match="is a Box, not a Lid"):
            fails()
    store.commit(Change([Add(OTHER)]))
    with pytest.raises(WrongKind):
        store.get(OTHER, Lid)


def test_items_from_before_there_were_kinds_are_read_and_become_ones(subject: Subject) -> None:
    subject.put_unlabelled(KEY, '{"text":"x"}')
    found = read(subject.store, old.Box)
    assert found.value.text == "x"
    subject.store.commit(Change([found.put(replace(found.value, text="y"))]))
    assert subject.labels()[KEY][:2] == ("Box", 1)


def test_old_code_keeps_what_new_code_has_put_in(store: Store) -> None:
    written = new.Box("x", "red", new.Part("lid", 1), (new.Part("a", 2), new.Part("b", 3)))
    put(store, written)
    before = read(store, old.Box)
    parts = (before.value.parts[0], replace(before.value.parts[1], name="c"))
    changed = replace(before.value, text="y", inner=replace(before.value.inner, name="cap"), parts=parts)
    store.commit(Change([before.put(changed)]))
    assert read(store, new.Box).value == new.Box("y", "red", new.Part("cap", 1), (new.Part("a", 2), new.Part("c", 3)))
    assert read(store, old.Box).value == changed


def test_elements_that_move_take_what_is_theirs_and_removed_ones_take_it_away(store: Store) -> None:
    put(store, new.Box("x", parts=(new.Part("a", 1), new.Part("b", 2), new.Part("c", 3))))
    before = read(store, old.Box)
    a, _, c = before.value.parts
    store.commit(Change([before.put(replace(before.value, parts=(c, old.Part("d"), a, old.Part("e"))))]))
    kept = [(part.name, part.weight) for part in read(store, new.Box).value.parts]
    assert kept == [("c", 3), ("d", 0), ("a", 1), ("e", 0)]


def test_new_code_reads_what_old_code_wrote(store: Store) -> None:
    put(store, old.Box("x"))
    assert read(store, new.Box).value == new.Box("x")


def test_what_new_code_takes_out_is_out(store: Store) -> None:
    put(store, new.Box("x", labels={"a": "1", "b": "2"}))
    before = read(store, new.Box)
    store.commit(Change([before.put(replace(before.value, labels={"b": "3"}))]))
    assert read(store, new.Box).value.labels == {"b": "3"}


def test_an_erasure_leaves_nothing_that_it_does_not_know(subject: Subject) -> None:
    put(subject.store, new.Box("x", "a name"))
    before = read(subject.store, old.Box)
    subject.store.commit(Change([before.put_bare(replace(before.value, text=""))]))
    assert "a name" not in subject.body(KEY)


def test_what_is_written_next_in_the_same_call_keeps_it_too(store: Store) -> None:
    put(store, new.Box("x", "red"))
    before = read(store, old.Box)
    first = before.put(replace(before.value, text="y"))
    store.commit(Change([first]))
    then = before.after(first)
    assert (then.version, then.value.text) == (2, "y")
    store.commit(Change([then.put(replace(then.value, text="z"))]))
    assert read(store, new.Box).value == new.Box("z", "red")


@pytest.mark.parametrize("transaction", [False, True])
@pytest.mark.parametrize("was_read", [False, True])
def test_old_code_never_writes_over_a_newer_shape(subject: Subject, transaction: bool, was_read: bool) -> None:
    store, writes = subject.store, [Put(OTHER, Lid())] if transaction else []
    put(store, newest.Box("x"))
    write = read(store, old.Box).put(old.Box("y")) if was_read else Put(KEY, old.Box("y"), after=1)
    before = subject.body(KEY)
    with pytest.raises(NewerShape):
        store.commit(Change([write, *writes]))
    assert subject.body(KEY) == before
    assert store.get(OTHER, Lid) is None
    put(store, newest.Box("z"), after=1)
    with pytest.raises((Conflict, NewerShape)):
        put(store, old.Box("y"), after=1)


def test_a_newer_shape_that_cannot_be_read_is_not_taken_for_a_broken_item(subject: Subject) -> None:
    put(subject.store, newest.Moved("x"))
    with pytest.raises(NewerShape):
        subject.store.get(KEY, old.Moved)
    put(subject.store, old.Moved(1), OTHER)
    with pytest.raises(ValidationError):
        subject.store.get(OTHER, newest.Moved)


def test_an_older_shape_is_written_over(store: Store) -> None:
    put(store, old.Box("x"))
    before = read(store, newest.Box)
    store.commit(Change([before.put(replace(before.value, text="y"))]))
    with pytest.raises(NewerShape):
        put(store, old.Box("z"), after=2)


def test_a_newer_shape_can_be_removed_by_whoever_knows_its_version(store: Store) -> None:
    put(store, newest.Box("x"))
    store.commit(Change([read(store, old.Box).remove()]))
    assert store.get(KEY, old.Box) is None
    put(store, old.Box("again"))


def test_a_removal_is_of_a_version(subject: Subject) -> None:
    put(subject.store, Lid("x"))
    before = read(subject.store, Lid)
    put(subject.store, Lid("y"), after=1)
    with pytest.raises(Conflict):
        subject.store.commit(Change([before.remove(), Put(OTHER, Lid())], [envelope()]))
    assert read(subject.store, Lid).value == Lid("y")
    assert subject.outbox() == []
    with pytest.raises(ValueError, match="one key"):
        subject.store.commit(Change([before.remove(), Put(KEY, Lid())]))


def test_a_kind_states_everything() -> None:
    wrong: list[Callable[[], object]] = [
        lambda: stored(shape=0, personal=NOTHING),
        lambda: stored(shape=1, personal=()),
        lambda: Emptied(),
        lambda: Kept("name", because="", until="2030"),
        lambda: Kept("name", because="law", until=""),
        lambda: Kept(because="law", until="2030"),
    ]
    for statement in wrong:
        with pytest.raises(TypeError):
            statement()


def test_kinds_are_found_by_package_and_class() -> None:
    assert kind_of(Count) == kinds("services.kit")[Count] == Kind("Count", 1, (NOTHING,))
    assert kind_of(Envelope) == Kind("Envelope", 1, (ID_ONLY,))
    with pytest.raises(TypeError, match="Sub is not declared"):
        kind_of(type("Sub", (Count,), {}))
    assert old.Box not in kinds("services")


def test_a_store_in_memory_tells_the_time_by_itself() -> None:
    store = MemoryStore()
    put(store, Lid())
    assert store.labels[KEY].at.endswith("+00:00")
