"""A function's host whose clock runs as the drill says: Python imports this file at its start, from PYTHONPATH.

Only what the code reads as the time is moved, at its one source; processes wait and AWS answers as always.
DRILL_CLOCK has an instant of the drill, the machine's at the same moment (both seconds since 1970), how many times
faster the drill's clock runs, and how many seconds this host is ahead.
"""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

SOURCE = "services.kit.clock"


class _Finder(MetaPathFinder):
    """Moves the clock as soon as its module is imported."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != SOURCE:
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        loader: Any = spec.loader if spec else None
        if loader:
            execute = loader.exec_module

            def moved(module: ModuleType) -> None:
                execute(module)
                _move(module)

            loader.exec_module = moved
        return spec


def _move(module: Any) -> None:
    began, real, pace, ahead = map(float, os.environ["DRILL_CLOCK"].split())

    def now(_clock: Any) -> datetime:
        instant = datetime.fromtimestamp(began, UTC)
        passed = datetime.now(UTC) - datetime.fromtimestamp(real, UTC)
        moved = instant + passed * pace + timedelta(seconds=ahead)
        return moved.replace(microsecond=moved.microsecond // 1000 * 1000)

    module.SystemClock.now = now


if "DRILL_CLOCK" in os.environ:
    sys.meta_path.insert(0, _Finder())
