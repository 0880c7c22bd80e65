"""Who may import whom: services stand alone, the kit knows none of them, the domain knows nothing but itself."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SERVICES = ("catalog", "orders", "playback", "credits")
MODULES = sorted(file.relative_to(ROOT) for file in ROOT.glob("services/**/*.py"))
LAYERS = {
    "domain": {"domain"},
    "events": {"events", "domain"},
    "adapters": {"adapters", "app", "domain", "events"},
    "app": {"app", "domain", "events"},
}
"""What a folder of a service may import of the service: dependencies point inward."""
PURE = ("services.kit.days",)
"""What of the kit does no I/O, so that rules may use it."""


def imports(module: Path) -> Iterator[str]:
    """Every module that a module imports, wherever in it, by full name."""
    for node in ast.walk(ast.parse((ROOT / module).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def within(name: str, *packages: str) -> bool:
    """Whether a module is one of the packages or inside one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_service_imports_itself_and_the_kit_only(module: Path) -> None:
    own = ".".join(module.parts[:2])
    for name in imports(module):
        if within(name, "services"):
            assert within(name, own, "services.kit"), f"{module} imports {name}"
        else:
            assert not within(name, "infra", "local", "demo", "tests", "docs", "ops"), f"{module} imports {name}"


def test_the_kit_knows_no_service() -> None:
    for module in ROOT.glob("services/kit/**/*.py"):
        names = [name for name in imports(module) if within(name, "services")]
        assert all(within(name, "services.kit") for name in names), module


@pytest.mark.parametrize("service", SERVICES)
def test_the_domain_imports_the_standard_library_itself_and_what_is_pure(service: str) -> None:
    found = list(ROOT.glob(f"services/{service}/domain/**/*.py"))
    assert found
    for module in found:
        for name in imports(module):
            standard = name.split(".")[0] in sys.stdlib_module_names
            assert standard or within(name, f"services.{service}.domain", *PURE), f"{module} imports {name}"


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("layer", LAYERS)
def test_dependencies_point_inward(service: str, layer: str) -> None:
    allowed = [f"services.{service}.{other}" for other in LAYERS[layer]]
    for module in ROOT.glob(f"services/{service}/{layer}/**/*.py"):
        for name in imports(module):
            assert not within(name, f"services.{service}") or within(name, *allowed), f"{module} imports {name}"


def test_only_the_real_clock_is_wired() -> None:
    """Nothing that is deployed moves the clock; the fakes that stand in for ports are for tests."""
    for module in MODULES:
        if module.parts[1] == "kit" or "cli" in module.parts:
            continue
        for name in imports(module):
            assert name.split(".")[-1] not in {"ManualClock", "SequentialIds"}, f"{module} imports {name}"
