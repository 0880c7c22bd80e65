"""Which tests share something that takes long to make, and so one worker; and how much of that runs side by side."""

import os
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
GROUPS = {
    "e2e": "browser",
    "e2e/shop": "second browser",
    "security": "security",
    "flows": "flows",
    "infra": "templates",
    "contracts": "templates",
    "emulator": "emulator",
}
"""Folders of tests, and what they share, in the order in which workers take them: the longest ones first.

A folder goes with the one above it unless it is named itself.
"""

WITH_SYSTEM = {"flows", "security", "browser", "second browser"}
"""Groups with a running system each."""

ORDER = [*dict.fromkeys(GROUPS.values()), None]
"""The groups in that order; last come the tests that share nothing."""


def systems_at_once() -> int:
    """How many running systems this machine carries side by side: one for each core that is ours."""
    return max(1, len(os.sched_getaffinity(0)))


def workers() -> int:
    """How many processes test: one more than there are systems, for systems wait for real time now and then."""
    return min(systems_at_once(), len(WITH_SYSTEM)) + 1


def group_of(item: pytest.Item) -> str | None:
    """What a test shares, if anything."""
    return group_of_file(item.path.relative_to(TESTS).as_posix())


def group_of_file(path: str) -> str | None:
    """What the tests of a file share, if anything. The path is relative to the folder of all tests."""
    folder = path.rpartition("/")[0]
    return GROUPS.get(folder) or GROUPS.get(folder.partition("/")[0])
