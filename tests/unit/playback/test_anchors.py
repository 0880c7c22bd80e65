"""Anchors: every day's grown chains, kept apart, so that legs rolled back together with their head are missed."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from services.kit.signing import ES256
from services.kit.store import Key
from services.playback.adapters.archive import ANCHORS, S3Archive
from services.playback.app.context import VerificationContext
from services.playback.app.evidence.anchor_chains import anchor_chains
from services.playback.app.evidence.archive_watch import archive_watch
from services.playback.app.evidence.packs import content_of, signed_text
from services.playback.app.evidence.read_anchors import AnchorReport, read_anchors
from services.playback.app.evidence.verify_watches import Verdict, verify_watches
from services.playback.app.items import anchor_note_key, attempt_key, leg_key, partition_of_learner
from services.playback.app.watching.watch import pause
from services.playback.cli.verify_chain import describe, describe_anchors
from services.playback.domain.anchors import Anchor, ChainHead, anchor_document
from services.playback.domain.ids import LearnerId, WatchId
from tests.fakes.archive import MemoryArchive
from tests.fakes.signing import MemorySigner
from tests.unit.playback.player import play, watch_to_prompt, watch_to_the_end
from tests.unit.playback.world import LEARNER, LONG, OTHER, SHORT, World, a_world, by

DAY_MS = 86_400_000
MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (f"2026-01-0{day}" for day in (5, 6, 7, 8))


class Anchoring:
    """A world with an archive, and the daily run over it."""

    def __init__(self) -> None:
        self.world = a_world()
        self.signer = MemorySigner(ES256)
        self.anchors, self.packs = MemoryArchive(), MemoryArchive()

    def run(self) -> list[str]:
        """What the schedule does."""
        return anchor_chains(self.world.archive_context(self.signer, self.anchors))

    def context(self) -> VerificationContext:
        """What the operator's check works with."""
        return self.world.verification_context(self.packs, self.signer, self.anchors)

    def next_day(self, days: int = 1) -> None:
        """Time passes."""
        self.world.clock.advance(days * DAY_MS)

    def anchor(self, day: str) -> dict[str, Any]:
        """A kept anchor."""
        return content_of(json.loads(self.anchors.kept[day]))

    def heads(self, day: str) -> dict[str, int]:
        """Number of legs by watch."""
        return {head["watch_id"]: head["legs"] for head in self.anchor(day)["heads"]}

    def read(self, learner_id: LearnerId = LEARNER) -> AnchorReport:
        """What the anchors say."""
        return read_anchors(self.context(), learner_id)

    def verify(self, learner_id: LearnerId = LEARNER) -> list[Verdict]:
        """The operator's check."""
        return verify_watches(self.context(), self.read(learner_id), learner_id)

    def problems(self, learner_id: LearnerId = LEARNER) -> list[str]:
        """All that the operator's check finds of watches."""
        return [finding.problem for verdict in self.verify(learner_id) for finding in verdict.findings]


@pytest.fixture
def anchoring() -> Anchoring:
    return Anchoring()


def snapshot(world: World, learner_id: LearnerId = LEARNER) -> dict[Key, tuple[int, str]]:
    """Everything of a learner as it is now, for a later rollback."""
    return {key: item for key, item in world.store.items.items() if _is_of(world, key, learner_id)}


def roll_back(world: World, saved: dict[Key, tuple[int, str]], learner_id: LearnerId = LEARNER) -> None:
    """An operator with write access puts legs, head and live state back together."""
    now = {key: item for key, item in world.store.items.items() if not _is_of(world, key, learner_id)}
    world.store.items = {**now, **saved}


def _is_of(world: World, key: Key, learner_id: LearnerId) -> bool:
    return key.pk in {partition_of_learner(learner_id), *(k.pk for k in world.store.items if k.pk.startswith("WATCH#"))}


def test_a_day_is_anchored_once_it_is_over_with_the_heads_of_the_chains_that_grew(anchoring: Anchoring) -> None:
    world = anchoring.world
    long = watch_to_prompt(world, world.start(LONG)).live
    short = world.start(SHORT, take_over=True).live
    assert anchoring.run() == ["2026-01-04"], "today is not over"
    anchoring.next_day()
    assert anchoring.run() == [MONDAY]
    assert anchoring.heads(MONDAY) == {long.watch_id: 3, short.watch_id: 1}
    anchoring.next_day()
    assert anchoring.run() == [TUESDAY]
    assert anchoring.heads(TUESDAY) == {}, "no chain grew"
    assert anchoring.run() == []


def test_each_anchor_names_the_one_before_it(anchoring: Anchoring) -> None:
    anchoring.world.start()
    anchoring.next_day(3)
    assert anchoring.run() == [MONDAY, TUESDAY, WEDNESDAY]
    assert anchoring.anchor(MONDAY)["previous"] == ""
    assert len({anchoring.anchor(day)["previous"] for day in (MONDAY, TUESDAY, WEDNESDAY)}) == 3
    assert anchoring.read().problems == []


def test_days_that_the_schedule_missed_are_made_up_for(anchoring: Anchoring) -> None:
    world = anchoring.world
    monday = play(world, world.start(SHORT), 1_000).live.watch_id
    anchoring.next_day()
    anchoring.run()
    tuesday = world.start(LONG).live.watch_id
    anchoring.next_day(5)
    assert anchoring.run() == [TUESDAY, WEDNESDAY, THURSDAY, "2026-01-09", "2026-01-10"]
    assert set(anchoring.heads(TUESDAY)) == {tuesday, monday}, "the expiry is a leg of the other"


def test_the_first_run_ever_begins_with_the_first_day_that_has_watching(anchoring: Anchoring) -> None:
    anchoring.world.start()
    anchoring.next_day(4)
    assert anchoring.run()[0] == MONDAY
    nothing = Anchoring()
    assert nothing.run() == ["2026-01-04"], "yesterday, where nobody watched"


def test_a_watch_is_noted_once_a_day_and_only_when_its_chain_grew(anchoring: Anchoring) -> None:
    world = anchoring.world

    def notes() -> int:
        return sum(key.pk.startswith("GROWN#") for key in world.store.items)

    state = watch_to_the_end(world, world.start())
    assert notes() == 1
    anchoring.next_day()
    play(world, world.start(), 5_000)
    assert notes() == 1, "watching a complete course again adds no leg"
    assert state.live.completed_at


def test_a_clock_that_is_behind_around_midnight_hinders_no_call(anchoring: Anchoring) -> None:
    world = anchoring.world
    state = world.start()
    anchoring.next_day()
    state = world.start()
    world.clock.advance(-DAY_MS // 2 - 1)
    pause(world.context, by(LEARNER), state.token, 0)
    anchoring.next_day(2)
    anchoring.run()
    assert anchoring.problems() == []


def test_legs_rolled_back_together_with_their_head_are_found(anchoring: Anchoring) -> None:
    world = anchoring.world
    world.start()
    before = snapshot(world)
    watched = watch_to_prompt(world, world.start(take_over=True)).live
    anchoring.next_day()
    anchoring.run()
    assert anchoring.problems() == []
    roll_back(world, before)
    (verdict,) = anchoring.verify()
    assert [(finding.number, "was anchored on 2026-01-05" in finding.problem) for finding in verdict.findings] == [
        (watched.legs, True)
    ]


def test_a_rollback_of_what_came_after_the_last_anchor_is_not_found(anchoring: Anchoring) -> None:
    """The limit that the threat model admits."""
    world = anchoring.world
    world.start()
    anchoring.next_day()
    anchoring.run()
    before = snapshot(world)
    watch_to_prompt(world, world.start())
    roll_back(world, before)
    assert anchoring.problems() == []


def test_a_chain_written_anew_with_the_real_keys_is_found(anchoring: Anchoring) -> None:
    world = anchoring.world
    before = snapshot(world)
    play(world, world.start(), 5_000)
    anchoring.next_day()
    anchoring.run()
    roll_back(world, before)
    again = world.start().live
    world.store.items = {
        Key(key.pk.replace(again.watch_id, _anchored_watch(anchoring)), key.sk): (
            version,
            text.replace(again.watch_id, _anchored_watch(anchoring)),
        )
        for key, (version, text) in world.store.items.items()
    }
    assert any("is not the leg that was anchored" in problem for problem in anchoring.problems())


def _anchored_watch(anchoring: Anchoring) -> str:
    (watch_id,) = anchoring.heads(MONDAY)
    return watch_id


def test_a_watch_that_is_gone_altogether_is_found(anchoring: Anchoring) -> None:
    world = anchoring.world
    before = snapshot(world)
    watch_id = world.start().live.watch_id
    anchoring.next_day()
    anchoring.run()
    roll_back(world, before)
    (verdict,) = anchoring.verify()
    assert (verdict.watch_id, verdict.course_id, len(verdict.findings)) == (watch_id, None, 1)
    assert "BROKEN" in describe(verdict)


def test_a_watch_removed_before_its_anchor_is_made_hinders_no_other_and_is_named(anchoring: Anchoring) -> None:
    world = anchoring.world
    world.start()
    other = world.start(learner_id=OTHER).live
    del world.store.items[attempt_key(LEARNER, LONG, 1)]
    anchoring.next_day()
    assert anchoring.run() == [MONDAY]
    assert anchoring.heads(MONDAY)[other.watch_id] == 1
    assert anchoring.problems() == [
        "the watch was gone when the chains of 2026-01-05 were anchored",
        "is live, and its attempt is gone",
    ]
    assert anchoring.problems(OTHER) == []


def test_a_completed_watch_rolled_back_before_any_anchor_is_found_by_its_pack(anchoring: Anchoring) -> None:
    world = anchoring.world
    world.start()
    before = snapshot(world)
    watch_to_the_end(world, world.start(take_over=True))
    archive_watch(world.archive_context(anchoring.signer, anchoring.packs), world.store.outbox[-1])
    assert anchoring.problems() == []
    roll_back(world, before)
    assert anchoring.problems() != []


def test_legs_that_have_partly_aged_out_are_still_whole(anchoring: Anchoring) -> None:
    world = anchoring.world
    state = watch_to_the_end(world, world.start())
    archive_watch(world.archive_context(anchoring.signer, anchoring.packs), world.store.outbox[-1])
    anchoring.next_day()
    anchoring.run()
    for number in (1, 3):
        del world.store.items[leg_key(state.live.watch_id, number)]
    assert anchoring.problems() == []
    key = leg_key(state.live.watch_id, 2)
    version, text = world.store.items[key]
    world.store.items[key] = (version, text.replace('"furthest_ms":', '"furthest_ms":9'))
    assert anchoring.problems() == ["is not the leg that the archive keeps"]


def remove_one(anchoring: Anchoring) -> None:
    del anchoring.anchors.kept[TUESDAY]


def remove_the_first(anchoring: Anchoring) -> None:
    del anchoring.anchors.kept[MONDAY]


def remove_the_last(anchoring: Anchoring) -> None:
    for day in (TUESDAY, WEDNESDAY):
        del anchoring.anchors.kept[day]


def swap_two(anchoring: Anchoring) -> None:
    kept = anchoring.anchors.kept
    kept[TUESDAY], kept[WEDNESDAY] = kept[WEDNESDAY], kept[TUESDAY]


def forge_heads(anchoring: Anchoring) -> None:
    emptied = anchor_document(Anchor(TUESDAY, anchoring.anchor(TUESDAY)["previous"], ()))
    anchoring.anchors.kept[TUESDAY] = signed_text(MemorySigner(ES256), emptied)


def replace_even_with_the_key(anchoring: Anchoring) -> None:
    emptied = anchor_document(Anchor(MONDAY, "", (ChainHead(WatchId("w"), LEARNER, 1, "m"),)))
    anchoring.anchors.kept[MONDAY] = signed_text(anchoring.signer, emptied)


def garble(anchoring: Anchoring) -> None:
    anchoring.anchors.kept[TUESDAY] = b"[]"


@pytest.mark.parametrize(
    "falsify",
    [remove_one, remove_the_first, remove_the_last, swap_two, forge_heads, replace_even_with_the_key, garble],
)
def test_falsified_anchors_are_named(anchoring: Anchoring, falsify: Callable[[Anchoring], None]) -> None:
    anchoring.world.start()
    anchoring.next_day(3)
    anchoring.run()
    assert anchoring.read().problems == []
    falsify(anchoring)
    assert anchoring.read().problems != []


def test_anchors_stay_genuine_after_a_key_is_retired(anchoring: Anchoring) -> None:
    anchoring.world.start()
    anchoring.next_day()
    anchoring.run()
    anchoring.signer.rotate()
    anchoring.next_day()
    anchoring.run()
    assert anchoring.read().problems == []


def test_a_late_anchor_is_named_and_one_that_is_not_due_is_not(anchoring: Anchoring) -> None:
    anchoring.world.start()
    anchoring.next_day()
    anchoring.run()
    anchoring.next_day()
    assert anchoring.read().problems == [], "the run of the night may be under way"
    anchoring.next_day()
    assert anchoring.read().problems == ["the last anchor is of 2026-01-05"]
    assert describe_anchors(anchoring.read()).startswith("anchored up to 2026-01-05")
    assert describe_anchors(AnchorReport()).startswith("not anchored yet")


@pytest.mark.parametrize("dies_after", range(4))
def test_a_run_that_dies_is_made_up_for_by_the_next(anchoring: Anchoring, dies_after: int) -> None:
    anchoring.world.start()
    anchoring.next_day(3)
    put, left = anchoring.anchors.put, [dies_after]

    def dying(name: str, content: bytes) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise TimeoutError
        put(name, content)

    anchoring.anchors.put = dying  # type: ignore[method-assign]
    if dies_after < 3:
        with pytest.raises(TimeoutError):
            anchoring.run()
    else:
        anchoring.run()
    anchoring.anchors.put = put  # type: ignore[method-assign]
    anchoring.run()
    assert anchoring.anchors.names() == [MONDAY, TUESDAY, WEDNESDAY]
    assert anchoring.read().problems == []


def test_two_runs_at_once_keep_one_chain(anchoring: Anchoring) -> None:
    anchoring.world.start()
    anchoring.next_day(2)
    put = anchoring.anchors.put

    def overtaken(name: str, content: bytes) -> None:
        anchoring.anchors.put = put  # type: ignore[method-assign]
        anchoring.run()
        put(name, content)

    anchoring.anchors.put = overtaken  # type: ignore[method-assign]
    anchoring.run()
    assert anchoring.read().problems == []


@mock_aws
def test_s3_keeps_the_first_anchor_of_each_day_and_lists_them_apart_from_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="evidence", ObjectLockEnabledForBucket=True)
    anchors, packs = S3Archive(s3, "evidence", ANCHORS), S3Archive(s3, "evidence")
    assert anchors.names() == []
    packs.put("a-watch", b"pack")
    for day in (TUESDAY, MONDAY):
        anchors.put(day, b"first")
        anchors.put(day, b"second")
    assert anchors.names() == [MONDAY, TUESDAY]
    assert anchors.get(MONDAY) == b"first"
    assert packs.names() == ["a-watch"]


def test_notes_outlast_many_failed_runs(anchoring: Anchoring) -> None:
    puts: list[Any] = []
    commit = anchoring.world.store.commit

    def watching(change: Any) -> None:
        puts.extend(change.writes)
        commit(change)

    anchoring.world.store.commit = watching  # type: ignore[method-assign]
    state = anchoring.world.start()
    (note,) = [put for put in puts if put.key == anchor_note_key(MONDAY, state.live.watch_id)]
    now = anchoring.world.clock.now()
    assert note.expires_at >= (now + timedelta(days=90)).timestamp()
