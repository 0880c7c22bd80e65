"""The fake of the bucket of pictures: it takes what a form was made for, and nothing else."""

from collections.abc import Mapping, Sequence

from services.credits.adapters.s3_pictures import CONTENT_TYPE
from services.credits.app.ports import PictureUpload
from services.credits.domain.pictures import MOST_BYTES

URL = "memory://pictures"


class MemoryPictures:
    """Keeps pictures in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.begun: set[str] = set()

    def upload(self, key: str) -> PictureUpload:
        """A form for one key."""
        self.begun.add(key)
        return PictureUpload(URL, {"key": key, "Content-Type": CONTENT_TYPE})

    def send(self, fields: Mapping[str, str], content: bytes) -> bool:
        """What a browser does with the form; whether it was taken."""
        taken = (
            fields["key"] in self.begun and fields["Content-Type"] == CONTENT_TYPE and 0 < len(content) <= MOST_BYTES
        )
        if taken:
            self.kept[fields["key"]] = content
        return taken

    def read(self, key: str) -> bytes | None:
        """What was put there."""
        return self.kept.get(key)

    def keep(self, key: str, content: bytes) -> None:
        """Keeps a picture."""
        self.kept[key] = content

    def keys(self, prefix: str) -> list[str]:
        """The keys that begin with a prefix."""
        return sorted(key for key in self.kept if key.startswith(prefix))

    def delete(self, keys: Sequence[str]) -> None:
        """Deletes what is there of these."""
        for key in keys:
            self.kept.pop(key, None)
