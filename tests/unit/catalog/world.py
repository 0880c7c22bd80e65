"""A small world for the catalogue's tests: a valid package on disk, and the use cases on in-memory ports."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.catalog.adapters.caption_file import read_captions
from services.catalog.adapters.course_index import CourseIndex
from services.catalog.adapters.speller import LibrarySpeller
from services.catalog.app.context import SearchContext, context, media_context, production_context
from services.catalog.app.media.manifest import Manifest
from services.catalog.app.media.sign_uploads import sign_uploads
from services.catalog.app.publishing.publish_course import PublishResult, Submission, publish_course
from services.catalog.app.publishing.withdraw_course import Withdrawal, withdraw_course
from services.catalog.app.search.keep_files import Run, keep_search_files
from services.catalog.cli.package import Package, load_package
from services.catalog.domain.document import write_course
from services.catalog.domain.ids import CourseId
from services.kit.audit import AuditRecord
from services.kit.call import Call
from services.kit.identity import Principal, Role
from tests.fakes import fmp4
from tests.fakes.clock import ManualClock
from tests.fakes.ids import SequentialIds
from tests.fakes.media_bucket import MemoryMediaBucket
from tests.fakes.productions import MemoryMachine, MemoryProductionFiles
from tests.fakes.search_files import MemorySearchFiles
from tests.fakes.store import MemoryStore


def call(person_id: str, role: Role, key: str = "") -> Call:
    """A request of somebody."""
    return Call(Principal(person_id, frozenset({role})), "request-1", key)


def learner(person_id: str, key: str = "") -> Call:
    """A request of a learner."""
    return call(person_id, Role.LEARNER, key)


EDITOR = call("editor-1", Role.EDITOR)
OTHER_EDITOR = call("editor-2", Role.EDITOR)
MODERATOR = call("moderator-1", Role.MODERATOR)
BONDS = CourseId("bonds")
SPELLER = LibrarySpeller()
PUBLISHED_AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HEADER = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n"
PLAYLIST = HEADER + '#EXT-X-MAP:URI="init.mp4"\n#EXTINF:4.000000,\na.m4s\n#EXTINF:3.500000,\nb.m4s\n#EXT-X-ENDLIST\n'
COURSE = """\
id: bonds
content_id: bonds-lecture
title: 债券入门
hours: 1.5
category: elective
eligible_credentials: [CFP, AFP]
published_on: 2026-03-02
price_fen: 1000
member_price_fen: 800
member_recommended: true
member_library: false
watch:
  max_rate: 1.0
keywords: [债券, 久期]
instructors:
  - name: 甲
    title: 讲师
    bio: 讲债券。
chapters:
  - at: 00:01
    title: 开始
    summary: 从票息讲起。
  - at: 00:05
    title: 久期
    summary: 利率与价格。
"""
FILES: dict[str, str | bytes] = {
    "course.yaml": COURSE,
    "abstract.md": "第一段。\n\n第二段。\n",
    "key-points.md": "## 什么是久期?\n\n价格对利率的敏感度。\n",
    "mind-map.md": "# 债券\n\n- 票息\n- 久期\n  - 利率\n",
    "captions/zh.vtt": "WEBVTT\n\n00:00.000 --> 00:02.000\n你好\n",
    "media/index.m3u8": PLAYLIST,
    "media/init.mp4": fmp4.init(fmp4.VIDEO, fmp4.AUDIO),
    "media/a.m4s": fmp4.both(0, 4_000),
    "media/b.m4s": fmp4.both(4_000, 3_500),
}


def write_package(folder: Path, **changed: str | bytes | None) -> Path:
    """A valid package but for `changed` files, named with `__` for a slash and `_` for a dot; None leaves one out."""
    files: dict[str, str | bytes | None] = {**FILES}
    for name, content in changed.items():
        path = name.replace("__", "/")
        stem, _, ending = path.rpartition("_")
        files[f"{stem.replace('key_points', 'key-points').replace('mind_map', 'mind-map')}.{ending}"] = content
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            target.unlink(missing_ok=True)
        else:
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def edited(before: str, after: str) -> str:
    """The valid course.yaml with one text replaced."""
    assert before in COURSE
    return COURSE.replace(before, after)


@dataclass
class World:
    """Everything in memory."""

    folder: Path
    store: MemoryStore = field(default_factory=MemoryStore)
    bucket: MemoryMediaBucket = field(default_factory=MemoryMediaBucket)
    clock: ManualClock = field(default_factory=lambda: ManualClock(PUBLISHED_AT))
    files: MemorySearchFiles = field(default_factory=MemorySearchFiles)

    def __post_init__(self) -> None:
        self.ctx = context(self.store, self.clock, SequentialIds())
        self.production_files = MemoryProductionFiles(self.bucket)
        self.machine = MemoryMachine()
        self.media = production_context(
            media_context(self.ctx, self.bucket), self.production_files, self.machine, read_captions
        )
        self.search = CourseIndex(self.store, self.clock, self.files)

    def keep_files(self, *, anew: bool = False) -> Run:
        """A minute's run."""
        return keep_search_files(SearchContext(self.store, self.clock, self.files, SPELLER), anew=anew)

    def package(self, **changed: str | bytes | None) -> Package:
        """The valid package, but for what changed."""
        return load_package(write_package(self.folder, **changed))

    def upload(self, package: Package) -> list[str]:
        """Uploads what is missing; returns which files that were."""
        signed = sign_uploads(self.media, EDITOR, package.course.course_id, manifest(package)).uploads
        for upload in signed:
            self.bucket.put(upload.url, package.content(upload.path))
        return [upload.path for upload in signed]

    def publish(self, package: Package, expected: int, editor: Call = EDITOR, **document: Any) -> PublishResult:
        """Publishes, with fields of the document replaced where a test sends something else."""
        submission = Submission(
            document=write_course(package.course) | document,
            version=package.version,
            files=package.files,
            captions=package.captions,
            expected=expected,
            reason="because",
            handouts=package.handouts,
            pictures=package.pictures,
        )
        return publish_course(self.media, editor, submission)

    def withdraw(self, course_id: CourseId = BONDS, editor: Call = EDITOR) -> Withdrawal:
        """Takes the course off the catalogue."""
        return withdraw_course(self.ctx, editor, course_id, "outdated")

    def audit(self) -> list[AuditRecord]:
        """The audit log."""
        return [entry.value for entry in self.store.query("AUDIT#2026-03", "", AuditRecord)]


def manifest(package: Package) -> Manifest:
    """What an editor announces of a package."""
    course = package.course
    return Manifest(
        course.content_id,
        package.version,
        course.max_rate,
        package.files,
        package.captions,
        handouts=package.handouts,
        pictures=package.pictures,
    )
