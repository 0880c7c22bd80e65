"""The running system, ready for flows."""

from collections.abc import Iterator

import pytest

from local.system import System
from tests.flows.world import World, unfailing


@pytest.fixture(scope="session")
def world(system: System) -> Iterator[World]:
    """The running system with an editor and an administrator signed in. It is left quiet."""
    with_people = World(system)
    yield with_people
    with_people.close()


@pytest.fixture
def nothing_fails(world: World) -> Iterator[None]:
    """No request of the test fails on the server's side."""
    with unfailing(world.traffic):
        yield
