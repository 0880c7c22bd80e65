"""The AWS emulator as a child process: on the loopback address only, with its own directories and environment."""

import contextlib
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config

from local.errors import LocalError
from local.kept import Kept
from local.processes import Child

ROOT = Path(__file__).resolve().parent.parent
INTERPRETER = ROOT / ".venv-emulator" / "bin" / "python"
LAUNCHER = Path(__file__).with_name("launcher.py")
HOST = "127.0.0.1"
REGION = "us-east-1"
ACCOUNT = "000000000000"
START_TIMEOUT_S = 120.0
CALLS = "calls.jsonl"
"""What functions called, where that is recorded (local/launcher.py says how)."""
PERSISTENT = {"PERSIST_STATE": "1", "S3_PERSIST": "1"}
NOT_WHOLE = ("Persistence: failed", "Persistence: error", "Failed to restore persisted state")
"""How the emulator begins to say that it could not write or read a part; it goes on without."""
CLIENT_CONFIG = Config(
    connect_timeout=5,
    read_timeout=120,
    max_pool_connections=32,
    retries={"max_attempts": 0},
    s3={"addressing_style": "path"},
)


class Emulator:
    """A running emulator."""

    def __init__(self, endpoint_url: str, workdir: Path, child: Child) -> None:
        self.endpoint_url = endpoint_url
        self.workdir = workdir
        self.log = workdir / "emulator.log"
        self.calls = workdir / CALLS
        self.child = child
        self._session: Any = boto3.session.Session(
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 (any text will do)
            region_name=REGION,
        )
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, region: str = REGION) -> Any:
        """A boto3 client against the emulator, whatever AWS settings the surroundings have. Threads may share it."""
        with self._lock:
            if (service, region) not in self._clients:
                self._clients[service, region] = self._session.client(
                    service, region_name=region, endpoint_url=self.endpoint_url, config=CLIENT_CONFIG
                )
            return self._clients[service, region]


@contextlib.contextmanager
def running(workdir: Path, kept: Kept | None = None, *, recording: bool = False) -> Iterator[Emulator]:
    """Runs the emulator, its state in `workdir` (made anew), until the block ends.

    With `kept`, it begins with what that holds and, ended in order, leaves its state in `workdir`.
    With `recording`, what functions call is noted in the emulator's `calls`.

    Raises:
        LocalError: it is not installed or does not start.
    """
    if not INTERPRETER.exists():
        raise LocalError("The AWS emulator is not installed: run `make setup`.")
    shutil.rmtree(workdir, ignore_errors=True)
    for name in ("tmp", "state", "s3"):
        (workdir / name).mkdir(parents=True)
    made_by = kept.made_by() if kept else None
    if kept:
        kept.copy_into(workdir)
    port = _same_port(made_by.port) if made_by else free_port()
    environment = _environment(workdir, port) | (PERSISTENT if kept else {})
    if recording:
        environment["RECORDED_CALLS"] = str(workdir / CALLS)
    with (workdir / "emulator.log").open("wb") as output:
        child = Child([str(INTERPRETER), str(LAUNCHER)], env=environment, output=output)
    emulator = Emulator(f"http://{HOST}:{port}", workdir, child)
    try:
        _await_ready(emulator)
        yield emulator
    finally:
        child.end()
        shutil.rmtree(workdir / "tmp", ignore_errors=True)


def saved(workdir: Path) -> bool:
    """Whether an emulator that ended has written all its state."""
    return (workdir / "state" / "saved").exists() and not _missed(workdir / "emulator.log")


def require_whole(emulator: Emulator) -> None:
    """Raises LocalError where the emulator could not read all that was kept."""
    if missed := _missed(emulator.log):
        raise LocalError(f"the AWS emulator could not read it ({missed})")


def _missed(log: Path) -> str | None:
    lines = log.read_text(errors="replace").splitlines()
    return next((line for line in lines if any(words in line for words in NOT_WHOLE)), None)


def _same_port(port: int) -> int:
    """The port of the last time. Raises LocalError where something else has it."""
    with contextlib.suppress(OSError), contextlib.closing(socket.create_server((HOST, port))):
        return port
    raise LocalError(
        f"Port {port}, which the kept data's queues have in their addresses, is taken: end what uses it, "
        "or let `make reset` delete the data."
    )


def free_port() -> int:
    """A TCP port of the loopback address that is free now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _environment(workdir: Path, port: int) -> dict[str, str]:
    """All the emulator and the functions see: nothing of the developer's own AWS settings or Docker reaches them."""
    return {
        "PATH": os.defpath,
        "HOME": str(workdir),
        "LANG": "C.UTF-8",
        "TMPDIR": str(workdir / "tmp"),
        "STATE_DIR": str(workdir / "state"),
        "S3_DATA_DIR": str(workdir / "s3"),
        "PERSIST_STATE": "0",
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nonexistent",
        "AWS_XRAY_SDK_ENABLED": "false",
        # As on AWS: a trigger that fails makes no token.
        "MINISTACK_COGNITO_PRETOKEN_STRICT": "1",
    }


def _await_ready(emulator: Emulator) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{emulator.endpoint_url}/_ministack/health", timeout=1).status_code == httpx.codes.OK:
                return
        if not emulator.child.running():
            break
        time.sleep(0.03)
    last = emulator.log.read_text(errors="replace").strip().splitlines()[-1:] or ["(it wrote nothing)"]
    raise LocalError(f"The AWS emulator did not start; its log {emulator.log} ends with: {last[0]}")
