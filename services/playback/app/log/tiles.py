"""Reading the log's tiles."""

from collections.abc import Mapping

from services.kit.store import required
from services.kit.tlog.tiles import ReadTile, Tile, hashes_of
from services.playback.app.ports import LogReader


def tile_reader(files: LogReader, fresh: Mapping[Tile, list[bytes]] | None = None) -> ReadTile:
    """Reads tiles as they are served, each once; those in `fresh` are known.

    What it gives raises LookupError for a tile that is missing, and ValueError for one that is broken.
    """
    known = dict(fresh or {})

    def read(tile: Tile) -> list[bytes]:
        if tile not in known:
            content = required(files.get(tile.path), LookupError(f"{tile.path} is missing"))
            known[tile] = hashes_of(tile, content)
        return known[tile]

    return read
