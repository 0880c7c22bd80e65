"""Proofs that something is in a log (C2SP tlog-proof), and what a policy says to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import combinations

from xueshi_verify.encoding import Unreadable, number_of
from xueshi_verify.notes import Key, Note, hash_of, read_note
from xueshi_verify.policies import Policy
from xueshi_verify.problems import Problem

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PROOF_BYTES = 64 * 1024
MAX_HASHES = 63
CLOCKS_MS = 300_000
"""How far a witness's clock and the server's may differ."""
PATIENCE_MS = 2 * 24 * 3_600_000
"""How long something may wait to be logged without a doubt."""
OTHER_LOG = Problem("of another log")


@dataclass(frozen=True)
class Proof:
    """The place of an entry, what leads from it to the root, and the signed checkpoint."""

    index: int
    hashes: tuple[bytes, ...]
    note: Note


@dataclass(frozen=True)
class Seen:
    """What a policy says to a checkpoint: what is wrong, and which witness saw it when (seconds since 1970)."""

    problems: list[Problem]
    cosigned_at: dict[str, int]


def read_proof(text: str) -> Proof:
    """The proof in a text. Raises Unreadable."""
    if len(text.encode()) > MAX_PROOF_BYTES:
        raise Unreadable("proof", "too large")
    head, gap, note = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines[0] != HEADER or len(lines) < 2 or not lines[1].startswith("index "):
        raise Unreadable("proof", "not a tlog-proof with an index and without extra data")
    if len(lines) > MAX_HASHES + 2:
        raise Unreadable("proof", f"more than {MAX_HASHES} hashes")
    index = number_of(lines[1].removeprefix("index "), "proof")
    return Proof(index, tuple(hash_of(line) for line in lines[2:]), read_note(note))


def seen_by(note: Note, policy: Policy) -> Seen:
    """Whether a log of the policy signed a checkpoint and enough witnesses cosigned it."""
    logs = [key for key in policy.logs if key.name == note.origin and note.by(key)]
    if not logs:
        return Seen([Problem("log_unknown", note.origin[:60])], {})
    if not all(note.is_signed_by(key) for key in logs):
        return Seen([Problem("log_signature", note.origin[:60])], {})
    cosigned = {name: _last(note, key) for name, key in policy.witnesses.items() if note.by(key)}
    if wrong := [name for name, at in cosigned.items() if at is None]:
        return Seen([Problem("cosignature", ", ".join(wrong)[:60])], {})
    times = {name: at for name, at in cosigned.items() if at is not None}
    enough = policy.is_quorum(times)
    return Seen([] if enough else [Problem("not_cosigned", f"by {', '.join(times) or 'nobody'}"[:60])], times)


def _last(note: Note, key: Key) -> int | None:
    """When a witness cosigned last; None where one of its cosignatures is wrong."""
    times = note.cosigned_at(key)
    known = [at for at in times if at is not None]
    return max(known) if len(known) == len(times) else None


def inclusion_problems(proof: Proof, entry: bytes, seen: Seen, made_at: int) -> list[Problem]:
    """Why a checkpoint that was accepted does not show the entry, or not then (milliseconds since 1970)."""
    early = [name for name, at in seen.cosigned_at.items() if at * 1000 < made_at - CLOCKS_MS]
    found = [Problem("cosigned_early", ", ".join(early)[:60])] if early else []
    if _root_of(proof, entry) != proof.note.root:
        found.append(Problem("not_included"))
    return found


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node of the tree (RFC 6962)."""
    return sha256(b"\1" + left + right).digest()


def _root_of(proof: Proof, entry: bytes) -> bytes | None:
    """The root that a proof leads to (RFC 9162, 2.1.3.2); None where it has too few or too many hashes."""
    if proof.index >= proof.note.size:
        return None
    place, last, found = proof.index, proof.note.size - 1, sha256(b"\0" + entry).digest()
    for hash_ in proof.hashes:
        if last == 0:
            return None
        if place % 2 or place == last:
            found = node_hash(hash_, found)
            while not place % 2 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, hash_)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def read_checkpoint(text: str) -> Note:
    """A checkpoint that somebody kept. Raises Unreadable."""
    try:
        return read_note(text)
    except Unreadable as error:
        raise Unreadable("checkpoint", error.detail) from None


def kept_problems(proof: Proof, seen: Seen, kept: Sequence[Note], policy: Policy, made_at: int) -> list[Problem]:
    """What kept checkpoints say against a document that was made then (milliseconds since 1970), or against its log."""
    found, known = [], [(proof.note, seen)]
    for note in kept:
        its = seen_by(note, policy)
        if its.problems or note.origin != proof.note.origin:
            found += [Problem("checkpoint_denied", problem.code) for problem in its.problems[:1] or [OTHER_LOG]]
        elif not its.cosigned_at:
            found.append(Problem("checkpoint_undated"))
        else:
            known.append((note, its))
            found += _backdating(proof, max(its.cosigned_at.values()), note, made_at)
    pairs = combinations(sorted(known, key=lambda each: each[0].size), 2)
    return [*found, *(problem for smaller, larger in pairs for problem in _contradictions(*smaller, *larger))]


def _backdating(proof: Proof, seen_at: int, kept: Note, made_at: int) -> list[Problem]:
    if proof.index < kept.size or seen_at * 1000 - made_at <= PATIENCE_MS:
        return []
    return [Problem("backdated", f"the log did not have it at {instant(seen_at)}")]


def _contradictions(small: Note, seen: Seen, large: Note, later: Seen) -> list[Problem]:
    """Two checkpoints of one log that cannot both be: a witness that saw the larger tree never cosigns the smaller."""
    both = seen.cosigned_at.keys() & later.cosigned_at.keys()
    shrank = small.size < large.size and any(later.cosigned_at[name] < seen.cosigned_at[name] for name in both)
    if shrank or (small.size == large.size and small.root != large.root):
        return [Problem("forked", f"{small.size} and {large.size} entries")]
    return []


def instant(at: int) -> str:
    """An instant in seconds since 1970 as people read it; the bare number where no calendar has it."""
    try:
        return datetime.fromtimestamp(at, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return str(at)
