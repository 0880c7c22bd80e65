"""What the use cases need from outside, besides the store."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Archive(Protocol):
    """Keeps documents of one kind for five years, each under a name; what was put once cannot be changed."""

    def put(self, name: str, content: bytes) -> None:
        """Keeps a document, its checksum confirmed by the archive. Putting a name again changes nothing."""

    def get(self, name: str) -> bytes | None:
        """A kept document, its checksum verified on the way; None where there is none."""

    def names(self, beginning: str = "") -> list[str]:
        """Every name that is kept and begins so, in order."""


class MediaSigner(Protocol):
    """Signs what the distribution lets through."""

    def cookies(self, folder: str, until: datetime) -> dict[str, str]:
        """The cookies that open every file under the path `folder` until then."""


@dataclass(frozen=True)
class Publication:
    """The checkpoint that is published, and what says that it still is (`tag`)."""

    text: str
    tag: str


class OtherContent(Exception):
    """A file of the log is there already, and says something else: two histories met."""


class LogReader(Protocol):
    """The log as everybody reads it: files that never change, and the checkpoint, whose every version stays."""

    def get(self, path: str) -> bytes | None:
        """A file; None where there is none."""

    def checkpoint(self) -> Publication | None:
        """What is published; None before the first time."""


class LogFiles(LogReader, Protocol):
    """The same, for its writer."""

    def put(self, path: str, content: bytes) -> None:
        """Keeps a file for ever. Raises OtherContent where another one is kept there."""

    def publish(self, text: str, over: Publication | None) -> None:
        """Publishes a checkpoint in another's place. Raises Conflict where that is not there."""


@dataclass(frozen=True)
class WitnessAnswer:
    """What a witness answered, as HTTP has it."""

    status: int
    body: str


class Witnesses(Protocol):
    """Those whom the log shows its checkpoints to."""

    def submit(self, url: str, body: str) -> WitnessAnswer:
        """What the witness at an address answers to a submission. Raises OSError where it does not answer."""
