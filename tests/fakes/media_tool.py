"""The tool that packages recordings, without looking at them: whatever comes is the lecture that it is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from services.catalog.app.ports import RecordingRefused
from services.catalog.domain.packaged import POSTER, PREVIEW, PREVIEWS, SOUND
from services.catalog.domain.pieces import FOLDER, piece_name
from services.catalog.domain.recording import Probe


@dataclass
class ScriptedMediaTool:
    """Answers with `found`, or refuses with `refusal`; writes `files`, and remembers what it was asked to make.

    `interrupt` is called between the beginning of the packaging and its end.
    """

    found: Probe
    files: Mapping[str, bytes]
    refusal: RecordingRefused | None = None
    locked: RecordingRefused | None = None
    interrupt: Callable[[], None] = lambda: None
    pieces: Mapping[int, bytes] = field(default_factory=dict)
    packaged: list[str] = field(default_factory=list)
    pictures: list[bytes | None] = field(default_factory=list)

    def probe(self, source: str) -> Probe:
        """What a recording is. Raises RecordingRefused."""
        del source
        if self.refusal:
            raise self.refusal
        return self.found

    def check_slides(self, slides: Path) -> None:
        """Raises RecordingRefused where slides cannot be opened."""
        assert slides.is_file()
        if self.locked:
            raise self.locked

    def package(
        self, source: str, probe: Probe, folder: Path, progress: Callable[[int], None], picture: Path | None = None
    ) -> None:
        """Writes a lecture's files into the folder."""
        assert probe == self.found
        self.packaged.append(source)
        self.pictures.append(picture.read_bytes() if picture else None)
        self._write(folder, progress)

    def wrap(self, sources: Mapping[str, str], probe: Probe, folder: Path, progress: Callable[[int], None]) -> None:
        """Writes the same files of what a service has encoded."""
        assert probe == self.found
        self.packaged += sources.values()
        self._write(folder, progress)

    def _write(self, folder: Path, progress: Callable[[int], None]) -> None:
        progress(10)
        self.interrupt()
        beside = dict.fromkeys((POSTER, PREVIEW, SOUND, *PREVIEWS), b"made")
        beside |= {f"{FOLDER}{piece_name(begin)}": content for begin, content in self.pieces.items()}
        for name, content in {**self.files, **beside}.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        progress(100)
