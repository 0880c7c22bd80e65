"""Which account an operators' command works on, and what it says where there is none."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from infra.stages import LOCAL, stage
from ops import aws
from ops.aws import OpsError, clients_of

Runs = Callable[[int], str]
"""Has a local system run on that port; answers its AWS endpoint."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where local systems say that they run."""
    monkeypatch.setattr(aws, "LOCAL_HOME", tmp_path)
    for name in ("AWS_ENDPOINT_URL", "PORT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def runs(home: Path) -> Iterator[Runs]:
    with ExitStack() as ends:

        def run(port: int) -> str:
            listening = ends.enter_context(socket.create_server(("127.0.0.1", 0)))
            return note(home, port, listening.getsockname()[1])

        yield run


def note(home: Path, port: int, aws_port: int) -> str:
    endpoint = f"http://127.0.0.1:{aws_port}"
    (home / f"endpoint-{port}.env").write_text(f"AWS_ENDPOINT_URL={endpoint}\nXUESHI_BASE_URL=x\n")
    return endpoint


def taken() -> str:
    """The endpoint that a command takes for the stage `local`."""
    return str(clients_of(stage(LOCAL))("sqs").meta.endpoint_url)


def test_the_one_local_system_that_runs_is_taken_whatever_its_port(home: Path, runs: Runs) -> None:
    with socket.create_server(("127.0.0.1", 0)) as ended:
        free = ended.getsockname()[1]
    note(home, 8080, free)
    running = runs(8190)
    assert taken() == running


def test_of_several_local_systems_the_one_of_port_is_taken(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    runs(8080)
    other = runs(8190)
    with pytest.raises(OpsError, match="run on 8080, 8190: say which, such as PORT=8080 python"):
        taken()
    monkeypatch.setenv("PORT", "8190")
    assert taken() == other


def test_a_port_on_which_no_local_system_runs_is_refused(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    runs(8080)
    monkeypatch.setenv("PORT", "9000")
    with pytest.raises(OpsError, match=r"runs on port 9000 \(PORT\); there runs 8080"):
        taken()


@pytest.mark.usefixtures("home")
def test_without_a_local_system_it_is_said_how_to_start_one() -> None:
    with pytest.raises(OpsError, match="start it with `make run`"):
        taken()
