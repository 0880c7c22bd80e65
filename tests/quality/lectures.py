"""The lectures: what is said, as timed captions, and what an editor made of it."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from services.catalog.adapters.caption_file import read_captions
from services.catalog.cli.package import load_package
from services.catalog.domain.document import parse_time
from services.catalog.domain.draft import Lecture
from services.catalog.domain.transcript import Transcript, transcript_of_cues

HOME = Path(__file__).parent / "lectures"
DEMO = Path("demo/courses/annual-portfolio-review")


@dataclass(frozen=True)
class Reference:
    """What an editor wrote: keywords, an abstract, chapters by their beginning in milliseconds, perhaps their texts."""

    keywords: tuple[str, ...]
    abstract: str
    chapters: tuple[tuple[int, str], ...]
    summaries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Example:
    """A lecture with its reference."""

    name: str
    lecture: Lecture
    reference: Reference

    @property
    def transcript(self) -> Transcript:
        """What is said."""
        return self.lecture.transcript

    def chapter_places(self) -> list[int]:
        """The places of the sentences at which the editor's chapters begin."""
        starts = [sentence.start_ms for sentence in self.transcript.sentences]
        return [min(range(len(starts)), key=lambda p: abs(starts[p] - at)) for at, _ in self.reference.chapters]


def read_examples() -> list[Example]:
    """The demo's full lecture, and those of this folder."""
    return [_demo(), *(_example(folder) for folder in sorted(HOME.iterdir()))]


def _demo() -> Example:
    package = load_package(DEMO)
    course = package.course
    chapters = tuple((chapter.at_ms, chapter.title) for chapter in course.chapters)
    summaries = tuple(f"{chapter.title}\n{chapter.summary}" for chapter in course.chapters)
    reference = Reference(course.keywords, course.abstract, chapters, summaries)
    transcript = _transcript("zh", DEMO / "captions" / "zh.vtt")
    names = tuple(instructor.name for instructor in course.instructors)
    return Example(DEMO.name, Lecture(course.title, transcript, package.duration_ms, names=names), reference)


def _example(folder: Path) -> Example:
    written = yaml.load((folder / "reference.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 (text only)
    chapters = tuple((parse_time(chapter["at"]), chapter["title"]) for chapter in written["chapters"])
    reference = Reference(tuple(written["keywords"]), written["abstract"], chapters)
    transcript = _transcript(written["language"], folder / "captions.vtt")
    return Example(folder.name, Lecture(written["title"], transcript, int(written["seconds"]) * 1000), reference)


def _transcript(language: str, captions: Path) -> Transcript:
    return transcript_of_cues(language, read_captions(captions.read_bytes()).cues)
