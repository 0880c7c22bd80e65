"""Which tests share something that takes long to make, and so one worker; and how much of that runs side by side."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
GROUPS = {
    "security": "running system",
    "flows": "running system",
    "roles": "running system",
    "e2e": "browser",
    "infra": "templates",
    "contracts": "templates",
    "emulator": "emulator",
    "simulation": "simulation",
}
"""Folders of tests, and what they share, in the order in which workers take them: the longest ones first.

The first that a test lies in counts.
Of one group, too, the folders come in this order: who looks whether anything changes comes to a quiet
system, and who looks at what was called comes last.
"""

WITH_SYSTEM = {"running system", "browser", "emulator"}
"""Groups with a running system each."""

ORDER = [*dict.fromkeys(GROUPS.values()), None]
"""The groups in that order; last come the tests that share nothing."""


def systems_at_once() -> int:
    """How many running systems this machine carries side by side: one for each core that is ours."""
    return max(1, len(os.sched_getaffinity(0)))


def workers() -> int:
    """How many processes test: one more than there are cores, for tests of systems wait for real time now and then."""
    return systems_at_once() + 1


alive = ExitStack()
"""What the running group has started. It ends with the group, so that no thread of it disturbs the tests after it."""


def group_of(item: pytest.Item) -> str | None:
    """What a test shares, if anything."""
    return group_of_file(item.path.relative_to(TESTS).as_posix())


def place_of(item: pytest.Item) -> int:
    """Where the folder of a test stands in the order of folders."""
    folder = _folder_of(item.path.relative_to(TESTS).as_posix())
    return list(GROUPS).index(folder) if folder else len(GROUPS)


def group_of_file(path: str) -> str | None:
    """What the tests of a file share, if anything. The path is relative to the folder of all tests."""
    folder = _folder_of(path)
    return GROUPS[folder] if folder else None


def _folder_of(path: str) -> str | None:
    return next((folder for folder in GROUPS if path.startswith(f"{folder}/")), None)
