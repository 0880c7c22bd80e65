"""What auto-watching scripts try, over HTTP: nothing is credited beyond real time, and a refusal changes nothing."""

from typing import Any

import pytest

from demo.cheater import AT_THE_PROMPT, BEFORE_THE_PROMPT, Cheater, run_attack, stolen_tokens, wait_for_prompt
from demo.client import Client
from tests.flows.world import Item, World

pytestmark = pytest.mark.system

STUBBORN_S = 3.0


@pytest.fixture(scope="module")
def cheater(world: World) -> Cheater:
    """A script on a long course, far from its first prompt."""
    return _cheater(world, world.publish(duration_s=1200, max_rate="1.0"))


@pytest.fixture(scope="module")
def stuck(world: World) -> Cheater:
    """A script that has come to its first prompt."""
    cheater = _cheater(world, world.publish(duration_s=20))
    wait_for_prompt(cheater)
    return cheater


@pytest.mark.parametrize("name", BEFORE_THE_PROMPT)
def test_nothing_is_gained_by(world: World, cheater: Cheater, name: str) -> None:
    result = run_attack(cheater, name, BEFORE_THE_PROMPT[name])
    assert result.beyond_ms == 0
    assert not world.traffic.failures


@pytest.mark.parametrize("name", AT_THE_PROMPT)
def test_an_open_prompt_gives_nothing_to(world: World, stuck: Cheater, name: str) -> None:
    furthest_ms, index = stuck.state["furthest_ms"], stuck.state["prompt"]["index"]
    result = run_attack(stuck, name, AT_THE_PROMPT[name])
    assert result.credited_ms == 0
    assert (stuck.state["furthest_ms"], stuck.state["prompt"]["index"]) == (furthest_ms, index)
    assert not stuck.state["completed"]
    assert not world.traffic.failures


@pytest.mark.parametrize(
    "name",
    [
        "spoofed positions",
        "spoofed duration, rate, time, learner",
        "edited tokens",
        "a call that says “done”",
    ],
)
def test_a_refusal_changes_nothing(world: World, cheater: Cheater, name: str) -> None:
    world.settle()
    before = world.state()
    answers = BEFORE_THE_PROMPT[name](cheater)
    assert all(400 <= answer.status < 500 for answer in answers)
    assert world.state() == before


def test_another_learners_token_is_worthless(world: World, cheater: Cheater) -> None:
    victim, course_id = _entitled(world)
    player = world.player(victim, course_id)
    player.start()
    before = _playback(world)
    answers = stolen_tokens(lambda: player.state)(cheater)
    assert {(answer.status, answer.code) for answer in answers} == {(400, "TOKEN_INVALID")}
    assert _playback(world) == before


def test_another_learners_things_are_invisible(world: World) -> None:
    victim, course_id = _entitled(world)
    watched = world.watch(victim, course_id)
    world.settle()
    assert world.awards(victim)
    stranger = world.member()
    assert stranger.get(f"/v1/playback/courses/{course_id}/progress").status == 404
    assert stranger.get(f"/v1/playback/watches/{watched['watch_id']}/evidence").status == 404
    assert world.timeline(stranger) == []
    assert stranger.get("/v1/orders/entitlements").accepted()["entitlements"] == []
    assert stranger.get(f"/v1/orders/courses/{course_id}/state").accepted()["state"] == "claimable"
    refused = stranger.post("/v1/playback/sessions", {"course_id": course_id, "take_over": True})
    assert (refused.status, refused.code) == (403, "NOT_ENTITLED")


def test_watching_again_awards_nothing_more(world: World) -> None:
    learner, course_id = _entitled(world)
    world.watch(learner, course_id)
    world.settle()
    awards = world.awards(learner)
    again = _cheater_of(learner, course_id)
    for _ in range(3):
        again.claim_all()
        again.start()
    world.settle()
    assert world.awards(learner) == awards
    assert len(awards) == 1


def _entitled(world: World) -> tuple[Client, str]:
    course_id = world.publish()
    learner = world.member()
    world.claim(learner, course_id)
    world.settle()
    return learner, course_id


def _cheater(world: World, course_id: str) -> Cheater:
    learner = world.member()
    world.claim(learner, course_id)
    world.settle()
    return _cheater_of(learner, course_id)


def _cheater_of(learner: Client, course_id: str) -> Cheater:
    cheater = Cheater(learner, course_id, stubborn_s=STUBBORN_S)
    assert cheater.start().ok
    return cheater


def _playback(world: World) -> list[Item]:
    state: dict[str, Any] = world.state()
    return list(state[world.system.table("playback")])
