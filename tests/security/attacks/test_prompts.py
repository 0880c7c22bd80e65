"""Attacks on prompts: nobody knows when, nothing is credited while one is open, each nonce counts once."""

import json
import time
from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from demo import cheater as attacks
from demo.cheater import Cheater, wait_for_prompt
from demo.client import Answer
from tests.security.attacks.conftest import Stage
from tests.security.attacks.script import attack_refused, nothing_stored, refused

pytestmark = pytest.mark.system

CONFIRMATIONS = "/v1/playback/confirmations"
PARALLEL = 8


def confirm(script: Cheater, nonce: str = "") -> Answer:
    """Confirms the open prompt, or with another nonce."""
    prompt = script.state["prompt"] or {}
    body = {"token": script.state["token"], "nonce": nonce or prompt.get("nonce", "none")}
    answer = script.client.post(CONFIRMATIONS, body)
    if answer.ok:
        script.state = answer.body
    return answer


def standing(script: Cheater) -> tuple[Any, ...]:
    """Where the watch stands."""
    state = script.state
    return state["furthest_ms"], state["prompts"], (state["prompt"] or {}).get("index"), state["completed"]


def unspent_ms(script: Cheater) -> int:
    """What the learner has earned and not claimed, as the token says; it is no secret."""
    return int(json.loads(_payload(script.state["token"]))["live"]["allowance_ms"])


def test_prompt_stripped_from_the_response(stage: Stage) -> None:
    script = stage.at_prompt()
    before = standing(script)
    for _ in range(3):
        time.sleep(0.5)
        assert script.claim_all().ok
        assert standing(script) == before


def test_blocked_challenge(stage: Stage) -> None:
    script = stage.at_prompt()
    before, body = standing(script), {"token": script.state["token"], "position_ms": 1}
    # The answer that shows the prompt never arrives; the same request shows the same prompt.
    lost = script.client.post(attacks.BEATS, body).accepted()
    assert script.client.post(attacks.BEATS, body).accepted()["prompt"] == lost["prompt"] == script.state["prompt"]
    script.state = lost
    assert standing(script) == before


def test_auto_click(stage: Stage) -> None:
    script = stage.at_prompt()
    began, before_ms, earned_ms = time.monotonic(), script.state["furthest_ms"], unspent_ms(script)
    assert confirm(script).ok
    script.claim_all()
    # It saves no time; how fast it was stays in the signed record.
    assert script.state["furthest_ms"] - before_ms <= (time.monotonic() - began) * 2_000 + earned_ms
    legs = [item for item in stage.world.items(stage.world.system.table("playback")) if item.sk.startswith("LEG#")]
    mine = [leg.body for leg in legs if script.state["watch_id"] in leg.pk]
    assert [leg for leg in mine if "response_ms" in json.dumps(leg)]


def test_confirmation_before_display(stage: Stage) -> None:
    attack_refused(stage.world, stage.script(), lambda script: [confirm(script, "guess")], "NO_OPEN_PROMPT")


def test_guessed_nonces(stage: Stage) -> None:
    script = stage.at_prompt()
    with nothing_stored(stage.world, script):
        refused(attacks.prompt_guessed(script), "NONCE_WRONG")


def test_nonce_replay(stage: Stage) -> None:
    script = stage.at_prompt()
    used = script.state["prompt"]["nonce"]
    assert confirm(script).ok
    with nothing_stored(stage.world, script):
        refused([confirm(script, used)], "NO_OPEN_PROMPT")
    wait_for_prompt(script)
    with nothing_stored(stage.world, script):
        refused([confirm(script, used)], "NONCE_WRONG")


def test_parallel_confirmations(stage: Stage) -> None:
    script = stage.at_prompt()
    body = {"token": script.state["token"], "nonce": script.state["prompt"]["nonce"]}
    with ThreadPoolExecutor(PARALLEL) as pool:
        answers = list(pool.map(lambda _: script.client.post(CONFIRMATIONS, body), range(PARALLEL)))
    taken = [answer.body for answer in answers if answer.ok]
    assert len({state["token"] for state in taken}) == 1
    assert taken[0]["prompts"]["confirmed"] == 1
    assert {answer.code for answer in answers if not answer.ok} <= {"BUSY", "TOKEN_STALE"}


def test_redraw_by_restarting(stage: Stage) -> None:
    script = stage.at_prompt()
    before = standing(script)
    for _ in range(3):
        script.start()
        script.claim_all()
        assert standing(script) == before


def test_confirming_late_after_beats_went_on(stage: Stage) -> None:
    script = stage.at_prompt()
    before, earned_ms = standing(script), unspent_ms(script)
    for _ in range(4):
        time.sleep(0.5)
        assert script.claim_all().ok
    # The two seconds at the prompt earned nothing that the confirmation could set free.
    assert (standing(script), unspent_ms(script)) == (before, earned_ms)
    assert confirm(script).ok
    assert (script.state["furthest_ms"], unspent_ms(script)) == (before[0], earned_ms)


def _payload(token: str) -> str:
    payload = token.split(".")[1]
    return urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
