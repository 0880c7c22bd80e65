"""What a release promised, and which of it the code breaks.

A release promises the documents of the API, the schemas of its events, and that what it stores can be read.
`docs/contracts/<version>` is the last release's copy: it travels with every clone, and stays as the release made it.
"""

import json
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from docs import stored
from docs.compatibility import breaking_api, breaking_event

COPIES = Path("docs/contracts")

Version = tuple[int, int, int]


@dataclass(frozen=True)
class Promises:
    """Documents by name: `api/<service>.json`, `events/<type>.json`, `stored/<service>/<kind>.<shape>.json`."""

    version: Version
    texts: Mapping[str, str]


def version_of(text: str) -> Version:
    """A version such as 1.2.3. Raises ValueError."""
    major, minor, patch = map(int, text.split("."))
    if text != f"{major}.{minor}.{patch}":
        raise ValueError(f"{text} is no version")
    return major, minor, patch


def text_of(version: Version) -> str:
    """The version as it is written."""
    return ".".join(map(str, version))


def made(root: Path, generated: Mapping[Path, str]) -> Promises:
    """What the code promises: the documents and schemas among what is generated, and the examples of what it stores."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    texts = {}
    for path, text in generated.items():
        if path.parent.name in ("openapi", "schemas") and path.name != "xueshi.json":
            texts[f"{'api' if path.parent.name == 'openapi' else 'events'}/{path.name}"] = text
    for file in sorted((root / stored.BODIES).rglob("*.json")):
        texts[f"stored/{file.relative_to(root / stored.BODIES).as_posix()}"] = file.read_text("utf-8")
    return Promises(version_of(project["version"]), texts)


def released(root: Path) -> Promises | None:
    """What the last release promised; None where there is not exactly one copy."""
    copies = list((root / COPIES).glob("*.*.*"))
    if len(copies) != 1:
        return None
    texts = {file.relative_to(copies[0]).as_posix(): file.read_text("utf-8") for file in copies[0].rglob("*.json")}
    return Promises(version_of(copies[0].name), dict(sorted(texts.items())))


def complaints(root: Path, current: Promises) -> list[str]:
    """What of the last release is broken, or was changed in its copy."""
    last = released(root)
    if last is None:
        return [f"{COPIES} must have the copy of the last release, and no other"]
    return [*tampered(root, last.version), *broken(last, current), *unreadable(last, current)]


def tampered(root: Path, version: Version) -> list[str]:
    """The files of a release's copy that are not as its tag has them; none where this clone does not have the tag."""
    tag = f"v{text_of(version)}"
    if not _git(root, "tag", "--list", tag):
        return []
    return [f"{name}: not as released" for name in _git(root, "diff", "--name-only", tag, "--", str(COPIES))]


def broken(old: Promises, new: Promises) -> list[str]:
    """What breaks clients of the API and consumers of events, who rely on an old version.

    A greater major version in pyproject.toml takes back what was promised to them.
    """
    if new.version[0] > old.version[0]:
        return []
    found = []
    for name, text in old.texts.items():
        if name.startswith("stored/"):
            continue
        if name not in new.texts:
            found.append(f"breaking: {name}: removed")
        else:
            found += [f"breaking: {name}: {change}" for change in _changes(name, text, new.texts[name])]
    return found


def unreadable(old: Promises, new: Promises) -> list[str]:
    """What an old version has stored and today's code cannot read, or would lose something of.

    A greater major version may leave out a kind, once nothing of it is stored; what there is, every version reads.
    """
    kinds = stored.declared()
    files = {Path(name): text for name, text in old.texts.items() if name.startswith("stored/")}
    if new.version[0] > old.version[0]:
        known = {(of.package, of.kind.name) for of in kinds}
        files = {path: text for path, text in files.items() if (path.parent.name, path.stem.split(".")[0]) in known}
    return [f"unreadable: {complaint}" for complaint in stored.broken(kinds, files)]


def added(old: Promises, new: Promises) -> list[str]:
    """What the new version promises beyond the old one."""
    return broken(Promises(new.version, new.texts), Promises(new.version, old.texts))


def _changes(name: str, old: str, new: str) -> Iterator[str]:
    check = breaking_api if name.startswith("api/") else breaking_event
    yield from check(json.loads(old), json.loads(new))


def _git(root: Path, *arguments: str) -> list[str]:
    result = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)  # noqa: S603, S607
    return result.stdout.splitlines()
