"""Puts the built client into the bucket that the distribution serves, so that nobody who has a page open loses it.

Files with a hash in their name are new or there already. They come first and stay for ever, since pages of earlier
releases ask for theirs; what names them, index.html, comes last. Browsers keep the former and ask again for all else.
"""

import hashlib
import json
import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HASHED = "assets/"
"""What the build names by its content."""
FOR_EVER, ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"
INDEX, CONFIG = "index.html", "config.json"


@dataclass(frozen=True)
class File:
    """One object of the bucket."""

    key: str
    body: bytes

    @property
    def lasting(self) -> bool:
        """Whether its name says what is in it."""
        return _is_lasting(self.key)


def headers(key: str) -> dict[str, str]:
    """What a file of this name is served with. Of the service worker and the manifest there must be the newest ones."""
    kind, _encoding = mimetypes.guess_type(key)
    return {
        "CacheControl": FOR_EVER if _is_lasting(key) else ASK_AGAIN,
        "ContentType": kind or "application/octet-stream",
    }


def upload(s3: Any, bucket: str, dist: Path, config: Mapping[str, str]) -> list[str]:
    """Uploads what is not there yet; answers the keys of what changed under a name that stays, to be invalidated.

    Raises:
        FileNotFoundError: there is no built client in `dist`.
    """
    there = dict(_there(s3, bucket))
    changed = [file for file in files(dist, config) if there.get(file.key) != hashlib.md5(file.body).hexdigest()]  # noqa: S324 (S3's ETag)
    for file in changed:
        s3.put_object(Bucket=bucket, Key=file.key, Body=file.body, **headers(file.key))
    return [file.key for file in changed if not file.lasting]


def files(dist: Path, config: Mapping[str, str]) -> list[File]:
    """The client's files in the order in which they are uploaded. Raises FileNotFoundError without a built client."""
    if not (dist / INDEX).is_file():
        raise FileNotFoundError(f"There is no built client in {dist}: run `make client`.")
    found = [File(p.relative_to(dist).as_posix(), p.read_bytes()) for p in sorted(dist.rglob("*")) if _served(p, dist)]
    found.append(File(CONFIG, json.dumps(dict(config), indent=2).encode()))
    return sorted(found, key=lambda file: (not file.lasting, file.key == INDEX, file.key))


def _is_lasting(key: str) -> bool:
    return key.startswith(HASHED)


def _served(path: Path, dist: Path) -> bool:
    # The build's own notes begin with a dot.
    return path.is_file() and not any(part.startswith(".") for part in path.relative_to(dist).parts)


def _there(s3: Any, bucket: str) -> Iterator[tuple[str, str]]:
    """Keys and the hashes of what is under them."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for found in page.get("Contents", []):
            yield found["Key"], found["ETag"].strip('"')
