"""Bills of materials: valid, of every package and of what it really carries."""

import json
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from infra import packaging
from local.system import ASSEMBLY
from ops.sbom import SUFFIX, write_bills
from tests.templates import of_type, templates


@pytest.fixture(scope="module")
def bills(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The bills of the local system, by name."""
    templates()
    folder = write_bills(ASSEMBLY, packaging.host_platform(), tmp_path_factory.mktemp("sbom"))
    return {file.name.removesuffix(SUFFIX): file.read_text() for file in folder.iterdir()}


def components(bill: str) -> dict[str, str]:
    """Versions by name."""
    return {one["name"]: one["version"] for one in json.loads(bill)["components"]}


def test_every_bill_is_valid_cyclonedx(bills: dict[str, str]) -> None:
    for name, bill in bills.items():
        assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None, name


def test_every_function_every_layer_and_the_client_have_one(bills: dict[str, str]) -> None:
    of = [f for template in templates().values() for f in of_type(template, "AWS::Lambda::Function").values()]
    functions = {f"function-{f['FunctionName'].removeprefix('xueshi-')}" for f in of if "ZipFile" not in f["Code"]}
    own = ("captions", "documents", "exports", "media", "payments", "push", "search", "sms", "summary")
    layers = {f"layer-{name}" for name in (packaging.COMMON_LAYER, *own)}
    assert set(bills) == functions | layers | {"client"}


def test_a_layers_bill_has_what_lies_in_it(bills: dict[str, str]) -> None:
    folder = packaging.cached_layer(packaging.host_platform(), "documents") / "python"
    inside = {one.metadata["Name"]: one.version for one in distributions(path=[str(folder)])}
    assert inside
    assert components(bills["layer-documents"]) == inside
    common = components(bills["layer-layer"])
    assert components(bills["function-credits-documents"]) == common | inside
    assert components(bills["function-credits-http"]) == common


def test_a_bill_is_the_same_each_time_and_says_licences(bills: dict[str, str], tmp_path: Path) -> None:
    again = write_bills(ASSEMBLY, packaging.host_platform(), tmp_path)
    for name in ("function-playback-http", "client"):
        assert (again / f"{name}{SUFFIX}").read_text() == bills[name]
        read: dict[str, Any] = json.loads(bills[name])
        licensed = [one["name"] for one in read["components"] if one.get("licenses")]
        assert len(licensed) > len(read["components"]) / 2, licensed


def test_the_clients_bill_has_what_browsers_get_and_no_tool_of_its_makers(bills: dict[str, str]) -> None:
    carried = components(bills["client"])
    assert "vue" in carried
    assert "vite" not in carried
