"""What a release promised, and which of it the code breaks.

A release promises the documents of the API, the schemas of its events, and that every stored shape can be read.
`docs/contracts/<version>` is the last release's copy: it travels with every clone, and a commit does not change it.
"""

import json
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from docs import stored
from docs.compatibility import breaking_api, breaking_event
from docs.stored import BODIES

COPIES = Path("docs/contracts")

Version = tuple[int, int, int]


class NotReleased(Exception):
    """There is not exactly one copy of what was released."""


@dataclass(frozen=True)
class Promises:
    """Documents by name: `api/<service>.json`, `events/<type>.json`, `stored/<service>/<kind>.<shape>.json`."""

    version: Version
    texts: Mapping[str, str]


def version_of(text: str) -> Version:
    """A version such as 1.2.3. Raises ValueError."""
    major, minor, patch = map(int, text.split("."))
    if text != f"{major}.{minor}.{patch}" or min(major, minor, patch) < 0:
        raise ValueError(f"{text} is no version")
    return major, minor, patch


def made(root: Path, generated: Mapping[Path, str]) -> Promises:
    """What the code promises: the generated documents, and the examples of what it stores."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    merged = Path("docs/openapi/xueshi.json")
    texts = {_name(path): text for path, text in generated.items() if path.suffix == ".json" and path != merged}
    bodies = {f"stored/{file.relative_to(root / BODIES).as_posix()}": file for file in (root / BODIES).rglob("*.json")}
    return Promises(version_of(project["version"]), texts | {name: file.read_text() for name, file in bodies.items()})


def released(root: Path) -> Promises:
    """What the last release promised. Raises NotReleased."""
    copies = list((root / COPIES).glob("*.*.*"))
    if len(copies) != 1:
        raise NotReleased(f"{COPIES} has {len(copies)} copies of a release instead of one")
    (copy,) = copies
    texts = {file.relative_to(copy).as_posix(): file.read_text("utf-8") for file in sorted(copy.rglob("*.json"))}
    return Promises(version_of(copy.name), texts)


def tampered(root: Path, version: Version) -> list[str]:
    """The files of a release's copy that are not as its tag has them; none where this clone does not have the tag."""
    tag = f"v{'.'.join(map(str, version))}"
    if not _git(root, "tag", "--list", tag):
        return []
    return [f"{name}: not as released" for name in _git(root, "diff", "--name-only", tag, "--", str(COPIES))]


def broken(old: Promises, new: Promises) -> list[str]:
    """The release's promises that the code breaks.

    A greater major version in pyproject.toml takes back what was promised to clients and consumers. What is stored
    stays: such a version may leave out a kind that nothing stores any more, but today's code reads whatever it has.
    """
    is_major = new.version[0] > old.version[0]
    found = []
    for name, text in old.texts.items():
        if name not in new.texts:
            found += [] if is_major else [f"{name}: removed"]
        elif name.startswith("stored/"):
            found += stored.broken(stored.declared(), {Path(name): text})
        elif not is_major:
            found += [f"{name}: {change}" for change in _changes(name, text, new.texts[name])]
    return found


def added(old: Promises, new: Promises) -> list[str]:
    """What the code promises beyond the release."""
    return broken(Promises(new.version, new.texts), Promises(new.version, old.texts))


def _changes(name: str, old: str, new: str) -> Iterator[str]:
    check = breaking_api if name.startswith("api/") else breaking_event
    yield from check(json.loads(old), json.loads(new))


def _name(path: Path) -> str:
    return f"{'api' if path.parts[0] == 'docs' else 'events'}/{path.name}"


def _git(root: Path, *arguments: str) -> list[str]:
    result = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)  # noqa: S603, S607
    return result.stdout.splitlines()
