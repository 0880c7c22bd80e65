"""The one writer of the log.

A run first decides what the log's next entries are, by a conditional write of the log's state; all else follows from
that state and can be done again: tiles, signature, cosignatures, the checkpoint, the entries' places. So however many
runs there are at once, and wherever one dies, there is one log, and what was noted gets into it once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.kit.store import Change, Conflict, Put, Remove, Store, Stored, Write, read_or, required
from services.kit.tlog.checkpoints import Checkpoint
from services.kit.tlog.encoding import base64_text, hash_of
from services.kit.tlog.merkle import EMPTY_ROOT, leaf_hash, tree_root
from services.kit.tlog.notes import Note, read_note, sign_note
from services.kit.tlog.policies import NONE, Policy
from services.kit.tlog.tiles import (
    WIDTH,
    Tile,
    bundle_bytes,
    bundle_path,
    entries_of,
    grown_tiles,
    hash_reader,
    tile_bytes,
)
from services.playback.app.context import LogContext
from services.playback.app.log.ask_witnesses import WitnessRequest, ask_witnesses
from services.playback.app.log.items import (
    AS_NOTED,
    STATE_KEY,
    LogEntry,
    LogState,
    WaitingEntry,
    entry_key,
    waiting_key,
    waiting_pks,
)
from services.playback.app.log.tiles import tile_reader
from services.playback.app.ports import Publication

BATCH = 2048
"""Entries between two checkpoints at most: what the state's item has room for twice over."""
PLACED_AT_ONCE = 50
"""Entries whose places are written in one transaction, which has two writes for each."""


class NotCosigned(Exception):
    """Too few witnesses have cosigned: the batch stays as it is, and the next run asks again."""

    def __init__(self, failures: Sequence[str]) -> None:
        super().__init__("; ".join(failures) or "the quorum names witnesses that are nowhere")
        self.failures = failures


class BrokenLog(Exception):
    """What is published and what is known of it do not agree: nothing is written until a person has looked."""


@dataclass
class Run:
    """What a run did: batches published, and what was wrong with witnesses that were not needed."""

    batches: int = 0
    size: int = 0
    failures: list[str] = field(default_factory=list)


def write_log(ctx: LogContext, until: datetime) -> Run:
    """Publishes what was noted, batch by batch, until nothing waits or the time has come.

    Raises:
        NotCosigned: too few witnesses.
        BrokenLog: what is published is not what it should be.
        Conflict: another run is at it.
    """
    policy, run = ctx.policy(), Run()
    while True:
        state = _next_batch(ctx, policy)
        run.size = state.value.size
        if not state.value.batch:
            return run
        run.failures += _publish(ctx, policy, state.value)
        _finish(ctx.store, state)
        run.batches += 1
        if ctx.clock.now() >= until:
            return run


def _next_batch(ctx: LogContext, policy: Policy) -> Stored[LogState]:
    """The state with a batch that is to be published; without one where nothing waits."""
    state = _known_state(ctx, policy)
    if state.value.batch:
        return state
    digests = _waiting(ctx.store)
    if not digests:
        return state
    size = state.value.size + len(digests)
    grown = _grown(ctx, state.value.size, hash_of(state.value.root), digests)
    root = tree_root(size, hash_reader(size, tile_reader(ctx.files, grown)))
    put = state.put(replace(state.value, size=size, root=base64_text(root), batch=tuple(digests)))
    # The one moment in which the log grows. Whoever loses here has done nothing.
    ctx.store.commit(Change([put]))
    return state.after(put)


def _known_state(ctx: LogContext, policy: Policy) -> Stored[LogState]:
    """The state, which is never behind what is published: it may be, once a table was restored from a backup."""
    state = read_or(ctx.store, STATE_KEY, LogState(0, base64_text(EMPTY_ROOT)))
    published = ctx.files.checkpoint()
    if published is None:
        if state.value.size > len(state.value.batch):
            raise BrokenLog(f"the log has {state.value.size} entries and no checkpoint")
        return state
    checkpoint = _accepted(policy, published)
    if checkpoint.size > state.value.size:
        # What was published is signed and cosigned: it is the log. What was in it and waits again is logged twice.
        put = state.put(replace(state.value, size=checkpoint.size, root=base64_text(checkpoint.root), batch=()))
        ctx.store.commit(Change([put]))
        return state.after(put)
    before = state.value.size - len(state.value.batch)
    expected = {before: None, state.value.size: hash_of(state.value.root)}
    if checkpoint.size not in expected or expected[checkpoint.size] not in {None, checkpoint.root}:
        raise BrokenLog(f"the published checkpoint has {checkpoint.size} entries, the log {state.value.size}")
    return state


def _accepted(policy: Policy, published: Publication) -> Checkpoint:
    """What is published, by the log's own signature: it was cosigned as the policy of its day asked."""
    own = replace(policy, witnesses={}, quorum=NONE)
    try:
        return own.accept(read_note(published.text)).checkpoint
    except ValueError as error:
        raise BrokenLog(f"the published checkpoint is not accepted: {error}") from error


def _waiting(store: Store) -> list[str]:
    """Some of what waits, in the order of hashes, which says nothing of whose they are."""
    found: list[str] = []
    for pk in waiting_pks():
        found += [stored.key.sk for stored in store.page(pk, "", WaitingEntry, None, BATCH - len(found)).items]
        if len(found) >= BATCH:
            break
    return sorted(found)


def _grown(ctx: LogContext, size: int, root: bytes, digests: Sequence[str]) -> dict[Tile, list[bytes]]:
    """The tiles that are new once these entries follow on a tree, whose own are checked first. Raises BrokenLog."""
    read = tile_reader(ctx.files)
    if tree_root(size, hash_reader(size, read)) != root:
        raise BrokenLog(f"the tiles of {size} entries have another root than the log")
    return grown_tiles(size, [leaf_hash(bytes.fromhex(digest)) for digest in digests], read)


def _publish(ctx: LogContext, policy: Policy, state: LogState) -> list[str]:
    """Tiles, then signature and cosignatures, then the checkpoint. Answers what was wrong with single witnesses."""
    published = ctx.files.checkpoint()
    old = _accepted(policy, published) if published else None
    if old and old.size >= state.size:
        return []
    before = state.size - len(state.batch)
    grown = _grown(ctx, before, old.root if old else EMPTY_ROOT, state.batch)
    read = hash_reader(state.size, tile_reader(ctx.files, grown))
    root = tree_root(state.size, read)
    if base64_text(root) != state.root:
        raise BrokenLog(f"the tiles of {before} entries are not those that the log was planned with")
    for tile, hashes in grown.items():
        ctx.files.put(tile.path, tile_bytes(hashes))
    for path, content in _bundles(ctx, before, state.batch).items():
        ctx.files.put(path, content)
    key = ctx.key_in(policy)
    note = sign_note(Checkpoint(key.name, state.size, root).text, key, ctx.signer)
    request = WitnessRequest(note, state.size, old.size if old else 0, read)
    cosignatures, failures = ask_witnesses(ctx.witnesses, policy, request)
    cosigned = note.and_signed(*cosignatures)
    _require_quorum(policy, cosigned, failures)
    ctx.files.publish(str(cosigned), published)
    return failures


def _require_quorum(policy: Policy, note: Note, failures: Sequence[str]) -> None:
    try:
        policy.accept(note)
    except ValueError as error:
        raise NotCosigned([*failures, str(error)]) from error


def _bundles(ctx: LogContext, before: int, batch: Sequence[str]) -> dict[str, bytes]:
    """The bundles that the log has anew, by path."""
    index, width = divmod(before, WIDTH)
    entries: list[bytes] = []
    if width:
        path = bundle_path(index, width)
        content = required(ctx.files.get(path), LookupError(f"{path} is missing"))
        entries = entries_of(content, width)
    entries += [bytes.fromhex(digest) for digest in batch]
    parts = [entries[start : start + WIDTH] for start in range(0, len(entries), WIDTH)]
    return {bundle_path(index + number, len(part)): bundle_bytes(part) for number, part in enumerate(parts)}


def _finish(store: Store, state: Stored[LogState]) -> None:
    """Notes where each entry is, and that the batch is done. Raises Conflict: another run did."""
    batch, first = state.value.batch, state.value.size - len(state.value.batch)
    placed = list(enumerate(batch, start=first))
    for start in range(0, len(placed), PLACED_AT_ONCE):
        part = placed[start : start + PLACED_AT_ONCE]
        try:
            store.commit(Change([write for index, digest in part for write in _placing(index, digest)]))
        except Conflict:
            # Some were placed before a run died, or by another one.
            for index, digest in part:
                _place(store, index, digest)
    store.commit(Change([state.put(replace(state.value, batch=()))]))


def _placing(index: int, digest: str) -> list[Write]:
    """The writes for a hash that still waits as it was noted; nothing of it is read."""
    return [Put(entry_key(digest), LogEntry(index)), Remove(waiting_key(digest), AS_NOTED)]


def _place(store: Store, index: int, digest: str) -> None:
    waiting = store.get(waiting_key(digest), WaitingEntry)
    writes: list[Write] = [waiting.remove()] if waiting else []
    # One that is logged already stays where it is: the table was restored from before, and forgot to forget.
    if store.get(entry_key(digest), LogEntry) is None:
        writes.append(Put(entry_key(digest), LogEntry(index)))
    store.commit(Change(writes))
