"""A course package: the folder an editor keeps."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from services.catalog.cli.outlines import read_key_points, read_mind_map
from services.catalog.cli.yaml_reading import ParsedPart, read_yaml
from services.catalog.domain.captions import check_captions
from services.catalog.domain.course import Course
from services.catalog.domain.document import (
    MAX_DOCUMENT_BYTES,
    InvalidCourse,
    check_times,
    document_bytes,
    questions_digest,
    read_course,
    write_course,
)
from services.catalog.domain.handouts import (
    LOOKED_AT_BYTES,
    MAX_HANDOUT_BYTES,
    MAX_HANDOUTS,
    MEDIA_TYPES,
    Handout,
    is_named_rightly,
    is_what_it_says,
    twice_named,
)
from services.catalog.domain.media import (
    LANGUAGE_PATTERN,
    MAX_CAPTIONS,
    MAX_FILE_BYTES,
    PLAYLIST,
    Caption,
    MediaFile,
    content_version,
)
from services.catalog.domain.pictures import ENDINGS, MAX_PICTURE_BYTES, Picture, is_picture, misplaced
from services.catalog.domain.playable import check_playable
from services.catalog.domain.playlist import tidy_playlist
from services.catalog.domain.presentation import InvalidPresentation, Presentation, read_presentation
from services.catalog.domain.reading import Path, Violation
from services.catalog.domain.text_file import Fault, UnreadableText, read_text

COURSE_FILE = "course.yaml"
MEDIA_FOLDER = "media"
CAPTIONS_FOLDER = "captions"
HANDOUTS_FOLDER = "handouts"
PORTRAITS_FOLDER = "portraits"
COVER = "cover"


@dataclass(frozen=True, order=True)
class Finding:
    """One mistake in a package: the file within it, the line (from 1), and what is wrong."""

    file: str
    line: int
    message: str
    message_en: str


class InvalidPackage(Exception):
    """The package cannot be published; `findings` lists everything that is wrong."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sorted(set(findings))
        super().__init__(f"{len(self.findings)} finding(s)")


@dataclass(frozen=True)
class Package:
    """A valid package.

    `playlists` are what is published of them, and `paths` the other local files, by their path in the bucket's folder.
    """

    course: Course
    duration_ms: int
    files: tuple[MediaFile, ...]
    captions: tuple[Caption, ...]
    handouts: tuple[Handout, ...]
    pictures: tuple[Picture, ...]
    playlists: dict[str, bytes]
    paths: dict[str, FilePath]

    @property
    def version(self) -> str:
        """The content version that these media, this watch policy and these questions make."""
        return content_version(self.files, self.course.max_rate, questions_digest(self.course.questions))

    def content(self, path: str) -> bytes:
        """The bytes of a file by its path in the bucket's folder."""
        return self.playlists[path] if path in self.playlists else self.paths[path].read_bytes()


@dataclass(frozen=True)
class _LocalFile:
    path: FilePath

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def read(self, start: int, length: int) -> bytes:
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(length)


def load_package(folder: FilePath) -> Package:
    """Reads and checks a whole package. Raises InvalidPackage with every mistake found."""
    return _Loader(folder).load()


@dataclass
class _Loader:
    folder: FilePath
    findings: list[Finding] = field(default_factory=list)
    places: dict[Path, tuple[str, int]] = field(default_factory=dict)
    playlists: dict[str, bytes] = field(default_factory=dict)
    paths: dict[str, FilePath] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def load(self) -> Package:
        document = self._document()
        presentation = self._presentation()
        duration_ms = presentation.duration_ms if presentation else None
        course = self._course(document, duration_ms)
        files = self._media_files(presentation) if presentation else ()
        if presentation and len(files) == len(presentation.files):
            self._check_playable(presentation)
        captions = self._captions(duration_ms)
        handouts = self._handouts()
        pictures = self._pictures(course)
        if self.findings or course is None or duration_ms is None:
            raise InvalidPackage(self.findings)
        return Package(course, duration_ms, files, captions, handouts, pictures, self.playlists, self.paths)

    def _document(self) -> dict[str, Any]:
        whole = self._part(COURSE_FILE, (), read_yaml)
        document = dict(whole) if isinstance(whole, dict) else {}
        if whole is not None and not isinstance(whole, dict):
            self._reject(COURSE_FILE, Fault(1, "应为一组字段", "must be fields with values"))
        for name, file, read in (
            ("abstract", "abstract.md", _plain),
            ("key_points", "key-points.md", read_key_points),
            ("mind_map", "mind-map.md", read_mind_map),
        ):
            self._add_part(document, name, file, read)
        self._find_marks(document.get("provenance"))
        return document

    def _find_marks(self, provenance: Any) -> None:
        """What a draft was marked with: it goes when an editor has seen to it and taken the mark away."""
        for block, noted in provenance.items() if isinstance(provenance, dict) else ():
            marks = noted.pop("marks", None) if isinstance(noted, dict) else None
            for index, mark in enumerate(marks if isinstance(marks, list) else [marks] if marks else []):
                file, line = self._place(("provenance", block, "marks", index))
                message = f"{block}:请核对，改好后删去这一行:{mark}"
                self._find(file, line, message, f"{block}: look at this, mend it and take the line away: {mark}")

    def _add_part(self, document: dict[str, Any], name: str, file: str, read: Callable[[str], ParsedPart]) -> None:
        optional = name != "abstract"
        if name in document:
            line = self._place((name,))[1]
            self._find(COURSE_FILE, line, f"「{name}」应写在 {file} 中", f"“{name}” belongs in {file}")
        elif not optional or (self.folder / file).is_file():
            document[name] = self._part(file, (name,), read)

    def _part(self, file: str, path: Path, read: Callable[[str], ParsedPart]) -> Any:
        self.places[path] = (file, 1)
        text = self._text(file)
        if text is None:
            return None
        part = read(text)
        self._find_faults(file, part.faults)
        if part.faults and part.value is None:
            self.unread.add(file)
        self.places |= {(*path, *inner): (file, line) for inner, line in part.lines.items()}
        return part.value

    def _course(self, document: dict[str, Any], duration_ms: int | None) -> Course | None:
        try:
            course = read_course(document)
        except InvalidCourse as invalid:
            self._find_violations(invalid.violations)
            return None
        self._find_violations(check_times(course, duration_ms) if duration_ms else [])
        if document_bytes(write_course(course)) > MAX_DOCUMENT_BYTES:
            limit = MAX_DOCUMENT_BYTES // 1024
            self._find(COURSE_FILE, 1, f"课程文字总共最大 {limit} KB", f"all texts together: at most {limit} KB")
        return course

    def _presentation(self) -> Presentation | None:
        content = self._content(f"{MEDIA_FOLDER}/{PLAYLIST}")
        if content is None:
            return None
        try:
            return read_presentation(self._tidied(PLAYLIST, content), self._playlist)
        except InvalidPresentation as invalid:
            for path, faults in invalid.faults.items():
                self._find_faults(f"{MEDIA_FOLDER}/{path}", faults)
            return None

    def _playlist(self, path: str) -> bytes | None:
        file = self.folder / MEDIA_FOLDER / path
        return self._tidied(path, file.read_bytes()) if file.is_file() else None

    def _tidied(self, path: str, content: bytes) -> bytes:
        self.playlists[path] = tidy_playlist(content)
        return self.playlists[path]

    def _media_files(self, presentation: Presentation) -> tuple[MediaFile, ...]:
        found = [self._media_file(path) for path in presentation.files]
        known = set(presentation.files)
        home = self.folder / MEDIA_FOLDER
        for path in sorted(path for path in home.rglob("*") if path.is_file() and not path.name.startswith(".")):
            name = path.relative_to(home).as_posix()
            if name not in known:
                file = f"{MEDIA_FOLDER}/{name}"
                self._find(file, 1, f"{PLAYLIST} 没有用到这个文件", f"{PLAYLIST} does not use this file")
        return tuple(file for file in found if file)

    def _media_file(self, name: str) -> MediaFile | None:
        if content := self.playlists.get(name):
            return MediaFile(name, hashlib.sha256(content).hexdigest(), len(content))
        path = self.folder / MEDIA_FOLDER / name
        file = f"{MEDIA_FOLDER}/{name}"
        if not path.is_file():
            self._find(file, 1, f"{PLAYLIST} 列出的文件不存在", f"listed in {PLAYLIST}, but there is no such file")
            return None
        size = path.stat().st_size
        if not 0 < size <= MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // 1024 // 1024
            self._find(file, 1, f"文件应为 1 字节至 {limit} MB", f"must have 1 byte to {limit} MB")
            return None
        self.paths[name] = path
        return MediaFile(name, _sha256(path), size)

    def _check_playable(self, presentation: Presentation) -> None:
        for wrong in check_playable(presentation, lambda name: _LocalFile(self.paths[name])):
            self._find(f"{MEDIA_FOLDER}/{wrong.file}", 1, wrong.message, wrong.message_en)

    def _captions(self, duration_ms: int | None) -> tuple[Caption, ...]:
        folder = self.folder / CAPTIONS_FOLDER
        paths = sorted(path for path in folder.glob("*") if not path.name.startswith("."))
        if len(paths) > MAX_CAPTIONS:
            self._find(CAPTIONS_FOLDER, 1, f"最多 {MAX_CAPTIONS} 个字幕文件", f"at most {MAX_CAPTIONS} files")
        found = [self._caption(path, duration_ms) for path in paths]
        return tuple(caption for caption in found if caption)

    def _caption(self, path: FilePath, duration_ms: int | None) -> Caption | None:
        file = f"{CAPTIONS_FOLDER}/{path.name}"
        if path.suffix != ".vtt" or not re.fullmatch(LANGUAGE_PATTERN, path.stem, re.ASCII):
            self._find(
                file, 1, "文件名应为语言加 .vtt，例如 zh.vtt", "must be named by language and .vtt, such as zh.vtt"
            )
            return None
        content = self._content(file)
        if content is None:
            return None
        self._find_faults(file, check_captions(content, duration_ms))
        caption = Caption(path.stem, hashlib.sha256(content).hexdigest(), len(content))
        self.paths[caption.path] = path
        return caption

    def _handouts(self) -> tuple[Handout, ...]:
        folder = self.folder / HANDOUTS_FOLDER
        paths = sorted(path for path in folder.glob("*") if not path.name.startswith("."))
        if len(paths) > MAX_HANDOUTS:
            self._find(HANDOUTS_FOLDER, 1, f"最多 {MAX_HANDOUTS} 个讲义文件", f"at most {MAX_HANDOUTS} files")
        found = tuple(handout for handout in map(self._handout, paths) if handout)
        for name in twice_named(found):
            self._find(f"{HANDOUTS_FOLDER}/{name}", 1, "有多个讲义用这个名字", "is the name of several handouts")
        return found

    def _handout(self, path: FilePath) -> Handout | None:
        name = unicodedata.normalize("NFC", path.name)
        file = f"{HANDOUTS_FOLDER}/{name}"
        if not is_named_rightly(name):
            endings = ", ".join(MEDIA_TYPES)
            self._find(
                file, 1, f"文件名应以 {endings} 之一结尾", f"must end with one of {endings}, and be a plain name"
            )
            return None
        content = self._content(file if path.name == name else f"{HANDOUTS_FOLDER}/{path.name}")
        if content is None:
            return None
        if not 0 < len(content) <= MAX_HANDOUT_BYTES:
            self._find(file, 1, "应在 1 字节到 20 MB 之间", "must have between 1 byte and 20 MB")
        elif not is_what_it_says(name, content[:LOOKED_AT_BYTES]):
            self._find(file, 1, "内容与文件类型不符", "is not of the type that its name says")
        handout = Handout(name, hashlib.sha256(content).hexdigest(), len(content))
        self.paths[handout.path] = path
        return handout

    def _pictures(self, course: Course | None) -> tuple[Picture, ...]:
        """The cover, and the portraits, which are named as the instructors are."""
        covers = [(path, path.name, None) for path in sorted(self.folder.glob(f"{COVER}.*"))]
        folder = self.folder / PORTRAITS_FOLDER
        portraits = [
            (path, f"{PORTRAITS_FOLDER}/{path.name}", unicodedata.normalize("NFC", path.stem))
            for path in sorted(folder.glob("*"))
            if not path.name.startswith(".")
        ]
        found = tuple(picture for each in (*covers, *portraits) if (picture := self._picture(*each)))
        for name in misplaced(found, [person.name for person in course.instructors]) if course else ():
            file = f"{PORTRAITS_FOLDER}/{name}" if name else COVER
            message = "应以一位讲师的姓名命名，每人一张；封面一张"
            self._find(file, 1, message, "must be named as one of the instructors, one for each; and one cover")
        return found

    def _picture(self, path: FilePath, file: str, instructor: str | None) -> Picture | None:
        content, ending = path.read_bytes(), path.suffix.removeprefix(".")
        if not is_picture(ending, content):
            endings = ", ".join(ENDINGS)
            self._find(file, 1, f"应为 {endings} 图片", f"must be a picture of type {endings}, as its name says")
            return None
        if len(content) > MAX_PICTURE_BYTES:
            limit = MAX_PICTURE_BYTES // 1024
            self._find(file, 1, f"最大 {limit} KB", f"must have at most {limit} KB")
            return None
        picture = Picture(instructor, ending, hashlib.sha256(content).hexdigest(), len(content))
        self.paths[picture.path] = path
        return picture

    def _text(self, file: str) -> str | None:
        content = self._content(file)
        try:
            return None if content is None else read_text(content, MAX_DOCUMENT_BYTES)
        except UnreadableText as unreadable:
            self._reject(file, unreadable.fault)
            return None

    def _content(self, file: str) -> bytes | None:
        path = self.folder / file
        if path.is_file():
            return path.read_bytes()
        self._reject(file, Fault(1, "缺少此文件", "the file is missing"))
        return None

    def _place(self, path: Path) -> tuple[str, int]:
        """Where the value is written, or else the nearest thing around it."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]

    def _reject(self, file: str, fault: Fault) -> None:
        """Notes a file that cannot be read at all, so that nothing more is said about its contents."""
        self.unread.add(file)
        self._find_faults(file, [fault])

    def _find(self, file: str, line: int, message: str, message_en: str) -> None:
        self.findings.append(Finding(file, line, message, message_en))

    def _find_faults(self, file: str, faults: Iterable[Fault]) -> None:
        self.findings += [Finding(file, fault.line, fault.message, fault.message_en) for fault in faults]

    def _find_violations(self, violations: Iterable[Violation]) -> None:
        for violation in violations:
            shown = ".".join(str(part + 1 if isinstance(part, int) else part) for part in violation.path)
            file, line = self._place(violation.path)
            if file not in self.unread:
                self._find(file, line, f"{shown}:{violation.message}", f"{shown}: {violation.message_en}")


def _plain(text: str) -> ParsedPart:
    return ParsedPart(value=text, lines={(): 1})


def _sha256(path: FilePath) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
