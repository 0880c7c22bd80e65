"""What the contracts of import-linter (in pyproject.toml) cannot say: the whole list of what a module may import."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOMAIN = sorted(file.relative_to(ROOT) for file in ROOT.glob("services/*/domain/**/*.py"))
FAKE = re.compile(r"\b(class|import) (Manual|Sequential|Memory|Fake)[A-Z]")
PURE = tuple(f"services.kit.{name}" for name in ("base64url", "days", "json_text", "kinds", "read_codes"))
"""What of the kit does nothing but compute, so that rules may use it."""
CHECK_DIGITS = "stdnum"
"""Numbers as their standards define them: it computes, with tables of its own."""


def imports(module: Path) -> Iterator[str]:
    """Every module that a module imports, wherever in it, by full name."""
    for node in ast.walk(ast.parse((ROOT / module).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def within(name: str, *packages: str) -> bool:
    """Whether a module is one of the packages or inside one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def standard(name: str) -> bool:
    """Whether a module is of the standard library."""
    return name.split(".")[0] in sys.stdlib_module_names


@pytest.mark.parametrize("module", DOMAIN, ids=str)
def test_the_domain_imports_the_standard_library_itself_and_what_is_pure(module: Path) -> None:
    own = ".".join(module.parts[:3])
    assert [name for name in imports(module) if not standard(name) and not within(name, own, *PURE, CHECK_DIGITS)] == []


@pytest.mark.parametrize("name", PURE)
def test_what_the_domain_may_use_of_the_kit_imports_the_standard_library_only(name: str) -> None:
    module = Path(f"{name.replace('.', '/')}.py")
    assert [other for other in imports(module) if not standard(other) and not within(other, *PURE)] == []


def test_no_fake_is_deployed() -> None:
    """What stands in for a port is in tests/fakes, which import-linter keeps the services from importing."""
    assert any(FAKE.search(file.read_text("utf-8")) for file in ROOT.glob("tests/fakes/*.py"))
    files = [*ROOT.glob("services/**/*.py")]
    assert files
    assert [file for file in files if FAKE.search(file.read_text("utf-8"))] == []
