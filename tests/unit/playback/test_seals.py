"""Nothing that decides is unsigned: whoever edits, exchanges, rolls back or deletes an item is refused and named."""

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from services.kit.clock import to_ms
from services.kit.metrics import Metric
from services.kit.problems import Problem
from services.kit.store import Change, Conflict, Key
from services.playback.app.evidence.read_heads import HeadsReport
from services.playback.app.evidence.verify_watches import verify_watches
from services.playback.app.items import attempt_key, course_key, leg_key, live_key
from services.playback.app.metrics import BROKEN_RECORDS
from services.playback.app.watching import broken_records, legs
from services.playback.app.watching.read_progress import read_progress
from services.playback.app.watching.watch import beat, confirm_prompt, pause
from services.playback.domain import seals
from services.playback.domain.course import Course
from services.playback.domain.ids import CourseId
from services.playback.domain.watch import Attempt
from tests.fakes.archive import MemoryArchive
from tests.unit.playback.player import play, watch_to_prompt, watch_to_the_end
from tests.unit.playback.world import LEARNER, LONG, NOON_IN_SHANGHAI, OTHER, SHORT, World, a_world, by

CODE = "WATCH_RECORD_BROKEN"


@pytest.fixture
def world() -> World:
    return a_world()


def change(world: World, key: Key, **members: Any) -> None:
    """An operator edits an item in the table."""
    version, body = world.store.items[key]
    world.store.items[key] = (version, json.dumps({**json.loads(body), **members}, separators=(",", ":")))


def code_of(call: Callable[[], object]) -> str:
    """The code of the refusal that the call must meet."""
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.type.code


def named(world: World) -> list[str]:
    """What the operators' check says."""
    verdicts = verify_watches(world.verification_context(MemoryArchive()), HeadsReport(), LEARNER)
    return [finding.problem for verdict in verdicts for finding in verdict.findings]


@pytest.fixture(autouse=True)
def alarms(monkeypatch: pytest.MonkeyPatch) -> list[Metric]:
    """The metrics that call the operators."""
    told: list[Metric] = []
    monkeypatch.setattr(broken_records, "count", told.append)
    return told


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Release 1.0.0 runs nowhere any more, and never did."""
    monkeypatch.setattr(seals, "SEALED_SINCE", 0)


def test_attack_lowering_a_watchs_duration_in_the_table(world: World, alarms: list[Metric]) -> None:
    world.publish(LONG, version="v2", sequence=2, duration_ms=600_000)
    state = play(world, world.start(), 5_000)
    change(world, attempt_key(LEARNER, LONG, 1), duration_ms=11_000)
    before = dict(world.store.items)
    assert code_of(lambda: world.start(take_over=True)) == CODE
    assert code_of(lambda: pause(world.context, by(LEARNER), state.token, 11_000)) == CODE
    assert world.store.items == before
    assert alarms == [BROKEN_RECORDS] * 2
    assert {"the attempt has no seal that fits", "the attempt and its legs differ in pins"} <= set(named(world))


EDITS: dict[str, Any] = {
    "duration_ms": 11_000,
    "max_rate": "2.0",
    "policy_id": "none",
    "key_id": "k9",
    "content_version": "v0",
    "media_url": "/media/other",
    "furthest_ms": 70_000,
    "confirmed": 2,
    "legs": 1,
    "head_mac": "AAAA",
    "prompt": {"index": 1, "nonce": "known", "shown_at": 0},
    "completed_at": 1,
    "started_at": 1,
    "questions": 9,
    "number": 2,
    "learner_id": OTHER,
    "course_id": SHORT,
    "watch_id": "f" * 32,
    "live_version": 1,
    "grown_on": "2020-01-01",
    "entitlement": {"id": "free", "basis": "purchase", "counts_against_member_quota": False, "sequence": 9},
    "seal": "",
}
NOT_IN_LEGS = {"media_url", "grown_on", "live_version", "seal"}
"""As long as release 1.0.0 may run, legs speak for what has no seal that fits; they say nothing of these."""


def test_every_member_of_an_attempt_is_tried() -> None:
    assert {field.name for field in fields(Attempt)} == set(EDITS)


def at_a_prompt(world: World) -> Callable[[], object]:
    """A watch with an open prompt, and its confirmation."""
    state = watch_to_prompt(world, world.start())
    assert state.prompt
    nonce = state.prompt.nonce
    return lambda: confirm_prompt(world.context, by(LEARNER), state.token, nonce)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("member", sorted(EDITS))
def test_an_edited_attempt_is_refused_and_named(world: World, member: str) -> None:
    confirm = at_a_prompt(world)
    assert named(world) == []
    change(world, attempt_key(LEARNER, LONG, 1), **{member: EDITS[member]})
    assert code_of(lambda: world.start(take_over=True)) == CODE
    assert code_of(confirm) == CODE
    assert "the attempt has no seal that fits" in named(world)


@pytest.mark.parametrize("member", sorted(set(EDITS) - NOT_IN_LEGS))
def test_beside_release_1_0_0_signed_legs_speak_for_what_decides(world: World, member: str) -> None:
    confirm = at_a_prompt(world)
    change(world, attempt_key(LEARNER, LONG, 1), **{member: EDITS[member]})
    assert code_of(lambda: world.start(take_over=True)) == CODE
    assert code_of(confirm) == CODE


LIVE_EDITS: dict[str, Any] = {
    "furthest_ms": 74_000,
    "day_total_ms": 0,
    "bucket_ms": 30_000,
    "refilled_at": 1,
    "confirmed": 2,
    "duration_ms": 11_000,
    "prompt": None,
    "answered": "known",
    "entitled_until": 9_000_000_000_000,
    "seal": "",
}


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("member", sorted(LIVE_EDITS))
def test_an_edited_live_item_is_refused_and_named(world: World, member: str) -> None:
    at_a_prompt(world)
    change(world, live_key(LEARNER), **{member: LIVE_EDITS[member]})
    assert code_of(lambda: world.start(take_over=True)) == CODE
    assert "the live item has no seal that fits" in named(world)


def test_beside_release_1_0_0_a_live_item_is_credited_no_more_than_beats_could(world: World) -> None:
    state = play(world, world.start(), 5_000)
    change(world, live_key(LEARNER), furthest_ms=world.prompts(state)[0] + 1)
    assert code_of(lambda: world.start(take_over=True)) == CODE
    change(world, live_key(LEARNER), furthest_ms=6_000)
    assert world.start(take_over=True).live.furthest_ms == 6_000


def test_a_live_item_that_was_edited_is_not_handed_out_by_a_repeat(world: World) -> None:
    state = world.start()
    play(world, state, 5_000)
    change(world, live_key(LEARNER), furthest_ms=70_000)
    assert code_of(lambda: beat(world.context, by(LEARNER), state.token, 5_000)) == CODE


@pytest.mark.usefixtures("alone")
def test_an_attempt_in_anothers_place_is_refused(world: World) -> None:
    at_a_prompt(world)
    world.start(learner_id=OTHER)
    world.store.items[attempt_key(LEARNER, LONG, 1)] = world.store.items[attempt_key(OTHER, LONG, 1)]
    assert code_of(lambda: world.start(take_over=True)) == CODE
    assert named(world) != []


@pytest.mark.parametrize("live_course", [LONG, SHORT])
def test_an_attempt_that_was_put_back_is_refused_and_named(world: World, live_course: CourseId) -> None:
    key = attempt_key(LEARNER, LONG, 1)
    state = play(world, world.start(), 5_000)
    earlier = world.store.items[key]
    watch_to_prompt(world, state)
    if live_course == SHORT:
        world.start(SHORT, take_over=True)
    world.store.items[key] = (world.store.items[key][0], earlier[1])
    assert named(world) != []
    assert code_of(lambda: world.start(LONG, take_over=True)) == CODE


def test_a_deleted_attempt_is_refused_and_named(world: World) -> None:
    confirm = at_a_prompt(world)
    del world.store.items[attempt_key(LEARNER, LONG, 1)]
    assert code_of(lambda: world.start(take_over=True)) == CODE
    assert code_of(confirm) == CODE
    assert named(world) == ["is live, and its attempt is gone"]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_leg_that_is_gone_is_named_of_a_finished_watch_too(world: World, number: int) -> None:
    state = watch_to_the_end(world, world.start())
    assert named(world) == []
    del world.store.items[leg_key(state.live.watch_id, number)]
    assert named(world) != []


def test_a_finished_watch_that_was_edited_is_named(world: World) -> None:
    watch_to_the_end(world, world.start())
    change(world, attempt_key(LEARNER, LONG, 1), furthest_ms=74_000)
    assert "the attempt has no seal that fits" in named(world)


def released(world: World) -> None:
    """Everything as release 1.0.0 would have left it: no seals, no pins."""
    for key in (attempt_key(LEARNER, LONG, 1), live_key(LEARNER)):
        change(world, key, seal="")


def test_what_release_1_0_0_left_is_read_and_sealed_by_the_next_leg(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(legs, "pins_of", lambda _live, _entitlement: None)
    play(world, world.start(), 5_000)
    monkeypatch.undo()
    released(world)
    again = world.start(take_over=True)
    assert again.live.furthest_ms == 5_000
    assert named(world) == []
    watch_to_the_end(world, again)
    assert named(world) == []


@pytest.mark.parametrize("member", ["duration_ms", "max_rate", "policy_id", "key_id"])
def test_pins_that_release_1_0_0_left_are_compared_with_what_is_known(
    world: World, monkeypatch: pytest.MonkeyPatch, member: str
) -> None:
    monkeypatch.setattr(legs, "pins_of", lambda _live, _entitlement: None)
    play(world, world.start(), 5_000)
    released(world)
    change(world, attempt_key(LEARNER, LONG, 1), **{member: EDITS[member]})
    assert code_of(lambda: world.start(take_over=True)) == CODE


def test_a_seal_that_was_taken_off_later_is_not_taken_for_a_release_that_had_none(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "SEALED_SINCE", to_ms(NOON_IN_SHANGHAI) + 10_000)
    state = play(world, world.start(), 5_000)
    released(world)
    assert world.start(take_over=True).live.furthest_ms == 5_000
    play(world, world.start(take_over=True), 6_000)
    world.start(take_over=True)
    released(world)
    assert code_of(lambda: world.start(take_over=True)) == CODE
    assert state.live.furthest_ms == 5_000


def test_two_starts_that_meet_are_no_broken_record(world: World, alarms: list[Metric]) -> None:
    world.start()
    commit, left = world.store.commit, [5]

    def overtaken(change: Change) -> None:
        if left[0]:
            left[0] -= 1
            world.store.commit = commit  # type: ignore[method-assign]
            world.start(take_over=True)
            world.store.commit = overtaken  # type: ignore[method-assign]
        commit(change)

    world.store.commit = overtaken  # type: ignore[method-assign]
    with pytest.raises(Conflict):
        world.start(take_over=True)
    assert alarms == []


def test_credit_after_an_outage_is_no_fault_and_stays(world: World) -> None:
    state = play(world, world.start(LONG), 5_000)
    state = play(world, state, 90_000, claim_ms=7_000)
    assert state.live.furthest_ms == 7_000
    assert named(world) == []
    assert read_progress(world.context, by(LEARNER), LONG)[0].furthest_ms == 7_000
    world.clock.advance(90_000)
    assert world.start(SHORT).live.course_id == SHORT
    assert named(world) == []
    assert world.start(LONG, take_over=True).live.furthest_ms == 7_000


def test_the_first_beat_after_an_outage_can_be_repeated(world: World) -> None:
    state = play(world, world.start(LONG), 5_000)
    world.clock.advance(90_000)
    first, again = (beat(world.context, by(LEARNER), state.token, 7_000) for _ in range(2))
    assert (again.token, again.live.furthest_ms) == (first.token, 7_000)


def test_a_session_that_moves_while_it_is_read_is_not_broken(
    world: World, alarms: list[Metric], monkeypatch: pytest.MonkeyPatch
) -> None:
    state, get = world.start(LONG), world.store.get
    moves = iter([lambda: pause(world.context, by(LEARNER), state.token, 0)])

    def get_and_move(key: Key, kind: type[Any]) -> Any:
        if kind is Attempt:
            next(moves, lambda: None)()
        return get(key, kind)

    monkeypatch.setattr(world.store, "get", get_and_move)
    assert world.start(SHORT, take_over=True).live.course_id == SHORT
    assert alarms == []


QUESTION = {"text": "?", "choices": ["a", "b"], "answer": 0}
COURSE_EDITS: dict[str, Any] = {
    "course_id": SHORT,
    "content_version": "v0",
    "duration_ms": 11_000,
    "max_rate": "2.0",
    "media_url": "/media/other",
    "sequence": 9,
    "in_library": False,
    "questions": 0,
}


def test_every_member_of_a_course_is_tried() -> None:
    assert {field.name for field in fields(Course)} == {*COURSE_EDITS, "seal"}


@pytest.mark.parametrize("member", sorted(COURSE_EDITS))
def test_attack_changing_a_course_in_the_table_before_a_watch_begins(
    world: World, alarms: list[Metric], member: str
) -> None:
    world.publish(LONG, "v2", 2, questions=[QUESTION])
    change(world, course_key(LONG), **{member: COURSE_EDITS[member]})
    before = dict(world.store.items)
    assert code_of(world.start) == CODE
    assert world.store.items == before
    assert alarms == [BROKEN_RECORDS]


def test_attack_putting_another_course_in_a_courses_place(world: World) -> None:
    world.store.items[course_key(LONG)] = world.store.items[course_key(SHORT)]
    assert code_of(world.start) == CODE


def test_a_watch_that_has_begun_goes_on_though_its_course_was_changed(world: World) -> None:
    world.start()
    change(world, course_key(LONG), duration_ms=11_000)
    assert world.start(take_over=True).live.duration_ms == 75_000


def test_what_release_1_0_0_left_of_a_course_is_sealed_by_the_first_start(world: World) -> None:
    told = world.store.get(course_key(LONG), Course)
    change(world, course_key(LONG), seal="")
    world.start()
    sealed = world.store.get(course_key(LONG), Course)
    assert told
    assert sealed
    assert sealed.value == told.value


@pytest.mark.usefixtures("alone")
def test_a_course_without_a_seal_begins_nothing_once_release_1_0_0_is_gone(world: World) -> None:
    change(world, course_key(LONG), seal="")
    assert code_of(world.start) == CODE
