"""The log's tree as static files (C2SP tlog-tiles), in a folder or at an address; whether one tree begins another."""

from collections.abc import Callable
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from xueshi_verify.encoding import Unreadable
from xueshi_verify.notes import HASH_BYTES, Note
from xueshi_verify.proofs import node_hash

HEIGHT = 8
WIDTH = 1 << HEIGHT
TIMEOUT_SECONDS = 30
MAX_BYTES = 64 * 1024
"""Of a checkpoint; a tile has at most 8 KiB."""

Get = Callable[[str], bytes | None]
"""The file at a path below the log's prefix; None where there is none."""
ReadNode = Callable[[int, int], bytes]
"""The hash of the node that is so high, with this number among those of its height."""


def files_of(source: str) -> Get:
    """The log's files at an address of the web, or in a folder. Reading them raises OSError."""
    if source.startswith(("https://", "http://")):
        return lambda path: _fetched(f"{source.rstrip('/')}/{path}")
    return lambda path: _saved(Path(source) / path)


def _fetched(url: str) -> bytes | None:
    try:
        with urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            content: bytes = answer.read(MAX_BYTES + 1)
            return content
    except HTTPError as error:
        # A bucket whose contents nobody may list says 403 of what it does not have.
        if error.code in {403, 404}:
            return None
        raise
    except (HTTPException, ValueError) as error:
        raise OSError(None, str(error), url) from None


def _saved(file: Path) -> bytes | None:
    if not file.is_file():
        return None
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def tile_path(level: int, index: int) -> str:
    """`tile/0/x001/x234/067` for tile 1,234,067 of level 0."""
    digits = f"{index:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    return "/".join(["tile", str(level), *(f"x{group}" for group in groups[:-1]), groups[-1]])


def node_reader(get: Get, size: int) -> ReadNode:
    """Reads the nodes of a tree of this size. Raises Unreadable where a tile is missing or broken."""
    tiles: dict[str, bytes] = {}

    def tile(level: int, index: int) -> bytes:
        path, width = tile_path(level, index), min(WIDTH, (size >> (HEIGHT * level)) - index * WIDTH)
        if path not in tiles:
            part = get(f"{path}.p/{width}") if width < WIDTH else None
            # A tile that was not full may be there as the full one only, which begins with it.
            content = (part or get(path) or b"")[: width * HASH_BYTES]
            if len(content) != width * HASH_BYTES:
                raise Unreadable("tiles", f"{path} is missing or too short")
            tiles[path] = content
        return tiles[path]

    def node(height: int, number: int) -> bytes:
        level, above = divmod(height, HEIGHT)
        first = number << above
        start = first % WIDTH * HASH_BYTES
        content = tile(level, first // WIDTH)[start : start + (HASH_BYTES << above)]
        hashes = [content[place : place + HASH_BYTES] for place in range(0, len(content), HASH_BYTES)]
        while len(hashes) > 1:
            hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]

    return node


def begins(older: Note, newer: Note, get: Get) -> bool:
    """Whether a checkpoint's tree is the beginning of another's, by that one's tiles.

    Both roots are reckoned from the same nodes: none may be in the one tree and not in the other (RFC 9162, 2.1.4).
    Raises Unreadable where the tiles do not give the newer root, OSError.
    """
    if older.size > newer.size:
        return False
    old, new = (None, None) if newer.size == 0 else _roots(node_reader(get, newer.size), 0, newer.size, older.size)
    empty = sha256().digest()
    if newer.root != (new or empty):
        raise Unreadable("tiles", "they do not give the root of the checkpoint")
    return older.root == (old or empty)


def _roots(node: ReadNode, first: int, size: int, old: int) -> tuple[bytes | None, bytes]:
    """The hashes of so many entries from `first` on: of the `old` ones among them, None for 0, and of all."""
    if old in (0, size) and size & (size - 1) == 0:
        whole = node(size.bit_length() - 1, first // size)
        return (whole if old else None), whole
    half = 1 << ((size - 1).bit_length() - 1)
    left_old, left = _roots(node, first, half, min(old, half))
    right_old, right = _roots(node, first + half, size - half, max(0, old - half))
    both = node_hash(left_old, right_old) if left_old and right_old else left_old
    return both, node_hash(left, right)
