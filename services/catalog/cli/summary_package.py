"""Where a course package keeps what a machine may draft, and what is known of a lecture from it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.catalog.cli.package import CAPTIONS_FOLDER, COURSE_FILE, MEDIA_FOLDER, Finding, InvalidPackage
from services.catalog.cli.yaml_reading import read_yaml
from services.catalog.cli.yaml_writing import put_field
from services.catalog.domain.course import BLOCKS, Block
from services.catalog.domain.document import MAX_DOCUMENT_BYTES, format_time
from services.catalog.domain.draft import Draft, Lecture, draft_member
from services.catalog.domain.grounding import Mark, marks_of
from services.catalog.domain.media import PLAYLIST
from services.catalog.domain.playlist import tidy_playlist
from services.catalog.domain.presentation import InvalidPresentation, read_presentation
from services.catalog.domain.text_file import Fault, UnreadableText, read_text
from services.catalog.domain.transcript import Stretch, Transcript, joined

REVIEW_FILE = "summary-draft.yaml"
"""Each part of the last draft beside what was said, for whoever reviews it. Publishing ignores it."""

BLOCK_FILES: Mapping[Block, str] = {"abstract": "abstract.md", "key_points": "key-points.md", "mind_map": "mind-map.md"}
"""Blocks with a file of their own; the others are fields of course.yaml."""


@dataclass(frozen=True)
class SummaryPackage:
    """A package that may still lack its summary."""

    folder: Path
    course: Mapping[str, Any]

    @property
    def title(self) -> str:
        """The course's."""
        return str(self.course.get("title") or self.folder.name)

    @property
    def instructors(self) -> tuple[str, ...]:
        """Their names, which no model is told."""
        listed = self.course.get("instructors")
        people = listed if isinstance(listed, list) else []
        return tuple(str(person["name"]) for person in people if isinstance(person, dict) and person.get("name"))

    @property
    def provenance(self) -> dict[str, Any]:
        """What course.yaml says of who made which block."""
        noted = self.course.get("provenance")
        return dict(noted) if isinstance(noted, dict) else {}

    def has(self, block: Block) -> bool:
        """Whether there is something of this kind."""
        file = BLOCK_FILES.get(block)
        return (self.folder / file).is_file() if file else bool(self.course.get(block))

    def shown(self, block: Block) -> str:
        """What a block says, as its editor would read it."""
        file = BLOCK_FILES.get(block)
        return (self.folder / file).read_text("utf-8-sig") if file else put_field("", block, self.course.get(block))

    def duration_ms(self, transcript: Transcript) -> int:
        """The playlist's; without one, up to where the last sentence ends."""
        media = self.folder / MEDIA_FOLDER

        def playlist(path: str) -> bytes:
            return tidy_playlist((media / path).read_bytes())

        try:
            return read_presentation(playlist(PLAYLIST), playlist).duration_ms
        except (OSError, InvalidPresentation):
            return transcript.end_ms

    def captions(self, language: str) -> Path:
        """Where the captions of a language are."""
        return self.folder / CAPTIONS_FOLDER / f"{language}.vtt"

    def terms(self) -> tuple[str, ...]:
        """Keywords of this course and of the packages beside it: the catalogue's terms."""
        words: list[str] = []
        for file in (self.folder / COURSE_FILE, *sorted(self.folder.resolve().parent.glob(f"*/{COURSE_FILE}"))):
            found = _read(file)
            keywords = found.get("keywords") if isinstance(found, dict) else None
            words += [str(word) for word in keywords] if isinstance(keywords, list) else []
        return tuple(dict.fromkeys(words))

    def write(self, lecture: Lecture, draft: Draft, marks: Iterable[Mark], blocks: Iterable[Block]) -> list[str]:
        """Puts these blocks of a draft where the package has them, unreviewed, and all of it into the review file.

        Returns the files that were written.
        """
        course, noted = (self.folder / COURSE_FILE).read_text("utf-8-sig"), self.provenance
        written: list[str] = []
        for block in blocks:
            told = [_mark(mark) for mark in marks_of(block, draft, marks)]
            entry: dict[str, Any] = {"made_by": draft.made_by, "reviewed_by": None, "reviewed_on": None}
            noted[block] = {**entry, "marks": told} if told else entry
            value = draft_member(lecture, draft, block)
            if block in BLOCK_FILES:
                (self.folder / BLOCK_FILES[block]).write_text(write_block(block, value), "utf-8")
                written.append(BLOCK_FILES[block])
            else:
                course = put_field(course, block, value)
        if noted:
            course = put_field(course, "provenance", {block: noted[block] for block in BLOCKS if block in noted})
            (self.folder / COURSE_FILE).write_text(course, "utf-8")
            written.append(COURSE_FILE)
        (self.folder / REVIEW_FILE).write_text(_review(lecture, draft, list(marks)), "utf-8")
        return [*written, REVIEW_FILE]

    def review(self, blocks: Iterable[Block], reviewer: str, day: str) -> None:
        """Notes who reviewed these blocks on which day."""
        noted = self.provenance
        for block in blocks:
            noted[block] = {**noted[block], "reviewed_by": reviewer, "reviewed_on": day}
        file = self.folder / COURSE_FILE
        file.write_text(put_field(file.read_text("utf-8-sig"), "provenance", noted), "utf-8")


def open_package(folder: Path) -> SummaryPackage:
    """A folder with a readable course.yaml. Raises InvalidPackage."""
    file = folder / COURSE_FILE
    if not file.is_file():
        raise InvalidPackage([Finding(COURSE_FILE, 1, "缺少此文件", "the file is missing")])
    try:
        read = read_yaml(read_text(file.read_bytes(), MAX_DOCUMENT_BYTES))
        faults = read.faults
    except UnreadableText as unreadable:
        faults = [unreadable.fault]
    if not faults and not isinstance(read.value, dict):
        faults = [Fault(1, "应为一组字段", "must be fields with values")]
    if faults:
        raise InvalidPackage(Finding(COURSE_FILE, fault.line, fault.message, fault.message_en) for fault in faults)
    return SummaryPackage(folder, read.value)


def is_filled(draft: Draft, block: Block) -> bool:
    """Whether a draft has anything of this kind."""
    return bool(getattr(draft, block))


def _read(file: Path) -> Any:
    try:
        return read_yaml(read_text(file.read_bytes(), MAX_DOCUMENT_BYTES)).value
    except (OSError, UnreadableText):
        return None


def _mark(mark: Mark) -> str:
    part = "" if mark.part is None else f"{mark.part + 1}: "
    return f"{part}{mark.message} / {mark.message_en}"


def write_block(block: Block, value: Any) -> str:
    """What the file of a block has, by the member of the course document."""
    return _TEXTS[block](value)


def _key_points(points: Iterable[Mapping[str, str]]) -> str:
    return "\n".join(f"## {point['question']}{_at(point)}\n\n{point['answer']}\n" for point in points)


def _at(point: Mapping[str, str]) -> str:
    return f" [{point['at']}]" if point.get("at") else ""


def _outline(root: Mapping[str, Any]) -> str:
    return f"# {root['text']}\n\n" + "".join(_branch(child, 0) for child in root["children"])


def _branch(node: Mapping[str, Any], depth: int) -> str:
    return f"{'  ' * depth}- {node['text']}\n" + "".join(_branch(child, depth + 1) for child in node["children"])


_TEXTS: Mapping[Block, Callable[[Any], str]] = {
    "abstract": lambda text: f"{text}\n",
    "key_points": _key_points,
    "mind_map": _outline,
}
"""How the blocks with a file of their own are written there."""


def _review(lecture: Lecture, draft: Draft, marks: list[Mark]) -> str:
    """Draft and source side by side."""
    heads = "# 草稿与讲稿对照，供审核；发布时不读取。The draft beside what was said, for review; not published.\n"
    shown: dict[str, Any] = {"made_by": draft.made_by}
    for block in ("chapters", "key_points", "questions"):
        shown[block] = [
            {**_said(lecture, item.source), "draft": _draft_text(item), **_marked(marks, block, place)}
            for place, item in enumerate(getattr(draft, block))
        ]
    rest = [_mark(mark) for mark in marks if mark.block not in shown]
    faults = [f"{f.pointer or '/'}: {f.message} / {f.message_en}" for f in draft.faults]
    text = heads
    for name, value in {**shown, "other_marks": rest, "left_out": faults}.items():
        text = put_field(text, name, value) if value else text
    return text


def _said(lecture: Lecture, source: Stretch) -> dict[str, str]:
    if not lecture.transcript.has(source):
        return {"at": "?", "said": ""}
    sentences = lecture.transcript.within(source)
    times = f"{format_time(sentences[0].start_ms)}–{format_time(sentences[-1].end_ms)}"
    return {"at": times, "said": joined(sentence.text for sentence in sentences)}


def _draft_text(item: Any) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in vars(item).items()
        if name != "source"
    }


def _marked(marks: Iterable[Mark], block: str, place: int) -> dict[str, list[str]]:
    told = [f"{mark.message} / {mark.message_en}" for mark in marks if (mark.block, mark.part) == (block, place)]
    return {"marks": told} if told else {}
