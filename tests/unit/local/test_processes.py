"""No child outlives its starter, however the starter ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.emulator import ROOT
from local.processes import Child, ended

STARTER = """
import sys, time
from local.processes import Child
shell = "echo $$ > {pids}; sleep 60 & echo $! >> {pids}; wait"
child = Child(["/bin/sh", "-c", shell], env={{"PATH": "/usr/bin:/bin"}}, output=sys.stderr.buffer)
time.sleep(60)
"""


def read_pids(file: Path) -> list[int]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if file.exists() and len(file.read_text().split()) == 2:
            return [int(pid) for pid in file.read_text().split()]
        time.sleep(0.02)
    raise AssertionError("the command did not start")


def ends(pids: list[int]) -> bool:
    deadline = time.monotonic() + 5
    while not all(map(ended, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return all(map(ended, pids))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_whole_group_ends_with_its_starter(tmp_path: Path, how: signal.Signals) -> None:
    code = STARTER.format(pids=tmp_path / "pids")
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.DEVNULL) as starter:  # noqa: S603
        pids = read_pids(tmp_path / "pids")
        assert not any(map(ended, pids))
        starter.send_signal(how)
        starter.wait()
    assert ends(pids)


def test_ending_a_child_ends_what_it_started(tmp_path: Path) -> None:
    file = tmp_path / "pids"
    shell = f"echo $$ > {file}; sleep 60 & echo $! >> {file}; wait"
    with (tmp_path / "log").open("wb") as log:
        child = Child(["/bin/sh", "-c", shell], env={"PATH": os.defpath}, output=log)
    pids = read_pids(file)
    child.end()
    assert ends(pids)


def test_the_commands_status_is_its_childs(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        assert Child(["/bin/sh", "-c", "exit 3"], env={"PATH": os.defpath}, output=log).wait() == 3
