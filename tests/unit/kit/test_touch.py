"""A touch moves an item's version on without knowing it, and changes nothing else."""

import pytest

from services.kit.store import Change, Conflict, Key, Put, Store, Touch
from tests.unit.kit.test_store import Thing

KEY = Key("P", "thing")


def test_who_decided_on_an_older_version_is_refused_and_the_value_stays(store: Store) -> None:
    store.commit(Change([Put(KEY, Thing("first"))]))
    known = store.get(KEY, Thing)
    assert known
    store.commit(Change([Touch(KEY)]))
    with pytest.raises(Conflict):
        store.commit(Change([known.put(Thing("second"))]))
    touched = store.get(KEY, Thing)
    assert touched
    assert (touched.value, touched.version, touched.body) == (known.value, known.version + 1, known.body)
    store.commit(Change([touched.put(Thing("second"))]))
    found = store.get(KEY, Thing)
    assert found
    assert (found.value, found.version) == (Thing("second"), 3)


def test_what_is_absent_stays_absent(store: Store) -> None:
    store.commit(Change([Touch(KEY)]))
    assert store.get(KEY, Thing) is None


def test_it_is_no_part_of_a_transaction(store: Store) -> None:
    with pytest.raises(ValueError, match="change of its own"):
        store.commit(Change([Touch(KEY), Put(Key("P", "other"), Thing("x"))]))
