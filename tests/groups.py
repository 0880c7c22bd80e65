"""Which tests share something that takes long to make, and so one worker; and what lives only while they run."""

from contextlib import ExitStack
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
GROUPS = {
    "flows": "flows",
    "security": "security",
    "e2e": "browser",
    "infra": "templates",
    "contracts": "templates",
    "emulator": "emulator",
}
"""Folders of tests, and what they share."""

WITH_SYSTEM = {"flows", "security", "browser"}
"""Groups with a running system each, so that they wait for it side by side."""

alive = ExitStack()
"""What the running group has started. It ends with the group, so that no thread of it disturbs the tests after it."""


def group_of(item: pytest.Item) -> str | None:
    """What a test shares, if anything."""
    return GROUPS.get(item.path.relative_to(TESTS).parts[0])
