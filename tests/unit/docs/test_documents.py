"""The documents lead where they say, are all in the index, and name all of the kit."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from local.emulator import ROOT

SKIPPED = {".venv", ".venv-emulator", "node_modules", "build", "demo"}
"""What others wrote, and courses, which are no documents of ours."""
DOCUMENTS = sorted(file for file in ROOT.rglob("*.md") if not SKIPPED & set(file.relative_to(ROOT).parts))
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(document: Path) -> set[str]:
    """What a link can name in a document: its headings, as GitHub writes them."""
    headings = HEADING.findall(document.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    for path, anchor in LINK.findall(document.read_text("utf-8")):
        if not path.startswith(("http:", "https:")):
            target = (document.parent / path).resolve() if path else document
            assert target.exists(), path
            assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


def test_the_index_has_every_document() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    linked = {(ROOT / "docs" / path).resolve() for path, _ in LINK.findall(index)}
    assert {file for file in (ROOT / "docs").glob("*.md") if file.name != "README.md"} <= linked


def test_decisions_are_numbered_dated_and_in_their_index() -> None:
    numbers = [int(file.name[:4]) for file in DECISIONS]
    assert numbers[0] == 1
    assert all(after == before + 1 for before, after in pairwise(numbers))
    index = (ROOT / "docs" / "decisions" / "README.md").read_text("utf-8")
    for number, file in zip(numbers, DECISIONS, strict=True):
        title, date, status = re.findall(r"\A# \d+\. (.+)\n\n- Date: (\S+)\n- Status: (.+)\n", file.read_text("utf-8"))[
            0
        ]
        assert f"| [{number:04}]({file.name}) | {title} | {date} | {status} |" in index


def test_the_architecture_names_all_of_the_kit() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    found = [file for file in (ROOT / "services" / "kit").iterdir() if not file.name.startswith("__")]
    assert [file.name for file in found if f"`{file.name}{'/' * file.is_dir()}`" not in text] == []
