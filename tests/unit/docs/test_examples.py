"""The examples of docs/how-to-add.md are changes of this code: each one can be applied as it stands."""

import subprocess
from pathlib import Path

import pytest

from local.emulator import ROOT

EXAMPLES = sorted((ROOT / "docs" / "recipes").glob("*.diff"))
RECIPES = {"consumer", "event", "page", "route", "stored-field"}


def apply_check(example: Path) -> str:
    """Why the change cannot be applied; nothing where it can. It needs no repository, only the files."""
    command = ["git", "apply", "--check", str(example)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stderr  # noqa: S603


def test_each_recipe_has_its_example() -> None:
    assert {example.stem for example in EXAMPLES} == RECIPES
    guide = (ROOT / "docs" / "how-to-add.md").read_text("utf-8")
    assert [example.name for example in EXAMPLES if f"(recipes/{example.name})" not in guide] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_fits_the_code(example: Path) -> None:
    assert apply_check(example) == "", "change the example with the code around it"


def test_an_example_that_does_not_fit_is_found(tmp_path: Path) -> None:
    other = tmp_path / "other.diff"
    text = (ROOT / "docs" / "recipes" / "route.diff").read_text("utf-8")
    other.write_text(text.replace("def note_reading(", "def note_what_was_read("), "utf-8")
    assert "patch does not apply" in apply_check(other)
