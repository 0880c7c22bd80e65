"""Proofs that something is in a log (C2SP tlog-proof), and what a policy says to them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from xueshi_verify.encoding import Unreadable, number_of
from xueshi_verify.notes import Key, Note, hash_of, read_note
from xueshi_verify.policies import Policy
from xueshi_verify.problems import Problem

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PROOF_BYTES = 64 * 1024
MAX_HASHES = 63
CLOCKS_SECONDS = 300
"""How far a witness's clock and the server's may differ."""
PATIENCE_SECONDS = 2 * 24 * 3600
"""How long something may wait to be logged without a doubt."""


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
    if len(text.encode(errors="surrogatepass")) > MAX_PROOF_BYTES:
        raise Unreadable("proof", "too large")
    head, gap, note = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines[0] != HEADER or len(lines) < 2 or not lines[1].startswith("index "):
        raise Unreadable("proof", "not a tlog-proof with an index and without extra data")
    if len(lines) > MAX_HASHES + 2:
        raise Unreadable("proof", f"more than {MAX_HASHES} hashes")
    try:
        note.encode()
    except UnicodeEncodeError:
        raise Unreadable("proof", "not a text") from None
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
    """Why a checkpoint that was accepted does not show the entry, or not then (seconds since 1970)."""
    early = [name for name, at in seen.cosigned_at.items() if at < made_at - CLOCKS_SECONDS]
    found = [Problem("cosigned_early", ", ".join(early)[:60])] if early else []
    if _root_of(proof, entry) != proof.note.root:
        found.append(Problem("not_included"))
    return found


def _root_of(proof: Proof, entry: bytes) -> bytes | None:
    """The root that a proof leads to (RFC 9162, 2.1.3.2); None where it has too few or too many hashes."""
    if proof.index >= proof.note.size:
        return None
    place, last, found = proof.index, proof.note.size - 1, sha256(b"\0" + entry).digest()
    for hash_ in proof.hashes:
        if last == 0:
            return None
        if place % 2 or place == last:
            found = sha256(b"\1" + hash_ + found).digest()
            while not place % 2 and place:
                place, last = place >> 1, last >> 1
        else:
            found = sha256(b"\1" + found + hash_).digest()
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def backdating_problems(proof: Proof, made_at: int, older: Note, policy: Policy) -> list[Problem]:
    """What a checkpoint of an earlier day says against the age of a document (seconds since 1970)."""
    seen = seen_by(older, policy)
    if seen.problems:
        return seen.problems
    seen_at = max(seen.cosigned_at.values(), default=0)
    if proof.index < older.size or seen_at - made_at <= PATIENCE_SECONDS:
        return []
    return [Problem("backdated", f"the log did not have it at {instant(seen_at)}")]


def instant(at: int) -> str:
    """An instant in seconds since 1970 as people read it; the bare number where no calendar has it."""
    try:
        return datetime.fromtimestamp(at, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return str(at)
