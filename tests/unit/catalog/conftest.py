"""A fresh world per test."""

from pathlib import Path

import pytest

from tests.unit.catalog.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Nothing is published yet."""
    return World(tmp_path)
