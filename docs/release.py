"""Makes a release: `python -m docs.release 1.2.3`, which `make release VERSION=1.2.3` calls before it tests everything.

It checks that nothing is uncommitted, that CHANGELOG.md says what the version holds, and that the version suits what
changed: a major one where a promise of the last release is broken, at least a minor one where one was added.
Then it writes the version and the copy of what it promises. Until the version is tagged it can be made again.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from docs import promises, stored
from docs.generate import ROOT, drift, generate
from docs.promises import COPIES, Promises, Version, text_of, version_of

PACKAGE, NAME = "packages/client", "@xueshi/client"
"""The API's typed client within web/: its version says which release's API it is made from."""
NEXT = """Once `make test` is green:
  git add -A && git commit -m "Release {version}"
  git tag -a v{version} -m "Xueshi {version}"
"""


def complaints(root: Path, version: Version, current: Promises) -> Iterator[str]:
    """Why this version cannot be released."""
    text = text_of(version)
    if _git(root, "status", "--porcelain"):
        yield "there are uncommitted changes"
    if _git(root, "tag", "--list", f"v{text}"):
        yield f"v{text} is tagged already"
    if not entry(text, (root / "CHANGELOG.md").read_text("utf-8")):
        yield f"CHANGELOG.md has no entry that says what {text} holds, under a heading `## [{text}] - <date>`"
    if last := promises.released(root):
        yield from unsuitable(last, Promises(version, current.texts))


def entry(version: str, changelog: str) -> str:
    """What a changelog in the form of keepachangelog.com says of a version; nothing where it says nothing."""
    head = rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$"
    found = re.search(rf"{head}(.*?)(?=^## |^\[|\Z)", changelog, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


def unsuitable(last: Promises, new: Promises) -> Iterator[str]:
    """How a version does not suit what changed since the last one; the same version is made again."""
    if new.version < last.version:
        yield f"{text_of(last.version)} is released, which is later"
    if new.version == last.version:
        return
    yield from (f"needs a new major version: {promise}" for promise in promises.broken(last, new))
    yield from promises.unreadable(last, new)
    if new.version[:2] == last.version[:2]:
        yield from (f"needs a new minor version: {promise}" for promise in promises.added(last, new))


def write(root: Path, version: Version, current: Promises) -> None:
    """Writes the version, and the copy of what it promises in place of the last one's."""
    shutil.rmtree(root / COPIES, ignore_errors=True)
    for name, text in current.texts.items():
        file = root / COPIES / text_of(version) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    project = root / "pyproject.toml"
    project.write_text(re.sub(r'(?m)^version = ".*"$', f'version = "{text_of(version)}"', project.read_text(), count=1))
    for name in ("package.json", "package-lock.json", f"{PACKAGE}/package.json"):
        _write_version(root / "web" / name, text_of(version))


def _write_version(file: Path, version: str) -> None:
    """Into a package, or the lock file of the client and its own package, which depend on each other exactly."""
    document = json.loads(file.read_text("utf-8"))
    locked = document.get("packages", {})
    for own in (document, *(locked[path] for path in ("", PACKAGE) if locked)):
        own["version"] = version
        if NAME in own.get("dependencies", {}):
            own["dependencies"][NAME] = version
    file.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")


def main() -> int:
    """The exit status: 1 where the version cannot be released."""
    parser = argparse.ArgumentParser(prog="python -m docs.release", description=__doc__)
    parser.add_argument("version", type=version_of)
    version: Version = parser.parse_args().version
    texts = generate()
    current = promises.made(ROOT, texts)
    found = [*complaints(ROOT, version, current), *drift(texts), *stored.renew(check=True)]
    for complaint in found:
        sys.stdout.write(complaint + "\n")
    if found:
        return 1
    write(ROOT, version, current)
    sys.stdout.write(NEXT.format(version=text_of(version)))
    return 0


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout  # noqa: S603, S607


if __name__ == "__main__":
    sys.exit(main())
