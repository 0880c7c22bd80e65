"""`python -m local run`: the whole system on this machine until Ctrl-C."""

import argparse
import errno
import logging
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from rich.console import Console

from local.codes import PATH as CODES
from local.dashboards.page import PATH as DASHBOARDS
from local.edge import listen
from local.emulator import ROOT
from local.errors import LocalError
from local.kept import Kept
from local.mailbox import PATH as MAILBOX
from local.seed import sign_in_lines
from local.steps import Steps
from local.system import BUILD, NotTakenOver, start
from local.toolchain import build_client

DEFAULT_PORT = 8080
NEEDED_BYTES = 700_000_000
"""What a first run writes: the client's packages, the layer, the assembly."""


class _Stop(Exception):
    """A signal asked to end."""


def main() -> int:
    """Parses the command line and runs; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="start everything, with demo data")
    reset = commands.add_parser("reset", help="delete what was kept, so that the next run starts afresh")
    for command in (run, reset):
        command.add_argument("--port", type=int, default=DEFAULT_PORT, help="of the one origin (default %(default)s)")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _raise_stop)
    try:
        if options.command == "reset":
            _reset(options.port)
        else:
            _run_keeping(options.port, kept_by(options.port))
    except _Stop:
        return 0
    except LocalError as error:
        return _fail(str(error))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return _fail(f"The disk is full: free some space under {ROOT} and start again.")
        raise
    return 0


def endpoint_file(port: int) -> Path:
    """Where the system on this port says how to reach its AWS: the demo and operators' commands read it."""
    return BUILD / f"endpoint-{port}.env"


def policy_file(port: int) -> Path:
    """Where the system on this port says which log and witnesses its proofs are checked with."""
    return BUILD / f"log-policy-{port}.txt"


def kept_by(port: int) -> Kept:
    """What the system on this port keeps over a restart."""
    return Kept(BUILD / f"kept-{port}")


def _reset(port: int) -> None:
    listen(port).close()  # a system that runs would keep its data at its end
    gone = ", ".join(str(folder.relative_to(ROOT)) for folder in kept_by(port).forget())
    said = f"Deleted {gone}." if gone else f"Nothing was kept of port {port}."
    sys.stdout.write(f"{said} The next `make run` there starts afresh.\n")


def _run_keeping(port: int, kept: Kept) -> None:
    """Runs over what was kept or, where that does not go, afresh."""
    try:
        _run(port, kept)
    except NotTakenOver as error:
        aside = kept.set_aside().relative_to(ROOT)
        sys.stderr.write(f"{error}\nIt is in {aside} now, and everything starts afresh.\n")
        _run(port, kept)


def _run(port: int, kept: Kept) -> None:
    console = Console(highlight=False)
    steps = Steps(console)
    _require_space()
    listen(port).close()  # a busy port is said at once, not after the build
    with steps.step("client"):
        build_client()
    with start(port=port, seed=True, steps=steps, kept=kept) as system:
        told = endpoint_file(port)
        told.write_text(f"AWS_ENDPOINT_URL={system.endpoint_url}\nXUESHI_BASE_URL={system.base_url}\n")
        console.print(f"\nReady after {steps.seconds():.1f} s.")
        policy = policy_file(port)
        policy.write_text(system.log_policy)
        for line in sign_in_lines(system.base_url):
            console.print(line, markup=False)
        console.print(f"Staff sign in with a second factor: their codes are at {system.base_url}{CODES}", markup=False)
        console.print(f"E-mail that the system sends arrives at {system.base_url}{MAILBOX}", markup=False)
        console.print(f"What operators see of it is at {system.base_url}{DASHBOARDS}", markup=False)
        console.print(f"Proofs of its log are checked with {policy.relative_to(ROOT)}", markup=False)
        console.print("Try `make demo` in another terminal. Ctrl-C ends everything.")
        console.print("What you do here is kept for the next `make run`; `make reset` deletes it.")
        try:
            _wait_for_signal(system.emulator.child.running)
        finally:
            told.unlink(missing_ok=True)
            # What remains is quick; a second Ctrl-C must not leave it half done.
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)


def _require_space() -> None:
    """Asks for space before anything is half written."""
    if shutil.disk_usage(ROOT).free < NEEDED_BYTES:
        raise LocalError(f"The disk is nearly full: free {NEEDED_BYTES // 10**6} MB under {ROOT} and start again.")


def _wait_for_signal(alive: Callable[[], bool]) -> None:
    pause = threading.Event()
    while alive():
        pause.wait(0.5)
    raise LocalError("The AWS emulator ended by itself: its log is in build/local/run-<port>/emulator.log.")


def _raise_stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stop


def _fail(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 1


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
