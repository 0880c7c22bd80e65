"""The media an editor announces, and whether the bucket holds it."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.catalog.app.media.problems import CONTENT_VERSION_WRONG, MEDIA_INCOMPLETE, MEDIA_INVALID
from services.catalog.app.ports import MediaBucket
from services.catalog.domain.captions import check_captions
from services.catalog.domain.handouts import LOOKED_AT_BYTES, Handout, is_what_it_says, twice_named
from services.catalog.domain.ids import ContentId
from services.catalog.domain.media import (
    MAX_PLAYLIST_BYTES,
    PLAYLIST,
    Caption,
    MediaFile,
    content_version,
    media_prefix,
)
from services.catalog.domain.pictures import (
    FOLDER,
    Picture,
    is_picture,
    misplaced,
    pictures_prefix,
)
from services.catalog.domain.pictures import LOOKED_AT_BYTES as BEGINNING
from services.catalog.domain.playable import Each, check_playable
from services.catalog.domain.presentation import InvalidPresentation, Presentation, read_presentation
from services.catalog.domain.text_file import Fault

MAX_LISTED = 50
"""How many places a refusal lists at most."""
READ_AT_ONCE = 10
"""Files read side by side, as many as botocore has connections: some 300 in a second."""


@dataclass(frozen=True)
class Manifest:
    """Every file of a lecture; `version` is what the editor's side computed."""

    content_id: ContentId
    version: str
    max_rate: Decimal
    files: tuple[MediaFile, ...]
    captions: tuple[Caption, ...]
    questions_digest: str = ""
    handouts: tuple[Handout, ...] = ()
    pictures: tuple[Picture, ...] = ()

    @property
    def prefix(self) -> str:
        """The folder in the bucket."""
        return media_prefix(self.content_id, self.version)

    @property
    def all_files(self) -> tuple[MediaFile, ...]:
        """Media, captions and handouts by their path in the folder, and pictures, which have one of their own."""
        captions = [MediaFile(c.path, c.sha256, c.bytes) for c in self.captions]
        handouts = [MediaFile(h.path, h.sha256, h.bytes) for h in self.handouts]
        pictures = {p.path: MediaFile(p.path, p.sha256, p.bytes) for p in self.pictures}
        return (*self.files, *captions, *handouts, *pictures.values())

    def place(self, path: str) -> tuple[str, str]:
        """The folder in the bucket in which a file lies, and its name there. Pictures are open to everybody."""
        if path.startswith(FOLDER):
            return pictures_prefix(self.content_id), path.removeprefix(FOLDER)
        return self.prefix, path

    def check_version(self) -> None:
        """Raises CONTENT_VERSION_WRONG where the version does not follow from the files, the rate and the questions.

        So what may be uploaded into a version's folder is fixed by the version's name.
        """
        if self.version != content_version(self.files, self.max_rate, self.questions_digest):
            raise CONTENT_VERSION_WRONG.problem()


def missing_files(bucket: MediaBucket, manifest: Manifest) -> list[MediaFile]:
    """The announced files that the bucket does not hold yet.

    Presence with the announced size is enough: uploads were signed for their exact SHA-256, which S3 verified.
    """
    stored = bucket.sizes(manifest.prefix)
    if manifest.pictures:
        shown = bucket.sizes(pictures_prefix(manifest.content_id))
        stored = {**stored, **{FOLDER + name: size for name, size in shown.items()}}
    return [file for file in manifest.all_files if stored.get(file.path) != file.bytes]


Length = Callable[[MediaBucket, Manifest], int]
"""How long a lecture plays whose files are all stored, in milliseconds. Raises MEDIA_INVALID where it does not."""


def measured_length(bucket: MediaBucket, manifest: Manifest) -> int:
    """The length of what was uploaded, after checking that all that is announced is needed, and it plays."""
    return verify_lecture(bucket, manifest.prefix, manifest.files).duration_ms


def verify_media(bucket: MediaBucket, manifest: Manifest, length: Length = measured_length) -> int:
    """The lecture's length, after checking that all its files are stored and are what they must be.

    Playlists, media and captions are read by the same rules as in the editor's command.

    Raises:
        Problem: CONTENT_VERSION_WRONG, MEDIA_INCOMPLETE, MEDIA_INVALID.
    """
    manifest.check_version()
    missing = [file.path for file in missing_files(bucket, manifest)]
    if missing:
        raise MEDIA_INCOMPLETE.problem(missing=missing[:MAX_LISTED], missing_count=len(missing))
    duration_ms = length(bucket, manifest)
    _check_captions(bucket, manifest, duration_ms)
    _check_handouts(bucket, manifest)
    _check_pictures(bucket, manifest)
    return duration_ms


def verify_lecture(
    bucket: MediaBucket, folder: str, files: Sequence[MediaFile], keeping: Callable[[Each], Each] = lambda each: each
) -> Presentation:
    """The lecture in a folder, after checking that these files are all it needs, and that it plays to its end.

    `keeping` may remember what was read of the segments.

    Raises:
        Problem: MEDIA_INVALID.
    """
    announced = {file.path: file for file in files}
    if PLAYLIST not in announced:
        raise _invalid(_error(PLAYLIST, "缺少播放列表", "the playlist is missing"))

    def content(path: str) -> bytes | None:
        return _playlist(bucket, folder, announced[path]) if path in announced else None

    try:
        presentation = read_presentation(_playlist(bucket, folder, announced[PLAYLIST]), content)
    except InvalidPresentation as invalid:
        raise _invalid(*(error for path, faults in invalid.faults.items() for error in _errors(path, faults))) from None
    _check_files(presentation, set(announced))
    _check_playable(bucket, folder, announced, presentation, keeping)
    return presentation


def _playlist(bucket: MediaBucket, folder: str, file: MediaFile) -> bytes:
    if file.bytes > MAX_PLAYLIST_BYTES:
        raise _invalid(_error(file.path, "文件过大", "is too large"))
    return _content(bucket, folder, file)


@dataclass(frozen=True)
class _FileInBucket:
    """One of a lecture's files in the bucket."""

    bucket: MediaBucket
    key: str
    size: int

    def read(self, start: int, length: int) -> bytes:
        return self.bucket.read_part(self.key, start, length)


def _check_playable(
    bucket: MediaBucket,
    folder: str,
    files: Mapping[str, MediaFile],
    presentation: Presentation,
    keeping: Callable[[Each], Each],
) -> None:
    def open_file(name: str) -> _FileInBucket:
        return _FileInBucket(bucket, folder + name, files[name].bytes)

    with ThreadPoolExecutor(READ_AT_ONCE) as pool:
        wrong = check_playable(presentation, open_file, keeping(pool.map))
    if wrong:
        raise _invalid(*(_error(found.file, found.message, found.message_en) for found in wrong))


def _check_captions(bucket: MediaBucket, manifest: Manifest, duration_ms: int) -> None:
    errors: list[dict[str, Any]] = []
    for caption in manifest.captions:
        file = MediaFile(caption.path, caption.sha256, caption.bytes)
        errors += _errors(caption.path, check_captions(_content(bucket, manifest.prefix, file), duration_ms))
    if errors:
        raise _invalid(*errors)


def _check_handouts(bucket: MediaBucket, manifest: Manifest) -> None:
    errors = [
        _error(name, "有多个讲义用这个名字", "is the name of several handouts")
        for name in twice_named(manifest.handouts)
    ]
    for handout in manifest.handouts:
        if not is_what_it_says(handout.name, bucket.read_part(manifest.prefix + handout.path, 0, LOOKED_AT_BYTES)):
            errors.append(_error(handout.name, "内容与文件类型不符", "is not of the type that its name says"))
    if errors:
        raise _invalid(*errors)


def _check_pictures(bucket: MediaBucket, manifest: Manifest) -> None:
    errors = [
        _error(picture.path, "不是它所说的图片类型", "is not a picture of the type that its name says")
        for picture in manifest.pictures
        if not is_picture(picture.ending, bucket.read_part("".join(manifest.place(picture.path)), 0, BEGINNING))
    ]
    if errors:
        raise _invalid(*errors)


def check_portraits(manifest: Manifest, instructors: Sequence[str]) -> None:
    """Raises MEDIA_INVALID where a portrait is of nobody who instructs, or there are two of one, or two covers."""
    wrong = misplaced(manifest.pictures, instructors)
    if wrong:
        said = ("应是一位讲师的肖像，每人一张；封面一张", "must be one portrait of an instructor, or the one cover")
        raise _invalid(*(_error(name or "cover", *said) for name in wrong))


def _content(bucket: MediaBucket, folder: str, file: MediaFile) -> bytes:
    content = bucket.read(folder + file.path)
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise _invalid(_error(file.path, "内容与校验和不符", "the content does not match its checksum"))
    return content


def _check_files(presentation: Presentation, announced: Set[str]) -> None:
    needed = set(presentation.files)
    errors = [_error(path, "不在文件清单中", "is not among the announced files") for path in sorted(needed - announced)]
    errors += [_error(path, "播放列表没有用到", "is not used by the playlist") for path in sorted(announced - needed)]
    if errors:
        raise _invalid(*errors)


def _errors(path: str, faults: Iterable[Fault]) -> list[dict[str, Any]]:
    return [{**_error(path, fault.message, fault.message_en), "line": fault.line} for fault in faults]


def _error(path: str, message: str, message_en: str) -> dict[str, Any]:
    return {"file": path, "message": f"{path}:{message}", "message_en": f"{path}: {message_en}"}


def _invalid(*errors: Mapping[str, Any]) -> Exception:
    return MEDIA_INVALID.problem(errors=list(errors[:MAX_LISTED]))
