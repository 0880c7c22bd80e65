"""The daily anchor on the running system: made by its function, kept in the archive, read by the operator's check."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta

import pytest

from demo.people import learner_id_of
from local.emulator import REGION, ROOT
from services.kit.days import SHANGHAI
from tests.flows.world import World

pytestmark = pytest.mark.system


def test_the_schedule_calls_the_function_that_writes_anchors_into_the_archive(world: World) -> None:
    function = world.system.function("playback", "anchor")
    schedules = world.system.client("scheduler").list_schedules()["Schedules"]
    assert [one for one in schedules if one["Target"]["Arn"].endswith(f":{function}")]
    answer = world.system.client("lambda").invoke(FunctionName=function, Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()
    json.loads(answer["Payload"].read())
    s3, bucket = world.system.client("s3"), world.system.environment("playback", "anchor")["EVIDENCE_BUCKET_NAME"]
    yesterday = (datetime.now(SHANGHAI) - timedelta(days=1)).date().isoformat()
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket, Prefix="anchors/")["Contents"]]
    assert keys[-1] == f"anchors/{yesterday}.json"


def test_the_operators_check_reads_chains_packs_and_anchors(world: World) -> None:
    course_id, learner = world.publish(), world.member()
    world.claim(learner, course_id)
    watch_id = world.watch(learner, course_id)["watch_id"]
    world.settle()
    function = world.system.function("playback", "anchor")
    world.system.client("lambda").invoke(FunctionName=function, Payload=b"{}")
    done = check(world, learner_id_of(learner))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"watch {watch_id} of {course_id}: whole" in done.stdout
    assert "anchored up to" in done.stdout


def check(world: World, learner_id: str) -> subprocess.CompletedProcess[str]:
    """The operator's command."""
    environment = {
        "PATH": os.defpath,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": world.system.endpoint_url,
        "KEYRING_SECRET_ID": "xueshi-playback-keyring",
        **{
            name: value
            for name, value in world.system.environment("playback", "anchor").items()
            if name in {"TABLE_NAME", "OUTBOX_TABLE_NAME", "EVIDENCE_BUCKET_NAME", "EVIDENCE_KEY_IDS"}
        },
    }
    command = [sys.executable, "-m", "services.playback.cli.verify_chain", "--learner", learner_id]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)  # noqa: S603
