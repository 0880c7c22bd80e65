"""What each call asks of the store, as the README says."""

from collections.abc import Callable
from typing import Any

import pytest

from services.credits.app.accounts.read_account import read_account
from services.credits.app.ledger.items import read_timeline
from services.kit.store import Change
from tests.unit.credits.world import AFP, CFP, LEARNER, World, completed, published


@pytest.fixture
def meter(monkeypatch: pytest.MonkeyPatch) -> tuple[World, Callable[[], tuple[int, int]]]:
    """A world, and the reads and items written since the last look."""
    world, used = World(), [0, 0]
    commit = world.store.commit

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def read(*arguments: Any) -> Any:
            used[0] += 1
            return call(*arguments)

        return read

    def committed(change: Change) -> None:
        commit(change)
        used[1] += len(change.writes) + len(change.events)

    for name in ("get", "query", "page"):
        monkeypatch.setattr(world.store, name, counted(getattr(world.store, name)))
    monkeypatch.setattr(world.store, "commit", committed)

    def look() -> tuple[int, int]:
        found = (used[0], used[1])
        used[:] = [0, 0]
        return found

    return world, look


def test_the_readmes_figures(meter: tuple[World, Callable[[], tuple[int, int]]]) -> None:
    world, look = meter
    world.publish(eligible=["AFP"])
    assert look() == (3, 3)
    world.register(AFP)
    assert look() == (6, 6)
    world.register(AFP)
    assert look() == (3, 0)
    world.confirm(AFP)
    assert look() == (7, 7)
    world.name()
    assert look() == (6, 6)
    world.deliver(completed())
    assert look() == (7, 7)
    world.deliver(completed())
    assert look() == (1, 0)
    read_account(world.ctx, LEARNER)
    assert look() == (2, 0)
    read_timeline(world.store, LEARNER, 0, 200)
    assert look() == (2, 0)


def test_a_released_hold_is_five_items(meter: tuple[World, Callable[[], tuple[int, int]]]) -> None:
    world, look = meter
    world.deliver(published(eligible=["CFP"]))
    world.deliver(completed())
    world.register(CFP)
    world.name()
    look()
    world.confirm(CFP)
    assert look() == (8, 13)
