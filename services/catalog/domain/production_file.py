"""The files that an editor brings to a production: what there may be, and whether one is what its name says. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

from services.catalog.domain import handouts, pictures
from services.catalog.domain.document import format_time
from services.catalog.domain.ids import FileId
from services.catalog.domain.media import MAX_CAPTION_BYTES
from services.catalog.domain.production import Hindrance, Lack, Language, Step
from services.kit.kinds import Kept, stored

FileRole = Literal["recording", "slides", "captions", "translation", "handout", "cover", "portrait"]
ROLES: tuple[FileRole, ...] = get_args(FileRole)
FileState = Literal["uploading", "here", "refused"]

_MB = 1024 * 1024
LEAST_PART_BYTES = 8 * _MB
MOST_PARTS = 10_000
MAX_FILE_NAME = 200
"""Characters of the name that a file has with its editor."""
LOOKED_AT_BYTES = 64 * 1024
"""Of a file, from its beginning and from its end, to know what it is."""


@dataclass(frozen=True)
class Limits:
    """What files of a role may be: endings, bytes of each, and how many."""

    endings: tuple[str, ...]
    most_bytes: int
    most: int = 1


LIMITS: dict[FileRole, Limits] = {
    "recording": Limits(("mp4", "mov", "m4a"), 5 * 1024 * _MB),
    "slides": Limits(("pdf",), 100 * _MB),
    "captions": Limits(("srt", "vtt"), MAX_CAPTION_BYTES),
    "translation": Limits(("srt", "vtt"), MAX_CAPTION_BYTES),
    "handout": Limits(tuple(handouts.MEDIA_TYPES), handouts.MAX_HANDOUT_BYTES, handouts.MAX_HANDOUTS),
    "cover": Limits(pictures.ENDINGS, pictures.MAX_PICTURE_BYTES),
    "portrait": Limits(pictures.ENDINGS, pictures.MAX_PICTURE_BYTES),
}
RESTS_ON: dict[FileRole, Step] = {
    "recording": "probe", "slides": "encode", "cover": "encode", "captions": "transcribe",
}  # fmt: skip
"""The first step whose result is another one with another file of the role."""
PICTURES: tuple[FileRole, ...] = ("slides", "cover")
"""What is shown where the recording has no picture."""
CAPTIONS: tuple[FileRole, ...] = ("captions", "translation")
"""What is said, and what that means in the other language of the two that a lecture may have."""
OPEN_TO_ALL: tuple[FileRole, ...] = ("cover", "portrait")
"""Pictures that are published; of portraits each instructor has one."""
ENCRYPTED = re.compile(rb"/Encrypt\s*(?:<<|[0-9]+\s+[0-9]+\s+R)")
_PDF_INDEX = re.compile(rb"startxref\s+([0-9]{1,12})\s+%%EOF")


@stored(
    shape=1,
    personal=(
        Kept("name", because="editors know their files by what they called them", until="the table goes"),
        Kept("instructor", because="a portrait is found by whose it is", until="the table goes"),
    ),
)
class ProductionFile:
    """A file that an editor brings, in parts. `upload` is the store's name for the upload while it goes on.

    `published_in` is where it lies already: it belongs to what was published before, and stays there.
    `problem` is why it is refused, or of a file that is here, what its editor should look at.
    `last_cue_ms` is when the last of its captions begins, `instructor` whose portrait it is.
    """

    file_id: FileId
    role: FileRole
    name: str
    bytes: int
    part_bytes: int
    added_at: datetime
    upload: str
    state: FileState = "uploading"
    sha256: str | None = None
    problem: Hindrance | None = None
    published_in: str | None = None
    last_cue_ms: int | None = None
    instructor: str | None = None

    @property
    def ending(self) -> str:
        """What its name ends with, in small letters."""
        return ending_of(self.name)

    @property
    def parts(self) -> int:
        """In how many parts it comes."""
        return -(-self.bytes // self.part_bytes)

    def bytes_of(self, number: int) -> int:
        """How long a part is; all but the last are of one length."""
        return self.part_bytes if number < self.parts else self.bytes - self.part_bytes * (self.parts - 1)

    def arrive(self, sha256: str | None) -> "ProductionFile":
        """As it is here, whole."""
        return replace(self, state="here", sha256=sha256, problem=None)

    def arrive_with_captions(self, last_cue_ms: int, problem: Hindrance | None) -> "ProductionFile":
        """The same of captions that were read, with what its editor should look at."""
        return replace(self.arrive(None), last_cue_ms=last_cue_ms, problem=problem)

    def refuse(self, problem: Hindrance) -> "ProductionFile":
        """As one that nothing can be done with."""
        return replace(self, state="refused", problem=problem)


def ending_of(name: str) -> str:
    """What a name ends with, in small letters; "" where it has no ending."""
    return name.rpartition(".")[2].casefold() if "." in name else ""


def translated(language: Language) -> Language:
    """The language of a translation of what is said in this one."""
    return "en" if language == "zh" else "zh"


def part_bytes(size: int) -> int:
    """How long the parts of a file of this size are: whole MiB, so few that the store takes them."""
    return max(LEAST_PART_BYTES, -(-size // (MOST_PARTS * _MB)) * _MB)


def refusal(role: FileRole, name: str, size: int, others: int) -> Hindrance | None:
    """Why a file cannot be taken that is announced so, where there are so many of its role; None: it can."""
    limits = LIMITS[role]
    if size == 0:
        return Hindrance(
            "FILE_EMPTY", "文件是空的（0 字节）：请检查后重新选择", "the file is empty (0 bytes): choose another"
        )
    if ending_of(name) not in limits.endings:
        listed = "、".join(limits.endings)
        message_en = f"only these are taken here: {', '.join(limits.endings)}; save it as one of them"
        return Hindrance("FILE_TYPE", f"这里只接受 {listed}：请另存为其中一种后上传", message_en)
    if size > limits.most_bytes:
        most = _shown(limits.most_bytes)
        return Hindrance(
            "FILE_TOO_LARGE", f"文件最大 {most}：请压缩或分段后再上传", f"at most {most}: compress or divide it"
        )
    if others >= limits.most:
        message = f"最多 {limits.most} 个：请先移除已有的文件"
        return Hindrance("FILE_TOO_MANY", message, f"at most {limits.most}: remove one that is there first")
    if role == "handout" and not handouts.is_named_rightly(name):
        message = "文件名不能用作讲义名：请改名（最多 80 个字，不含 / \\ : 等符号，扩展名小写）"
        return Hindrance(
            "FILE_NAME", message, "no name for a handout: rename it (at most 80 characters, none of / \\ :)"
        )
    return None


def of_nobody(role: FileRole, instructor: str | None, instructors: Sequence[str]) -> Hindrance | None:
    """Why a file cannot be taken that is of this instructor; None: it can. Portraits alone are of somebody.

    Files of a role are counted for each instructor: one that named anybody would be a second recording.
    """
    if instructor in (instructors if role == "portrait" else (None,)):
        return None
    message = "没有这位讲师：请先保存讲师的姓名，再上传照片"
    return Hindrance("FILE_OF_NOBODY", message, "there is no such instructor: save their name first, then bring it")


def index_offset(end: bytes) -> int | None:
    """Where a PDF that ends so says its newest index is, which tells of a password where that is a stream."""
    found = _PDF_INDEX.findall(end)
    return int(found[-1]) if found else None


def not_what_it_says(file: ProductionFile, begin: bytes, *others: bytes) -> Hindrance | None:
    """Why a file that arrived is none of its type, or cannot be opened; None: nothing speaks against it.

    `others` are what else was looked at of it: its end, and of a PDF its index.
    """
    if not _looks_right(file, begin):
        message = "内容与文件类型不符：请选择正确的文件重新上传"
        return Hindrance("FILE_NOT_AS_NAMED", message, "it is not of the type that its name says: bring the right file")
    if file.ending == "pdf" and any(ENCRYPTED.search(looked_at) for looked_at in (begin, *others)):
        message = "PDF 有密码保护：请移除它，另存为没有密码的 PDF 后重新上传"
        return Hindrance(
            "FILE_LOCKED",
            message,
            "the PDF is protected by a password: remove it here, save it without one, and bring that",
        )
    return None


def _looks_right(file: ProductionFile, begin: bytes) -> bool:
    if file.role == "recording":
        return begin[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}
    if file.role in OPEN_TO_ALL:
        return pictures.is_picture(file.ending, begin)
    if file.role in CAPTIONS:
        return b"\x00" not in begin or begin[:2] in {b"\xff\xfe", b"\xfe\xff"}
    return handouts.is_what_it_says(f"file.{file.ending}", begin)


def _shown(size: int) -> str:
    if size >= 1024 * _MB:
        return f"{size // (1024 * _MB)} GB"
    return f"{size // _MB} MB" if size >= _MB else f"{size // 1024} KB"


def lacking_files(files: Sequence[ProductionFile], length_ms: int | None, instructors: Sequence[str]) -> Iterator[Lack]:
    """What of the files keeps a course from being published (`length_ms` None: the lecture is not checked)."""
    for file in files:
        if file.state == "uploading":
            message = f"「{file.name}」还没有传完：请传完或移除"
            yield Lack("files", message, f"“{file.name}” is not uploaded yet: finish or remove it")
        elif file.state == "refused":
            yield Lack("files", f"「{file.name}」不能使用：请移除", f"“{file.name}” cannot be used: remove it")
        elif file.role == "translation" and length_ms is not None and (file.last_cue_ms or 0) >= length_ms:
            shown, until = format_time(file.last_cue_ms or 0), format_time(length_ms)
            message = f"「{file.name}」最后一条字幕开始于 {shown}，而视频在 {until} 结束：请改正后重新上传，或移除"
            message_en = (
                f"the last caption of “{file.name}” starts at {shown}, but the lecture ends at {until}: mend it"
            )
            yield Lack("files", message, message_en)
        elif file.role == "portrait" and file.instructor not in instructors:
            message = f"有「{file.instructor}」的照片，但没有这位讲师：请移除照片，再为改名后的讲师上传，或改回姓名"
            whose = f"there is a portrait of {file.instructor}, no instructor"
            message_en = f"{whose}: remove it, then bring it under the new name, or name them again"
            yield Lack("facts/instructors", message, message_en)
    named = [handouts.Handout(file.name, "", file.bytes) for file in files if file.role == "handout"]
    for name in handouts.twice_named(named):
        message = f"有多个讲义叫「{name}」：请改名后重新上传"
        yield Lack("files", message, f"several handouts are called “{name}”: bring one under another name")
