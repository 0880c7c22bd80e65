"""Evidence over HTTP, and checked as an auditor does: with the downloaded pack and a saved copy of the keys."""

import json
import os
import subprocess
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest

from demo.client import Answer, Client
from local.emulator import ROOT
from tests.flows.world import World, eventually

pytestmark = pytest.mark.system


def test_learner_and_auditor_download_the_pack_and_check_it_offline(world: World, tmp_path: Path) -> None:
    course_id, learner = world.publish(), world.member()
    world.claim(learner, course_id)
    watch_id = world.watch(learner, course_id)["watch_id"]
    pack = eventually(lambda: _evidence(learner, watch_id).ok and _evidence(learner, watch_id).accepted())
    assert _evidence(world.staff("auditor"), watch_id).accepted() == pack
    assert _evidence(world.learner(), watch_id).status == 404
    assert _evidence(world.public, watch_id).status == 401
    keys = world.public.get("/v1/playback/jwks").accepted()
    assert _verified(tmp_path, pack, keys) == 0
    content = json.loads(urlsafe_b64decode(pack["payload"] + "=="))
    assert content["watch"]["watch_id"] == watch_id
    assert _verified(tmp_path, {**pack, "payload": _changed(content)}, keys) == 1


def _evidence(client: Client, watch_id: str) -> Answer:
    return client.get(f"/v1/playback/watches/{watch_id}/evidence")


def _changed(content: dict[str, Any]) -> str:
    text = json.dumps({**content, "content_version": "another"}).encode()
    return urlsafe_b64encode(text).decode().rstrip("=")


def _verified(directory: Path, pack: dict[str, Any], keys: dict[str, Any]) -> int:
    """The command's exit status, in an environment without network settings, credentials or keys of ours."""
    files = {"pack.json": pack, "jwks.json": keys}
    for name, content in files.items():
        (directory / name).write_text(json.dumps(content))
    command = [sys.executable, "-m", "services.playback.cli.verify_pack", *(str(directory / name) for name in files)]
    environment = {"PATH": os.defpath}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True).returncode  # noqa: S603
