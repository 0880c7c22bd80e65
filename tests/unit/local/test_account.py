"""The account on this machine: where it says that it runs, until it does not."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from local import account
from local.errors import LocalError


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where it says so. What the command does with signals ends with the test."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    monkeypatch.setattr(account, "FILE", tmp_path / "account.env")
    monkeypatch.setattr("sys.argv", ["account"])
    yield tmp_path / "account.env"
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_an_account_that_is_ended_no_longer_says_that_it_runs(
    told: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    read: list[str] = []

    def running() -> bool:
        read.append(told.read_text())
        os.kill(os.getpid(), number)
        return True

    child = SimpleNamespace(running=running)
    made = SimpleNamespace(
        emulator=SimpleNamespace(endpoint_url="http://127.0.0.1:1", child=child), environment={"AWS_REGION": "r"}
    )
    monkeypatch.setattr(account, "account", lambda *_: contextlib.nullcontext(made))
    assert account.main() == 0
    assert read == ["export AWS_REGION=r\n"]
    assert not told.exists()


def test_an_account_that_cannot_start_leaves_what_another_says(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise LocalError("The port is taken.")

    told.write_text("another")
    monkeypatch.setattr(account, "account", fails)
    assert account.main() == 1
    assert told.read_text() == "another"
