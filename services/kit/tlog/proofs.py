"""Proofs that something is in a log, to be kept beside it and checked offline (tlog-proof)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from services.kit.tlog.checkpoints import Checkpoint
from services.kit.tlog.encoding import base64_text, hash_of, lines_of, number_of
from services.kit.tlog.merkle import leaf_hash, verify_inclusion
from services.kit.tlog.notes import Note, read_note
from services.kit.tlog.policies import Accepted, Policy

HEADER = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 63


@dataclass(frozen=True)
class Proof:
    """Where an entry is, what leads from it to the root, and the checkpoint with that root as it was published."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Note

    def __str__(self) -> str:
        """The proof as it is kept."""
        lines = [HEADER, f"index {self.index}", *map(base64_text, self.hashes)]
        return "".join(f"{line}\n" for line in lines) + f"\n{self.checkpoint}"


def read_proof(text: str) -> Proof:
    """The proof in a text. Nothing is checked against anything. Raises ValueError.

    Extra data, which the format allows, has no meaning here, and is refused: two texts would prove the same.
    """
    head, gap, checkpoint = text.partition("\n\n")
    lines = lines_of(head + "\n")
    if not gap or lines[0] != HEADER or len(lines) < 2 or not lines[1].startswith("index "):
        raise ValueError("not a tlog-proof with an index and without extra data")
    if len(lines) > MAX_HASHES + 2:
        raise ValueError(f"a proof has at most {MAX_HASHES} hashes")
    index = number_of(lines[1].removeprefix("index "))
    return Proof(index, tuple(hash_of(line) for line in lines[2:]), read_note(checkpoint))


@dataclass(frozen=True)
class Inclusion:
    """What a proof shows: that the entry is there, in which tree, and which witnesses had seen that tree when."""

    index: int
    checkpoint: Checkpoint
    cosigned_at: dict[str, int]


PATIENCE_SECONDS = 2 * 24 * 3600
"""How long something may wait to be logged without a doubt: witnesses may be down, and the log's operator asleep."""


def backdating(index: int, made_at: int, older: Accepted) -> str | None:
    """What an older checkpoint says against the age of something that the log has at a place; None where nothing.

    Args:
        made_at: when it says that it was made, seconds since 1970.
        older: a checkpoint that is consistent with the log. Witnesses cosign the largest tree that they know.
    """
    seen_at = max(older.cosigned_at.values(), default=0)
    if index < older.checkpoint.size or seen_at - made_at <= PATIENCE_SECONDS:
        return None
    made, seen = (datetime.fromtimestamp(at, UTC).isoformat() for at in (made_at, seen_at))
    return f"BACK-DATED: it says that it is of {made}, and the log did not have it at {seen}"


def verify_proof(text: str, entry: bytes, policy: Policy) -> Inclusion:
    """Checks a proof of an entry by a policy of trusted keys. Raises ValueError that says what is wrong."""
    proof = read_proof(text)
    accepted = policy.accept(proof.checkpoint)
    checkpoint = accepted.checkpoint
    verify_inclusion(leaf_hash(entry), proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    return Inclusion(proof.index, checkpoint, accepted.cosigned_at)
