"""Runs one command that must not outlive its starter: `leash.py <command> ...`, with standard input as the leash.

The command gets a process group of its own. When the leash breaks (the starter closes standard input or dies, even by
SIGKILL) or a signal arrives, the whole group ends. Standard library only: any interpreter may run this file.
"""

import os
import signal
import subprocess
import sys
import threading
import time

GRACE_S = 10.0
"""How long the group may take to end by itself, in seconds."""


def main(command: list[str]) -> int:
    """Runs the command; answers its exit status, or 128 + signal number as a shell does."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: _end(child))
    threading.Thread(target=_hold, args=(child,), daemon=True).start()
    status = child.wait()
    _signal_group(child, signal.SIGKILL)
    return status if status >= 0 else 128 - status


def _hold(child: "subprocess.Popen[bytes]") -> None:
    while os.read(0, 1024):
        pass
    _end(child)


def _end(child: "subprocess.Popen[bytes]") -> None:
    _signal_group(child, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_S
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    _signal_group(child, signal.SIGKILL)


def _signal_group(child: "subprocess.Popen[bytes]", number: int) -> None:
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):
        return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
