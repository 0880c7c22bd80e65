"""Proofs of what is in the log, for whoever has the document: its hash says nothing to anybody else."""

from services.kit.store import required
from services.kit.tlog.checkpoints import read_checkpoint
from services.kit.tlog.merkle import inclusion_proof
from services.kit.tlog.notes import read_note
from services.kit.tlog.proofs import Proof
from services.kit.tlog.tiles import hash_reader
from services.playback.app.context import ProofContext
from services.playback.app.log.items import LogEntry, entry_key
from services.playback.app.log.problems import LOG_PROOF_NOT_FOUND
from services.playback.app.log.tiles import tile_reader


def prove_entry(ctx: ProofContext, digest: str) -> Proof:
    """Where the log has a hash, as of the checkpoint that is published. Raises LOG_PROOF_NOT_FOUND."""
    entry = required(ctx.store.get(entry_key(digest), LogEntry), LOG_PROOF_NOT_FOUND.problem())
    published = required(ctx.log.checkpoint(), LOG_PROOF_NOT_FOUND.problem())
    note = read_note(published.text)
    size = read_checkpoint(note.text).size
    hashes = inclusion_proof(entry.value.index, size, hash_reader(size, tile_reader(ctx.log)))
    return Proof(entry.value.index, tuple(hashes), note)
