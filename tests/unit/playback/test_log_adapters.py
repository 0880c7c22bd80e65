"""The log's adapters: files in S3 and in memory, the key in KMS, the stage's policy; and its function and commands."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from moto import mock_aws

from infra.stages import LOCAL, stage
from ops.log_policy import set_log_policy
from services.kit.problems import Problem
from services.kit.signing import KmsEd25519
from services.kit.store import Conflict
from services.kit.tlog.notes import read_note, sign_note, verifier_key, verify_note
from services.kit.tlog.policies import Policy, read_policy
from services.playback import bootstrap
from services.playback.adapters.log_files import S3LogFiles
from services.playback.adapters.log_policy import PolicyUnset, log_policy, log_policy_text
from services.playback.app.context import ProofContext
from services.playback.app.log.read_policy import policy_text
from services.playback.app.ports import LogFiles, OtherContent
from services.playback.cli import verify_log
from services.playback.handlers import log as function
from tests.fakes.aws_endpoint import aws_of_functions
from tests.fakes.log_files import MemoryLogFiles
from tests.unit.kit.tlog_world import WITNESSES
from tests.unit.playback.log_world import LogWorld

REGION = "us-east-1"
STAGE = stage(LOCAL)
PARAMETER = STAGE.parameter("log-policy")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, REGION)
    with mock_aws(), aws_of_functions(monkeypatch, ssm=boto3.client("ssm", region_name=REGION)):
        yield


@pytest.fixture(params=["memory", "s3"])
def files(request: pytest.FixtureRequest) -> LogFiles:
    if request.param == "memory":
        return MemoryLogFiles()
    request.getfixturevalue("aws")
    client = boto3.client("s3", region_name=REGION)
    client.create_bucket(Bucket="log", ObjectLockEnabledForBucket=True)
    return S3LogFiles(client, "log")


def test_a_file_never_changes_and_another_one_in_its_place_is_noticed(files: LogFiles) -> None:
    assert files.get("tile/0/000") is None
    for _ in range(2):
        files.put("tile/0/000", b"hashes")
    assert files.get("tile/0/000") == b"hashes"
    with pytest.raises(OtherContent):
        files.put("tile/0/000", b"others")
    assert files.get("tile/0/000") == b"hashes"


def test_a_checkpoint_replaces_the_one_that_was_read_and_no_other(files: LogFiles) -> None:
    assert files.checkpoint() is None
    files.publish("one", None)
    first = files.checkpoint()
    assert first
    assert first.text == "one"
    files.publish("two", first)
    for old in (first, None):
        with pytest.raises(Conflict):
            files.publish("three", old)
    found = files.checkpoint()
    assert found
    assert found.text == "two"


def test_s3_says_how_long_each_file_may_be_kept(aws: None) -> None:
    client = boto3.client("s3", region_name=REGION)
    client.create_bucket(Bucket="log", ObjectLockEnabledForBucket=True)
    files = S3LogFiles(client, "log")
    files.put("tile/0/000", b"hashes")
    files.publish("text", None)
    tile, checkpoint = (client.head_object(Bucket="log", Key=f"log/{path}") for path in ("tile/0/000", "checkpoint"))
    assert (tile["ContentType"], tile["CacheControl"]) == (
        "application/octet-stream",
        "public, max-age=31536000, immutable",
    )
    assert (checkpoint["ContentType"], checkpoint["CacheControl"]) == ("text/plain; charset=utf-8", "max-age=5")


class FakeKms:
    """Signs as KMS does with a key of Ed25519. (moto knows none.)"""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()

    def sign(self, **request: Any) -> dict[str, bytes]:
        """The whole message."""
        assert (request["MessageType"], request["SigningAlgorithm"]) == ("RAW", "ED25519_SHA_512")
        return {"Signature": self.key.sign(request["Message"])}

    def get_public_key(self, **request: Any) -> dict[str, bytes]:
        """As KMS gives it: DER."""
        der = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return {"PublicKey": der}


class Clients:
    """What the operator's command talks to."""

    def __init__(self, kms: FakeKms) -> None:
        self.kms = kms

    def __call__(self, service: str) -> Any:
        if service == "ssm":
            return boto3.client("ssm", region_name=REGION)
        return self.kms if service == "kms" else self

    def get_function_configuration(self, **request: Any) -> dict[str, Any]:
        """The log's function."""
        assert request["FunctionName"] == "xueshi-playback-log"
        return {"Environment": {"Variables": {"LOG_KEY_ID": "key"}}}


NAMED = f"witness w0 {WITNESSES[0].key} https://w0.example\nwitness w1 {WITNESSES[1].key}\ngroup g 1 w0 w1\nquorum g\n"


def test_the_operator_names_witnesses_and_the_function_reads_them(aws: None) -> None:
    kms = FakeKms()
    text = set_log_policy(Clients(kms), STAGE, "learn.example/log", NAMED)
    key = verifier_key(text.split()[1])
    note = sign_note("text\n", key, KmsEd25519(kms, "key"))
    verify_note(read_note(str(note)), key)
    policy = log_policy(PARAMETER)()
    assert policy == read_policy(text)
    assert log_policy_text(PARAMETER)() == text
    assert policy.logs[0].key.public == KmsEd25519(kms, "key").public


@pytest.mark.parametrize(
    ("witnesses", "why"),
    [
        ("quorum w0\n", "not defined"),
        (NAMED.replace(" https://w0.example", ""), "not enough for the quorum"),
        ("", "exactly one quorum"),
    ],
)
def test_a_policy_that_could_never_be_met_is_not_set(aws: None, witnesses: str, why: str) -> None:
    boto3.client("ssm", region_name=REGION).put_parameter(Name=PARAMETER, Value="unset", Type="String", Overwrite=True)
    with pytest.raises(ValueError, match=why):
        set_log_policy(Clients(FakeKms()), STAGE, "learn.example/log", witnesses)
    assert boto3.client("ssm", region_name=REGION).get_parameter(Name=PARAMETER)["Parameter"]["Value"] == "unset"


def test_without_a_policy_nothing_is_logged(aws: None) -> None:
    boto3.client("ssm", region_name=REGION).put_parameter(Name="/unset", Value="unset", Type="String")
    with pytest.raises(PolicyUnset):
        log_policy("/unset")()
    assert log_policy_text("/unset")() is None


def test_anybody_reads_the_policy_once_it_is_set(tmp_path: Path) -> None:
    world = LogWorld(tmp_path)

    def context(text: str | None) -> ProofContext:
        return ProofContext(world.world.store, world.files, lambda: text)

    assert policy_text(context(NAMED)) == NAMED
    with pytest.raises(Problem) as refusal:
        policy_text(context(None))
    assert refusal.value.type.code == "LOG_POLICY_NOT_FOUND"


def run(
    log: LogWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[dict[str, int], str]:
    """The function as its schedule calls it, and what it wrote."""
    monkeypatch.setattr(bootstrap, "log", log.context)
    capsys.readouterr()
    answer = function.handler({}, None)  # type: ignore[arg-type]
    return answer, capsys.readouterr().out.replace(" ", "")


def test_the_function_counts_its_runs_and_the_witnesses_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = LogWorld(tmp_path)
    log.note("one")
    log.witnesses.down = {"https://w1.example"}
    answer, said = run(log, monkeypatch, capsys)
    assert answer == {"batches": 1, "size": 1}
    assert '"LogRuns":1' in said
    assert '"LogWitnessFailures":1' in said
    log.witnesses.down = set()
    _, said = run(log, monkeypatch, capsys)
    assert '"LogRuns":1' in said, "with nothing to do it runs, too"
    assert "LogWitnessFailures" not in said


def test_a_run_that_too_few_cosign_is_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = LogWorld(tmp_path, needed=2)
    log.note("one")
    log.witnesses.down = {"https://w1.example"}
    answer, said = run(log, monkeypatch, capsys)
    assert answer == {"batches": 0}
    assert "LogRuns" not in said
    assert '"LogWitnessFailures":1' in said


def test_without_a_policy_the_function_says_so_and_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = LogWorld(tmp_path)
    context = replace(log.context(), policy=_unset)
    monkeypatch.setattr(bootstrap, "log", lambda: context)
    assert function.handler({}, None) == {"batches": 0}  # type: ignore[arg-type]
    assert "LogRuns" not in capsys.readouterr().out


def _unset() -> Policy:
    raise PolicyUnset("/xueshi/log-policy")


def saved(log: LogWorld, home: Path) -> Path:
    """The published log in a directory."""
    for path, content in {**log.files.kept, "checkpoint": log.files.published[-1].encode()}.items():
        file = home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return home


def check(monkeypatch: pytest.MonkeyPatch, *options: str | Path) -> int:
    monkeypatch.setattr("sys.argv", ["verify_log", *map(str, options)])
    return verify_log.main()


def test_anybody_checks_the_log_against_a_checkpoint_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log, policy, kept = LogWorld(tmp_path / "witnesses"), tmp_path / "policy.txt", tmp_path / "checkpoint.txt"
    lines = [f"log {log.log.key}", *(f"witness {n} {party.key}" for n, party in log.policy.witnesses.items())]
    policy.write_text("\n".join([*lines, "group both 1 w0 w1", "quorum both"]))
    log.note(*map(str, range(300)))
    log.run()
    home = saved(log, tmp_path / "log")
    assert check(monkeypatch, policy, home, "--entries", "--save", kept) == 0
    log.note("more")
    log.run()
    saved(log, home)
    assert check(monkeypatch, policy, home, "--checkpoint", kept) == 0
    bundle = home / "tile" / "entries" / "000"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"x")
    assert check(monkeypatch, policy, home, "--checkpoint", kept, "--entries") == 1
    assert "the entries are not those of tile/0/000" in capsys.readouterr().out
    other = LogWorld(tmp_path / "others")
    other.note(*map(str, range(400, 800)))
    other.run()
    rewritten = saved(other, tmp_path / "other")
    policies = [f"witness {n} {party.key}" for n, party in other.policy.witnesses.items()]
    both = tmp_path / "both.txt"
    renamed = [line.replace("witness w", "witness v") for line in policies]
    both.write_text("\n".join([*lines, *renamed, "group both 1 w0 w1 v0 v1", "quorum both"]))
    assert check(monkeypatch, both, rewritten, "--checkpoint", kept) == 1
    assert "THE LOG WAS REWRITTEN: it had 300 entries" in capsys.readouterr().out
    (home / "tile" / "0" / "001.p" / "45").unlink()
    assert check(monkeypatch, policy, home) == 1
    assert check(monkeypatch, policy, tmp_path / "nowhere") == 1
    assert check(monkeypatch, tmp_path / "nothing", home) == 2


def test_a_log_over_http_is_read_as_it_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    served = {"/log/checkpoint": b"text", "/log/tile/0/000": b"hashes"}

    def answer(request: httpx.Request) -> httpx.Response:
        found = served.get(request.url.path)
        return httpx.Response(200, content=found) if found else httpx.Response(403)

    made = verify_log.HttpLog("http://learn.example/")
    made._http = httpx.Client(base_url="http://learn.example/log/", transport=httpx.MockTransport(answer))  # noqa: SLF001
    published = made.checkpoint()
    assert published
    assert (published.text, made.get("tile/0/000"), made.get("tile/0/001")) == ("text", b"hashes", None)
