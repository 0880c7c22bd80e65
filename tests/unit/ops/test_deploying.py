"""The steps of a deployment by themselves; the drill does them all (`make drill-deploy`)."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import httpx
import pytest
from moto import mock_aws

from infra.stages import Stage, stage
from ops import cdk, deploy, destroy
from ops.aws import EMULATED, OpsError
from ops.cdk import Cdk
from ops.client_files import ASK_AGAIN, FOR_EVER, files, headers, upload
from ops.smoke import smoke
from ops.staff import invite

BUCKET = "web"
CONFIG = {"userPoolClientId": "c1"}


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client: Any = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
        yield client


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A built client."""
    build(tmp_path, "a1")
    return tmp_path


def build(dist: Path, name: str) -> None:
    for path, text in {
        "index.html": f'<html><script src="/assets/index-{name}.js"></script></html>',
        f"assets/index-{name}.js": f"// {name}",
        "icon.svg": "<svg/>",
        "manifest.webmanifest": "{}",
        "sw.js": "// shell",
        ".vite/manifest.json": "{}",
        ".made-from": "x",
    }.items():
        (dist / path).parent.mkdir(exist_ok=True)
        (dist / path).write_text(text)


def test_what_names_others_comes_last_and_is_asked_for_again(dist: Path) -> None:
    found = files(dist, CONFIG)
    assert [file.key for file in found] == [
        "assets/index-a1.js",
        "config.json",
        "icon.svg",
        "manifest.webmanifest",
        "sw.js",
        "index.html",
    ]
    assert [headers(file.key)["CacheControl"] for file in found] == [FOR_EVER, *[ASK_AGAIN] * 5]
    assert [headers(file.key)["ContentType"] for file in found] == [
        "text/javascript",
        "application/json",
        "image/svg+xml",
        "application/manifest+json",
        "text/javascript",
        "text/html",
    ]


def test_an_upload_sends_what_changed_and_keeps_what_open_pages_ask_for(s3: Any, dist: Path) -> None:
    assert upload(s3, BUCKET, dist, CONFIG) == [
        "config.json",
        "icon.svg",
        "manifest.webmanifest",
        "sw.js",
        "index.html",
    ]
    assert upload(s3, BUCKET, dist, CONFIG) == []
    (dist / "assets" / "index-a1.js").unlink()
    build(dist, "b2")
    assert upload(s3, BUCKET, dist, CONFIG) == ["index.html"]
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert keys[:2] == ["assets/index-a1.js", "assets/index-b2.js"]
    served = s3.head_object(Bucket=BUCKET, Key="assets/index-b2.js")
    assert (served["CacheControl"], served["ContentType"]) == (FOR_EVER, "text/javascript")


def test_without_a_built_client_nothing_is_uploaded(s3: Any, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make client"):
        upload(s3, BUCKET, tmp_path / "none", CONFIG)


HEADERS = {"content-security-policy": "x", "strict-transport-security": "x", "x-frame-options": "DENY"}
PAGE = httpx.Response(
    200, text='<html><script src="/assets/a.js"></script></html>', headers={**HEADERS, "cache-control": ASK_AGAIN}
)


def answer(path: str) -> httpx.Response:
    """As a stage answers that is as it should be."""
    if path in {"/", "/hours"}:
        return PAGE
    if path.startswith("/assets/"):
        return httpx.Response(200, headers={"cache-control": FOR_EVER})
    if path == "/config.json":
        return httpx.Response(200, json=CONFIG)
    status = 403 if path.startswith("/media/") else 200 if "/catalog/" in path or "/jwks" in path else 401
    return httpx.Response(status)


def looked_at(**instead: httpx.Response) -> list[str]:
    """What a smoke test finds wrong, where paths that contain a key answer something else."""

    def answered(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        return next((other for part, other in instead.items() if re.search(part, path)), answer(path))

    with httpx.Client(base_url="https://x.example", transport=httpx.MockTransport(answered)) as http:
        return smoke(http, "c1", lambda _: None, patience_s=0)


def test_a_stage_as_it_should_be_passes_the_smoke_test() -> None:
    assert looked_at() == []


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("^/$", httpx.Response(403, text="AccessDenied")),
        ("^/hours$", httpx.Response(404, text="no such key")),
        ("^/$", httpx.Response(200, text=PAGE.text, headers=HEADERS)),
        ("^/$", httpx.Response(200, text=PAGE.text, headers={"cache-control": ASK_AGAIN})),
        ("^/assets/", httpx.Response(403)),
        ("^/assets/", httpx.Response(200, headers={"cache-control": ASK_AGAIN})),
        ("^/config", httpx.Response(200, json={"userPoolClientId": "another"})),
        ("/catalog/", httpx.Response(403)),
        ("/orders/", httpx.Response(502)),
        ("/credits/", httpx.Response(200)),
        ("/playback/progress", httpx.Response(403)),
        ("/playback/jwks", httpx.Response(500)),
        ("^/media/", httpx.Response(200)),
    ],
)
def test_whatever_is_wrong_is_found(part: str, other: httpx.Response) -> None:
    assert looked_at(**{part: other})


class Pool:
    """Stands for Cognito's administration."""

    class exceptions:  # noqa: N801 (boto3's name)
        class UsernameExistsException(Exception): ...

    def __init__(self) -> None:
        self.users: dict[str, set[str]] = {}

    def list_groups(self, **_: str) -> dict[str, Any]:
        return {"Groups": [{"GroupName": "editor"}, {"GroupName": "administrator"}, {"GroupName": "second-factor"}]}

    def admin_create_user(self, *, Username: str, **_: Any) -> None:  # noqa: N803 (boto3's names)
        if Username in self.users:
            raise self.exceptions.UsernameExistsException
        self.users[Username] = set()

    def admin_add_user_to_group(self, *, Username: str, GroupName: str, **_: str) -> None:  # noqa: N803
        self.users[Username].add(GroupName)


def test_staff_is_invited_once_and_has_every_role_that_was_given() -> None:
    pool = Pool()
    assert invite(lambda _: pool, "p", "a@example.com", "administrator")
    assert not invite(lambda _: pool, "p", "a@example.com", "editor")
    assert pool.users == {"a@example.com": {"administrator", "editor"}}
    with pytest.raises(OpsError, match="no role 'boss'; there are administrator, editor"):
        invite(lambda _: pool, "p", "b@example.com", "boss")
    assert "b@example.com" not in pool.users


class World:
    """An AWS account, as far as a deployment looks ahead."""

    def __init__(self, account: str, limit: int = 1000) -> None:
        self._account, self._limit = account, limit

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": self._account}

    def get_account_settings(self) -> dict[str, Any]:
        return {"AccountLimit": {"ConcurrentExecutions": self._limit}}


def stopped(where: Stage, world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """Why a deployment does not begin."""
    monkeypatch.setattr(deploy, "clients_of", lambda _where, _region=None: lambda _service: world)
    monkeypatch.setattr(deploy.Deployment, "_bootstrap", lambda _self: pytest.fail("it began"))
    with pytest.raises(OpsError) as stop:
        deploy.Deployment(where, say=lambda _: None).run()
    return str(stop.value)


def test_examples_are_not_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    said = stopped(stage("prod"), World("123456789012"), monkeypatch)
    assert "learn.xueshi.example, xueshi.example, on-call@xueshi.example, operators@xueshi.example" in said
    assert "are examples: put in your own" in said


def test_the_emulated_account_takes_examples_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    world, said = World(EMULATED), list[str]()
    monkeypatch.setattr(deploy, "clients_of", lambda _where, _region=None: lambda _service: world)
    monkeypatch.setattr(deploy.Deployment, "_bootstrap", lambda _self: pytest.fail("it begins"))
    with pytest.raises(pytest.fail.Exception, match="it begins"):
        deploy.Deployment(stage("prod"), said.append).run()
    assert "learn.xueshi.example, xueshi.example" in said[1]
    assert "the account on this machine takes that, at AWS the deployment stops here" in said[1]


def test_an_account_that_runs_too_little_at_once_is_told_before_anything_is_deployed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = stopped(stage("dev"), World("123456789012", limit=10), monkeypatch)
    assert "runs 10 functions at once; 200 learners need 110" in said


def test_a_protected_stage_is_not_destroyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(destroy, "clients_of", lambda *_: pytest.fail("it began"))
    with pytest.raises(OpsError, match=r'staging is protected.*docs/deployment.md under "The end of a stage"'):
        destroy.destroy(stage("staging"))


def test_a_bucket_is_emptied_of_every_version_and_of_what_is_locked(s3: Any) -> None:
    for number in range(3):
        s3.put_object(Bucket=BUCKET, Key="record", Body=str(number))
    s3.put_object_retention(
        Bucket=BUCKET, Key="record", Retention={"Mode": "GOVERNANCE", "RetainUntilDate": "2036-01-01T00:00:00Z"}
    )
    s3.put_object(Bucket=BUCKET, Key="gone", Body="x")
    s3.delete_object(Bucket=BUCKET, Key="gone")
    destroy.empty(lambda _: s3, BUCKET)
    left = s3.list_object_versions(Bucket=BUCKET)
    assert not left.get("Versions")
    assert not left.get("DeleteMarkers")


class Account:
    """An account on moto with a stage's logs and another one's; in the place of CDK, its stacks take `goes` away."""

    account = "123456789012"

    def __init__(self, goes: str, fails: bool = False) -> None:
        self.logs = self.clients("logs")
        self.cdk, self._goes, self._fails = self, goes, fails

    def clients(self, service: str) -> Any:
        made: Any = boto3.client(service, region_name="us-east-1")  # type: ignore[call-overload]
        return made

    def synth(self) -> None:
        """Nothing is written here."""

    def destroy_all(self) -> None:
        if self._fails:
            raise OpsError("cdk destroy failed")
        self.logs.delete_log_group(logGroupName=self._goes)

    def groups(self) -> set[str]:
        return {group["logGroupName"] for group in self.logs.describe_log_groups()["logGroups"]}


LATE, OF_A_STACK = "/xueshi-dev/late", "/xueshi-dev/of-a-stack"
OF_ANOTHER = {"/xueshi/late", "/xueshi-development/late"}


def account_of_dev(monkeypatch: pytest.MonkeyPatch, fails: bool = False) -> Account:
    """The stage dev with a log of its stacks, and one that a function wrote anew."""
    account = Account(OF_A_STACK, fails)
    for name in (LATE, OF_A_STACK, *OF_ANOTHER):
        account.logs.create_log_group(logGroupName=name)
    monkeypatch.setattr(destroy, "clients_of", lambda _where: account.clients)
    monkeypatch.setattr(destroy, "Deployment", lambda _where: account)
    monkeypatch.setattr(destroy, "is_there", lambda _where: True)
    monkeypatch.setattr(destroy, "buckets", lambda *_: [])
    monkeypatch.setattr(destroy, "LISTINGS", (("logs", "describe_log_groups", "logGroups", "logGroupName"),))
    return account


@pytest.mark.usefixtures("s3")
def test_what_a_function_logged_while_its_stack_went_goes_too_and_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    account = account_of_dev(monkeypatch)
    assert destroy.destroy(stage("dev")) == []
    assert account.groups() == OF_ANOTHER


@pytest.mark.usefixtures("s3")
def test_a_stage_that_is_not_there_is_said_to_be_not_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    account = account_of_dev(monkeypatch)
    monkeypatch.setattr(destroy, "is_there", lambda _where: False)
    monkeypatch.setattr(destroy, "Deployment", lambda _where: pytest.fail("it began"))
    assert destroy.destroy(stage("dev")) == []
    assert "dev is not deployed in us-east-1" in capsys.readouterr().out
    assert account.groups() == OF_ANOTHER, "of a run that was interrupted before"


class Formation:
    """Stands for CloudFormation, with one stack of one region."""

    class exceptions:  # noqa: N801 (boto3's name)
        class ClientError(Exception): ...

    def __init__(self, stack: str) -> None:
        self.stack = stack

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803 (boto3's name)
        if StackName != self.stack:
            raise self.exceptions.ClientError
        return {"Stacks": [{"StackName": StackName, "StackStatus": "DELETE_FAILED"}]}


@pytest.mark.parametrize(
    ("region", "stack", "there"),
    [
        ("ap-southeast-1", "XueshiStagingOverview", True),
        ("us-east-1", "XueshiStagingFirewall", True),
        ("us-east-1", "XueshiStagingOverview", False),
        ("ap-southeast-1", "XueshiOverview", False),
    ],
)
def test_a_stage_is_there_while_any_of_its_stacks_is(
    monkeypatch: pytest.MonkeyPatch, region: str, stack: str, there: bool
) -> None:
    def clients_of(where: Stage, asked: str | None = None) -> Any:
        return lambda _service: Formation(stack if (asked or where.region) == region else "")

    monkeypatch.setattr(destroy, "clients_of", clients_of)
    assert destroy.is_there(stage("staging")) is there


@pytest.mark.usefixtures("s3")
def test_logs_stay_while_a_stack_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    account = account_of_dev(monkeypatch, fails=True)
    with pytest.raises(OpsError, match="cdk destroy failed"):
        destroy.destroy(stage("dev"))
    assert account.groups() == {LATE, OF_A_STACK, *OF_ANOTHER}


@pytest.mark.parametrize(
    ("name", "is_left"),
    [
        ("xueshi-dev", True),
        ("xueshi-dev-orders", True),
        ("/xueshi-dev/public-url", True),
        ("/xueshi-dev/xueshi-dev-orders-http", True),
        ("https://sqs.us-east-1.amazonaws.com/1/xueshi-dev-orders-events", True),
        ("arn:aws:sns:us-east-1:1:xueshi-dev-alarms", True),
        ("xueshi-orders", False),
        ("xueshi-device-table", False),
        ("/xueshi/public-url", False),
    ],
)
def test_what_is_left_is_told_by_its_name(name: str, is_left: bool) -> None:
    client = SimpleNamespace(get_paginator=lambda _: SimpleNamespace(paginate=lambda **_: [{"TableNames": [name]}]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(destroy, "clients_of", lambda _where: lambda _service: client)
        patch.setattr(destroy, "LISTINGS", (("dynamodb", "list_tables", "TableNames", None),))
        assert list(destroy.left(stage("dev"))) == ([f"dynamodb {name}"] if is_left else [])


def test_a_failed_stack_is_told_by_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = tmp_path / "cdk"
    command.write_text('#!/bin/sh\necho "$@"\necho "1/2 | CREATE_FAILED | Table: name is taken"\necho noise\nexit 1\n')
    command.chmod(0o755)
    monkeypatch.setattr(cdk, "_installed", lambda: command)
    told: list[str] = []
    with pytest.raises(OpsError) as stop:
        Cdk(stage("dev"), tmp_path / "cdk.out", told.append).deploy(["XueshiDevEdge"], {"A": "b"})
    assert "Table: name is taken" in str(stop.value)
    assert "noise" not in str(stop.value)
    assert told == ["1/2 | CREATE_FAILED | Table: name is taken"]
    said = (tmp_path / "cdk.log").read_text()
    assert "noise" in said
    assert "--exclusively --require-approval never" in said
    assert "--parameters XueshiDevEdge:A=b XueshiDevEdge" in said


@pytest.mark.parametrize(("status", "removed"), [("ROLLBACK_COMPLETE", True), ("UPDATE_ROLLBACK_COMPLETE", False)])
def test_only_a_stack_whose_creation_failed_is_removed_however_protected(status: str, removed: bool) -> None:
    done: list[str] = []
    cloudformation = SimpleNamespace(
        describe_stacks=lambda **_: {"Stacks": [{"StackStatus": status, "StackId": "id"}]},
        update_termination_protection=lambda **asked: done.append(f"protected: {asked['EnableTerminationProtection']}"),
        delete_stack=lambda **asked: done.append(f"deleted {asked['StackName']}"),
        get_waiter=lambda _name: SimpleNamespace(wait=lambda **_: done.append("waited")),
    )
    assert deploy.remove_failed_creation(cloudformation, "XueshiPlayback") is removed
    assert done == (["protected: False", "deleted XueshiPlayback", "waited"] if removed else [])
