"""What is in the folder of a packaged lecture: what learners watch, and beside it what editors and recognizers need."""

from collections.abc import Sequence

from services.catalog.domain import pieces
from services.catalog.domain.media import MediaFile
from services.catalog.domain.presentation import Presentation, Rendition
from services.catalog.domain.production import PackagedRendition

POSTER, PREVIEW, SOUND = "poster.jpg", "preview.mp4", "sound.m4a"
PREVIEWS = tuple(f"previews/{number}.jpg" for number in range(1, 7))
"""Pictures from all over the lecture, to choose a cover from."""
_BESIDE = (POSTER, PREVIEW, SOUND, pieces.FOLDER, "previews/", "captions/", "handouts/")


def is_watched(path: str) -> bool:
    """Whether a file of the folder is one that learners watch; not what lies beside, also of what was published."""
    return not path.startswith(_BESIDE)


def renditions_of(presentation: Presentation, files: Sequence[MediaFile]) -> tuple[PackagedRendition, ...]:
    """The renditions as editors are shown them, with the bits a second that they have on the whole."""
    sizes = {file.path: file.bytes for file in files}
    return tuple(_rendition(rendition, sizes) for rendition in presentation.renditions)


def _rendition(rendition: Rendition, sizes: dict[str, int]) -> PackagedRendition:
    width, height = (rendition.announced.size if rendition.announced else None) or (None, None)
    bits = sum(sizes[name] for name in rendition.files) * 8
    speed = bits * 1000 // max(1, rendition.playlist.duration_ms)
    return PackagedRendition(rendition.folder.rstrip("/") or "main", width, height, speed)
