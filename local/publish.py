"""Publishes file assets to the emulator's S3, zipped once per content."""

import contextlib
import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from local.assembly import Asset
from local.emulator import ACCOUNT, REGION, Emulator
from local.turns import turn

STAMP = (1980, 1, 1, 0, 0, 0)
"""The oldest time a zip can hold; a fixed one makes equal inputs equal files."""


def publish_assets(emulator: Emulator, assets: Iterable[Asset], cache: Path) -> None:
    """Puts every asset where its stack expects it. `cache` keeps the zip files, named by content."""
    s3 = emulator.client("s3")
    cache.mkdir(parents=True, exist_ok=True)
    buckets: set[str] = set()
    for asset in {(asset.bucket, asset.key): asset for asset in assets}.values():
        bucket = substitute(asset.bucket)
        if bucket not in buckets:
            s3.create_bucket(Bucket=bucket)
            buckets.add(bucket)
        path = _zip_file(asset, cache) if asset.zipped else asset.source
        s3.put_object(Bucket=bucket, Key=substitute(asset.key), Body=path.read_bytes())


def put_template(s3: Any, name: str, text: str) -> str:
    """Stores a template too long for a request; answers its address."""
    bucket = f"local-templates-{ACCOUNT}"
    with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key=f"{name}.json", Body=text.encode())
    return f"{s3.meta.endpoint_url}/{bucket}/{name}.json"


def substitute(text: str) -> str:
    """Fills in the account and region that CDK leaves open in asset locations."""
    values = {"${AWS::AccountId}": ACCOUNT, "${AWS::Region}": REGION, "${AWS::Partition}": "aws"}
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def _zip_file(asset: Asset, cache: Path) -> Path:
    target = cache / f"{_content_hash(asset.source)}.zip"
    with turn(target):
        if not target.exists():
            _make_zip(asset, target)
    return target


def _make_zip(asset: Asset, target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        copy = Path(scratch) / "asset"
        shutil.copytree(asset.source, copy)
        packed = Path(scratch) / "asset.zip"
        _pack(_shared(copy, target.with_suffix("")) if (copy / "python").is_dir() else copy, packed)
        packed.replace(target)


def _shared(layer: Path, home: Path) -> Path:
    """Moves an unpacked layer to `home` and answers a layer that only points there.

    The emulator unpacks function and layers anew for every worker; unpacking a thousand files is a third of a cold
    start. The pointer is a .pth file, which the emulator reads as Lambda's layers directory would be.
    """
    shutil.rmtree(home, ignore_errors=True)
    layer.rename(home)
    site = layer / "python" / "lib" / "python3" / "site-packages"
    site.mkdir(parents=True)
    # Before the interpreter's own packages, as on Lambda. Named apart, as a function may have several layers.
    (site / f"{home.name}.pth").write_text(f"import sys; sys.path.insert(1, {str(home / 'python')!r})\n")
    return layer


def _content_hash(directory: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"{path.relative_to(directory).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:32]


def _pack(directory: Path, target: Path) -> None:
    # Stored, not deflated: it is unpacked far more often than it is sent.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(directory.rglob("*")):
            if path.is_file():
                archive.writestr(zipfile.ZipInfo(str(path.relative_to(directory)), STAMP), path.read_bytes())
