"""A deployment: two versions of a function, side by side over the same items, by queue and at once. Nothing is lost."""

from collections.abc import Callable
from functools import partial
from random import Random

import pytest

from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Change, Store, commit_retrying
from tests.crowd import all_at_once
from tests.fakes.clock import ManualClock
from tests.fakes.store import MemoryStore
from tests.unit.kit.conftest import NOW, envelope
from tests.unit.kit.test_delivery import consumed, detail_of, message
from tests.unit.kit.versions import new, newest, old

Pack = Callable[[Store, str], Change]


def deliver(store: Store, pack: Pack, event: Envelope) -> bool:
    """One message to one version of the function; whether it is done with."""

    def handle(received: Envelope) -> None:
        apply_once(store, ManualClock(NOW), received, lambda: pack(store, received.id))

    return not consumed({event.type: handle}, message(1, detail_of(event)))


def check(store: Store, names: list[str], by_new: list[str]) -> None:
    """Everything is in the box, with all that each version knows of it."""
    box = store.get(old.BOX, new.Box)
    assert box
    assert sorted(part.name for part in box.value.parts) == sorted(names)
    assert {part.name: part.weight for part in box.value.parts if part.weight} == {name: len(name) for name in by_new}
    assert box.value.labels == dict.fromkeys(by_new, "packed")
    assert (box.value.text, box.value.colour) == (f"{len(names)} parts", f"{len(by_new)} coats")
    assert box.version == len(names)


@pytest.mark.parametrize("seed", range(3))
def test_messages_go_to_either_version(store: Store, seed: int) -> None:
    random = Random(seed)  # noqa: S311 (no secret)
    names, by_new = [f"part-{number}" for number in range(20)], []
    for name in names:
        version = random.choice((old, new))
        by_new += [name] if version is new else []
        for again in random.choice(((version,), (version, old), (version, new))):
            assert deliver(store, again.pack, envelope(name))
    check(store, names, by_new)


def test_both_versions_at_once() -> None:
    store = MemoryStore()
    names = [f"part-{number}" for number in range(12)]

    def pack(name: str, version: Pack) -> None:
        commit_retrying(store, lambda: (version(store, name), None), attempts=100)

    calls = [partial(pack, name, (old.pack, new.pack)[place % 2]) for place, name in enumerate(names)]
    all_at_once(calls, within_s=0.05)
    check(store, names, names[1::2])


def test_what_newer_code_has_taken_over_waits_for_it(store: Store) -> None:
    """The shape was raised: older code changes nothing any more, and its messages are done by the newer one."""
    events = [envelope(f"part-{number}") for number in range(4)]
    assert deliver(store, old.pack, events[0])
    assert deliver(store, newest.pack, events[1])
    assert not deliver(store, old.pack, events[2])
    assert not deliver(store, new.pack, events[3])
    before = store.get(old.BOX, newest.Box)
    assert before
    assert [part.name for part in before.value.parts] == ["part-1", "part-0"]
    for event in events:
        assert deliver(store, newest.pack, event)
    after = store.get(old.BOX, newest.Box)
    assert after
    assert [part.name for part in after.value.parts] == ["part-3", "part-2", "part-1"]
