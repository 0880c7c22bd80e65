"""Which account an operators' command works on, and what it says where there is none."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, SSOTokenLoadError

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


ROOT = Path(__file__).resolve().parents[3]
NOBODY = {
    "PATH": os.environ["PATH"],
    "AWS_CONFIG_FILE": "none",
    "AWS_SHARED_CREDENTIALS_FILE": "none",
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""The surroundings of somebody who has configured nothing."""


def refused(*command: str, **surroundings: str) -> str:
    """What a command says that must fail in a sentence."""
    done = subprocess.run(command, env=NOBODY | surroundings, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 (our own)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["ops.deploy"],
        ["ops.destroy"],
        ["ops.staff", "you@example.com", "administrator"],
        ["ops.redrive", "list"],
    ],
)
def test_without_credentials_a_command_says_where_to_get_them(arguments: list[str]) -> None:
    said = refused(sys.executable, "-m", *arguments, "--stage", "dev")
    assert said.startswith("There are no AWS credentials here. Configure them, or take the account of `make account`")
    assert "ACCOUNT=here" in said


def test_an_account_that_was_ended_is_to_be_started_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as ended:
        endpoint = f"http://127.0.0.1:{ended.getsockname()[1]}"
    account = {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
    said = refused(sys.executable, "-m", "ops.redrive", "list", "--stage", "dev", **account)
    assert said.startswith(f"No account answers at {endpoint} any more: start `make account`")


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "ExpiredToken", "Message": "expired"}}, "GetCallerIdentity"),
        SSOTokenLoadError(error_msg="expired"),
    ],
)
def test_credentials_that_are_refused_are_said_to_be(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", fails)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    aws.require_account.cache_clear()
    with pytest.raises(OpsError, match=r"AWS does not let us in, .*expired"):
        clients_of(stage("dev"))


@pytest.mark.parametrize("target", ["deploy", "diff", "destroy", "first-administrator"])
def test_an_account_that_does_not_run_is_named_before_anything_is_done(target: str, tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text("utf-8"), "utf-8")
    command = ["make", "-C", str(tmp_path), "--old-file=setup", target, "STAGE=dev", "EMAIL=a@example.com"]
    assert "No account runs on this machine: start `make account` in another terminal" in refused(
        *command, "ACCOUNT=here"
    )
