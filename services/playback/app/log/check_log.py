"""Looking at the log as an auditor does: by a policy of trusted keys, and with checkpoints of earlier days."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.kit.store import Store
from services.kit.tlog.checkpoints import Checkpoint
from services.kit.tlog.merkle import (
    ReadHash,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from services.kit.tlog.notes import read_note
from services.kit.tlog.policies import Accepted, Policy
from services.kit.tlog.proofs import backdating
from services.kit.tlog.tiles import hash_reader
from services.playback.app.log.items import LogEntry, entry_key
from services.playback.app.log.tiles import tile_reader
from services.playback.app.ports import LogReader


@dataclass(frozen=True)
class LogView:
    """The log as it is published: its checkpoint, its tree, older checkpoints, and what is wrong with any of it.

    Without a checkpoint that is accepted there is no tree, and nothing is in it.
    """

    checkpoint: Checkpoint | None
    read: ReadHash
    older: tuple[Accepted, ...] = ()
    problems: list[str] = field(default_factory=list)


def view_log(files: LogReader, policy: Policy, older_notes: Sequence[str] = ()) -> LogView:
    """Checks the published checkpoint, that its tiles give its root, and that it begins with every older one.

    Raises:
        ValueError: an older checkpoint is none that the policy accepts: that one is the auditor's own.
    """
    older = tuple(policy.accept(read_note(text)) for text in older_notes)
    published = files.checkpoint()
    if published is None:
        return LogView(None, _nothing, older, ["the log has no checkpoint"])
    try:
        checkpoint = policy.accept(read_note(published.text)).checkpoint
        read = hash_reader(checkpoint.size, tile_reader(files))
        if tree_root(checkpoint.size, read) != checkpoint.root:
            return LogView(None, _nothing, older, ["the log's tiles have another root than its checkpoint"])
    except (LookupError, ValueError) as error:
        return LogView(None, _nothing, older, [f"the log cannot be read: {error}"])
    return LogView(checkpoint, read, older, [p for one in older for p in _inconsistencies(one, checkpoint, read)])


def _nothing(_level: int, _index: int) -> bytes:
    raise LookupError("there is no tree")


def _inconsistencies(older: Accepted, now: Checkpoint, read: ReadHash) -> list[str]:
    old = older.checkpoint
    if old.origin != now.origin:
        return [f"the older checkpoint is of {old.origin}, not of {now.origin}"]
    try:
        proof = consistency_proof(old.size, now.size, read)
        verify_consistency(old.size, old.root, now.size, now.root, proof)
    except ValueError as error:
        return [f"THE LOG WAS REWRITTEN: it had {old.size} entries that it no longer begins with ({error})"]
    return []


def entry_problems(store: Store, log: LogView, digest: str, made_at: datetime) -> list[str]:
    """Why the log does not say that a document was made by then; `made_at` is what the document says of itself."""
    entry = store.get(entry_key(digest), LogEntry)
    if entry is None or log.checkpoint is None:
        return ["is not in the log"]
    index, now = entry.value.index, log.checkpoint
    try:
        proof = inclusion_proof(index, now.size, log.read)
        verify_inclusion(leaf_hash(bytes.fromhex(digest)), index, now.size, proof, now.root)
    except ValueError:
        return ["is not what the log has in its place"]
    found = (backdating(index, int(made_at.timestamp()), older) for older in log.older)
    return [problem for problem in found if problem]
