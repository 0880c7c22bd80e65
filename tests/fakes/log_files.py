"""The fake of where the log's files are."""

from services.kit.store import Conflict
from services.playback.app.ports import OtherContent, Publication


class MemoryLogFiles:
    """`kept` are the files by path; every checkpoint that was published is in `published`."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.published: list[str] = []

    def get(self, path: str) -> bytes | None:
        """A file; None where there is none."""
        return self.kept.get(path)

    def put(self, path: str, content: bytes) -> None:
        """Keeps a file for ever. Raises OtherContent where another one is kept there."""
        if self.kept.setdefault(path, content) != content:
            raise OtherContent(path)

    def checkpoint(self) -> Publication | None:
        """What is published; None before the first time."""
        return Publication(self.published[-1], str(len(self.published))) if self.published else None

    def publish(self, text: str, over: Publication | None) -> None:
        """Publishes a checkpoint in another's place. Raises Conflict where that is not there."""
        if over != self.checkpoint():
            raise Conflict("another checkpoint is published")
        self.published.append(text)
