"""A few honest learners of each kind; `make honest` runs two hundred of each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.runs import Order, Run, build, runs

NETWORKS = ("calm", "lossy", "outage")
KEPT = {20_000: 0.98, 75_000: 0.98, 25 * 60_000: 0.99}
"""The least part of what was watched that must be kept, by the length of the lecture."""


@pytest.fixture(scope="module")
def program() -> Path:
    """The client's side."""
    return build()


def _watches(program: Path, duration_ms: int, seeds: int) -> Iterator[Run]:
    return runs(program, Order([duration_ms], (1, 2), NETWORKS, (1_000, 1_000 + seeds)))


@pytest.mark.parametrize(("duration_ms", "seeds"), [(20_000, 6), (75_000, 4), (25 * 60_000, 1)])
def test_honest_learners_keep_what_they_watched(program: Path, duration_ms: int, seeds: int) -> None:
    found = list(_watches(program, duration_ms, seeds))
    assert len(found) == len(NETWORKS) * 2 * seeds
    assert not [run for run in found if run.trouble or not run.completed]
    assert not [run for run in found if run.kept < KEPT[duration_ms]]
