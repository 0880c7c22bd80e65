"""What the functions carry."""

import marshal
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra import packaging
from tests.templates import SERVICES, of_type, service_template

HOST = packaging.host_platform()
AARCH64 = 183
"""ELF's number for the CPU."""
UNZIPPED_LIMIT = 250 * 1024 * 1024
"""Lambda's, for a function with all its layers."""
OWN_LAYERS = ("captions", "documents", "exports", "media", "payments", "search", "sms", "summary")


def machine(library: Path) -> int:
    """The CPU that an ELF file is for."""
    return int.from_bytes(library.read_bytes()[18:20], "little")


def functions() -> list[tuple[str, str, tuple[str, ...]]]:
    """Every function: its service, its kind, and its layers."""
    found = []
    for service in SERVICES:
        template = service_template(service)
        layers = {
            name: Path(layer["Description"]).stem
            for name, layer in of_type(template, "AWS::Lambda::LayerVersion").items()
        }
        for function in of_type(template, "AWS::Lambda::Function").values():
            kind = function["Handler"].split(".")[3]
            found.append((service, kind, tuple(layers[ref["Ref"]] for ref in function["Layers"])))
    return found


def test_a_functions_code_is_what_it_can_import_and_the_data_beside_that(tmp_path: Path) -> None:
    code = packaging.build_code("playback", "relay", tmp_path, HOST.python)
    assert {path.name for path in code.iterdir()} == {"services"}
    sources = {
        path.relative_to(code).as_posix() for path in code.rglob("*") if path.suffix != ".pyc" and path.is_file()
    }
    assert "services/playback/handlers/relay.py" in sources
    assert "services/kit/wiring/__init__.py" in sources, "the package that an imported module is in is missing"
    assert not [
        path for path in sources if path.startswith(("services/playback/app", "services/kit/http", "services/orders"))
    ]


def test_data_is_packed_with_the_code_that_reads_it() -> None:
    assert packaging.ROOT / "services/playback/domain/policies.toml" in packaging.code_files("playback", "beat")
    assert packaging.ROOT / "services/orders/plans.toml" in packaging.code_files("orders", "http")
    layouts = {path.suffix for path in packaging.code_files("credits", "documents")}
    assert ".typ" in layouts


def test_what_answers_beats_carries_neither_framework_routes_of_others_nor_the_sdks_store() -> None:
    files = {
        path.relative_to(packaging.ROOT / "services").as_posix() for path in packaging.code_files("playback", "beat")
    }
    assert not [
        path for path in files if path.startswith(("playback/app/evidence", "playback/app/log", "playback/cli"))
    ]
    assert files.isdisjoint({"kit/aws.py", "kit/store/dynamodb.py", "playback/bootstrap.py"})


def without_sources(directory: Path) -> Path:
    """Bytecode where Python looks for it without any source, which is then removed."""
    for path in directory.rglob("*.pyc"):
        path.rename(path.parent.parent / f"{path.name.split('.')[0]}.pyc")
    for path in directory.rglob("*.py"):
        path.unlink()
    return directory


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is beside a function's code: the layers, without sources."""
    home = tmp_path_factory.mktemp("carried")
    for name in (packaging.COMMON_LAYER, *OWN_LAYERS):
        without_sources(shutil.copytree(packaging.cached_layer(HOST, name) / "python", home / name))
    return home


IMPORTING = """
import sys
layers, *functions = sys.argv[1:]
sys.path[:0] = layers.split()
for code, module in zip(functions[::2], functions[1::2]):
    sys.path.insert(0, code)
    try:
        __import__(module)
    except ImportError as error:
        raise SystemExit(f"{module}: {error}")
    # What the layers have stays: only our own code is another function's next time.
    sys.path.remove(code)
    for name in [name for name in sys.modules if name.partition(".")[0] == "services"]:
        del sys.modules[name]
"""


def test_every_handler_is_imported_from_its_package_alone_and_without_sources(tmp_path: Path, carried: Path) -> None:
    alike: dict[tuple[str, ...], list[str]] = {}
    for service, kind, layers in functions():
        code = without_sources(packaging.build_code(service, kind, tmp_path / service / kind, HOST.python))
        alike.setdefault(layers, []).extend([str(code), f"services.{service}.handlers.{kind}"])
    for layers, arguments in alike.items():
        path = " ".join(str(carried / name) for name in layers)
        command = [sys.executable, "-I", "-S", "-c", IMPORTING, path, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={})  # noqa: S603
        assert done.returncode == 0, done.stderr


def test_a_package_is_the_same_bytes_whenever_it_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaging, "BUILD", tmp_path)
    first = packaging.build_code("playback", "relay", tmp_path / "first", HOST.python)
    shutil.rmtree(tmp_path / "code")
    second = packaging.build_code("playback", "relay", tmp_path / "second", HOST.python)
    assert bytes_of(first) == bytes_of(second)
    assert any(path.endswith(".pyc") for path in bytes_of(first))


def bytes_of(directory: Path) -> dict[str, bytes]:
    """What it holds."""
    files = (path for path in directory.rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in files}


def test_bytecode_names_the_place_where_lambda_unpacks_it(tmp_path: Path) -> None:
    code = packaging.build_code("playback", "http", tmp_path, HOST.python)
    (made,) = (code / "services" / "playback" / "__pycache__").glob("bootstrap.*.pyc")
    assert marshal.loads(made.read_bytes()[16:]).co_filename == "/var/task/services/playback/bootstrap.py"  # noqa: S302


def test_an_unknown_function_is_named(tmp_path: Path) -> None:
    with pytest.raises(packaging.PackagingError, match=r"no function in services/billing/handlers/http\.py"):
        packaging.build_code("billing", "http", tmp_path, HOST.python)


def test_the_layer_for_this_machine_can_be_imported_from() -> None:
    layer = packaging.cached_layer(HOST) / "python"
    program = "import pydantic, pynamodb, aws_lambda_powertools as p; print(pydantic.__file__, p.__file__)"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(layer)}
    )
    assert done.stdout.count(str(layer)) == 2


def test_the_layer_for_aws_is_for_arm(tmp_path: Path) -> None:
    layer = packaging.install_layer(tmp_path, packaging.AWS) / "python"
    compiled = list(layer.rglob("*.so"))
    assert compiled
    assert {machine(path) for path in compiled} == {AARCH64}
    assert {path.name.split(".")[1] for path in compiled} <= {"cpython-313-aarch64-linux-gnu", "abi3"}


CLIENTS = """
import sys
from services.kit.aws import client
for name in sys.argv[1:]:
    client(name)
client("dynamodb").get_paginator("scan")
client("s3").get_paginator("list_objects_v2")
print(client("s3").generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "key"}))
"""


def test_the_layer_knows_the_services_that_functions_call_and_no_others(tmp_path: Path) -> None:
    layer = packaging.cached_layer(HOST) / "python"
    described = {path.name for path in (layer / "botocore" / "data").iterdir() if path.is_dir()}
    assert described == set(packaging.SDK_SERVICES) == called_services()
    shared = [path for path in layer.rglob("*") if path.is_file() and path.stat().st_nlink > 1]
    assert not shared, "who trims a layer must not change what other environments have"
    environment = {
        "PYTHONPATH": f"{layer}:{packaging.ROOT}",
        "AWS_REGION": "cn-north-1",
        "AWS_DEFAULT_REGION": "cn-north-1",
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "HOME": str(tmp_path),
    }
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-S", "-c", CLIENTS, *described], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("https://bucket.s3.cn-north-1.amazonaws.com.cn/key?")


def called_services() -> set[str]:
    """PynamoDB's, and those that bootstraps make clients of."""
    sources = [path.read_text("utf-8") for path in packaging.SERVICES_HOME.rglob("*.py") if "cli" not in path.parts]
    return {"dynamodb", *re.findall(r'\bclient\("([a-z0-9-]+)"', "\n".join(sources))}


@pytest.mark.parametrize("name", OWN_LAYERS)
def test_a_functions_own_layer_is_for_arm_and_fits_beside_the_common_one(tmp_path: Path, name: str) -> None:
    layers = (packaging.COMMON_LAYER, name)
    common, own = (packaging.install_layer(tmp_path / layer, packaging.AWS, layer) / "python" for layer in layers)
    assert {machine(path) for path in own.rglob("*.so")} <= {AARCH64}
    assert not {path.name for path in common.iterdir()} & {path.name for path in own.iterdir()}
    files = [path for layer in (common, own) for path in layer.rglob("*") if path.is_file()]
    # Bytecode is about as large as what it is made of.
    assert sum(path.stat().st_size * (1 + (path.suffix == ".py")) for path in files) < UNZIPPED_LIMIT


def test_what_uv_says_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(packaging.PackagingError, match=r"could not be built for x86_64-nonsense"):
        packaging.build_layer(tmp_path, packaging.Platform("x86_64-nonsense", "3.13"))
