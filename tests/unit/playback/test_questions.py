"""Prompts that ask something: asked until answered rightly, and nothing tells the answer but the answer."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Any

import pytest

from services.kit.problems import Problem
from services.playback.app.items import attempt_key
from services.playback.app.watching.start_session import start_session
from services.playback.app.watching.watch import beat, confirm_prompt
from services.playback.app.watching.watch_state import WatchState
from services.playback.domain.evidence import evidence_pack
from services.playback.domain.ids import WatchId
from services.playback.domain.policy import policy
from services.playback.domain.questions import Question, shown_question
from services.playback.domain.watch import Attempt, LegKind
from tests.unit.playback.player import play
from tests.unit.playback.world import LEARNER, OTHER, SHORT, World, a_world, by
from tests.verifying import doubts

QUESTIONS: list[dict[str, Any]] = [
    {"text": f"question {number}", "choices": [f"{number}-{letter}" for letter in "abcd"], "answer": number}
    for number in range(3)
]
RIGHT = {question["text"]: question["choices"][question["answer"]] for question in QUESTIONS}


@pytest.fixture
def world() -> World:
    """Two learners entitled to a course whose prompts ask."""
    world = a_world()
    world.publish(SHORT, version="v2", sequence=2, questions=QUESTIONS)
    return world


def to_prompt(world: World, state: WatchState) -> WatchState:
    while state.prompt is None:
        state = play(world, state, 2_000)
    return state


def right(state: WatchState) -> int:
    assert state.question
    return state.question.choices.index(RIGHT[state.question.text])


def answer(world: World, state: WatchState, choice: int | None) -> WatchState:
    assert state.prompt
    world.clock.advance(1_500)
    return confirm_prompt(world.context, by(LEARNER), state.token, state.prompt.nonce, choice)


def finish(world: World, state: WatchState) -> WatchState:
    while state.live.completed_at is None:
        state = answer(world, state, right(state)) if state.prompt else play(world, state, 2_000)
    return state


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.type.code


def test_a_watch_with_every_question_answered_rightly_completes(world: World) -> None:
    state = finish(world, world.start(SHORT))
    assert state.live.confirmed == 2
    assert [leg.facts.choice for leg in world.legs(state.live.watch_id) if leg.facts.choice is not None] != []


def test_a_wrong_answer_is_recorded_and_asked_again_without_credit(world: World) -> None:
    state = to_prompt(world, world.start(SHORT))
    again = answer(world, state, (right(state) + 1) % 4)
    assert state.prompt
    assert again.prompt
    assert (again.prompt.index, again.prompt.wrong) == (state.prompt.index, 1)
    assert again.prompt.nonce != state.prompt.nonce
    assert again.question == state.question
    assert again.live.furthest_ms == state.live.furthest_ms
    assert again.live.unspent_ms == state.live.unspent_ms
    last = world.legs(again.live.watch_id)[-1].facts
    assert (last.kind, last.response_ms) == (LegKind.ANSWERED_WRONG, 1_500)
    assert last.choice != QUESTIONS[int(again.question.text[-1]) if again.question else 0]["answer"]
    assert answer(world, again, right(again)).live.confirmed == 1


def test_a_lost_answer_to_a_wrong_choice_is_given_again_and_recorded_once(world: World) -> None:
    state = to_prompt(world, world.start(SHORT))
    wrong = (right(state) + 1) % 4
    first = answer(world, state, wrong)
    assert answer(world, state, wrong) == first
    assert len(world.legs(first.live.watch_id)) == first.live.legs
    assert code_of(lambda: answer(world, state, right(state))) == "TOKEN_STALE"


@pytest.mark.parametrize(("choice", "code"), [(None, "CHOICE_REQUIRED"), (4, "CHOICE_UNKNOWN"), (99, "CHOICE_UNKNOWN")])
def test_a_prompt_that_asks_needs_one_of_its_choices(world: World, choice: int | None, code: str) -> None:
    state = to_prompt(world, world.start(SHORT))
    before = dict(world.store.items)
    assert code_of(lambda: answer(world, state, choice)) == code
    assert world.store.items == before


def test_a_prompt_that_asks_nothing_takes_no_choice(world: World) -> None:
    world.publish(SHORT, version="v3", sequence=3)
    state = to_prompt(world, world.start(SHORT))
    assert code_of(lambda: answer(world, state, 0)) == "CHOICE_UNKNOWN"
    assert answer(world, state, None).live.confirmed == 1


def test_questions_and_their_order_stay_the_same_after_a_restart_and_two_key_rotations(world: World) -> None:
    state = to_prompt(world, world.start(SHORT))
    for key_id in ("k2", "k3"):
        world.ring |= {key_id: key_id * 30, "current": key_id}
        again = start_session(world.context, by(LEARNER, world.ids.new()), SHORT, take_over=True).state
        assert again.question == state.question
    assert finish(world, again).live.confirmed == 2


def keyed(key: str, message: bytes) -> bytes:
    return sha256(key.encode() + message).digest()


def test_learners_see_different_questions_and_orders(world: World) -> None:
    seen = {shown_question(WatchId(watch), 0, _questions(), partial(keyed, watch)) for watch in "abcdefgh"}
    assert len(seen) > 1


def test_no_question_comes_twice_before_every_other_has_come() -> None:
    texts = [
        shown_question(WatchId("watch"), index, _questions(), lambda message: message[::-1]).text for index in range(3)
    ]
    assert sorted(texts) == sorted(RIGHT)


def test_a_watch_under_way_keeps_the_questions_of_its_version(world: World) -> None:
    state = to_prompt(world, world.start(SHORT))
    world.publish(SHORT, version="v3", sequence=3, questions=[{"text": "new", "choices": ["x", "y"], "answer": 0}])
    again = world.start(SHORT, take_over=True)
    assert again.question == state.question


def test_a_wrong_key_put_right_counts_for_a_watch_under_way(world: World) -> None:
    state = to_prompt(world, world.start(SHORT))
    moved = [{**question, "answer": (question["answer"] + 1) % 4} for question in QUESTIONS]
    world.publish(SHORT, version="v2", sequence=3, questions=moved)
    world.context = replace(world.context, _questions={})
    assert answer(world, state, right(state)).live.confirmed == 0


def test_answer_leak(world: World) -> None:
    """Neither the token, nor the answer, nor what a beat at the prompt says differs with the right choice."""
    state = to_prompt(world, world.start(SHORT))
    assert state.question
    for text in (state.token, json.dumps(state.question.choices)):
        assert "answer" not in text
    moved = [{**question, "answer": (question["answer"] + 1) % 4} for question in QUESTIONS]
    other = a_world()
    other.publish(SHORT, version="v2", sequence=2, questions=moved)
    same = to_prompt(other, other.start(SHORT))
    assert same.token == state.token
    assert same.question
    assert (same.question.text, same.question.choices) == (state.question.text, state.question.choices)


def test_brute_forced_answer(world: World) -> None:
    """Trying every choice gets through, as a person would; each try is in the signed record, and no time is gained."""
    state = to_prompt(world, world.start(SHORT))
    furthest_ms, tries = state.live.furthest_ms, 0
    while state.prompt:
        state = answer(world, state, state.prompt.wrong)
        tries += 1
    assert state.live.furthest_ms == furthest_ms
    kinds = [leg.facts.kind for leg in world.legs(state.live.watch_id)]
    assert kinds.count(LegKind.ANSWERED_WRONG) == tries - 1
    assert (
        world.verify(state.live.watch_id, world.legs(state.live.watch_id), (state.live.legs, state.live.head_mac)) == []
    )


A_YEAR_MS = 365 * 86_400_000
"""To a day on which the answers are judged."""


def packed(world: World, wrong: int) -> dict[str, Any]:
    """The evidence of a watch with so many wrong answers before each right one; it is left once with a prompt open."""
    world.clock.advance(A_YEAR_MS)
    to_prompt(world, world.start(SHORT))
    state = world.start(SHORT, take_over=True)
    while state.live.completed_at is None:
        state = to_prompt(world, state)
        for _ in range(wrong):
            state = answer(world, state, (right(state) + 1) % 4)
        state = answer(world, state, right(state))
        while state.prompt is None and state.live.completed_at is None:
            state = play(world, state, 2_000)
    key = attempt_key(LEARNER, SHORT, state.live.attempt)
    attempt = world.store.get(key, Attempt)
    assert attempt
    legs = world.legs(state.live.watch_id)
    pack: dict[str, Any] = json.loads(json.dumps(evidence_pack(attempt.value, legs, policy(attempt.value.policy_id))))
    return pack


def test_some_wrong_answers_are_no_reason_to_doubt_a_watch(world: World) -> None:
    pack = packed(world, wrong=2)
    assert [prompt["wrong_answers"] for prompt in pack["prompts"]] == [2, 2]
    assert doubts(pack) == []


def first_wrong(pack: dict[str, Any]) -> dict[str, Any]:
    leg: dict[str, Any] = next(leg for leg in pack["legs"] if leg["kind"] == LegKind.ANSWERED_WRONG)
    return leg


@pytest.mark.parametrize(
    "false",
    [
        {"choice": None},
        {"prompt_index": 1},
        {"session_id": "another"},
        {"response_ms": 1},
        {"response_ms": None},
        {"kind": LegKind.PAUSED},
    ],
    ids=str,
)
def test_a_wrong_answer_that_nobody_can_have_given_is_doubted(world: World, false: dict[str, Any]) -> None:
    pack = packed(world, wrong=1)
    first_wrong(pack).update(false)
    assert doubts(pack) != []


def test_a_wrong_answer_that_earned_credit_is_doubted(world: World) -> None:
    pack = packed(world, wrong=1)
    for leg in pack["legs"][first_wrong(pack)["number"] - 1 :]:
        leg["furthest_ms"] += 1
    pack["watch"]["furthest_ms"] += 1
    assert "credit_closed" in doubts(pack)


def test_a_wrong_answer_that_the_summary_leaves_out_is_doubted(world: World) -> None:
    pack = packed(world, wrong=1)
    pack["prompts"][0]["wrong_answers"] = 0
    assert doubts(pack) == ["prompts"]


def test_a_pack_from_before_there_were_questions_is_not_doubted(world: World) -> None:
    pack = packed(world, wrong=0)
    for part in pack["legs"]:
        del part["choice"]
    for part in pack["prompts"]:
        del part["wrong_answers"]
    assert doubts(pack) == []


def test_a_beat_at_a_prompt_that_asks_repeats_it(world: World) -> None:
    state = to_prompt(world, world.start(SHORT))
    world.clock.advance(1_000)
    again = beat(world.context, by(LEARNER), state.token, state.live.furthest_ms)
    assert (again.prompt, again.question) == (state.prompt, state.question)


def test_another_learner_gets_their_own_draw(world: World) -> None:
    mine = to_prompt(world, world.start(SHORT))
    theirs = world.start(SHORT, OTHER)
    assert theirs.live.watch_id != mine.live.watch_id


def _questions() -> list[Question]:
    return [Question(q["text"], tuple(q["choices"]), q["answer"]) for q in QUESTIONS]
