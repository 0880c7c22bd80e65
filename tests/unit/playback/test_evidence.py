"""Evidence packs: made once, kept, and judged by an outsider."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from jwt import PyJWK, api_jws
from moto import mock_aws

from services.kit.events import Envelope
from services.kit.identity import Role
from services.kit.jose import Signer, flattened
from services.kit.problems import Problem
from services.kit.signing import ES256, KmsSigner
from services.kit.tlog.merkle import inclusion_proof
from services.kit.tlog.proofs import Proof
from services.playback.adapters.archive import S3Archive
from services.playback.app.context import EvidenceContext
from services.playback.app.evidence.archive_watch import NotKept, archive_watch
from services.playback.app.evidence.packs import as_text, content_of, pack_digest
from services.playback.app.evidence.read_evidence import read_evidence
from services.playback.app.evidence.read_heads import HeadsReport
from services.playback.app.evidence.verify_watches import verify_watches
from services.playback.app.items import leg_key
from services.playback.app.ports import Archive
from services.playback.app.watching.watch import pause
from services.playback.domain.ids import WatchId
from services.playback.domain.legs import Leg
from services.playback.domain.watch import LegKind
from tests.fakes.archive import MemoryArchive
from tests.fakes.signing import MemorySigner
from tests.unit.kit.test_jose import FakeKms
from tests.unit.kit.tlog_world import A_POLICY, WITNESSES, Tree
from tests.unit.playback.player import confirm, play, watch_to_prompt, watch_to_the_end
from tests.unit.playback.world import LEARNER, OTHER, SHORT, World, a_world, by
from tests.verifying import doubts, problems_of_pack

Signed = dict[str, Any]


def verify(signed: Signed, signer: Signer) -> list[str]:
    """What a stranger finds, who trusts the signer's published keys and a log that has whatever it is given."""
    tree = Tree()
    tree.add([b"something else", bytes.fromhex(pack_digest(signed)), b"and more"])
    proof = Proof(1, tuple(inclusion_proof(1, 3, tree.read())), tree.note(cosigned_by=WITNESSES))
    return problems_of_pack(signed, {"keys": signer.public_keys()}, str(proof), A_POLICY)


@pytest.fixture
def world() -> World:
    return a_world()


def complete(world: World) -> Envelope:
    """A completed watch's event."""
    watch_to_the_end(world, world.start())
    return world.store.outbox[-1]


def archived(world: World, signer: Signer, archive: Archive, event: Envelope) -> Signed:
    """The pack that the event leads to."""
    archive_watch(world.archive_context(signer, archive), event)
    return read_evidence(EvidenceContext(signer, archive), by(LEARNER), WatchId(event.subject))


def test_a_genuine_pack_is_accepted_by_the_auditors_command_and_by_another_library(world: World) -> None:
    signer = MemorySigner(ES256)
    signed = archived(world, signer, MemoryArchive(), complete(world))
    pack = content_of(signed)
    assert verify(signed, signer) == []
    assert [prompt["response_ms"] for prompt in pack["prompts"]] == [1_500, 1_500]
    compact = ".".join(signed[part] for part in ("protected", "payload", "signature"))
    assert json.loads(api_jws.decode(compact, PyJWK(signer.public_keys()[0]), algorithms=["ES256"])) == pack


def test_a_pack_stays_genuine_after_its_key_is_retired(world: World) -> None:
    signer = MemorySigner(ES256)
    signed = archived(world, signer, MemoryArchive(), complete(world))
    signer.rotate()
    assert verify(signed, signer) == []
    assert verify(signed, MemorySigner(ES256)) == ["key_unknown"]


def test_a_changed_pack_is_not_accepted(world: World) -> None:
    signer = MemorySigner(ES256)
    signed = archived(world, signer, MemoryArchive(), complete(world))
    for part in (pack := content_of(signed))["legs"] + [pack["watch"]]:
        part["learner_id"] = OTHER
    forged = {**signed, "payload": urlsafe_b64encode(as_text(pack)).decode().rstrip("=")}
    assert verify(forged, signer) == ["signature"]


def test_a_confirmation_that_completes_the_watch_is_in_its_record_too(world: World) -> None:
    signer = MemorySigner(ES256)
    # So short that its last prompt may lie within the tail: then the confirmation comes last.
    world.publish(SHORT, version="v2", sequence=2, duration_ms=6_000)
    for _ in range(10):
        state = watch_to_the_end(world, world.start(SHORT, take_over=True, new_attempt=True))
        kinds = [leg.facts.kind for leg in world.legs(state.live.watch_id)]
        assert kinds.count(LegKind.PROMPT_CONFIRMED) == 2
        assert kinds[-1] is LegKind.COMPLETED
        signed = archived(world, signer, MemoryArchive(), world.store.outbox[-1])
        assert verify(signed, signer) == []


def shorten(pack: Signed) -> None:
    pack["legs"][-1]["at"] = pack["watch"]["completed_at"] = pack["legs"][0]["at"] + 10_000


def drop_a_leg(pack: Signed) -> None:
    del pack["legs"][2]


def forget_a_prompt(pack: Signed) -> None:
    del pack["prompts"][0]


def stop_early(pack: Signed) -> None:
    pack["watch"]["furthest_ms"] = 60_000


@pytest.mark.parametrize("falsify", [shorten, drop_a_leg, forget_a_prompt, stop_early])
def test_an_impossible_watch_is_doubted_even_if_we_signed_it(world: World, falsify: Callable[[Signed], None]) -> None:
    signer = MemorySigner(ES256)
    pack = content_of(archived(world, signer, MemoryArchive(), complete(world)))
    falsify(pack)
    assert verify(flattened(signer, as_text(pack)), signer) != []


def test_credit_while_a_prompt_is_open_is_doubted(world: World) -> None:
    state = watch_to_prompt(world, world.start())
    pause(world.context, by(LEARNER), state.token, 0)
    watch_to_the_end(world, world.start())
    pack = content_of(archived(world, MemorySigner(ES256), MemoryArchive(), world.store.outbox[-1]))
    assert doubts(pack) == []
    opened, paused = (next(leg for leg in pack["legs"] if leg["kind"] == kind) for kind in ("prompt_opened", "paused"))
    opened["furthest_ms"] = pack["prompts"][0]["position_ms"] = paused["furthest_ms"] - 1
    assert "credit_closed" in doubts(pack)


def test_a_repeated_event_keeps_the_first_pack_and_the_legs_age_out_once(world: World) -> None:
    signer, archive, event = MemorySigner(ES256), MemoryArchive(), complete(world)
    first = archived(world, signer, archive, event)
    signer.rotate()
    assert archived(world, signer, archive, event) == first
    assert {leg.version for leg in world.store.query(f"WATCH#{event.subject}", "LEG#", Leg)} == {2}


def lose_it(archive: MemoryArchive, _event: Envelope) -> None:
    def put(name: str, content: bytes) -> None:
        """Nothing comes of it."""

    archive.put = put  # type: ignore[method-assign]


def hold_another(archive: MemoryArchive, event: Envelope) -> None:
    other = a_world({"current": "k1", "k1": "another key" * 3})
    archived(other, MemorySigner(ES256), archive, complete(other))
    (content,) = archive.kept.values()
    archive.kept = {event.subject: content}


@pytest.mark.parametrize("spoil", [lose_it, hold_another])
def test_no_leg_ages_out_that_the_archive_does_not_hold(
    world: World, spoil: Callable[[MemoryArchive, Envelope], None]
) -> None:
    event, archive = complete(world), MemoryArchive()
    spoil(archive, event)
    with pytest.raises(NotKept):
        archive_watch(world.archive_context(MemorySigner(ES256), archive), event)
    assert {leg.version for leg in world.store.query(f"WATCH#{event.subject}", "LEG#", Leg)} == {1}


def test_watching_again_after_completion_adds_nothing_to_the_record(world: World) -> None:
    event = complete(world)
    legs = world.legs(WatchId(event.subject))
    play(world, world.start(take_over=True), 5_000)
    world.start(take_over=True)
    assert world.legs(WatchId(event.subject)) == legs


def test_a_pack_is_shown_to_its_learner_and_to_auditors_only(world: World) -> None:
    archive, event = MemoryArchive(), complete(world)
    signed = archived(world, MemorySigner(ES256), archive, event)
    ctx, watch_id = EvidenceContext(MemorySigner(ES256), archive), WatchId(event.subject)
    assert read_evidence(ctx, by("auditor", roles=[Role.AUDITOR]), watch_id) == signed
    for call, other_id in [
        (by(OTHER), watch_id),
        (by("reviewer", roles=[Role.REVIEWER]), watch_id),
        (by(LEARNER), WatchId("no-such-watch")),
    ]:
        with pytest.raises(Problem) as refusal:
            read_evidence(ctx, call, other_id)
        assert refusal.value.type.code == "EVIDENCE_NOT_FOUND"


def test_an_event_about_a_watch_that_is_not_complete_makes_no_pack(world: World) -> None:
    event = complete(world)
    archive = MemoryArchive()
    other_watch = event.model_copy(update={"data": {**event.data, "watch_id": "f" * 32}})
    with pytest.raises(LookupError):
        archive_watch(world.archive_context(MemorySigner(ES256), archive), other_watch)
    assert archive.kept == {}


@mock_aws
def test_kms_and_s3_make_the_same_kind_of_pack(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="evidence", ObjectLockEnabledForBucket=True)
    signer, archive = KmsSigner(FakeKms(ES256), ["signing", "retired"]), S3Archive(s3, "evidence")
    assert archive.get("nothing-here") is None
    event = complete(world)
    signed = archived(world, signer, archive, event)
    assert verify(signed, signer) == []
    assert len(signer.public_keys()) == 2
    archive.put(event.subject, b"something else")
    assert json.loads(archive.get(event.subject) or b"") == signed


def test_a_response_time_is_what_the_server_measured(world: World) -> None:
    state = world.start()
    while state.live.completed_at is None:
        state = confirm(world, state, after_ms=700) if state.prompt else play(world, state, 5_000)
    signer = MemorySigner(ES256)
    pack = content_of(archived(world, signer, MemoryArchive(), world.store.outbox[-1]))
    assert [prompt["response_ms"] for prompt in pack["prompts"]] == [700, 700]


def test_the_operators_check_finds_whole_watches_whole_and_names_a_changed_leg(world: World) -> None:
    archive, event = MemoryArchive(), complete(world)
    play(world, world.start(SHORT, take_over=True), 2_000)

    def findings() -> list[list[int]]:
        verdicts = verify_watches(world.verification_context(archive), HeadsReport(), LEARNER)
        return [[finding.number for finding in verdict.findings] for verdict in verdicts]

    assert findings() == [[], []]
    key = leg_key(WatchId(event.subject), 2)
    version, text = world.store.items[key]
    world.store.items[key] = (version, text.replace('"furthest_ms":', '"furthest_ms":9'))
    assert findings() == [[2], []]


def test_the_operators_check_reads_the_archive_once_the_legs_have_aged_out(world: World) -> None:
    archive, event = MemoryArchive(), complete(world)
    archived(world, MemorySigner(ES256), archive, event)
    for key in [key for key in world.store.items if key.pk == f"WATCH#{event.subject}"]:
        del world.store.items[key]
    (verdict,) = verify_watches(world.verification_context(archive), HeadsReport(), LEARNER)
    assert verdict.findings == []
    (verdict,) = verify_watches(world.verification_context(MemoryArchive()), HeadsReport(), LEARNER)
    assert verdict.findings != []
