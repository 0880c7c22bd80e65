"""The tree as static files (tlog-tiles): tiles of 256 hashes, and bundles of the entries below them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from services.kit.tlog.encoding import HASH_BYTES
from services.kit.tlog.merkle import ReadHash, leaf_hash, node_hash

HEIGHT = 8
WIDTH = 1 << HEIGHT
ENTRIES = "entries"
MAX_ENTRY_BYTES = 2**16 - 1


@dataclass(frozen=True)
class Tile:
    """`width` hashes of a level, from index * 256 on. Those of level 0 are leaf hashes, others of full tiles below."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where it is under the log's prefix."""
        return f"tile/{self.level}/{_place(self.index, self.width)}"


def bundle_path(index: int, width: int = WIDTH) -> str:
    """Where the entries below a tile of level 0 are under the log's prefix."""
    return f"tile/{ENTRIES}/{_place(index, width)}"


def _place(index: int, width: int) -> str:
    """`x001/x234/067` for 1,234,067, and `.p/<width>` after it where the tile is not full."""
    text = f"{index:03}"
    groups = [text[max(0, end - 3) : end].zfill(3) for end in range(len(text), 0, -3)][::-1]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return path if width == WIDTH else f"{path}.p/{width}"


def tile_of(level: int, index: int, size: int) -> Tile:
    """The tile with this index as a tree of this size has it: full, or as wide as it is by then.

    Raises:
        ValueError: the tree has no such tile.
    """
    hashes = size >> (HEIGHT * level)
    width = min(WIDTH, hashes - index * WIDTH)
    if width <= 0:
        raise ValueError(f"a tree of {size} has no tile {index} of level {level}")
    return Tile(level, index, width)


def tile_bytes(hashes: Sequence[bytes]) -> bytes:
    """A tile as it is served."""
    return b"".join(hashes)


def hashes_of(tile: Tile, content: bytes) -> list[bytes]:
    """A tile's hashes. Raises ValueError where it is not as wide as it should be."""
    if len(content) != tile.width * HASH_BYTES:
        raise ValueError(f"{tile.path} has {len(content)} bytes, not {tile.width * HASH_BYTES}")
    return [content[start : start + HASH_BYTES] for start in range(0, len(content), HASH_BYTES)]


ReadTile = Callable[[Tile], Sequence[bytes]]
"""The hashes of a tile."""


def hash_reader(size: int, read_tile: ReadTile) -> ReadHash:
    """Reads the hashes of a tree of this size from its tiles. A tile may be asked for more than once."""

    def read(level: int, index: int) -> bytes:
        above, height = divmod(level, HEIGHT)
        first = index << height
        hashes = read_tile(tile_of(above, first // WIDTH, size))
        place = first % WIDTH
        return subtree_root(hashes[place : place + (1 << height)])

    return read


def subtree_root(hashes: Sequence[bytes]) -> bytes:
    """The hash over a full subtree whose leaves these are. Raises ValueError where they are not a power of two."""
    if not hashes or len(hashes) & (len(hashes) - 1):
        raise ValueError(f"{len(hashes)} hashes are no full subtree")
    while len(hashes) > 1:
        hashes = [node_hash(hashes[n], hashes[n + 1]) for n in range(0, len(hashes), 2)]
    return hashes[0]


def grown_tiles(old_size: int, new_leaves: Sequence[bytes], read_tile: ReadTile) -> dict[Tile, list[bytes]]:
    """The tiles that a tree has anew once these leaf hashes are added to it.

    Args:
        read_tile: reads the tiles of the tree as it was; only those of its right edge are asked for.
    """
    grown: dict[Tile, list[bytes]] = {}
    level, count, added = 0, old_size, list(new_leaves)
    while added:
        index, width = divmod(count, WIDTH)
        hashes = [*(read_tile(Tile(level, index, width)) if width else ()), *added]
        parts = [hashes[start : start + WIDTH] for start in range(0, len(hashes), WIDTH)]
        grown |= {Tile(level, index + number, len(part)): part for number, part in enumerate(parts)}
        added = [subtree_root(part) for part in parts if len(part) == WIDTH]
        level, count = level + 1, count // WIDTH
    return grown


def bundle_bytes(entries: Iterable[bytes]) -> bytes:
    """Entries as they are served. Raises ValueError for one that is too long."""
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise ValueError(f"an entry has at most {MAX_ENTRY_BYTES} bytes")
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)


def entries_of(content: bytes, width: int) -> list[bytes]:
    """A bundle's entries. Raises ValueError where they are not as many as they should be, or the last one is cut."""
    entries, place = [], 0
    while place < len(content):
        start = place + 2
        place = start + int.from_bytes(content[place:start], "big")
        entries.append(content[start:place])
    if place != len(content) or len(entries) != width:
        raise ValueError(f"no bundle of {width} entries")
    return entries


def verify_entries(tile: Tile, hashes: Sequence[bytes], entries: Sequence[bytes]) -> None:
    """Checks that these are the entries below a tile of level 0. Raises ValueError."""
    if [leaf_hash(entry) for entry in entries] != list(hashes):
        raise ValueError(f"the entries are not those of {tile.path}")
