"""Child processes on a leash: none outlives this process."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

LEASH = Path(__file__).with_name("leash.py")
END_TIMEOUT_S = 12.0


class Child:
    """A running command. It ends by `end()`, or when this process dies in any way."""

    def __init__(
        self, command: list[str], *, env: Mapping[str, str], output: IO[bytes], cwd: Path | None = None
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(LEASH), *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            # Ctrl-C in the terminal reaches this process only, which then ends its children in order.
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The leash's process id; the command's is its child."""
        return self._process.pid

    def running(self) -> bool:
        """Whether the command still runs."""
        return self._process.poll() is None

    def wait(self) -> int:
        """Waits for the command; answers its exit status. Ends it if the wait is interrupted."""
        try:
            return self._process.wait()
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """Ends the command and everything it started."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def descendants_running(marker: str) -> list[int]:
    """Process ids whose command line contains `marker` (Linux: read from /proc)."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if marker in line:
                found.append(int(entry.name))
    return found


def kill_and_wait(pid: int) -> None:
    """Kills a process and waits until it runs no more (its parent may still have to collect it)."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + END_TIMEOUT_S
    while not ended(pid) and time.monotonic() < deadline:
        time.sleep(0.002)


def ended(pid: int) -> bool:
    """Whether a process is gone or waits only to be collected (Linux: read from /proc)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
