"""What a system on this machine keeps over a restart, as it was at its last clean end.

The running system works on a copy, so that however it ends, what was kept last is whole. A newer one takes its place by
being renamed; the one before it stays until then.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

PARTS = ("state", "s3", "witness")
"""Folders of the emulator's working directory: its state, its files, and what the witness remembers."""
MARK = "made-by.json"
"""Written last: a folder without it is half written."""


@dataclass(frozen=True)
class MadeBy:
    """What made the data: hashes of the release that was deployed and of the demo's data; the emulator's port.

    The port stays, for the addresses of queues hold it.
    """

    release: str
    seed: str
    port: int


class Kept:
    """The data of one system."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._older, self._newer = home.with_name(f"{home.name}.older"), home.with_name(f"{home.name}.newer")

    def made_by(self) -> MadeBy | None:
        """What made what is kept; None where nothing is."""
        whole = self._whole()
        return MadeBy(**json.loads((whole / MARK).read_text("utf-8"))) if whole else None

    def copy_into(self, workdir: Path) -> None:
        """Copies what is kept into a new system's working directory."""
        if whole := self._whole():
            for part in PARTS:
                shutil.copytree(whole / part, workdir / part, dirs_exist_ok=True)

    def keep(self, workdir: Path, made_by: MadeBy) -> None:
        """Takes over what a system that has ended left in its working directory."""
        shutil.rmtree(self._newer, ignore_errors=True)
        self._newer.mkdir(parents=True)
        for part in PARTS:
            source = workdir / part
            source.mkdir(exist_ok=True)
            source.rename(self._newer / part)
        (self._newer / MARK).write_text(json.dumps(asdict(made_by)), "utf-8")
        if self.home.exists():
            shutil.rmtree(self._older, ignore_errors=True)
            self.home.rename(self._older)
        self._newer.rename(self.home)
        shutil.rmtree(self._older, ignore_errors=True)

    def set_aside(self) -> Path:
        """Moves what is kept to where no start looks for it; answers the place."""
        aside = self.home.with_name(f"{self.home.name}.unused")
        shutil.rmtree(aside, ignore_errors=True)
        whole = self._whole()
        if whole:
            whole.rename(aside)
        self.forget()
        return aside

    def forget(self) -> list[Path]:
        """Deletes it; answers the folders that were there."""
        there = [folder for folder in self._folders() if folder.exists()]
        for folder in there:
            shutil.rmtree(folder, ignore_errors=True)
        return there

    def _whole(self) -> Path | None:
        """The newest whole one. Between two renames it is the older one."""
        return next((folder for folder in self._folders()[:2] if (folder / MARK).exists()), None)

    def _folders(self) -> Sequence[Path]:
        return (self.home, self._older, self._newer)
