"""The package that others install: what is in it, and its sample, which earns hours on the running system."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from demo.people import grant_membership, hold_certificates, learner_id_of
from local.seed import DOMAIN, PASSWORD
from local.toolchain import TOOLS, WEB
from tests.flows.world import World

pytestmark = pytest.mark.e2e

PACKAGE = WEB / "packages" / "client"
SAMPLE = "examples/watch.ts"
MOST_LINES = 50
TOOLS_FIRST = {**os.environ, "PATH": f"{TOOLS}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
NO_ANSWER = "Still there? "


@pytest.mark.usefixtures("people")
def test_what_is_packed() -> None:
    command = [str(TOOLS / "npm"), "pack", "--dry-run", "--ignore-scripts", "--json"]
    run = subprocess.run(command, cwd=PACKAGE, env=TOOLS_FIRST, capture_output=True, text=True, check=True)  # noqa: S603
    (packed,) = _packed(json.loads(run.stdout))
    files = {file["path"] for file in packed["files"]}
    manifest = json.loads((PACKAGE / "package.json").read_text())
    needed = {path for entry in manifest["exports"].values() for kind, path in entry.items() if kind != "xueshi:source"}
    assert {path.removeprefix("./") for path in needed} | {"README.md", SAMPLE, "package.json"} <= files
    assert [path for path in files if "test" in path or "simulation" in path or path.startswith("src/")] == []
    assert manifest["dependencies"].keys() == {"openapi-fetch"}
    assert packed["version"] == json.loads((WEB / "package.json").read_text())["version"]


def test_the_sample_watches_a_course_to_its_hours(people: World, tmp_path: Path) -> None:
    assert len((PACKAGE / SAMPLE).read_text().splitlines()) <= MOST_LINES
    course_id = people.publish(duration_s=10, max_rate="1.0", hours="1.5", eligible_credentials=["AFP"])
    email = f"sample-{uuid4().hex[:12]}@{DOMAIN}"
    people.system.create_user(email, PASSWORD, [])
    learner = people.public.sign_in(email, PASSWORD)
    grant_membership(people.admin, learner_id_of(learner))
    hold_certificates(people.admin, learner, ["AFP"])
    with _sample(_installed(tmp_path), people.system.base_url, email, PASSWORD, course_id) as said:
        earned = [json.loads(line) for line in said if line.startswith("{")]
    assert [(entry["kind"], entry["hours"]) for entry in earned] == [("award", "1.5")]
    (award,) = people.awards(learner)
    assert (award["course_id"], award["hours"]) == (course_id, "1.5")


def _packed(told: Any) -> list[dict[str, Any]]:
    """What npm says of each package: a list, or by name since npm 12."""
    return list(told.values()) if isinstance(told, dict) else list(told)


def _installed(folder: Path) -> Path:
    """The sample in a project of somebody else, with what the package is when it is packed beside it."""
    command = [str(TOOLS / "npm"), "pack", "--ignore-scripts", "--pack-destination", str(folder)]
    subprocess.run(command, cwd=PACKAGE, env=TOOLS_FIRST, capture_output=True, check=True)  # noqa: S603
    (archive,) = folder.glob("*.tgz")
    modules = folder / "node_modules"
    (modules / "@xueshi" / "client").mkdir(parents=True)
    unpack = ["tar", "-xzf", str(archive), "--strip-components=1", "-C", str(modules / "@xueshi" / "client")]
    subprocess.run(unpack, check=True)  # noqa: S603
    for needed in ("openapi-fetch", "openapi-typescript-helpers"):
        (modules / needed).symlink_to(WEB / "node_modules" / needed)
    sample = folder / "watch.ts"
    sample.write_bytes((modules / "@xueshi" / "client" / SAMPLE).read_bytes())
    return sample


@contextmanager
def _sample(sample: Path, *arguments: str) -> Iterator[Iterator[str]]:
    """What it says, line by line, with somebody who is still there."""
    command = [str(TOOLS / "node"), str(sample), *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:  # noqa: S603
        yield _answered(running)
    assert running.returncode == 0


def _answered(running: "subprocess.Popen[str]") -> Iterator[str]:
    assert running.stdin
    assert running.stdout
    line = ""
    while character := running.stdout.read(1):
        line += character
        if line == NO_ANSWER:
            running.stdin.write("\n")
            running.stdin.flush()
        if character == "\n" or line == NO_ANSWER:
            yield line
            line = ""
