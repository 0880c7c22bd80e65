"""A fresh world per test."""

import pytest

from tests.unit.orders.world import World


@pytest.fixture
def world() -> World:
    """Nobody is a member yet."""
    return World()


@pytest.fixture
def member_world(world: World) -> World:
    """MEMBER is a member from now on, for a year."""
    world.grant()
    return world
