"""Checks the transparency log as anybody can: `verify_log POLICY.txt https://learn.example.com`.

Reads the published checkpoint and its tiles over HTTP, or from a directory of saved files, and checks signatures and
cosignatures by the policy, that the tiles give the checkpoint's root, and that the log begins with every older
checkpoint that is given. `--entries` reads all entries too. `--save` keeps the checkpoint, for the next time.
Exit status 0: it is the log that it was; 1: it is not (every fault is named); 2: it or a file cannot be read.
"""

import argparse
import sys
from pathlib import Path

import httpx

from services.kit.tlog.policies import read_policy
from services.kit.tlog.tiles import WIDTH, bundle_path, entries_of, tile_of, verify_entries
from services.playback.app.log.check_log import LogView, view_log
from services.playback.app.log.tiles import tile_reader
from services.playback.app.ports import LogReader, Publication

TIMEOUT_SECONDS = 30


class HttpLog:
    """The log at its address."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url.rstrip('/')}/log/", timeout=TIMEOUT_SECONDS)

    def get(self, path: str) -> bytes | None:
        """A file; None where there is none. Raises httpx.HTTPError."""
        answer = self._http.get(path)
        # A bucket whose contents nobody may list says 403 of what it does not have.
        if answer.status_code in {httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN}:
            return None
        return answer.raise_for_status().content

    def checkpoint(self) -> Publication | None:
        """What is published. Raises httpx.HTTPError, ValueError."""
        content = self.get("checkpoint")
        return Publication(content.decode(), "") if content else None


class SavedLog:
    """The log in a directory, its files under their paths."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def get(self, path: str) -> bytes | None:
        """A file; None where there is none."""
        file = self._home / path
        return file.read_bytes() if file.is_file() else None

    def checkpoint(self) -> Publication | None:
        """What was saved. Raises ValueError."""
        content = self.get("checkpoint")
        return Publication(content.decode(), "") if content else None


def main() -> int:
    """Prints what was found; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m services.playback.cli.verify_log", description=__doc__)
    parser.add_argument("policy", type=Path, help="trusted log and witnesses (tlog-policy)")
    parser.add_argument("source", help="the address of the system, or a directory of saved files")
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, help="one that was saved before")
    parser.add_argument("--entries", action="store_true", help="read all entries")
    parser.add_argument("--save", type=Path, help="where to keep the checkpoint")
    options = parser.parse_args()
    files: LogReader = HttpLog(options.source) if "://" in options.source else SavedLog(Path(options.source))
    try:
        older = [path.read_text("utf-8") for path in options.checkpoint]
        log = view_log(files, read_policy(options.policy.read_text("utf-8")), older)
        problems = [*log.problems, *(entries_problems(files, log) if options.entries else ())]
        published = files.checkpoint()
        if options.save and published and not problems:
            options.save.write_text(published.text, "utf-8")
    except (OSError, ValueError, httpx.HTTPError) as error:
        sys.stderr.write(f"unreadable: {error}\n")
        return 2
    for problem in problems:
        sys.stdout.write(f"PROBLEM: {problem}\n")
    size = log.checkpoint.size if log.checkpoint else 0
    sys.stdout.write(f"{size} entries, {'not accepted' if problems else 'as they were'}\n")
    return 1 if problems else 0


def entries_problems(files: LogReader, log: LogView) -> list[str]:
    """What is wrong with the entries of the published tree. Raises LookupError, httpx.HTTPError."""
    size = log.checkpoint.size if log.checkpoint else 0
    found, read = [], tile_reader(files)
    for index in range(-(-size // WIDTH)):
        tile = tile_of(0, index, size)
        content = files.get(bundle_path(index, tile.width))
        try:
            verify_entries(tile, read(tile), entries_of(content or b"", tile.width))
        except (LookupError, ValueError) as error:
            found.append(str(error))
    return found


if __name__ == "__main__":
    sys.exit(main())
