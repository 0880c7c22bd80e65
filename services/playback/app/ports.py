"""What the use cases need from outside, besides the store."""

from datetime import datetime
from typing import Protocol


class Archive(Protocol):
    """Keeps documents of one kind for five years, each under a name; what was put once cannot be changed."""

    def put(self, name: str, content: bytes) -> None:
        """Keeps a document, its checksum confirmed by the archive. Putting a name again changes nothing."""

    def get(self, name: str) -> bytes | None:
        """A kept document, its checksum verified on the way; None where there is none."""

    def names(self) -> list[str]:
        """Every name that is kept, in order."""


class MediaSigner(Protocol):
    """Signs what the distribution lets through."""

    def cookies(self, folder: str, until: datetime) -> dict[str, str]:
        """The cookies that open every file under the path `folder` until then."""
