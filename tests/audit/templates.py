"""The templates as checkov sees them, and what is accepted of its findings, beside each resource in infra.

Checkov has an environment of its own: `requirements/audit.txt`.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from infra import packaging
from infra.app import synth
from infra.stages import LOCAL, stages

CHECKOV = packaging.ROOT / ".venv-audit" / "bin" / "checkov"
ACCEPTED = "Annotation::checkov-"
"""How CDK writes what `accept_check` accepts into the metadata beside a template."""


@dataclass(frozen=True, order=True)
class Found:
    """A check that a resource fails; `place` is the stack and the construct's path, or that of one it is in."""

    place: str
    check: str

    def covers(self, other: "Found") -> bool:
        """Whether accepting this accepts the other."""
        return self.check == other.check and f"{other.place}/".startswith(f"{self.place}/")


def audited() -> list[str]:
    """What is wrong with the templates of the stages that are deployed: a line for each finding."""
    return [line for name in stages() if name != LOCAL for line in _of_stage(name)]


def _of_stage(name: str) -> Iterator[str]:
    with TemporaryDirectory() as folder:
        assembly = synth(stages()[name], Path(folder), packaging.host_platform())
        found = list(findings(assembly, _checkov(assembly)))
        known = list(accepted(assembly))
    yield from (f"{name}: {one.place}: {one.check}" for one in unanswered(found, known))
    yield from (
        f"{name}: {one.place}: {one.check} is accepted, and not found on one resource" for one in stale(found, known)
    )


def _checkov(assembly: Path) -> dict[str, Any]:
    options = ["--framework", "cloudformation", "--quiet", "--compact", "--skip-download", "--output", "json"]
    files = [part for file in sorted(assembly.glob("*.template.json")) for part in ("--file", str(file))]
    # It answers 1 where it finds something.
    done = subprocess.run([str(CHECKOV), *options, *files], capture_output=True, text=True, check=False)  # noqa: S603
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def findings(assembly: Path, report: dict[str, Any]) -> Iterator[Found]:
    """What checkov's report says of resources of the assembly."""
    paths = dict(_paths(assembly))
    for one in report["results"]["failed_checks"]:
        stack = Path(one["file_path"]).name.removesuffix(".template.json")
        yield Found(paths[stack, one["resource"].rpartition(".")[2]], one["check_id"])


def accepted(assembly: Path) -> Iterator[Found]:
    """What is accepted beside the resources."""
    for file in assembly.glob("*.metadata.json"):
        for path, entries in json.loads(file.read_text()).items():
            for entry in entries:
                rules = entry["data"] if entry["type"] == "aws:cdk:acknowledged-rules" else ()
                yield from (Found(path, rule.removeprefix(ACCEPTED)) for rule in rules if rule.startswith(ACCEPTED))


def unanswered(found: list[Found], known: list[Found]) -> list[Found]:
    """Findings that nobody has accepted."""
    return sorted(one for one in found if not any(answer.covers(one) for answer in known))


def stale(found: list[Found], known: list[Found]) -> list[Found]:
    """What is accepted and not found any more, or found on several resources."""
    return sorted(answer for answer in known if len({one.place for one in found if answer.covers(one)}) != 1)


def _paths(assembly: Path) -> Iterator[tuple[tuple[str, str], str]]:
    """Paths of constructs by stack and logical id."""
    for file in assembly.glob("*.metadata.json"):
        stack = file.name.removesuffix(".metadata.json")
        for path, entries in json.loads(file.read_text()).items():
            for entry in entries:
                if entry["type"] == "aws:cdk:logicalId":
                    yield (stack, entry["data"]), path
