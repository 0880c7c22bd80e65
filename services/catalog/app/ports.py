"""What the use cases need from outside, besides the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from services.catalog.domain.recording import Probe

if TYPE_CHECKING:
    from pathlib import Path

    # Every context names the ports, and few functions need what these speak of.
    from services.catalog.domain.completions import Completions
    from services.catalog.domain.draft import Draft, Lecture
    from services.catalog.domain.media import MediaFile
    from services.catalog.domain.publication import Listing
    from services.catalog.domain.search import SearchQuery, SearchResult
    from services.catalog.domain.spelling import Spelling
    from services.catalog.domain.text_file import Fault
    from services.catalog.domain.transcript import Cue, Transcript
    from services.kit.store import Page


@dataclass(frozen=True)
class Upload:
    """Where and how to put one file: an HTTP PUT to `url` with exactly these headers."""

    path: str
    url: str
    headers: Mapping[str, str]


class MediaBucket(Protocol):
    """Where media lie. Nothing in it is ever replaced: an upload to an existing key is refused."""

    def sizes(self, prefix: str) -> dict[str, int]:
        """The stored files' sizes in bytes, by their path after `prefix`."""

    def read(self, key: str) -> bytes:
        """A stored file's bytes. Raises KeyError if there is none."""

    def read_part(self, key: str, start: int, length: int) -> bytes:
        """Bytes of a stored file from `start` on, `length` at most. Raises KeyError if there is no such file."""

    def upload(self, prefix: str, file: MediaFile, disposition: str | None = None) -> Upload:
        """Permission, for 15 minutes, to store exactly the file of this SHA-256 and size.

        `disposition` says how browsers save what is to be downloaded.
        """


class UploadGone(Exception):
    """There is no such upload: it was completed, given up, or is too old."""


class ProductionFiles(Protocol):
    """What productions work with, beside the media and out of everybody's reach. Large files come in parts."""

    def begin(self, key: str) -> str:
        """Begins an upload in parts; returns its name."""

    def sign_part(self, key: str, upload: str, number: int, size: int) -> Upload:
        """Permission, for an hour, to send one part of this size."""

    def parts(self, key: str, upload: str) -> dict[int, int]:
        """The sizes of the parts that arrived, by number. Raises UploadGone."""

    def complete(self, key: str, upload: str) -> None:
        """Puts the parts that arrived together. Raises UploadGone."""

    def abort(self, key: str, upload: str) -> None:
        """Gives an upload up; one that is gone stays so."""

    def sizes(self, prefix: str) -> dict[str, int]:
        """The files' sizes in bytes, by their path after `prefix`."""

    def size(self, key: str) -> int | None:
        """The size of a file in bytes; None: there is none."""

    def read(self, key: str) -> bytes:
        """A file's bytes. Raises KeyError if there is none."""

    def read_part(self, key: str, start: int, length: int) -> bytes:
        """Bytes of a file from `start` on, `length` at most. Raises KeyError if there is none."""

    def put(self, key: str, content: bytes) -> None:
        """Keeps a file, in place of one of the same key."""

    def put_file(self, key: str, path: Path) -> None:
        """Keeps a local file, however large."""

    def fetch(self, key: str, path: Path) -> None:
        """Writes a file to a local path. Raises KeyError if there is none."""

    def remove(self, key: str) -> None:
        """Removes a file; one that is gone stays so."""

    def address(self, key: str) -> str:
        """Where a file can be read for an hour, by whoever knows the address."""

    def publish(self, key: str, place: str, disposition: str | None = None) -> None:
        """Copies a file to where the media or pictures are served from, with the headers that it has there.

        Raises KeyError if there is none.
        """

    def publish_text(self, content: bytes, place: str) -> None:
        """Keeps captions where the media are served from."""


class CourseSearch(Protocol):
    """Finds courses. Nothing of it says how: an engine of its own can take over from `adapters/course_index`."""

    def find(self, query: SearchQuery) -> SearchResult:
        """One page of the published courses that answer the question; a course withdrawn is not found."""

    def complete(self, text: str) -> Completions:
        """What somebody may be typing, in words of the published courses."""

    def newest(self, after: str, limit: int) -> Page[Listing]:
        """A page of all published courses, the newest first. `after` is the earlier page's, or empty."""


@dataclass(frozen=True)
class SearchFile:
    """A file as it was read; `tag` is another one whenever the file was put again."""

    content: bytes
    tag: str


class SearchFiles(Protocol):
    """What searches read and the minute's run makes: few files under fixed names, replaced as a whole."""

    def get(self, name: str, known: str = "") -> SearchFile | None:
        """The file; None where there is none, or where it is the one with this tag still."""

    def put(self, name: str, content: bytes) -> None:
        """Replaces the file, all at once."""


class Speller(Protocol):
    """What is known of Chinese characters; loading it takes a while."""

    def spelling(self) -> Spelling:
        """Of single characters."""

    def spell(self, run: str) -> Sequence[str]:
        """The syllables of a run of characters, one for each, by the words in it; none where one has no sound."""


@dataclass(frozen=True)
class SpeechFile:
    """A lecture's sound or picture as a file, its language (such as "zh"), and words that may be heard in it.

    Where its length is not known, the transcriber sees whether it takes it.
    """

    path: Path
    language: str
    terms: tuple[str, ...] = ()
    duration_ms: int | None = None


@dataclass(frozen=True)
class CaptionFile:
    """The cues of a file, and what of it could not be read, line by line: it is told, not passed over."""

    cues: tuple[Cue, ...]
    faults: tuple[Fault, ...]


class UnreadableCaptions(Exception):
    """The file has no cues that can be read; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message_en)
        self.fault = fault


class CaptionReader(Protocol):
    """Reads the captions that an editor brings."""

    def __call__(self, content: bytes) -> CaptionFile:
        """The cues of a file. Raises UnreadableCaptions."""


class Transcriber(Protocol):
    """Writes down what is said."""

    def transcribe(self, recording: SpeechFile) -> Transcript:
        """The sentences with their times.

        Raises:
            RecordingRefused: it takes none of this length.
            TranscriberUnavailable: it cannot be reached, or failed.
            StillTranscribing: it must wait.
        """


class StillTranscribing(Exception):
    """It has begun; who asks again in a while gets what it wrote down."""


class TranscriberUnavailable(Exception):
    """It cannot be reached, or failed; the message says why."""


class TranscriberRefuses(TranscriberUnavailable):
    """It takes nothing of us until somebody mends what is set up: a key, a permission, a model's name."""


class Model(Protocol):
    """A model that answers in JSON of a schema. It gets no tools and keeps nothing between answers."""

    @property
    def name(self) -> str:
        """What it is called, as it is shown where something was made by it."""

    def answer(self, task: str, material: str, schema: dict[str, Any]) -> str:
        """Its answer, which may be no JSON, cut off, or against the schema. Raises ModelUnavailable."""


class Summariser(Protocol):
    """Drafts the summary of a lecture."""

    def __call__(self, lecture: Lecture, progress: Callable[[int, int], None]) -> Draft:
        """The draft; calls `progress(parts done, all)`. Raises ModelUnavailable."""


class ModelUnavailable(Exception):
    """It cannot be reached, or would not answer; the message says why, and nothing of what it was asked."""


class ModelRefuses(ModelUnavailable):
    """It takes nothing of us until somebody mends what is set up: a key, a permission, a model's name."""


class RecordingRefused(Exception):
    """A recording that no lecture can be made of; `code` and both messages say why, and what to do."""

    def __init__(self, code: str, message: str, message_en: str) -> None:
        super().__init__(message_en)
        self.code = code
        self.message = message
        self.message_en = message_en


class MediaTool(Protocol):
    """Looks into recordings and packages them."""

    def probe(self, source: str) -> Probe:
        """What a recording is; `source` is its address or path. Raises RecordingRefused."""

    def package(
        self, source: str, probe: Probe, folder: Path, progress: Callable[[int], None], picture: Path | None = None
    ) -> None:
        """Writes a lecture's files into the folder.

        These are index.m3u8 with a folder for each rendition, poster.jpg, previews/1.jpg to 6.jpg, preview.mp4, and
        sound.m4a for a recognizer, of a long lecture also in pieces (`domain/pieces.py`). Calls `progress(percent)` as
        it goes on. `picture` is shown where the recording has none: an image, or slides whose first page is taken.
        """

    def wrap(self, sources: Mapping[str, str], probe: Probe, folder: Path, progress: Callable[[int], None]) -> None:
        """Writes the same files of what a service has encoded: addresses of MP4 files by renditions' names."""

    def check_slides(self, slides: Path) -> None:
        """Raises RecordingRefused where slides cannot be opened."""


class EncodingService(Protocol):
    """Encodes recordings as jobs of a service, which the machine that runs the steps waits for."""

    def job(self, name: str, source: str, folder: str, probe: Probe) -> dict[str, Any]:
        """The request for a job that encodes a recording with a picture; keys in the media's bucket.

        Two requests of one name are one job.

        Into `folder` go MP4 files named by their renditions, for `MediaTool.wrap`.
        """


class Productions(Protocol):
    """The machine that runs the steps of productions."""

    def start(self, name: str, given: dict[str, object]) -> None:
        """Begins an execution; of a name that was given before there is one already, and nothing happens."""

    def is_running(self, name: str) -> bool:
        """Whether an execution has begun and not ended."""

    def stop(self, name: str, why: str) -> None:
        """Ends an execution. One that has ended, or never began, stays as it is."""
