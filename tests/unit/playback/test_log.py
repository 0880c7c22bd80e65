"""The log's one writer: what was noted gets in once, and there is one log, however many write and wherever they die."""

from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from services.kit.problems import Problem
from services.kit.store import Conflict
from services.kit.tlog.checkpoints import Checkpoint, read_checkpoint
from services.kit.tlog.merkle import consistency_proof, leaf_hash, tree_root, verify_consistency
from services.kit.tlog.notes import read_note, sign_note
from services.kit.tlog.policies import read_policy
from services.kit.tlog.proofs import verify_proof
from services.kit.tlog.tiles import WIDTH, bundle_path, entries_of, hash_reader
from services.playback.app.log import write_log as writer
from services.playback.app.log.items import STATE_KEY, entry_key, waiting_pks
from services.playback.app.log.note_entries import record_sealed
from services.playback.app.log.tiles import tile_reader
from services.playback.app.log.write_log import BrokenLog, NotCosigned
from tests.unit.kit.tlog_world import LOG, tree_of
from tests.unit.playback.log_world import LogWorld
from tests.unit.playback.world import Crash


@pytest.fixture
def log(tmp_path: Path) -> LogWorld:
    return LogWorld(tmp_path)


def entries(log: LogWorld) -> list[str]:
    """What anybody reads: all entries of the published tree, checked against its root."""
    if not log.files.published:
        return []
    checkpoint = log.policy.accept(read_note(log.files.published[-1])).checkpoint
    found: list[bytes] = []
    for index in range(-(-checkpoint.size // WIDTH)):
        width = min(WIDTH, checkpoint.size - index * WIDTH)
        found += entries_of(log.files.kept[bundle_path(index, width)], width)
    read = hash_reader(checkpoint.size, tile_reader(log.files))
    assert tree_root(checkpoint.size, read) == checkpoint.root
    assert [read(0, index) for index in range(checkpoint.size)] == [leaf_hash(entry) for entry in found]
    return [entry.hex() for entry in found]


def require_one_history(log: LogWorld) -> None:
    """Every checkpoint that was ever published begins with the one before it."""
    seen = [read_checkpoint(read_note(text).text) for text in log.files.published]
    if not seen:
        return
    read = hash_reader(seen[-1].size, tile_reader(log.files))
    for old in seen:
        proof = consistency_proof(old.size, seen[-1].size, read)
        verify_consistency(old.size, old.root, seen[-1].size, seen[-1].root, proof)


def waiting(log: LogWorld) -> list[str]:
    return [key.sk for key in log.world.store.items if key.pk in waiting_pks()]


def test_what_was_noted_is_published_with_a_proof_for_each(log: LogWorld) -> None:
    digests = log.note("one", "two", "three")
    assert len(waiting(log)) == 3
    run = log.run()
    assert (run.batches, run.size, run.failures) == (1, 3, [])
    assert sorted(entries(log)) == sorted(digests)
    assert waiting(log) == []
    for digest in digests:
        shown = verify_proof(log.proof(digest), bytes.fromhex(digest), log.policy)
        assert entries(log)[shown.index] == digest
        assert set(shown.cosigned_at) == {"w0", "w1"}


def test_a_run_with_nothing_to_do_writes_nothing(log: LogWorld) -> None:
    log.run()
    assert log.steps.taken == 0
    log.note("one")
    log.run()
    before, taken = dict(log.world.store.items), log.steps.taken
    log.run()
    assert (dict(log.world.store.items), log.steps.taken) == (before, taken)


def test_noting_again_changes_nothing_before_and_after_it_is_logged(log: LogWorld) -> None:
    for _ in range(2):
        log.note("one")
        log.note("one")
        log.run()
    assert len(entries(log)) == 1


def test_credits_hands_hashes_over_by_an_event(log: LogWorld) -> None:
    digest = sha256(b"heads").hexdigest()
    event = log.world.news("credits.record_sealed.v1", None, digest=digest)
    for _ in range(2):
        record_sealed(log.world.context, event)
    record_sealed(log.world.context, log.world.news("credits.record_sealed.v1", None, digest=digest))
    log.run()
    assert entries(log) == [digest]


def test_nothing_is_proved_of_what_is_not_there_or_not_yet(log: LogWorld) -> None:
    (digest,) = log.note("one")
    for unknown in (digest, sha256(b"two").hexdigest()):
        with pytest.raises(Problem) as refusal:
            log.proof(unknown)
        assert refusal.value.type.code == "LOG_PROOF_NOT_FOUND"


def test_more_than_a_batch_is_several_checkpoints_of_one_run(log: LogWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "BATCH", 300)
    digests = log.note(*(str(number) for number in range(700)))
    run = log.run()
    assert (run.batches, run.size, len(log.files.published)) == (3, 700, 3)
    assert sorted(entries(log)) == sorted(digests)
    require_one_history(log)
    for digest in digests[::97]:
        verify_proof(log.proof(digest), bytes.fromhex(digest), log.policy)


def test_a_run_ends_when_its_time_has_come(log: LogWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "BATCH", 2)
    log.note("one", "two", "three")
    run = writer.write_log(log.context(), log.world.clock.now())
    assert (run.batches, run.size, len(waiting(log))) == (1, 2, 1)


def steps_of_a_run(tmp_path: Path) -> int:
    """How many steps a run has that begins with 255 entries and logs three more."""
    log = LogWorld(tmp_path / "count")
    prepare(log)
    before = log.steps.taken
    log.run()
    return log.steps.taken - before


def prepare(log: LogWorld) -> list[str]:
    log.note(*(str(number) for number in range(255)))
    log.run()
    return log.note("one", "two", "three")


@pytest.mark.parametrize("after", [False, True])
def test_wherever_a_run_dies_the_next_one_goes_on(tmp_path: Path, after: bool) -> None:
    number = steps_of_a_run(tmp_path)
    assert number > 8
    for step in range(number):
        log = LogWorld(tmp_path / f"{after}{step}")
        digests = prepare(log)
        log.steps.left, log.steps.after = step, after
        with pytest.raises(Crash):
            log.run()
        log.steps.left = None
        more = log.note("four")
        log.run()
        found = entries(log)
        assert (len(found), len(set(found))) == (259, 259)
        assert set(digests + more) <= set(found)
        assert waiting(log) == []
        require_one_history(log)
        for digest in (*digests, *more):
            verify_proof(log.proof(digest), bytes.fromhex(digest), log.policy)


def overtaking(log: LogWorld, at: int) -> Iterator[None]:
    """Another run goes through while one is at its step `at`."""
    take, counted = log.steps.take, 0

    def taking() -> object:
        nonlocal counted
        counted += 1
        if counted == at:
            log.steps.take = take  # type: ignore[method-assign]
            log.note("more of the other run")
            log.run()
        return take()

    log.steps.take = taking  # type: ignore[method-assign, assignment]
    yield
    log.steps.take = take  # type: ignore[method-assign]


def test_of_two_runs_at_once_one_goes_on_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    number = steps_of_a_run(tmp_path)
    for step in range(1, number + 1):
        log = LogWorld(tmp_path / str(step))
        digests = prepare(log)
        for _ in overtaking(log, step):
            with suppress(Conflict, NotCosigned):
                log.run()
        log.run()
        found = entries(log)
        assert (len(found), len(set(found))) == (259, 259), step
        assert set(digests) <= set(found)
        require_one_history(log)


def test_without_enough_witnesses_nothing_is_published_and_nothing_is_lost(tmp_path: Path) -> None:
    log = LogWorld(tmp_path, needed=2)
    log.note("one")
    log.witnesses.down = {"https://w1.example"}
    with pytest.raises(NotCosigned, match="w1: down"):
        log.run()
    assert log.files.published == []
    log.note("two")
    log.witnesses.down = set()
    run = log.run()
    assert (run.batches, run.size) == (2, 2)
    require_one_history(log)


def test_a_witness_that_is_not_needed_is_told_of_and_catches_up(log: LogWorld) -> None:
    log.witnesses.down = {"https://w1.example"}
    for document in ("one", "two"):
        log.note(document)
        assert log.run().failures == ["w1: down"]
    log.witnesses.down = set()
    log.note("three")
    assert log.run().failures == []
    shown = verify_proof(log.proof(entries(log)[0]), bytes.fromhex(entries(log)[0]), log.policy)
    assert set(shown.cosigned_at) == {"w0", "w1"}


def test_witnesses_come_and_go_with_the_policy(log: LogWorld) -> None:
    policy = log.policy
    alone = (f"witness w {party.key} {party.url}" for party in policy.witnesses.values())
    first, second = (read_policy(f"log {LOG.key}\n{witness}\nquorum w\n") for witness in alone)
    for chosen, document in ((first, "one"), (second, "two"), (policy, "three")):
        log.policy = chosen
        log.note(document)
        assert log.run().failures == []
        assert chosen.accept(read_note(log.files.published[-1])).checkpoint.size == len(log.files.published)
    require_one_history(log)


def test_a_witness_that_has_seen_more_than_there_is_does_not_cosign(log: LogWorld) -> None:
    """What a roll-back of the whole log looks like to whoever has seen it."""
    log.note("one", "two")
    log.run()
    for key in [STATE_KEY, *(entry_key(digest) for digest in entries(log))]:
        del log.world.store.items[key]
    log.files.published.clear()
    log.files.kept.clear()
    log.note("three")
    with pytest.raises(NotCosigned, match=r"w0: .*tree of 1 .*of 2"):
        log.run()


def test_a_state_older_than_what_is_published_takes_that_for_the_log(log: LogWorld) -> None:
    """A table that was restored from a backup."""
    log.note("one")
    log.run()
    backup = dict(log.world.store.items)
    second = log.note("two")
    log.run()
    log.world.store.items = dict(backup)
    third = log.note("three")
    log.run()
    assert entries(log)[1:] == [*second, *third]
    require_one_history(log)


def test_a_log_that_does_not_agree_with_its_checkpoint_is_left_alone(log: LogWorld) -> None:
    log.note("one", "two")
    log.run()
    forged = sign_note(Checkpoint(LOG.key.name, 1, tree_of(1).root()).text, LOG.key, LOG)
    genuine = log.files.published[-1]
    for text in (str(forged), genuine.replace("\n2\n", "\n3\n"), ""):
        log.files.published[-1:] = [text] if text else []
        log.note("three")
        with pytest.raises(BrokenLog):
            log.run()
        log.files.published[:] = [genuine]
    log.run()
    assert len(entries(log)) == 3


def test_tiles_that_somebody_changed_stop_the_writer(log: LogWorld) -> None:
    log.note("one", "two")
    log.run()
    log.files.kept["tile/0/000.p/2"] = b"x" * 64
    log.note("three")
    with pytest.raises(BrokenLog, match="another root"):
        log.run()


def test_a_checkpoint_is_the_text_that_its_witnesses_have_seen(log: LogWorld) -> None:
    log.note("one")
    log.run()
    (text,) = log.files.published
    witness = log.witnesses.by_url["https://w0.example"]
    latest = witness.latest(sha256(LOG.key.name.encode()).hexdigest())
    assert latest
    assert read_checkpoint(read_note(latest).text) == read_checkpoint(read_note(text).text)
