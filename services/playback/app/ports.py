"""What the use cases need from outside, besides the store."""

from datetime import datetime
from typing import Protocol


class Signer(Protocol):
    """Signs with an asymmetric key that never leaves its keeper."""

    def sign(self, payload: bytes) -> dict[str, str]:
        """A JWS in flattened JSON form (RFC 7515): `payload`, `protected` and `signature`, ES256."""

    def public_keys(self) -> list[dict[str, str]]:
        """The public keys as JWKs, the signing one first, then the retired ones."""


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
