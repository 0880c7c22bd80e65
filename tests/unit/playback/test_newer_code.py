"""Newer code has put members into items and tokens that this code does not know: what it changes keeps them."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.kit import base64url
from services.kit.kinds import kinds
from services.kit.signing import ES256
from services.kit.store import Key, NewerShape, Stored
from services.playback.app.evidence.archive_watch import archive_watch
from services.playback.app.items import live_key
from services.playback.app.media.grant_media import grant_media
from services.playback.app.risk.assess_watch import assess_watch
from services.playback.app.risk.note_places import note_places
from services.playback.app.risk.review_case import review_case
from services.playback.app.watching.tokens import seal
from services.playback.app.watching.watch import beat, confirm_prompt, pause
from services.playback.domain.watch import Live
from tests.fakes.archive import MemoryArchive
from tests.fakes.signing import MemorySigner
from tests.unit.playback.log_world import LogWorld
from tests.unit.playback.player import play
from tests.unit.playback.test_media import Named
from tests.unit.playback.world import LEARNER, LONG, NOON_IN_SHANGHAI, OTHER, SHORT, World, a_world, by

MADE_ONCE = {"AnchorNote", "LogEntry", "RiskCasePlace", "WaitingEntry"}
"""Kinds that are written once and never changed."""

QUESTION = {"text": "which", "choices": ["a", "b"], "answer": 0}


@pytest.fixture
def world() -> World:
    return a_world()


def extend(world: World) -> dict[Key, int]:
    """Newer code writes every item of playback's own; returns where they are, at which version."""
    own = {kind.name for kind in kinds("services.playback").values()}
    found = {key: world.store.items[key] for key, label in world.store.labels.items() if label.kind in own}
    for key, (version, body) in found.items():
        world.store.items[key] = (version, json.dumps({**json.loads(body), "later": "kept"}))
    return {key: version for key, (version, _) in found.items()}


def body(world: World, key: Key) -> dict[str, Any]:
    """What an item holds."""
    found: dict[str, Any] = json.loads(world.store.items[key][1])
    return found


def complete(world: World) -> None:
    """The session of the short course to its end, answering at once; newer code writes between any two calls."""
    while (live := world.live()).completed_at is None:
        extend(world)
        stored = world.store.get(live_key(LEARNER), Live)
        assert stored
        token = seal(world.context.keys, LEARNER, stored)
        if live.prompt:
            question = world.context.open_question(live)
            choice = question.order.index(question.answer) if question else None
            confirm_prompt(world.context, by(LEARNER), token, live.prompt.nonce, choice)
        else:
            world.clock.advance(5_000)
            beat(world.context, by(LEARNER), token, live.furthest_ms + 5_000)


def test_whatever_is_changed_keeps_what_newer_code_put_into_it(world: World, tmp_path: Path) -> None:
    world.publish(SHORT, sequence=2, questions=[QUESTION])
    world.membership()
    media, opened = world.media_context(Named()), world.start(LONG)
    grant_media(media, by(LEARNER), opened.token)
    note_places(world.context, LEARNER, "device", None)
    before = extend(world)

    world.clock.advance(1_000)
    grant_media(media, by(LEARNER), opened.token)
    world.start(SHORT, take_over=True)
    complete(world)
    before = extend(world) | before
    completed = world.store.outbox[-1]
    packs, staff = MemoryArchive(), by("reviewer-1", "k" * 16)
    log = LogWorld(tmp_path, world)
    log.note("something before")
    log.run()
    before = extend(world) | before
    archive_watch(world.archive_context(MemorySigner(ES256), packs), completed)
    log.run()
    assess_watch(world.risk_context(packs), completed)
    before = extend(world) | before
    review_case(world.risk_context(packs), staff, world.live().watch_id, "autoclicker")
    pause(world.context, by(LEARNER), world.start(LONG).token, 0)
    world.start(LONG)
    world.revoke(LEARNER, LONG)
    world.membership(sequence=2, valid_from=NOON_IN_SHANGHAI)
    world.publish(SHORT, version="v2", sequence=3, questions=[QUESTION])
    world.publish(SHORT, sequence=4, questions=[{**QUESTION, "answer": 1}])
    world.entitle(LEARNER, SHORT, sequence=2)
    world.clock.advance(86_400_000)
    note_places(world.context, LEARNER, "device", None)

    changed = {key for key, version in before.items() if world.store.items[key][0] > version}
    assert {world.store.labels[key].kind for key in changed} == {
        kind.name for kind in kinds("services.playback").values()
    } - MADE_ONCE
    assert [key for key in changed if body(world, key).get("later") != "kept"] == []


def test_a_beat_keeps_what_newer_code_put_into_the_token(world: World) -> None:
    world.start(LONG)
    extend(world)
    stored = world.store.get(live_key(LEARNER), Live)
    assert stored
    state = beat(world.context, by(LEARNER), seal(world.context.keys, LEARNER, stored), 0)
    assert body(world, live_key(LEARNER))["later"] == "kept"
    play(world, state, 1_000)
    assert body(world, live_key(LEARNER))["later"] == "kept"


def test_a_token_of_newer_code_that_this_code_cannot_read_is_no_forgery(world: World) -> None:
    state = world.start(LONG)
    unreadable = Stored(live_key(LEARNER), state.live, 1, json.dumps({"session": state.live.session_id}))
    token = seal(world.context.keys, LEARNER, unreadable)
    with pytest.raises(NewerShape):
        beat(world.context, by(LEARNER), token, 0)
    assert world.live() == state.live


def test_a_token_is_what_it_was_before_it_carried_the_item(world: World) -> None:
    """So one made before a deployment works after it."""
    stored = Stored(live_key(OTHER), world.start(learner_id=OTHER).live, 1, '{"a":1}')
    payload = seal(world.context.keys, OTHER, stored).split(".")[1]
    assert base64url.decode(payload) == b'{"version":1,"live":{"a":1}}'
