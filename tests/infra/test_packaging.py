"""What the functions carry."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra import packaging
from tests.templates import SERVICES

AARCH64 = 183
"""ELF's number for the CPU."""
UNZIPPED_LIMIT = 250 * 1024 * 1024
"""Lambda's, for a function with all its layers."""
OWN_LAYERS = ("documents", "exports")


def machine(library: Path) -> int:
    """The CPU that an ELF file is for."""
    return int.from_bytes(library.read_bytes()[18:20], "little")


@pytest.mark.parametrize("service", SERVICES)
def test_code_holds_the_service_and_the_kit_and_no_other_service(tmp_path: Path, service: str) -> None:
    packaging.build_code(service, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"services"}
    assert {path.name for path in (tmp_path / "services").iterdir()} == {"__init__.py", "kit", service}
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert (tmp_path / "services" / service / "handlers" / "http.py") in files
    assert not [path for path in files if path.name == "README.md" or "cli" in path.parts or path.suffix == ".pyc"]


def test_an_unknown_service_is_named(tmp_path: Path) -> None:
    with pytest.raises(packaging.PackagingError, match=r"no service in services/billing"):
        packaging.build_code("billing", tmp_path)


def test_the_layer_for_this_machine_can_be_imported_from() -> None:
    layer = packaging.cached_layer(packaging.host_platform()) / "python"
    program = "import pydantic, pynamodb, aws_lambda_powertools as p; print(pydantic.__file__, p.__file__)"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(layer)}
    )
    assert done.stdout.count(str(layer)) == 2


def test_the_layer_for_aws_is_for_arm_and_leaves_the_runtimes_own_boto3_out() -> None:
    layer = packaging.cached_layer(packaging.AWS) / "python"
    compiled = list(layer.rglob("*.so"))
    assert compiled
    assert {machine(path) for path in compiled} == {AARCH64}
    assert {path.name.split(".")[1] for path in compiled} <= {"cpython-313-aarch64-linux-gnu", "abi3"}
    assert not (layer / "botocore").exists()


@pytest.mark.parametrize("name", OWN_LAYERS)
def test_a_functions_own_layer_is_for_arm_and_fits_beside_the_common_one(name: str) -> None:
    common, own = (packaging.cached_layer(packaging.AWS, layer) / "python" for layer in (packaging.COMMON_LAYER, name))
    assert {machine(path) for path in own.rglob("*.so")} <= {AARCH64}
    assert not {path.name for path in common.iterdir()} & {path.name for path in own.iterdir()}
    files = [path for layer in (common, own) for path in layer.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < UNZIPPED_LIMIT


def test_what_uv_says_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(packaging.PackagingError, match=r"could not be built for x86_64-nonsense"):
        packaging.build_layer(tmp_path, packaging.Platform("x86_64-nonsense", "3.13"))
