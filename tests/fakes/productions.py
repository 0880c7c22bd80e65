"""The files of productions and the machine that runs their steps, in memory."""

from dataclasses import dataclass, field
from pathlib import Path

from services.catalog.app.ports import Upload, UploadGone
from tests.fakes.media_bucket import MemoryMediaBucket

_PARTS = "memory://parts/"


class MemoryProductionFiles:
    """Beside the media, in the same dictionary; `send` is as strict as a presigned part."""

    def __init__(self, bucket: MemoryMediaBucket) -> None:
        self._files = bucket.files
        self.uploads: dict[tuple[str, str], dict[int, bytes]] = {}
        self._signed: dict[str, tuple[tuple[str, str], int, int]] = {}

    def begin(self, key: str) -> str:
        """Begins an upload in parts; returns its name."""
        upload = f"upload-{len(self.uploads) + 1}"
        self.uploads[key, upload] = {}
        return upload

    def sign_part(self, key: str, upload: str, number: int, size: int) -> Upload:
        """An address that `send` accepts."""
        url = f"{_PARTS}{upload}/{number}"
        self._signed[url] = (key, upload), number, size
        return Upload(key, url, {"Content-Length": str(size)})

    def send(self, url: str, content: bytes) -> None:
        """Keeps a part. Raises PermissionError where S3 would refuse it."""
        place, number, size = self._signed[url]
        if len(content) != size or place not in self.uploads:
            raise PermissionError("not what was signed")
        self.uploads[place][number] = content

    def parts(self, key: str, upload: str) -> dict[int, int]:
        """The sizes of the parts that arrived, by number. Raises UploadGone."""
        return {number: len(content) for number, content in self._parts(key, upload).items()}

    def complete(self, key: str, upload: str) -> None:
        """Puts the parts that arrived together. Raises UploadGone."""
        parts = self._parts(key, upload)
        self._files[key] = b"".join(parts[number] for number in sorted(parts))
        del self.uploads[key, upload]

    def abort(self, key: str, upload: str) -> None:
        """Gives an upload up; one that is gone stays so."""
        self.uploads.pop((key, upload), None)

    def sizes(self, prefix: str) -> dict[str, int]:
        """The files' sizes in bytes, by their path after `prefix`."""
        return {key.removeprefix(prefix): len(file) for key, file in self._files.items() if key.startswith(prefix)}

    def size(self, key: str) -> int | None:
        """The size of a file in bytes; None: there is none."""
        return len(self._files[key]) if key in self._files else None

    def read(self, key: str) -> bytes:
        """A file's bytes. Raises KeyError if there is none."""
        return self._files[key]

    def read_part(self, key: str, start: int, length: int) -> bytes:
        """Bytes of a file from `start` on, `length` at most. Raises KeyError if there is none."""
        return self._files[key][start : start + length]

    def put(self, key: str, content: bytes) -> None:
        """Keeps a file, in place of one of the same key."""
        self._files[key] = content

    def put_file(self, key: str, path: Path) -> None:
        """Keeps a local file."""
        self._files[key] = path.read_bytes()

    def fetch(self, key: str, path: Path) -> None:
        """Writes a file to a local path. Raises KeyError if there is none."""
        path.write_bytes(self._files[key])

    def remove(self, key: str) -> None:
        """Removes a file; one that is gone stays so."""
        self._files.pop(key, None)

    def address(self, key: str) -> str:
        """An address that names the key."""
        return f"memory://bucket/{key}"

    def publish(self, key: str, place: str, disposition: str | None = None) -> None:
        """Copies a file to where the media or pictures are served from."""
        del disposition
        self._files[place] = self._files[key]

    def publish_text(self, content: bytes, place: str) -> None:
        """Keeps captions where the media are served from."""
        self._files[place] = content

    def _parts(self, key: str, upload: str) -> dict[int, bytes]:
        if (key, upload) not in self.uploads:
            raise UploadGone(upload)
        return self.uploads[key, upload]


@dataclass
class MemoryMachine:
    """Remembers what was begun and ended, by name; it runs nothing. One that `is_away` cannot be reached."""

    running: dict[str, dict[str, object]] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    is_away: bool = False

    def start(self, name: str, given: dict[str, object]) -> None:
        """Begins an execution; of a name that was given before there is one already, and nothing happens."""
        if self.is_away:
            raise ConnectionError("the machine is away")
        if name not in self.begun:
            self.begun.append(name)
            self.running[name] = given

    def is_running(self, name: str) -> bool:
        """Whether an execution has begun and not ended."""
        return name in self.running

    def stop(self, name: str, why: str) -> None:
        """Ends an execution. One that has ended, or never began, stays as it is."""
        del why
        self.running.pop(name, None)
