"""Assets are published by systems that start side by side, as those of the tests do."""

import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import cast

from local.assembly import Asset
from local.emulator import Emulator
from local.publish import publish_assets

SYSTEMS = 8
CODE = "python/package/__init__.py"


@dataclass
class Bucket:
    """An emulator's S3: what was put into it."""

    objects: list[bytes] = field(default_factory=list)

    def client(self, _name: str) -> "Bucket":
        """Itself."""
        return self

    def create_bucket(self, **_: str) -> None:
        """There is one."""

    def put_object(self, *, Body: bytes, **_: str) -> None:  # noqa: N803 (S3's name)
        """Keeps it."""
        self.objects.append(Body)


def test_systems_that_start_side_by_side_share_one_unpacked_layer(tmp_path: Path) -> None:
    layer = Asset(tmp_path / "layer", True, "assets", "layer.zip")
    (layer.source / CODE).parent.mkdir(parents=True)
    (layer.source / CODE).write_text("ANSWER = 42\n")
    buckets, cache = [Bucket() for _ in range(SYSTEMS)], tmp_path / "cache"

    with ThreadPoolExecutor(SYSTEMS) as at_once:
        done = at_once.map(lambda bucket: publish_assets(cast("Emulator", bucket), [layer], cache), buckets)
        assert list(done) == [None] * SYSTEMS

    ((packed,), *others) = (bucket.objects for bucket in buckets)
    assert others == [[packed]] * (SYSTEMS - 1)
    (pointer,) = zipfile.ZipFile(BytesIO(packed)).namelist()
    (home,) = (found for found in cache.iterdir() if found.is_dir())
    assert pointer.endswith(f"/{home.name}.pth")
    assert (home / CODE).read_text() == "ANSWER = 42\n"
