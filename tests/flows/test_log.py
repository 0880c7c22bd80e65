"""The transparency log on the running system: its function and witness, its files at the edge, and who checks them."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from demo.people import learner_id_of
from local.emulator import REGION, ROOT
from services.kit.days import SHANGHAI
from services.kit.heads import PARTS
from services.kit.tlog.notes import read_note
from services.kit.tlog.policies import read_policy
from services.kit.tlog.proofs import verify_proof
from tests.flows.world import World, eventually

pytestmark = pytest.mark.system

WATCHES, LEDGERS = "services.playback.cli", "services.credits.cli"


def test_packs_certificates_and_heads_are_logged_cosigned_and_proved_to_anybody(world: World, tmp_path: Path) -> None:
    course_id, learner = world.publish(), world.member()
    world.claim(learner, course_id)
    watch_id = world.watch(learner, course_id)["watch_id"]
    world.settle()
    pack = eventually(lambda: (a := learner.get(f"/v1/playback/watches/{watch_id}/evidence")).ok and a.accepted())
    entry_id = world.awards(learner)[0]["entry_id"]
    code = learner.post("/v1/credits/attestations", {"entry_id": entry_id}).accepted()["code"]
    world.settle()
    statement = world.public.get(f"/v1/credits/verification/{code}").accepted()["statement"]
    for service in ("playback", "credits"):
        world.run_scheduled(service, "seal")
    world.settle()
    world.run_scheduled("playback", "log")

    compact = ".".join(pack[part] for part in ("protected", "payload", "signature"))
    policy = read_policy(world.system.log_policy)
    for document in (compact, statement):
        digest = sha256(document.encode()).hexdigest()
        text = proof_of(world, digest)
        shown = verify_proof(text, bytes.fromhex(digest), policy)
        assert set(shown.cosigned_at) == {"local"}
    assert httpx.get(f"{world.system.base_url}/v1/playback/log/proofs/{'0' * 64}").status_code == 404

    served = httpx.get(f"{world.system.base_url}/log/checkpoint")
    assert served.headers["content-type"] == "text/plain; charset=utf-8"
    assert served.headers["cache-control"] == "max-age=5"
    assert policy.accept(read_note(served.text)).checkpoint.size >= 2 * PARTS + 2

    kept = tmp_path / "checkpoint.txt"
    files = files_of(world, tmp_path)
    files["jwks.json"].write_text(json.dumps(world.public.get("/v1/playback/jwks").accepted()))
    files["proof"].write_text(proof_of(world, sha256(compact.encode()).hexdigest()))
    files["statement.proof"].write_text(proof_of(world, sha256(statement.encode()).hexdigest()))
    published = httpx.get(f"{world.system.base_url}/v1/playback/log/policy")
    assert published.text == world.system.log_policy
    for name, document in {"pack": pack, "statement": statement}.items():
        proof = files["proof" if name == "pack" else "statement.proof"].read_text()
        bundle = tmp_path / f"{name}.bundle.json"
        bundle.write_text(json.dumps({"format": "xueshi.bundle/1", name: document, "proof": proof}))
        keys: list[str | Path] = ["--jwks", files["jwks.json"], "--policy", files["policy"]]
        stranger = command("xueshi_verify.command", bundle, *keys, environment={"PYTHONPATH": "verifier"})
        assert (stranger.returncode, stranger.stderr) == (0, ""), stranger.stdout
    log = command(f"{WATCHES}.verify_log", files["policy"], world.system.base_url, "--entries", "--save", kept)
    assert (log.returncode, log.stderr) == (0, "")
    again = command(f"{WATCHES}.verify_log", files["policy"], world.system.base_url, "--checkpoint", kept)
    assert again.returncode == 0

    learner_id, policy_file = learner_id_of(learner), files["policy"]
    chain: list[str | Path] = ["--learner", learner_id, "--policy", policy_file, "--checkpoint", kept]
    done = command(f"{WATCHES}.verify_chain", *chain, environment=operator(world, "playback"))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert f"watch {watch_id} of {course_id}: whole" in done.stdout
    assert "logged up to" in done.stdout
    asked = [*chain, "--log", world.system.base_url]
    done = command(f"{LEDGERS}.verify_chain", *asked, environment=operator(world, "credits"))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert f"{learner_id}: whole" in done.stdout


def test_schedules_call_the_functions_of_the_log_and_what_they_keep_is_there(world: World) -> None:
    called = {one["Target"]["Arn"] for one in world.system.client("scheduler").list_schedules()["Schedules"]}
    for service, handler in (("playback", "log"), ("playback", "seal"), ("playback", "check"), ("credits", "seal")):
        function = world.system.function(service, handler)
        assert [arn for arn in called if arn.endswith(f":{function}")]
    assert world.run_scheduled("playback", "seal") is not None
    assert world.run_scheduled("playback", "check")["faults"] == 0
    bucket = world.system.environment("playback", "seal")["EVIDENCE_BUCKET_NAME"]
    yesterday = (datetime.now(SHANGHAI) - timedelta(days=1)).date().isoformat()
    listed = world.system.client("s3").list_objects_v2(Bucket=bucket, Prefix=f"heads/{yesterday}/")
    assert len(listed["Contents"]) == PARTS


def proof_of(world: World, digest: str) -> str:
    """The log's proof of a hash, once it is logged."""
    url = f"{world.system.base_url}/v1/playback/log/proofs/{digest}"
    return eventually(lambda: (answer := httpx.get(url)).status_code == httpx.codes.OK and answer.text)


def files_of(world: World, home: Path) -> dict[str, Path]:
    """Where the files for the commands are; the policy is there."""
    names = ("pack.json", "jwks.json", "proof", "policy", "statement", "statement.proof")
    files = {name: home / name for name in names}
    files["policy"].write_text(world.system.log_policy)
    return files


def operator(world: World, service: str) -> dict[str, str]:
    """The environment of an operator's command."""
    settings = {
        **world.system.environment(service, "check"),
        **(world.system.environment(service, "log") if service == "playback" else {}),
    }
    return {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": world.system.endpoint_url,
        **{name: value for name, value in settings.items() if name.endswith(("_NAME", "_ID"))},
    }


def command(
    module: str, *options: str | Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A command of auditors, who have no access, or of operators."""
    line = [sys.executable, "-m", module, *map(str, options)]
    settings = {"PATH": os.defpath, **(environment or {})}
    return subprocess.run(line, cwd=ROOT, env=settings, check=False, capture_output=True, text=True)  # noqa: S603
