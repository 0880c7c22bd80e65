"""Builds what the functions carry, without Docker: the layers of dependencies, and each function's code, with bytecode.

One builder for AWS and for a local runtime: only the platform differs. Assets are named by a hash of their inputs, not
of their bytes, so the templates are the same whatever platform the layer was built for.
"""

import gzip
import hashlib
import json
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import grimp

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
COMMON_LAYER = "layer"
"""What every function carries; `requirements/<name>.txt` locks a layer. Others are of the functions that need them."""
FROM_SOURCE = ("alibabacloud-tea", "jieba", "python-alipay-sdk")
"""Pure Python, of which PyPI has the source only: built here. Everything else comes as a wheel for the platform."""
SDK_SERVICES = (
    "bedrock-runtime", "cognito-idp", "dynamodb", "kms", "s3", "sesv2", "stepfunctions", "transcribe",
)  # fmt: skip
"""Of AWS, those that functions call through botocore; others are called without."""
CODE_HOME, LAYERS_HOME = "/var/task", "/opt"
"""Where Lambda unpacks a function's code, and its layers."""
SERVICES = ("catalog", "orders", "playback", "credits")
SERVICES_HOME = ROOT / "services"

_LEFT_OUT_FOLDERS = {"__pycache__", "cli", "examples", "schemas"}
_LEFT_OUT_FILES = {"README.md", "py.typed"}


class PackagingError(Exception):
    """Something needed is not there or not right; the message says what, and what to do."""


@dataclass(frozen=True)
class Platform:
    """Whom a layer is built for: `name` as `uv --python-platform` knows it; `python` such as "3.13"."""

    name: str
    python: str


AWS = Platform("aarch64-manylinux_2_28", "3.13")
"""Lambda's arm64 functions on Python 3.13, which run on Amazon Linux 2023 with glibc 2.34: ffmpeg's wheel is for 2.28
and newer, and not for the 2.17 of manylinux2014."""


def host_platform() -> Platform:
    """This machine's CPU and this interpreter's version."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine())
    system = "apple-darwin" if sys.platform == "darwin" else "manylinux_2_28"
    return Platform(f"{machine}-{system}", f"{sys.version_info.major}.{sys.version_info.minor}")


def layer_hash(name: str = COMMON_LAYER) -> str:
    """Identifies a layer's contents for every platform, and how it is built."""
    return _hash_files([_requirements(name), Path(__file__)], ROOT)


def code_hash(service: str, kind: str) -> str:
    """Identifies a function's code, and how it is packed."""
    return _hash_files([*code_files(service, kind), Path(__file__)], ROOT)


def build_layer(out_dir: Path, target: Platform, name: str = COMMON_LAYER) -> Path:
    """A layer as `install_layer` makes it, with bytecode. Raises PackagingError."""
    install_layer(out_dir, target, name)
    return _compiled(out_dir, LAYERS_HOME, target.python)


def install_layer(out_dir: Path, target: Platform, name: str = COMMON_LAYER) -> Path:
    """Installs the locked dependencies into `<out_dir>/python`. Needs the package index or uv's cache.

    Raises:
        PackagingError: uv failed; carries what it said.
    """
    command = [
        # Copies: what is trimmed here must not change what uv keeps, and has linked into other environments.
        _uv(), "pip", "install", "--quiet", "--link-mode", "copy", "--target", str(out_dir / "python"),
        "--python-platform", target.name, "--python-version", target.python,
        "--only-binary", ":all:", *(part for name in FROM_SOURCE for part in ("--no-binary", name)),
        "--no-deps", "--require-hashes", "-r", str(_requirements(name)),
    ]  # fmt: skip
    done = _run(command)
    # Without the network, what was fetched before is enough.
    if done.returncode != 0 and _run([*command, "--offline"]).returncode != 0:
        raise PackagingError(
            f"The layer of requirements/{name}.txt could not be built for {target.name}. "
            f"Check the network connection, then try again. What uv said:\n{done.stderr.strip()}"
        )
    for leftover in ("bin", ".lock"):
        _remove(out_dir / "python" / leftover)
    described = out_dir / "python" / "botocore" / "data"
    if described.exists():
        _trim_sdk(described)
    return out_dir


def build_code(service: str, kind: str, out_dir: Path, python: str) -> Path:
    """Copies what a function can come to import into `<out_dir>/services`, with bytecode for `python`.

    Raises:
        PackagingError: there is no such function or no such Python.
    """
    bytecode = cached_bytecode(python)
    for path in code_files(service, kind):
        copy = out_dir / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        if path.suffix == ".py":
            made = _bytecode_of(path.relative_to(ROOT), bytecode)
            (copy.parent / "__pycache__").mkdir(exist_ok=True)
            shutil.copyfile(made, copy.parent / "__pycache__" / made.name)
    return out_dir


def cached_bytecode(python: str) -> Path:
    """All services' code under build/, compiled for `python` in one go if it is not yet. Raises PackagingError."""
    files = [path for path in SERVICES_HOME.rglob("*.py") if _ships(path)]
    home = BUILD / "code" / f"{_hash_files([*files, Path(__file__)], ROOT)[:16]}-{python}"
    if not home.exists():
        with _scratch(home) as scratch:
            for path in files:
                copy = Path(scratch) / path.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
            _move_into_place(_compiled(Path(scratch), CODE_HOME, python), home)
    return home


def cached_layer(target: Platform, name: str = COMMON_LAYER) -> Path:
    """A layer's directory under build/, built if it is not there yet."""
    home = BUILD / "layers" / f"{layer_hash(name)[:16]}-{target.name}-{target.python}"
    if not home.exists():
        with _scratch(home) as scratch:
            _move_into_place(build_layer(Path(scratch), target, name), home)
    return home


def cached_code(service: str, kind: str, python: str) -> Path:
    """A function's code directory under build/, packed if it is not there yet."""
    home = BUILD / "functions" / f"{service}-{kind}-{code_hash(service, kind)[:16]}-{python}"
    if not home.exists():
        with _scratch(home) as scratch:
            _move_into_place(build_code(service, kind, Path(scratch), python), home)
    return home


def interpreter(python: str) -> str:
    """An interpreter of that version: this one, or one that uv finds or fetches.

    Raises:
        PackagingError: there is none, and it could not be fetched.
    """
    if python == host_platform().python:
        return sys.executable
    find = [_uv(), "python", "find", "--no-project", "--no-python-downloads", python]
    found = _run(find)
    if found.returncode != 0:
        fetched = _run([_uv(), "python", "install", "--quiet", python])
        found = _run(find)
    if found.returncode != 0:
        raise PackagingError(
            f"The functions' bytecode is made by Python {python}, which is not here and could not be fetched. "
            f"Install it (apt-get install python{python}, or uv python install {python}) and try again. "
            f"What uv said:\n{fetched.stderr.strip()}"
        )
    return found.stdout.strip()


def _compiled(directory: Path, home: str, python: str) -> Path:
    """Adds bytecode, which no function then makes at its start: the same bytes wherever and whenever it is made.

    Python takes it without looking at the sources, whose times no package keeps. Raises PackagingError.
    """
    command = [
        interpreter(python), "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash",
        "-s", str(directory), "-p", home, str(directory),
    ]  # fmt: skip
    done = _run(command)
    if done.returncode != 0:
        raise PackagingError(f"Not all of {directory} could be compiled for Python {python}.\n{done.stderr.strip()}")
    return directory


def _trim_sdk(described: Path) -> None:
    """Leaves of botocore's descriptions of services those that are called, without their prose.

    A function reads them at its start, and looks into the folder of each: whole, that is a third of importing the SDK.
    """
    for path in described.iterdir():
        if path.is_dir() and path.name not in SDK_SERVICES:
            _remove(path)
    for path in described.rglob("*.json.gz"):
        _write_json(path.with_suffix(""), _without_prose(json.loads(gzip.decompress(path.read_bytes()))))
        path.unlink()
    models = (json.loads(path.read_bytes()) for path in described.rglob("service-2.json"))
    called = {model["metadata"]["endpointPrefix"] for model in models}
    endpoints = json.loads((described / "endpoints.json").read_bytes())
    for partition in endpoints["partitions"]:
        partition["services"] = {name: said for name, said in partition["services"].items() if name in called}
    _write_json(described / "endpoints.json", endpoints)


def _without_prose(said: Any) -> Any:
    if isinstance(said, list):
        return [_without_prose(part) for part in said]
    if not isinstance(said, dict):
        return said
    # Emptied, for some of it botocore insists on. A member of a structure that has the name is described by an object.
    return {k: "" if k == "documentation" and isinstance(v, str) else _without_prose(v) for k, v in said.items()}


def _write_json(path: Path, said: Any) -> None:
    path.write_text(json.dumps(said, separators=(",", ":")), encoding="utf-8")


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own arguments)


def _requirements(layer: str) -> Path:
    return ROOT / "requirements" / f"{layer}.txt"


def _scratch(home: Path) -> tempfile.TemporaryDirectory[str]:
    home.parent.mkdir(parents=True, exist_ok=True)
    # A rename may have emptied the directory's place by the time it is cleaned up.
    return tempfile.TemporaryDirectory(dir=home.parent, ignore_cleanup_errors=True)


def _move_into_place(built: Path, home: Path) -> None:
    # One rename, so that an interrupted or concurrent build never leaves half a directory under the final name.
    try:
        built.rename(home)
    except OSError:
        if not home.exists():
            raise


def code_files(service: str, kind: str) -> list[Path]:
    """What the function services.<service>.handlers.<kind> can come to import, and the data beside that.

    Raises:
        PackagingError: there is no such function.
    """
    entry = f"services.{service}.handlers.{kind}"
    if not _file_of(entry).exists():
        raise PackagingError(f"There is no function in {_file_of(entry).relative_to(ROOT)}.")
    modules = [_file_of(name) for name in _reached(entry)]
    data = [path for folder in {path.parent for path in modules} for path in _data_of(folder)]
    return sorted({*modules, *data})


def _reached(entry: str) -> set[str]:
    """The modules that can be imported from one on, at its start or later, and the packages that they are in."""
    graph = _imports()
    reached, left = set[str](), {entry}
    while left:
        name = left.pop()
        reached.add(name)
        left |= ({name.rpartition(".")[0]} - {""}) | graph.find_modules_directly_imported_by(name)
        left -= reached
    return reached


@cache
def _imports() -> grimp.ImportGraph:
    # What only a type checker imports is not loaded.
    return grimp.build_graph(SERVICES_HOME.name, exclude_type_checking_imports=True, cache_dir=None)


def _file_of(module: str) -> Path:
    path = ROOT / Path(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _data_of(package: Path) -> Iterator[Path]:
    """A package's files that are no code, also those in folders of it that are no packages."""
    for path in package.iterdir():
        if path.is_dir() and not (path / "__init__.py").exists():
            yield from (file for file in path.rglob("*") if file.is_file() and _ships(file))
        elif path.is_file() and path.suffix != ".py" and _ships(path):
            yield path


def _bytecode_of(source: Path, compiled: Path) -> Path:
    (made,) = (compiled / source.parent / "__pycache__").glob(f"{source.stem}.*.pyc")
    return made


def _ships(path: Path) -> bool:
    return path.name not in _LEFT_OUT_FILES and _LEFT_OUT_FOLDERS.isdisjoint(path.relative_to(ROOT).parts)


def _hash_files(paths: Iterable[Path], root: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _uv() -> str:
    beside = Path(sys.executable).parent / "uv"
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        raise PackagingError("uv is missing from the environment: run `make setup`.")
    return found


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
