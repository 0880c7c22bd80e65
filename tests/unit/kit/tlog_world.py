"""Keys, trees and texts for the tests of transparency logs."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.kit.tlog import merkle
from services.kit.tlog.checkpoints import Checkpoint
from services.kit.tlog.cosignatures import cosign
from services.kit.tlog.notes import COSIGNATURE, SIGNATURE, Note, VerifierKey, sign_note
from services.kit.tlog.policies import Policy, read_policy
from services.kit.tlog.tiles import Tile, grown_tiles, hash_reader, hashes_of, tile_bytes

ORIGIN = "log.example/2026"
NOW = 1_790_000_000


class Keyholder:
    """A private key, which is a signer, with its public half for one use. The seed makes it the same each time."""

    def __init__(self, name: str, use: int = SIGNATURE, seed: int = 1) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.key = VerifierKey(name, use, self._key.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The signature of a message."""
        return self._key.sign(message)


LOG = Keyholder(ORIGIN)
WITNESSES = [Keyholder(f"w{number}.example", COSIGNATURE, number + 10) for number in range(3)]


@dataclass
class Tree:
    """A log's tree as its writer makes it: tiles by path, the first of a path stays."""

    entries: list[bytes] = field(default_factory=list)
    tiles: dict[str, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of entries."""
        return len(self.entries)

    def add(self, entries: Sequence[bytes]) -> None:
        """One batch."""
        leaves = [merkle.leaf_hash(entry) for entry in entries]
        for tile, hashes in grown_tiles(self.size, leaves, self.read_tile).items():
            assert tile.path not in self.tiles, "a tile never changes"
            self.tiles[tile.path] = tile_bytes(hashes)
        self.entries += entries

    def read_tile(self, tile: Tile) -> list[bytes]:
        """A tile's hashes."""
        return hashes_of(tile, self.tiles[tile.path])

    def read(self, size: int | None = None) -> merkle.ReadHash:
        """Reads hashes of the tree as it was at a size, or is."""
        return hash_reader(self.size if size is None else size, self.read_tile)

    def root(self, size: int | None = None) -> bytes:
        """The root at a size, or now."""
        size = self.size if size is None else size
        return merkle.tree_root(size, self.read(size))

    def note(self, size: int | None = None, cosigned_by: Sequence[Keyholder] = ()) -> Note:
        """The signed checkpoint at a size, or now."""
        size = self.size if size is None else size
        note = sign_note(Checkpoint(ORIGIN, size, self.root(size)).text, LOG.key, LOG)
        return note.and_signed(*(cosign(note.text, witness.key, witness, NOW) for witness in cosigned_by))


def tree_of(size: int) -> Tree:
    """A tree with so many entries."""
    tree = Tree()
    tree.add([b"entry %d" % number for number in range(size)])
    return tree


def policy_text(needed: str) -> str:
    """Our log, and so many of three witnesses."""
    lines = [f"log {LOG.key}", *(f"witness w{n} {holder.key}" for n, holder in enumerate(WITNESSES))]
    return "\n".join([*lines, f"group all-of-them {needed} w0 w1 w2", "quorum all-of-them", ""])


A_POLICY = policy_text("2")


def a_policy(needed: str = "2") -> Policy:
    """Our log, and so many of three witnesses."""
    return read_policy(policy_text(needed))
