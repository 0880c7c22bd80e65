"""What is answered without the framework is answered byte for byte as with it; and nothing odd is answered without."""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

import pytest

from services.kit.identity import Role
from services.kit.store import NewerShape, Throttled
from services.playback.app.revocation.decide_revocation import decide_revocation
from services.playback.app.watching.watches import read_live
from tests.fakes.store import MemoryStore
from tests.gateway import claims, request
from tests.security.bad_bodies import bad_bodies
from tests.security.operations import DOCUMENTS
from tests.unit.playback.entries import BothEntries
from tests.unit.playback.player import confirm, play, watch_to_prompt, watch_to_the_end
from tests.unit.playback.world import LEARNER, LONG, OTHER, SHORT, World, a_world

PATHS = {name: f"/v1/playback/{name}" for name in ("beats", "pauses", "confirmations")}
QUESTIONS = [{"text": "哪一项?", "choices": [*"甲乙丙丁"], "answer": 1}]


@cache
def schema(path: str) -> dict[str, Any]:
    """Of the operation's bodies."""
    document = json.loads((DOCUMENTS / "playback.json").read_text("utf-8"))
    content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    name = content["$ref"].rpartition("/")[2]
    return dict(document["components"]["schemas"][name])


def body(world: World, path: str, token: str) -> dict[str, Any]:
    """As a player sends it."""
    if path != PATHS["confirmations"]:
        return {"token": token, "position_ms": 5_000}
    live = read_live(world.store, LEARNER)
    prompt = live.value.prompt if live else None
    return {"token": token, "nonce": prompt.nonce if prompt else "none", "choice": None}


@pytest.mark.parametrize("path", PATHS.values())
def test_bodies_that_no_operation_accepts_are_refused_by_the_routes(path: str) -> None:
    world = a_world()
    entries = BothEntries(world.context)
    for name, text in bad_bodies(schema(path)):
        event = request("POST", path, text, who=claims(LEARNER))
        with suppress(UnicodeDecodeError):
            event["body"], event["isBase64Encoded"] = text.decode(), False
        answer = entries.agree(event)
        assert 400 <= answer["statusCode"] < 500, name
    # What is of the right types and means nothing, such as a token that is none, is refused without the framework.
    assert entries.plain <= 2


STATES: dict[str, Callable[[World], str]] = {
    "begun": lambda world: world.start().token,
    "under way": lambda world: play(world, world.start(), 4_321).token,
    "an older token": lambda world: _older(world),
    "at a prompt": lambda world: watch_to_prompt(world, world.start()).token,
    "at a question": lambda world: _at_question(world),
    "confirmed": lambda world: confirm(world, watch_to_prompt(world, world.start())).token,
    "complete": lambda world: watch_to_the_end(world, world.start(SHORT)).token,
    "about to be complete": lambda world: _nearly(world),
    "taken over": lambda world: _taken_over(world),
    "of somebody else": lambda world: world.start(LONG, OTHER).token,
    "revoked": lambda world: _revoked(world),
    "no token": lambda _world: "k1.x.y",
    "an unknown key": lambda _world: "k9.x.y",
}


def _older(world: World) -> str:
    state = world.start()
    play(world, state, 4_000)
    return state.token


def _at_question(world: World) -> str:
    world.publish(LONG, version="asks", sequence=2, questions=QUESTIONS)
    return watch_to_prompt(world, world.start()).token


def _nearly(world: World) -> str:
    state = world.start(SHORT)
    while state.live.furthest_ms < 17_000:
        state = confirm(world, state) if state.prompt else play(world, state, 500)
    return state.token


def _taken_over(world: World) -> str:
    state = world.start()
    world.start(take_over=True)
    return state.token


def _revoked(world: World) -> str:
    state = world.start()
    decide_revocation(world.context, world.asked_to_revoke(LEARNER, LONG))
    return state.token


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
@pytest.mark.parametrize("wait_ms", [0, 700, 61_000, 90_000_000])
def test_every_state(state: Callable[[World], str], wait_ms: int) -> None:
    world = a_world()
    token = state(world)
    world.clock.advance(wait_ms)
    entries = BothEntries(world.context)
    for path in PATHS.values():
        told = body(world, path, token)
        for choice in [{}] if "choice" not in told else [{}, *({"choice": place} for place in (0, 1, 3, 4, 99))]:
            entries.agree(request("POST", path, {**told, **choice}, who=claims(LEARNER)))
        entries.agree(request("POST", path, told, who=claims(LEARNER), content_type="application/json; charset=utf-8"))
    assert entries.plain == 11, "a player's own call was left to the framework"


@pytest.mark.parametrize("who", [{}, claims(LEARNER) | {"token_use": "id"}, claims("staff", Role.EDITOR)])
@pytest.mark.parametrize("path", PATHS.values())
def test_who_may_not_call_is_refused_by_the_routes(path: str, who: dict[str, str]) -> None:
    world = a_world()
    entries = BothEntries(world.context)
    answer = entries.agree(request("POST", path, body(world, path, world.start().token), who=who))
    assert (answer["statusCode"] in (401, 403), entries.plain) == (True, 0)


ODD: dict[str, dict[str, str]] = {
    "another origin": {"x_origin_verify": "guessed"},
    "no JSON": {"content_type": "text/plain"},
    "another charset": {"content_type": "application/json; charset=utf-16"},
    "a header that is not ASCII": {"x_origin_verify": "学时" * 10},
}


@pytest.mark.parametrize("headers", ODD.values(), ids=ODD.keys())
def test_odd_headers(headers: dict[str, str]) -> None:
    world = a_world()
    told = body(world, PATHS["beats"], world.start().token)
    BothEntries(world.context).agree(request("POST", PATHS["beats"], told, who=claims(LEARNER), **headers))


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_another_method_is_the_routes_matter(method: str) -> None:
    entries = BothEntries(a_world().context)
    assert entries.agree(request(method, PATHS["beats"], who=claims(LEARNER)))["statusCode"] == 405
    assert entries.plain == 0


@pytest.mark.parametrize("error", [Throttled("busy"), NewerShape("newer"), RuntimeError("a mistake")])
def test_what_fails_below_is_told_alike(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_arguments: object) -> None:
        raise error

    world = a_world()
    told = body(world, PATHS["beats"], world.start().token)
    monkeypatch.setattr(MemoryStore, "commit", fail)
    entries = BothEntries(world.context)
    answer = entries.agree(request("POST", PATHS["beats"], told, who=claims(LEARNER)))
    assert (answer["statusCode"] >= 409, entries.plain) == (True, 1)
