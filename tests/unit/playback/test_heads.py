"""Each day's heads of the chains that grew, in the log: legs rolled back together with their head are missed."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from services.kit.heads import PARTS, Place, digest_of, heads_text, part_of
from services.kit.jose import Signer
from services.kit.sealing import NEXT_KEY
from services.kit.signing import ES256
from services.kit.store import Conflict, Key
from services.playback.adapters.archive import HEADS, S3Archive
from services.playback.app.context import HeadsContext, VerificationContext
from services.playback.app.evidence.archive_watch import archive_watch
from services.playback.app.evidence.check_packs import check_packs
from services.playback.app.evidence.check_watches import RUNS_OF_A_ROUND, WatchCheck, check_watches, run_number
from services.playback.app.evidence.packs import pack_digest
from services.playback.app.evidence.read_heads import HeadsReport, read_all_heads
from services.playback.app.evidence.seal_heads import seal_chain_heads
from services.playback.app.evidence.verify_watches import Verdict, verify_watches
from services.playback.app.items import anchor_note_key, attempt_key, leg_key, partition_of_learner
from services.playback.app.log.check_log import view_log
from services.playback.app.log.items import entry_key, waiting_key
from services.playback.app.watching.watch import pause
from services.playback.cli.verify_chain import describe, describe_heads
from services.playback.domain.heads import SERVICE
from services.playback.domain.ids import LearnerId
from tests.fakes.archive import MemoryArchive
from tests.fakes.signing import MemorySigner
from tests.unit.playback.log_world import LogWorld
from tests.unit.playback.player import play, watch_to_prompt, watch_to_the_end
from tests.unit.playback.world import LEARNER, LONG, OTHER, SHORT, World, a_world, by

DAY_MS = 86_400_000
HOUR_MS = DAY_MS // 24
SUNDAY, MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (f"2026-01-{day:02}" for day in (4, 5, 6, 7, 8))


class Sealing:
    """A world with an archive and a log, and what runs on schedules over them."""

    def __init__(self, home: Path) -> None:
        self.world = a_world()
        self.log = LogWorld(home, self.world)
        self.signer = MemorySigner(ES256)
        self.heads, self.packs = MemoryArchive(), MemoryArchive()

    def run(self) -> list[str]:
        """What the schedules do: the heads of the days that are over, then the log. Answers the days."""
        until = self.world.clock.now() + timedelta(minutes=10)
        names = seal_chain_heads(HeadsContext(self.world.store, self.world.clock, self.heads), until)
        self.log.run()
        return sorted({name.split("/")[0] for name in names})

    def archive(self, signer: Signer | None = None) -> str:
        """The last completed watch becomes a pack, which is logged; answers its hash."""
        event = self.world.store.outbox[-1]
        archive_watch(self.world.archive_context(signer or self.signer, self.packs), event)
        self.log.run()
        return pack_digest(json.loads(self.packs.kept[event.subject]))

    def context(self) -> VerificationContext:
        """What checks work with."""
        return self.world.verification_context(
            self.packs, self.heads, lambda: view_log(self.log.files, self.log.policy)
        )

    def next_day(self, days: int = 1) -> None:
        """Time passes."""
        self.world.clock.advance(days * DAY_MS)

    def documents(self, day: str) -> dict[str, dict[str, Any]]:
        """The documents of a day, by name."""
        return {name: json.loads(text) for name, text in self.heads.kept.items() if name.startswith(day)}

    def legs(self, day: str) -> dict[str, int]:
        """Number of legs by watch, in the heads of a day."""
        heads = [head for document in self.documents(day).values() for head in document["heads"]]
        return {head["watch_id"]: head["legs"] for head in heads}

    def read(self, learner_id: LearnerId = LEARNER, *older: str) -> HeadsReport:
        """What the heads say, and the log of them."""
        return read_all_heads(self.context(), view_log(self.log.files, self.log.policy, older), learner_id)

    def verify(self, learner_id: LearnerId = LEARNER) -> list[Verdict]:
        """The operator's check."""
        return verify_watches(self.context(), self.read(learner_id), learner_id)

    def problems(self, learner_id: LearnerId = LEARNER) -> list[str]:
        """All that the operator's check finds of watches."""
        return [finding.problem for verdict in self.verify(learner_id) for finding in verdict.findings]

    def round(self) -> list[WatchCheck]:
        """A fortnight of hourly checks."""
        checks = []
        for _ in range(RUNS_OF_A_ROUND):
            ctx = self.context()
            packs = check_packs(ctx, run_number(ctx.clock), RUNS_OF_A_ROUND)
            checks += [check_watches(ctx), WatchCheck(packs.packs, packs.faults, packs.problems)]
            self.world.clock.advance(HOUR_MS)
        return checks

    def digest(self, name: str) -> str:
        """The hash of a kept document."""
        return digest_of(self.heads.kept[name])

    def document_of(self, watch_id: str, day: str = MONDAY) -> str:
        """The name of the document that has a watch's head of a day."""
        return f"{day}/{part_of(watch_id):02}"


@pytest.fixture
def sealing(tmp_path: Path) -> Sealing:
    return Sealing(tmp_path)


def snapshot(world: World, learner_id: LearnerId = LEARNER) -> dict[Key, tuple[int, str]]:
    """Everything of a learner as it is now, for a later rollback."""
    return {key: item for key, item in world.store.items.items() if _is_of(world, key, learner_id)}


def roll_back(world: World, saved: dict[Key, tuple[int, str]], learner_id: LearnerId = LEARNER) -> None:
    """An operator with write access puts legs, head and live state back together."""
    now = {key: item for key, item in world.store.items.items() if not _is_of(world, key, learner_id)}
    world.store.items = {**now, **saved}


def _is_of(world: World, key: Key, learner_id: LearnerId) -> bool:
    return key.pk in {partition_of_learner(learner_id), *(k.pk for k in world.store.items if k.pk.startswith("WATCH#"))}


def test_the_heads_of_a_day_are_sealed_once_it_is_over_and_the_log_has_them(sealing: Sealing) -> None:
    world = sealing.world
    long = watch_to_prompt(world, world.start(LONG)).live
    short = world.start(SHORT, take_over=True).live
    assert sealing.run() == [SUNDAY], "today is not over"
    sealing.next_day()
    assert sealing.run() == [MONDAY]
    assert sealing.legs(MONDAY) == {long.watch_id: 3, short.watch_id: 1}
    assert len(sealing.documents(MONDAY)) == PARTS
    sealing.next_day()
    assert sealing.run() == [TUESDAY]
    assert sealing.legs(TUESDAY) == {}, "no chain grew"
    assert sealing.run() == []
    assert sealing.read().problems == []
    sealed = sealing.read().sealed
    assert sealed
    assert sealed.last.isoformat() == TUESDAY


def test_each_document_names_the_one_before_it(sealing: Sealing) -> None:
    sealing.world.start()
    sealing.next_day(3)
    assert sealing.run() == [MONDAY, TUESDAY, WEDNESDAY]
    previous = [
        document["previous"] for day in (MONDAY, TUESDAY, WEDNESDAY) for document in sealing.documents(day).values()
    ]
    assert previous[0] == ""
    assert len(set(previous)) == 3 * PARTS
    assert sealing.read().problems == []


def test_days_that_the_schedule_missed_are_made_up_for(sealing: Sealing) -> None:
    world = sealing.world
    monday = play(world, world.start(SHORT), 1_000).live.watch_id
    sealing.next_day()
    sealing.run()
    tuesday = world.start(LONG).live.watch_id
    sealing.next_day(5)
    assert sealing.run() == [TUESDAY, WEDNESDAY, THURSDAY, "2026-01-09", "2026-01-10"]
    assert set(sealing.legs(TUESDAY)) == {tuesday, monday}, "the expiry is a leg of the other"


def test_the_first_run_ever_begins_with_the_first_day_that_has_watching(sealing: Sealing, tmp_path: Path) -> None:
    sealing.world.start()
    sealing.next_day(4)
    assert sealing.run()[0] == MONDAY
    nothing = Sealing(tmp_path / "nothing")
    assert nothing.run() == [SUNDAY], "yesterday, where nobody watched"


def test_notes_of_the_release_before_parts_are_found(sealing: Sealing) -> None:
    """They all lie where the first part's are now."""
    watch_id = sealing.world.start().live.watch_id
    key = anchor_note_key(MONDAY, watch_id)
    sealing.world.store.items[Key(f"GROWN#{MONDAY}", watch_id)] = sealing.world.store.items.pop(key)
    sealing.next_day()
    sealing.run()
    assert sealing.legs(MONDAY) == {watch_id: 1}
    assert sealing.problems() == []


def test_a_watch_is_noted_once_a_day_and_only_when_its_chain_grew(sealing: Sealing) -> None:
    world = sealing.world

    def notes() -> int:
        return sum(key.pk.startswith("GROWN#") for key in world.store.items)

    state = watch_to_the_end(world, world.start())
    assert notes() == 1
    sealing.next_day()
    play(world, world.start(), 5_000)
    assert notes() == 1, "watching a complete course again adds no leg"
    assert state.live.completed_at


def test_a_clock_that_is_behind_around_midnight_hinders_no_call(sealing: Sealing) -> None:
    world = sealing.world
    state = world.start()
    sealing.next_day()
    state = world.start()
    world.clock.advance(-DAY_MS // 2 - 1)
    pause(world.context, by(LEARNER), state.token, 0)
    sealing.next_day(2)
    sealing.run()
    assert sealing.problems() == []


def test_legs_rolled_back_together_with_their_head_are_found(sealing: Sealing) -> None:
    world = sealing.world
    world.start()
    before = snapshot(world)
    watched = watch_to_prompt(world, world.start(take_over=True)).live
    sealing.next_day()
    sealing.run()
    assert sealing.problems() == []
    roll_back(world, before)
    (verdict,) = sealing.verify()
    assert [(finding.number, "was the head of 2026-01-05" in finding.problem) for finding in verdict.findings] == [
        (watched.legs, True)
    ]


def test_a_rollback_of_what_came_after_the_last_heads_is_not_found(sealing: Sealing) -> None:
    """The limit that the threat model admits."""
    world = sealing.world
    world.start()
    sealing.next_day()
    sealing.run()
    before = snapshot(world)
    watch_to_prompt(world, world.start())
    roll_back(world, before)
    assert sealing.problems() == []


def test_a_chain_written_anew_with_the_real_keys_is_found(sealing: Sealing) -> None:
    world = sealing.world
    before = snapshot(world)
    play(world, world.start(), 5_000)
    sealing.next_day()
    sealing.run()
    roll_back(world, before)
    again = world.start().live
    (sealed_id,) = sealing.legs(MONDAY)
    world.store.items = {
        Key(key.pk.replace(again.watch_id, sealed_id), key.sk): (version, text.replace(again.watch_id, sealed_id))
        for key, (version, text) in world.store.items.items()
    }
    assert any("is not the leg that was the head" in problem for problem in sealing.problems())


def test_a_watch_that_is_gone_altogether_is_found(sealing: Sealing) -> None:
    world = sealing.world
    before = snapshot(world)
    watch_id = world.start().live.watch_id
    sealing.next_day()
    sealing.run()
    roll_back(world, before)
    (verdict,) = sealing.verify()
    assert (verdict.watch_id, verdict.course_id, len(verdict.findings)) == (watch_id, None, 1)
    assert "BROKEN" in describe(verdict)


def test_a_watch_removed_before_the_heads_are_made_hinders_no_other_and_is_named(sealing: Sealing) -> None:
    world = sealing.world
    world.start()
    other = world.start(learner_id=OTHER).live
    del world.store.items[attempt_key(LEARNER, LONG, 1)]
    sealing.next_day()
    assert sealing.run() == [MONDAY]
    assert sealing.legs(MONDAY)[other.watch_id] == 1
    assert sealing.problems() == [
        "the watch was gone when the heads of 2026-01-05 were logged",
        "is live, and its attempt is gone",
    ]
    assert sealing.problems(OTHER) == []


def test_a_completed_watch_rolled_back_before_any_heads_is_found_by_its_pack(sealing: Sealing) -> None:
    world = sealing.world
    world.start()
    before = snapshot(world)
    watch_to_the_end(world, world.start(take_over=True))
    sealing.archive()
    assert sealing.problems() == []
    roll_back(world, before)
    assert sealing.problems() != []


def test_legs_that_have_partly_aged_out_are_still_whole(sealing: Sealing) -> None:
    world = sealing.world
    state = watch_to_the_end(world, world.start())
    sealing.archive()
    sealing.next_day()
    sealing.run()
    for number in (1, 3):
        del world.store.items[leg_key(state.live.watch_id, number)]
    assert sealing.problems() == []
    key = leg_key(state.live.watch_id, 2)
    version, text = world.store.items[key]
    world.store.items[key] = (version, text.replace('"furthest_ms":', '"furthest_ms":9'))
    assert sealing.problems() == ["is not the leg that the archive keeps"]


def test_watches_that_grow_no_more_are_checked_in_turn_twice_a_month_at_least(sealing: Sealing) -> None:
    world = sealing.world
    grown = watch_to_the_end(world, world.start()).live
    sealing.archive()
    other = world.start(learner_id=OTHER).live
    sealing.next_day()
    sealing.run()
    checks = sealing.round()
    assert sum(check.watches for check in checks) == 3, "two watches and a pack"
    assert all(check.faults == {} and check.problems == [] for check in checks)
    for key in (attempt_key(OTHER, LONG, 1), leg_key(grown.watch_id, 2)):
        version, text = world.store.items[key]
        world.store.items[key] = (
            version,
            text.replace('"furthest_ms":', '"furthest_ms":1').replace(other.watch_id, "x"),
        )
    found = {watch_id: findings for check in sealing.round() for watch_id, findings in check.faults.items()}
    assert set(found) == {grown.watch_id, other.watch_id}


def test_a_completed_watch_without_its_pack_or_whose_pack_was_never_logged_is_found(sealing: Sealing) -> None:
    watch_id = watch_to_the_end(sealing.world, sealing.world.start()).live.watch_id
    digest = sealing.archive()
    sealing.next_day()
    sealing.run()
    sealing.next_day()
    kept = sealing.packs.kept.pop(watch_id)
    (first,) = [check.faults[watch_id] for check in sealing.round() if check.faults]
    assert [finding.problem for finding in first] == ["completes a watch whose pack is not kept"]
    sealing.packs.kept[watch_id] = kept
    del sealing.world.store.items[entry_key(digest)]
    (second,) = [check.faults[watch_id] for check in sealing.round() if check.faults]
    assert [finding.problem for finding in second] == ["its pack is not in the log"]


def a_name(sealing: Sealing) -> str:
    """Of a document that has a head."""
    (watch_id,) = sealing.legs(MONDAY)
    return sealing.document_of(watch_id)


def remove_one(sealing: Sealing) -> None:
    del sealing.heads.kept[f"{TUESDAY}/03"]


def remove_the_first(sealing: Sealing) -> None:
    for part in range(PARTS):
        del sealing.heads.kept[f"{MONDAY}/{part:02}"]


def remove_the_last(sealing: Sealing) -> None:
    for day in (TUESDAY, WEDNESDAY):
        for name in sealing.documents(day):
            del sealing.heads.kept[name]


def swap_two(sealing: Sealing) -> None:
    kept = sealing.heads.kept
    kept[f"{TUESDAY}/03"], kept[f"{TUESDAY}/04"] = kept[f"{TUESDAY}/04"], kept[f"{TUESDAY}/03"]


def write_one_anew(sealing: Sealing) -> None:
    name = a_name(sealing)
    previous = json.loads(sealing.heads.kept[name])["previous"]
    place = Place(date.fromisoformat(MONDAY), int(name[-2:]))
    sealing.heads.kept[name] = heads_text(SERVICE, place, previous, [])


def write_all_anew(sealing: Sealing) -> None:
    """The operator who holds every key drops the watch, and makes the documents of all days once more."""
    sealing.world.store.items = {k: v for k, v in sealing.world.store.items.items() if not k.pk.startswith("GROWN#")}
    sealing.heads.kept.clear()
    version, text = sealing.world.store.items[NEXT_KEY]
    start = {"day": MONDAY, "part": 0, "previous": ""}
    sealing.world.store.items[NEXT_KEY] = (version, json.dumps({**json.loads(text), **start}))
    until = sealing.world.clock.now() + timedelta(minutes=10)
    seal_chain_heads(HeadsContext(sealing.world.store, sealing.world.clock, sealing.heads), until)


def garble(sealing: Sealing) -> None:
    sealing.heads.kept[f"{TUESDAY}/03"] = b"[]"


def not_canonical(sealing: Sealing) -> None:
    sealing.heads.kept[f"{TUESDAY}/03"] += b" "


def never_noted(sealing: Sealing) -> None:
    digest = sealing.digest(f"{TUESDAY}/03")
    del sealing.world.store.items[entry_key(digest)]


def placed_elsewhere(sealing: Sealing) -> None:
    key = entry_key(sealing.digest(f"{TUESDAY}/03"))
    version, _ = sealing.world.store.items[key]
    sealing.world.store.items[key] = (version, '{"index":0}')


@pytest.mark.parametrize(
    "falsify",
    [
        remove_one,
        remove_the_first,
        remove_the_last,
        swap_two,
        write_one_anew,
        write_all_anew,
        garble,
        not_canonical,
        never_noted,
        placed_elsewhere,
    ],
)
def test_falsified_heads_are_named(sealing: Sealing, falsify: Callable[[Sealing], None]) -> None:
    sealing.world.start()
    sealing.next_day(3)
    sealing.run()
    assert sealing.read().problems == []
    falsify(sealing)
    assert sealing.read().problems != []


def test_heads_that_the_operator_makes_anew_and_logs_are_caught_by_an_older_checkpoint(sealing: Sealing) -> None:
    """With the keys and the log's writer, but not with the time: whoever kept a checkpoint sees when it was done."""
    sealing.world.start()
    sealing.next_day(3)
    sealing.run()
    older = sealing.log.files.published[-1]
    assert sealing.read(LEARNER, older).problems == []
    write_all_anew(sealing)
    sealing.log.run()
    assert sealing.read().problems == [], "it all agrees, to whoever has kept nothing"
    found = sealing.read(LEARNER, older).problems
    assert found
    assert all("BACK-DATED: it says that it is of 2026-01-05" in problem for problem in found)


def test_late_heads_are_named_and_those_that_are_not_due_are_not(sealing: Sealing) -> None:
    sealing.world.start()
    sealing.next_day()
    sealing.run()
    sealing.next_day()
    assert sealing.read().problems == [], "the run of the night may be under way"
    sealing.next_day()
    assert sealing.read().problems == ["the last heads are of 2026-01-05"]
    assert describe_heads(sealing.read()).startswith("logged up to 2026-01-05")
    assert describe_heads(HeadsReport()).startswith("nothing is logged yet")


def test_wherever_a_run_dies_the_next_one_goes_on(tmp_path: Path) -> None:
    for dies_at in range(0, 2 * PARTS, 5):
        for where in ("put", "before", "after"):
            sealing = Sealing(tmp_path / f"{where}{dies_at}")
            sealing.world.start()
            sealing.next_day(2)
            put, left = sealing.heads.put, [dies_at]
            commit = sealing.world.store.commit

            def dying(name: str, content: bytes) -> None:
                left[0] -= 1  # noqa: B023 (called within the turn)
                if left[0] < 0 and where == "put":  # noqa: B023 (as above)
                    raise TimeoutError
                put(name, content)  # noqa: B023 (as above)

            def dying_store(change: Any) -> None:
                if left[0] < 0 and where == "before":  # noqa: B023 (as above)
                    raise TimeoutError
                commit(change)  # noqa: B023 (as above)
                if left[0] < 0 and where == "after":  # noqa: B023 (as above)
                    raise TimeoutError

            sealing.heads.put = dying  # type: ignore[method-assign]
            sealing.world.store.commit = dying_store  # type: ignore[method-assign]
            with pytest.raises(TimeoutError):
                sealing.run()
            sealing.heads.put, sealing.world.store.commit = put, commit  # type: ignore[method-assign]
            sealing.run()
            assert sorted({name[:10] for name in sealing.heads.names()}) == [MONDAY, TUESDAY]
            assert sealing.read().problems == []
            assert sealing.problems() == []


def test_two_runs_at_once_make_one_row_of_documents(sealing: Sealing) -> None:
    sealing.world.start()
    sealing.next_day(2)
    put = sealing.heads.put

    def overtaken(name: str, content: bytes) -> None:
        sealing.heads.put = put  # type: ignore[method-assign]
        sealing.run()
        put(name, content)

    sealing.heads.put = overtaken  # type: ignore[method-assign]
    with pytest.raises(Conflict):
        sealing.run()
    assert sealing.run() == []
    assert sealing.read().problems == []


def test_what_waits_for_the_log_is_no_fault_of_the_chain_but_is_said(sealing: Sealing) -> None:
    sealing.world.start()
    sealing.next_day()
    seal_chain_heads(
        HeadsContext(sealing.world.store, sealing.world.clock, sealing.heads),
        sealing.world.clock.now() + timedelta(minutes=10),
    )
    assert waiting_key(sealing.digest(f"{MONDAY}/00")) in sealing.world.store.items
    assert "the heads 2026-01-05/00: is not in the log" in sealing.read().problems


@mock_aws
def test_s3_keeps_the_first_document_of_a_name_and_lists_them_apart_from_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="evidence", ObjectLockEnabledForBucket=True)
    heads, packs = S3Archive(s3, "evidence", HEADS), S3Archive(s3, "evidence")
    assert heads.names() == []
    packs.put("a-watch", b"pack")
    for day in (f"{TUESDAY}/00", f"{MONDAY}/15"):
        heads.put(day, b"first")
        heads.put(day, b"second")
    assert heads.names() == [f"{MONDAY}/15", f"{TUESDAY}/00"]
    assert heads.get(f"{MONDAY}/15") == b"first"
    assert packs.names() == ["a-watch"]
    assert (packs.names("a-"), packs.names("b")) == (["a-watch"], [])
    kept = {
        name: s3.head_object(Bucket="evidence", Key=name)
        for name in ("evidence/a-watch.json", f"heads/{MONDAY}/15.json")
    }
    assert [found["ContentType"] for found in kept.values()] == ["application/jose+json", "application/json"]


def test_notes_outlast_many_failed_runs(sealing: Sealing) -> None:
    puts: list[Any] = []
    commit = sealing.world.store.commit

    def watching(change: Any) -> None:
        puts.extend(change.writes)
        commit(change)

    sealing.world.store.commit = watching  # type: ignore[method-assign]
    state = sealing.world.start()
    (note,) = [put for put in puts if put.key == anchor_note_key(MONDAY, state.live.watch_id)]
    now = sealing.world.clock.now()
    assert note.expires_at >= (now + timedelta(days=90)).timestamp()


def found(sealing: Sealing) -> set[str]:
    """What a fortnight of hourly checks finds."""
    checks = sealing.round()
    assert not [problem for check in checks for problem in check.problems]
    return {finding.problem for check in checks for faults in check.faults.values() for finding in faults}


def remove(world: World, *beginnings: str) -> None:
    """An operator deletes items by the beginnings of their partitions."""
    world.store.items = {key: item for key, item in world.store.items.items() if not key.pk.startswith(beginnings)}


def test_a_roll_back_behind_a_note_that_was_removed_on_its_day_is_named(sealing: Sealing) -> None:
    world = sealing.world
    state = world.start(LONG)
    before = snapshot(world)
    watch_to_prompt(world, state)
    assert sealing.problems() == []
    remove(world, "GROWN#")
    sealing.next_day()
    sealing.run()
    sealing.next_day(14)
    sealing.run()
    roll_back(world, before)
    assert sealing.problems() == [f"grew on {MONDAY}, and the heads of that day do not have it: its note was removed"]


def test_the_hourly_check_asks_for_the_last_day_of_a_watch_too(sealing: Sealing) -> None:
    world = sealing.world
    state = world.start(LONG)
    sealing.next_day()
    sealing.run()
    play(world, state, 2_000)
    world.start(LONG, take_over=True)
    remove(world, f"GROWN#{TUESDAY}")
    assert found(sealing) == set(), "that day is not over"
    sealing.next_day()
    sealing.run()
    assert found(sealing) == {f"grew on {TUESDAY}, and the heads of that day do not have it: its note was removed"}


def test_a_finished_watch_that_was_removed_with_its_note_is_named_by_its_pack(sealing: Sealing) -> None:
    world = sealing.world
    before = snapshot(world)
    watch_to_the_end(world, world.start(LONG))
    sealing.archive()
    remove(world, "GROWN#")
    sealing.next_day()
    sealing.run()
    assert found(sealing) == set()
    roll_back(world, before)
    assert found(sealing) == {"has a pack, and its attempt is gone"}


def test_a_finished_watch_that_was_made_unfinished_is_named_by_its_pack(sealing: Sealing) -> None:
    world = sealing.world
    state = watch_to_prompt(world, world.start(LONG))
    before = snapshot(world)
    watch_to_the_end(world, state)
    sealing.archive()
    remove(world, "GROWN#")
    sealing.next_day()
    sealing.run()
    roll_back(world, before)
    assert found(sealing) == {"has a pack, and its attempt is not completed as that says"}


def test_a_pack_that_was_kept_out_of_the_log_is_named_whatever_the_table_says(sealing: Sealing) -> None:
    world = sealing.world
    sealing.log.note("something")
    sealing.log.run()
    (logged,) = (item for key, item in world.store.items.items() if key.pk.startswith("LOG_ENTRY#"))
    watch_to_the_end(world, world.start(LONG))
    event = world.store.outbox[-1]
    archive_watch(world.archive_context(sealing.signer, sealing.packs), event)
    digest = pack_digest(json.loads(sealing.packs.kept[event.subject]))
    del world.store.items[waiting_key(digest)]
    world.store.items[entry_key(digest)] = logged
    sealing.next_day(2)
    sealing.run()
    assert found(sealing) == {"its pack is not what the log has in its place"}
    del world.store.items[entry_key(digest)]
    assert found(sealing) == {"its pack is not in the log"}
