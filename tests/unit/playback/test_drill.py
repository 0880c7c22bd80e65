"""The drill: an operator who holds every key, of records, packs and log, and may write everywhere, is caught.

By whoever kept a checkpoint of an earlier day: a witness, an auditor, a learner with a proof. What the operator cannot
have is what others have seen.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from services.kit.jose import flattened
from services.kit.tlog.checkpoints import Checkpoint
from services.kit.tlog.merkle import consistency_proof, leaf_hash, tree_root
from services.kit.tlog.notes import Note, read_note, sign_note
from services.kit.tlog.policies import read_policy
from services.kit.tlog.proofs import Proof
from services.kit.tlog.submissions import Submission
from services.kit.tlog.tiles import grown_tiles, hash_reader, hashes_of, tile_bytes
from services.playback.app.evidence.packs import as_text, content_of, pack_digest
from services.playback.app.log.check_log import view_log
from services.playback.app.log.items import LogEntry, entry_key
from services.playback.app.log.note_entries import note_entry
from tests.unit.kit.tlog_world import LOG
from tests.unit.playback.player import watch_to_the_end
from tests.unit.playback.test_heads import Sealing
from tests.unit.playback.world import LEARNER, OTHER
from tests.verifying import problems_of_pack

Signed = dict[str, Any]


@dataclass
class Drill:
    """A month ago: a completed watch and another one, heads and pack in the log, and what others kept of it then."""

    system: Sealing
    checkpoint: str
    pack: Signed
    proof: str

    def jwks(self) -> dict[str, Any]:
        """The published keys."""
        return {"keys": self.system.signer.public_keys()}

    def log_faults(self) -> list[str]:
        """What whoever kept the checkpoint finds of the log."""
        return view_log(self.system.log.files, self.system.log.policy, [self.checkpoint]).problems

    def pack_faults(self, pack: Signed, proof: str) -> list[str]:
        """What an auditor finds of a pack, offline."""
        return problems_of_pack(pack, self.jwks(), proof, self.system.log.policy_text, [self.checkpoint])

    def chain_faults(self) -> list[str]:
        """What the operator's own command says to an auditor who brings the checkpoint."""
        report = self.system.read(LEARNER, self.checkpoint)
        return [*report.problems, *self.system.problems()]


@pytest.fixture
def drill(tmp_path: Path) -> Drill:
    system = Sealing(tmp_path)
    world = system.world
    system.log.note("what was logged before")
    system.log.run()
    world.start(learner_id=OTHER)
    watch_id = watch_to_the_end(world, world.start()).live.watch_id
    digest = system.archive()
    system.next_day(4)
    system.run()
    pack: Signed = json.loads(system.packs.kept[watch_id])
    made = Drill(system, system.log.files.published[-1], pack, system.log.proof(digest))
    system.next_day(26)
    system.run()
    assert made.log_faults() == []
    assert made.chain_faults() == []
    assert made.pack_faults(pack, made.proof) == []
    return made


def rewritten(drill: Drill, entries: list[bytes]) -> Note:
    """The operator writes the whole log anew with other entries, signs it, and publishes it with old cosignatures."""
    files = drill.system.log.files
    files.kept = {}
    grown = grown_tiles(0, [leaf_hash(entry) for entry in entries], lambda _: [])
    files.kept = {tile.path: tile_bytes(hashes) for tile, hashes in grown.items()}
    read = hash_reader(len(entries), lambda tile: hashes_of(tile, files.kept[tile.path]))
    checkpoint = Checkpoint(LOG.key.name, len(entries), tree_root(len(entries), read))
    note = sign_note(checkpoint.text, LOG.key, LOG)
    files.published.append(str(note))
    return note


def logged(drill: Drill) -> list[bytes]:
    """All entries of the log, in order."""
    store = drill.system.world.store
    found = {
        entry.value.index: bytes.fromhex(key.pk.removeprefix("LOG_ENTRY#"))
        for key in list(store.items)
        if key.pk.startswith("LOG_ENTRY#") and (entry := store.get(key, LogEntry))
    }
    return [found[index] for index in range(len(found))]


def asked(drill: Drill, note: Note, size: int) -> list[int]:
    """What witnesses answer to the operator's checkpoint, with the best proof that its tree allows."""
    files = drill.system.log.files
    seen = drill.system.log.policy.accept(read_note(drill.system.log.files.published[-2])).checkpoint.size
    read = hash_reader(size, lambda tile: hashes_of(tile, files.kept[tile.path]))
    proof = consistency_proof(seen, size, read) if seen <= size else []
    body = str(Submission(seen, tuple(proof), note))
    return [int(witness.add_checkpoint(body).status) for witness in drill.system.log.witnesses.by_url.values()]


def test_drill_rewriting_a_record_in_the_log(drill: Drill) -> None:
    entries = logged(drill)
    forged = sha256(b"a pack of somebody who has not watched").digest()
    entries[entries.index(bytes.fromhex(pack_digest(drill.pack)))] = forged
    note = rewritten(drill, entries)
    assert drill.log_faults(), "no witness has cosigned it"
    assert asked(drill, note, len(entries)) == [422, 422], "and none will"
    drill.system.log.policy = read_policy(f"log {LOG.key}\nquorum none\n")
    (fault,) = drill.log_faults()
    assert "THE LOG WAS REWRITTEN" in fault, "whoever trusts the log's key alone sees it by the checkpoint they kept"


def test_drill_dropping_a_record_from_the_log(drill: Drill) -> None:
    entries = logged(drill)
    entries.remove(bytes.fromhex(pack_digest(drill.pack)))
    note = rewritten(drill, entries)
    assert asked(drill, note, len(entries)) == [400, 400]
    drill.system.log.policy = read_policy(f"log {LOG.key}\nquorum none\n")
    assert any("THE LOG WAS REWRITTEN" in fault or "does not begin" in fault for fault in drill.log_faults())


def test_drill_dropping_a_watch_with_its_pack_and_its_note(drill: Drill) -> None:
    """The table is the operator's; the heads are not any more."""
    world, watch_id = drill.system.world, content_of(drill.pack)["watch"]["watch_id"]
    for key in [key for key in world.store.items if LEARNER in key.pk or watch_id in key.pk or watch_id in key.sk]:
        del world.store.items[key]
    del drill.system.packs.kept[watch_id]
    assert any("was the head of 2026-01-05 and is gone" in fault for fault in drill.chain_faults())
    assert {watch for check in drill.system.round() for watch in check.faults} == {watch_id}
    assert drill.pack_faults(drill.pack, drill.proof) == [], "and the learner's copy still proves itself"


def test_drill_rewriting_a_watch_and_the_heads_of_its_day(drill: Drill) -> None:
    content = content_of(drill.pack)
    name = drill.system.document_of(content["watch"]["watch_id"])
    document = drill.system.heads.kept[name]
    drill.system.heads.kept[name] = document.replace(content["head"]["mac"].encode(), b"A" * 43)
    assert drill.system.heads.kept[name] != document
    faults = drill.chain_faults()
    assert f"the heads {name}: is not in the log" in faults
    assert any("is not the leg that was the head" in fault for fault in faults)


def test_drill_rewriting_a_pack_under_the_key_of_packs(drill: Drill) -> None:
    content = content_of(drill.pack)
    content["watch"]["learner_id"] = OTHER
    for leg in content["legs"]:
        leg["learner_id"] = OTHER
    forged = flattened(drill.system.signer, as_text(content))
    assert drill.pack_faults(forged, drill.proof) == ["not_included"]


def test_drill_back_dating_a_pack(drill: Drill) -> None:
    """Made today, it says that it is of a month ago; signature, chain and times agree, and the log has it."""
    content = content_of(drill.pack)
    for part in (content["watch"], *content["legs"]):
        part["content_version"] = "another"
    forged = flattened(drill.system.signer, as_text(content))
    digest = pack_digest(forged)
    note_entry(drill.system.world.store, drill.system.world.clock, digest)
    drill.system.log.run()
    proof = drill.system.log.proof(digest)
    assert problems_of_pack(forged, drill.jwks(), proof, drill.system.log.policy_text) == []
    assert drill.pack_faults(forged, proof) == ["backdated"]


def test_drill_a_proof_made_up_without_the_log(drill: Drill) -> None:
    """The log's key signs a tree that has only the forged pack; nobody has cosigned it."""
    forged = flattened(drill.system.signer, as_text({**content_of(drill.pack)}))
    entry = bytes.fromhex(pack_digest(forged))
    note = rewritten(drill, [entry])
    made_up = Proof(0, (), note)
    assert drill.pack_faults(forged, str(made_up)) == ["not_cosigned"]
    borrowed = note.and_signed(*read_note(drill.checkpoint).signatures[1:])
    assert drill.pack_faults(forged, str(Proof(0, (), borrowed))) == ["cosignature"]


def test_drill_a_place_in_the_log_that_is_anothers(drill: Drill) -> None:
    world, name = drill.system.world, f"2026-01-05/{0:02}"
    key = entry_key(drill.system.digest(name))
    version, _ = world.store.items[key]
    world.store.items[key] = (version, '{"index":0}')
    assert f"the heads {name}: is not what the log has in its place" in drill.chain_faults()
