"""The stranger's command reads the log's tiles and says whether the log only grew."""

from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from docs.vector_packs import LOG, OTHER_LOG, WITNESSES, NoteKey
from docs.vectors import COSIGNED_AT, HOME
from services.kit.tlog.checkpoints import Checkpoint
from services.kit.tlog.cosignatures import cosign
from services.kit.tlog.merkle import leaf_hash, node_hash, tree_root
from services.kit.tlog.notes import sign_note
from services.kit.tlog.tiles import Tile, hash_reader, tile_bytes
from xueshi_verify import log_command
from xueshi_verify.tiles import tile_path

POLICY = ("--policy", str(HOME / "policy.txt"))
ENTRIES = [sha256(b"%d" % number).digest() for number in range(70_000)]
SIZES = (0, 1, 2, 3, 255, 256, 257, 300, 511, 512, 513, 65_535, 65_536, 65_537, 66_000, 70_000)


def levels_of(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The hashes of each level of tiles: every eighth level of full nodes."""
    levels, row = [list(leaves)], list(leaves)
    while len(row) >= 256:
        for _ in range(8):
            row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=False)]
        levels.append(row)
    return levels


LEVELS = levels_of([leaf_hash(entry) for entry in ENTRIES])


def checkpoint(size: int, log: NoteKey = LOG, root: bytes | None = None) -> str:
    """A checkpoint over the first entries, which is cosigned."""
    reader = hash_reader(size, lambda tile: LEVELS[tile.level][tile.index * 256 :][: tile.width])
    note = sign_note(Checkpoint(log.key.name, size, root or tree_root(size, reader)).text, log.key, log)
    return str(note.and_signed(*(cosign(note.text, witness.key, witness, COSIGNED_AT) for witness in WITNESSES[:2])))


def save_log(home: Path, size: int) -> None:
    """The log's files as they are when it has so many entries."""
    for level, hashes in enumerate(LEVELS):
        there = hashes[: size >> (8 * level)]
        for index in range(-(-len(there) // 256)):
            part = there[index * 256 :][:256]
            file = home / Tile(level, index, len(part)).path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(tile_bytes(part))
    (home / "checkpoint").write_text(checkpoint(size), "utf-8")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The status and what is said."""
    status = log_command.main([*arguments, *POLICY])
    captured = capsys.readouterr()
    return status, captured.out + captured.err


@pytest.mark.parametrize("size", [300, 65_537, 70_000])
def test_a_log_that_grew_begins_with_all_that_was_kept(
    size: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_log(tmp_path / "log", size)
    for older in (older for older in SIZES if older <= size):
        kept = tmp_path / "older.txt"
        kept.write_text(checkpoint(older), "utf-8")
        status, said = run(capsys, str(tmp_path / "log"), "--checkpoint", str(kept), "--save", str(tmp_path / "new"))
        assert (status, said.partition(":")[0]) == (0, "ACCEPTED"), older
    assert (tmp_path / "new").read_text("utf-8") == checkpoint(size)


def test_a_log_that_was_rewritten_cut_or_left_files_out_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_log(tmp_path / "log", 300)
    other = sha256(b"another tree").digest()
    for name, text, status, code in (
        ("rewritten", checkpoint(200, root=other), 1, "forked"),
        ("the same size", checkpoint(300, root=other), 1, "forked"),
        ("cut", checkpoint(301), 1, "forked"),
        ("of another log", checkpoint(200, OTHER_LOG), 1, "checkpoint_denied"),
        ("broken", "no note", 2, "checkpoint"),
    ):
        kept = tmp_path / "older.txt"
        kept.write_text(text, "utf-8")
        arguments = (str(tmp_path / "log"), "--checkpoint", str(kept), "--save", str(tmp_path / "new"))
        found, said = run(capsys, *arguments)
        assert (found, code in said) == (status, True), name
    assert not (tmp_path / "new").exists()
    kept.write_text(checkpoint(200), "utf-8")
    tile = tmp_path / "log" / "tile" / "0" / "000"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    assert run(capsys, *arguments)[0] == 2
    tile.unlink()
    status, said = run(capsys, *arguments)
    assert (status, "tiles" in said) == (2, True)
    assert run(capsys, str(tmp_path / "nothing"))[0] == 2
    assert run(capsys, "http://127.0.0.1:9/log")[0] == 2
    assert run(capsys, "http://[/log")[0] == 2


def test_a_tile_that_was_filled_since_serves_for_its_part(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_log(tmp_path, 300)
    save_log(tmp_path, 512)
    (tmp_path / Tile(0, 1, 44).path).unlink()
    (tmp_path / "checkpoint").write_text(checkpoint(300), "utf-8")
    (tmp_path / "older.txt").write_text(checkpoint(257), "utf-8")
    assert run(capsys, str(tmp_path), "--checkpoint", str(tmp_path / "older.txt"))[0] == 0


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and tells nobody."""

    def log_request(self, *_: object) -> None:
        """Nothing."""


def test_a_log_is_read_from_its_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_log(tmp_path / "log", 300)
    (tmp_path / "older.txt").write_text(checkpoint(42), "utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/log/"
        status, said = run(capsys, address, "--checkpoint", str(tmp_path / "older.txt"))
        server.shutdown()
    assert (status, "300" in said) == (0, True)


def test_tiles_have_the_paths_of_the_format() -> None:
    assert [tile_path(0, index) for index in (7, 999, 1_000, 1_234_067)] == [
        "tile/0/007",
        "tile/0/999",
        "tile/0/x001/000",
        "tile/0/x001/x234/067",
    ]
