"""What all kinds of tests share: how they are spread over processes, and what each process reads once."""

import fcntl
import gc
import os
from collections.abc import Generator, Iterator
from functools import cache
from typing import Any

import botocore.loaders
import botocore.session
import pytest
from _pytest.nodeid import NodeId
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from local.emulator import ROOT
from local.system import STAGE, System, start
from tests.groups import ORDER, WITH_SYSTEM, alive, group_of, group_of_file, place_of, systems_at_once, workers

os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Xueshi")  # as in a function's environment

# Nothing here judges by how long something takes: on a busy machine all of it takes longer.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

REDELIVERY_S = 4
"""How soon a failed message comes back: longer than a cold start, so that a slow call is not delivered twice."""

COLLECTING = ROOT / "build" / "tests" / "collecting.lock"
SYSTEM_MARKS = {"system", "e2e"}


class SharedThings(LoadScopeScheduling):  # type: ignore[misc]
    """The tests of a group are one unit of work, every other test is one by itself.

    xdist's own `loadgroup` would do; with pytest 9.2 it silently groups nothing (pytest-xdist issue 1386). And no more
    groups with a running system are under way than the machine carries: meanwhile the other workers take other tests.
    """

    def _split_scope(self, nodeid: str) -> str:
        return group_of_file(nodeid.partition("::")[0].removeprefix("tests/")) or nodeid

    def _assign_work_unit(self, node: Any) -> None:
        if self._systems_under_way() >= systems_at_once():
            other = next((scope for scope in self.workqueue if scope not in WITH_SYSTEM), None)
            if other is not None:
                self.workqueue.move_to_end(other, last=False)
        super()._assign_work_unit(node)

    def _systems_under_way(self) -> int:
        """Workers that have tests of a running system before them."""
        return sum(
            any(scope in WITH_SYSTEM and not all(tests.values()) for scope, tests in work.items())
            for work in self.assigned_work.values()
        )


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SharedThings:
    """How `pytest -n` spreads the tests."""
    # Which scope is large says nothing here: a group of few tests in a browser takes longer than hundreds of others.
    config.option.loadscopereorder = False
    return SharedThings(config, log)


def pytest_xdist_auto_num_workers() -> int:
    """What `-n auto` means on this machine."""
    return workers()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """One worker collects first, so that what it compiles the others only read: on a fresh clone that is most of it."""
    COLLECTING.parent.mkdir(parents=True, exist_ok=True)
    with COLLECTING.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(lock, fcntl.LOCK_SH)
        return (yield)


def _name_apart(items: list[pytest.Item]) -> None:
    """xdist tells tests apart by their ids, and runs one of those that share one: the public fuzzer's, an operation
    each, came with one for all.
    """
    for item in items:
        if not item.nodeid.endswith(item.name):
            item._id = NodeId.parse(f"{item.nodeid.rpartition('::')[0]}::{item.name}")  # noqa: SLF001 (no other way)
    assert len({item.nodeid for item in items}) == len(items), "two tests have one id: only one of them would run"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts each group's tests one after the other. A test of the running system elsewhere would start another one."""
    _name_apart(items)
    items.sort(key=lambda item: (ORDER.index(group_of(item)), place_of(item)))
    for item in items:
        if SYSTEM_MARKS & {mark.name for mark in item.iter_markers()} and group_of(item) not in WITH_SYSTEM:
            raise pytest.UsageError(f"{item.nodeid} needs the running system: move it to flows, security or e2e")


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the garbage collector need not look through it ever again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def aws_models_read_once() -> Iterator[None]:
    """All of botocore's sessions share one loader: each would otherwise parse the same megabytes of JSON."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", cache(botocore.loaders.create_loader))
        yield


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """What a group started ends with its last test."""
    if nextitem is None or group_of(nextitem) != group_of(item):
        alive.close()


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    """The whole system on this machine, with the demo's accounts and courses, of the group that is called so."""
    directory = tmp_path_factory.mktemp("system")
    running = alive.enter_context(start(workdir=directory, seed=True, redelivery_s=REDELIVERY_S, recording=True))
    _stop_canary(running)
    return running


def _stop_canary(system: System) -> None:
    """It walks when it likes, and tests look whether anything changes."""
    scheduler = system.client("scheduler")
    known = scheduler.get_schedule(Name=f"{STAGE.prefix}-playback-canary")
    wanted = ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    scheduler.update_schedule(**{name: known[name] for name in wanted if name in known}, State="DISABLED")
