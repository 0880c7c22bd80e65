"""The fake of a bucket of objects, held to the same tests as S3."""

from hashlib import sha256
from pathlib import Path


class MemoryObjects:
    """Keeps objects in a dictionary; the first of a key stays."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Keeps an object unless one is kept."""
        self.kept.setdefault(key, content)

    def put_file(self, key: str, file: Path, digest: bytes, content_type: str) -> None:
        """Keeps an object unless one is kept. Raises ValueError for another digest than the file's."""
        content = file.read_bytes()
        if sha256(content).digest() != digest:
            raise ValueError("a file of another digest")
        self.put(key, content, content_type)

    def get(self, key: str) -> bytes | None:
        """A kept object; None where there is none."""
        return self.kept.get(key)

    def names(self, prefix: str) -> list[str]:
        """The keys that begin with a prefix, in order."""
        return sorted(key for key in self.kept if key.startswith(prefix))

    def link(self, key: str, seconds: int) -> str:
        """An address that names the object."""
        return f"memory://{key}?seconds={seconds}"
