"""A running system for a folder of tests, which ends with the folder's last test."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local.system import System, start

REDELIVERY_S = 4
"""How soon a failed message comes back: longer than a cold start, so that a slow call is not delivered twice."""


@contextmanager
def running_system(directories: pytest.TempPathFactory) -> Iterator[System]:
    """The whole system with the demo's accounts and courses."""
    with start(workdir=directories.mktemp("system"), seed=True, redelivery_s=REDELIVERY_S) as running:
        yield running
