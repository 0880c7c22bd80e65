"""What is watched: the files of a lecture, and the version they make."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.catalog.domain.ids import ContentId

PLAYLIST = "index.m3u8"
MAX_SEGMENTS = 3_000
"""Of one rendition."""
MAX_RENDITIONS = 6
MAX_FILES = 15_000
"""Of all renditions together: an announcement of so many is 2 MB."""
MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_PLAYLIST_BYTES = 512 * 1024
MAX_CAPTION_BYTES = 1024 * 1024
MAX_CAPTIONS = 10
RENDITION_PATTERN = "(?:[1-9][0-9]{1,3}p|audio)"
"""The folder of one rendition: by the height of its picture, or sound alone."""
FILE_PATTERN = rf"({RENDITION_PATTERN}/)?[A-Za-z0-9][A-Za-z0-9_-]{{0,99}}\.(m3u8|mp4|m4s)"
LANGUAGE_PATTERN = r"[a-z]{2,3}(-[A-Za-z]{4})?(-[A-Z]{2})?"
VERSION_LENGTH = 16


@dataclass(frozen=True)
class MediaFile:
    """A file by its name, its SHA-256 in hexadecimal and its size."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Caption:
    """Subtitles (WebVTT) in one language."""

    language: str
    sha256: str
    bytes: int

    @property
    def path(self) -> str:
        """Where it lies beside the media. Named by its content: corrected subtitles never replace a stored file."""
        return f"captions/{self.language}.{self.sha256[:12]}.vtt"


def content_version(files: Sequence[MediaFile], max_rate: Decimal, questions_digest: str = "") -> str:
    """The version of what is watched, 16 hexadecimal digits: the same for the same files, policy and questions."""
    listed = sorted((file.path, file.sha256, file.bytes) for file in files)
    whole = {"files": listed, "max_rate": str(max_rate), "questions": questions_digest}
    if not questions_digest:
        del whole["questions"]
    canonical = json.dumps(whole, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:VERSION_LENGTH]


def media_prefix(content_id: ContentId, version: str) -> str:
    """The folder of one content version: an object key, and with a slash before it the public path."""
    return f"media/{content_id}/{version}/"
