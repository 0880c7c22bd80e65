"""What is kept over a restart: whole, whatever the end comes in the middle of."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local import __main__ as command
from local.kept import Kept, MadeBy
from local.system import NotTakenOver

FIRST, SECOND = MadeBy("release-1", "seed", 4001), MadeBy("release-2", "seed", 4002)
MOVES = 5
"""Three folders into the newer one, the older one aside, the newer one in its place."""


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Holds what the first system left."""
    found = Kept(tmp_path / "kept")
    found.keep(left_by(tmp_path / "first", "one"), FIRST)
    return found


def left_by(workdir: Path, text: str) -> Path:
    for part in ("state", "s3", "witness"):
        (workdir / part).mkdir(parents=True)
        (workdir / part / "file").write_text(text)
    return workdir


def told_by(kept: Kept, workdir: Path) -> set[str]:
    kept.copy_into(workdir)
    return {file.read_text() for file in workdir.glob("*/file")}


def test_nothing_is_kept_before_the_first_end(tmp_path: Path) -> None:
    empty = Kept(tmp_path / "kept")
    empty.copy_into(tmp_path / "run")
    assert (empty.made_by(), (tmp_path / "run").exists()) == (None, False)


def test_the_last_end_replaces_the_one_before(kept: Kept, tmp_path: Path) -> None:
    assert (kept.made_by(), told_by(kept, tmp_path / "a")) == (FIRST, {"one"})
    kept.keep(left_by(tmp_path / "second", "two"), SECOND)
    assert (kept.made_by(), told_by(kept, tmp_path / "b")) == (SECOND, {"two"})


@contextmanager
def dying_at(move: int) -> Iterator[None]:
    """The process is killed at one of the renames."""
    rename, left = Path.rename, iter(range(move))

    def killing(self: Path, target: Path) -> Path:
        if next(left, None) is None:
            raise Killed
        return rename(self, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "rename", killing)
        with pytest.raises(Killed):
            yield


@pytest.mark.parametrize("move", range(MOVES))
def test_killed_while_keeping_it_falls_back_to_what_was_whole(kept: Kept, tmp_path: Path, move: int) -> None:
    with dying_at(move):
        kept.keep(left_by(tmp_path / "second", "two"), SECOND)
    assert (kept.made_by(), told_by(kept, tmp_path / "run")) == (FIRST, {"one"})
    kept.keep(left_by(tmp_path / "third", "three"), SECOND)
    assert told_by(kept, tmp_path / "later") == {"three"}


def test_what_is_set_aside_or_forgotten_is_taken_over_by_nobody(kept: Kept, tmp_path: Path) -> None:
    aside = kept.set_aside()
    assert (kept.made_by(), (aside / "state" / "file").read_text()) == (None, "one")
    kept.keep(left_by(tmp_path / "second", "two"), SECOND)
    kept.forget()
    assert kept.made_by() is None


def test_a_reset_says_what_it_deleted_or_that_there_was_nothing(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command, "kept_by", lambda _port: kept)
    monkeypatch.setattr("sys.argv", ["local", "reset", "--port", "0"])
    monkeypatch.setattr("signal.signal", lambda *_: None)
    for said in ("Deleted kept. The next", "Nothing was kept of port 0. The next"):
        assert command.main() == 0
        assert capsys.readouterr().out.startswith(said)


def test_a_release_that_cannot_be_put_over_kept_data_sets_it_aside_says_so_and_starts_afresh(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    began_with: list[MadeBy | None] = []

    def run(port: int, given: Kept) -> None:
        began_with.append(given.made_by())
        if began_with == [FIRST]:
            raise NotTakenOver("This release could not be put over the kept data: a table has another key.")

    monkeypatch.setattr(command, "_run", run)
    monkeypatch.setattr(command, "ROOT", kept.home.parent)
    monkeypatch.setattr(command, "kept_by", lambda _port: kept)
    monkeypatch.setattr("sys.argv", ["local", "run"])
    assert command.main() == 0
    assert began_with == [FIRST, None]
    assert (
        "a table has another key.\nIt is in kept.unused now, and everything starts afresh." in capsys.readouterr().err
    )
