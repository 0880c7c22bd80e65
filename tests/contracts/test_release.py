"""A release's version, changelog and copy agree, and the command refuses what does not."""

import json
import shutil
import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from docs.generate import ROOT
from docs.promises import Promises, Version, released, text_of, version_of
from docs.release import NAME, PACKAGE, complaints, entry, unsuitable, write

CLIENT = ("web/package.json", "web/package-lock.json", f"web/{PACKAGE}/package.json")
WHOLE = Promises((1, 2, 3), {"events/a.json": '{"properties": {"a": {}, "b": {}}}'})
LESS = replace(WHOLE, texts={"events/a.json": '{"properties": {"a": {}}}'})
CHANGELOG = """# Changelog

## [Unreleased]

## [1.3.0] - 2026-12-01

### Added

- A thing.

## [1.2.3] - 2026-11-29

[1.3.0]: somewhere
"""


def test_version_changelog_and_copy_agree() -> None:
    last = released(ROOT)
    assert last
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    client, lock, package = (json.loads((ROOT / name).read_text()) for name in CLIENT)
    locked = [lock["packages"][path] for path in ("", PACKAGE)]
    assert {own["version"] for own in (client, lock, package, *locked)} == {project}
    assert {own["dependencies"][NAME] for own in (client, locked[0])} == {project}
    assert version_of(project) >= last.version
    assert entry(text_of(last.version), (ROOT / "CHANGELOG.md").read_text())


@pytest.mark.parametrize("text", ["1.2", "1.2.3.4", "v1.2.3", "01.2.3", "1.2.x", ""])
def test_what_is_no_version(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        version_of(text)


def test_the_changelog_says_what_a_version_holds() -> None:
    assert entry("1.3.0", CHANGELOG) == "### Added\n\n- A thing."
    assert entry("1.2.3", CHANGELOG) == entry("1.4.0", CHANGELOG) == ""


@pytest.mark.parametrize(
    ("version", "old", "new", "suits"),
    [
        ((1, 2, 3), WHOLE, LESS, True),  # made again
        ((1, 2, 2), WHOLE, WHOLE, False),
        ((1, 2, 4), WHOLE, WHOLE, True),
        ((1, 2, 4), LESS, WHOLE, False),
        ((1, 3, 0), LESS, WHOLE, True),
        ((1, 3, 0), WHOLE, LESS, False),
        ((2, 0, 0), WHOLE, LESS, True),
    ],
)
def test_the_version_suits_what_changed(version: Version, old: Promises, new: Promises, suits: bool) -> None:
    assert (list(unsuitable(old, replace(new, version=version))) == []) == suits


def test_a_release_is_written_and_a_tagged_one_is_not_made_again(tmp_path: Path) -> None:
    (tmp_path / "web" / PACKAGE).mkdir(parents=True)
    for name in ("pyproject.toml", *CLIENT):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@xueshi.example")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)  # noqa: S603, S607

    git("init")
    assert list(complaints(tmp_path, (1, 3, 0), WHOLE)) == ["there are uncommitted changes"]
    git("add", "-A")
    git("commit", "-m", "Before")
    assert list(complaints(tmp_path, (1, 3, 0), WHOLE)) == []
    write(tmp_path, (1, 3, 0), WHOLE)
    assert released(tmp_path) == replace(WHOLE, version=(1, 3, 0))
    assert tomllib.loads((tmp_path / "pyproject.toml").read_text())["project"]["version"] == "1.3.0"
    before, after = ([json.loads((root / name).read_text()) for name in CLIENT] for root in (ROOT, tmp_path))
    client, lock, package = before
    own, locked = lock["packages"][""], lock["packages"][PACKAGE]
    for changed in (client, lock, package, own, locked):
        changed["version"] = "1.3.0"
    client["dependencies"][NAME] = own["dependencies"][NAME] = "1.3.0"
    assert after == before
    git("add", "-A")
    git("commit", "-m", "Release 1.3.0")
    assert list(complaints(tmp_path, (1, 3, 0), LESS)) == []
    git("tag", "v1.3.0")
    assert list(complaints(tmp_path, (1, 3, 0), LESS)) == ["v1.3.0 is tagged already"]
    assert list(complaints(tmp_path, (1, 3, 1), WHOLE)) == [
        "CHANGELOG.md has no entry that says what 1.3.1 holds, under a heading `## [1.3.1] - <date>`"
    ]
