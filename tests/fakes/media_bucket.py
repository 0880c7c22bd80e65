"""The strict fake of the media bucket, held to the same tests as S3."""

import hashlib

from services.catalog.adapters.media_bucket import upload_headers
from services.catalog.app.ports import Upload
from services.catalog.domain.media import MediaFile

_MEMORY = "memory://bucket/"


class MemoryMediaBucket:
    """Keeps files in a dictionary; `put` is as strict as a presigned upload."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._signed: dict[str, tuple[str, int]] = {}

    def sizes(self, prefix: str) -> dict[str, int]:
        """The stored files' sizes in bytes, by their path after `prefix`."""
        found = {key: content for key, content in self.files.items() if key.startswith(prefix)}
        return {key.removeprefix(prefix): len(content) for key, content in found.items()}

    def read(self, key: str) -> bytes:
        """A stored file's bytes. Raises KeyError if there is none."""
        return self.files[key]

    def read_part(self, key: str, start: int, length: int) -> bytes:
        """Bytes of a stored file from `start` on, `length` at most. Raises KeyError if there is no such file."""
        return self.files[key][start : start + length]

    def upload(self, prefix: str, file: MediaFile, disposition: str | None = None) -> Upload:
        """An address that `put` accepts."""
        self._signed[prefix + file.path] = file.sha256, file.bytes
        return Upload(file.path, f"{_MEMORY}{prefix}{file.path}", upload_headers(file, disposition))

    def put(self, url: str, content: bytes) -> None:
        """Stores an upload. Raises PermissionError where S3 would refuse it."""
        key = url.removeprefix(_MEMORY)
        if self._signed.get(key) != (hashlib.sha256(content).hexdigest(), len(content)):
            raise PermissionError("not what was signed")
        if key in self.files:
            raise PermissionError("exists already")
        self.files[key] = content
