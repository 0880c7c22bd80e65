"""Statements of the xAPI Video Profile, judged by a learning record store's own models, not by ours."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from ralph.models.xapi.video.statements import VideoCompleted

from services.kit.signing import ES256
from services.playback.app.context import StatementsContext
from services.playback.app.evidence.archive_watch import archive_watch
from services.playback.app.items import attempt_key, leg_key
from services.playback.app.statements.read_statements import read_statements
from services.playback.app.watching.watch import pause
from services.playback.domain.ids import LearnerId
from services.playback.domain.policy import policy
from services.playback.domain.statements import completed_statement
from services.playback.domain.watch import Attempt
from services.playback.handlers.statements import build_api
from tests.fakes.archive import MemoryArchive
from tests.fakes.signing import MemorySigner
from tests.fakes.store import MemoryStore
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.playback.player import play, watch_to_prompt, watch_to_the_end
from tests.unit.playback.world import FAST, LEARNER, LONG, OTHER, SHORT, World, a_world, by

VIDEO = "https://w3id.org/xapi/video/extensions"


@pytest.fixture
def world() -> World:
    return a_world()


def statements(
    world: World, archive: MemoryArchive | None = None, learner: LearnerId = LEARNER
) -> Sequence[dict[str, Any]]:
    return read_statements(StatementsContext(world.store, archive or MemoryArchive()), learner, None, 20).items


def accepted(statement: dict[str, Any]) -> VideoCompleted:
    """What the other side makes of it. Raises where it does not take it."""
    return VideoCompleted.model_validate(statement)


def test_a_completed_watch_is_accepted_by_a_model_we_did_not_write(world: World) -> None:
    watch_to_the_end(world, world.start(SHORT))
    (statement,) = statements(world)
    read = accepted(statement)
    assert read.actor.account.name == LEARNER
    assert read.result.completion is True
    assert read.result.extensions.time == 20.0
    assert read.result.extensions.progress == 1.0
    assert read.context.extensions.length == 20.0
    assert read.timestamp == datetime.fromisoformat(statement["timestamp"])


@pytest.mark.parametrize(
    "path", ["verb", "object", "result", "context", "result.extensions", "context.contextActivities", "actor"]
)
def test_that_model_refuses_what_lacks_a_part(world: World, path: str) -> None:
    """Otherwise its acceptance would prove nothing."""
    watch_to_the_end(world, world.start(SHORT))
    (statement,) = statements(world)
    *inside, last = path.split(".")
    place = statement
    for name in inside:
        place = place[name]
    place[last] = {"made": "up"}
    with pytest.raises(ValueError, match="validation error"):
        accepted(statement)


@pytest.mark.parametrize("duration_ms", [1_500, 2_001, 20_000, 60_040, 75_000, 2_400_123, 5_400_000])
def test_values_have_the_form_that_the_profile_says(world: World, duration_ms: int) -> None:
    """Version 1.0.3: at most three decimals, a share of 0 to 1, the pattern of `session-id`."""
    watch_id = watch_to_the_end(world, world.start(SHORT)).live.watch_id
    stored = world.store.get(attempt_key(LEARNER, SHORT, 1), Attempt)
    assert stored
    watch = replace(stored.value, duration_ms=duration_ms, furthest_ms=duration_ms - 700)
    told = completed_statement(watch, world.legs(watch_id), policy(watch.policy_id))
    within, beyond = told["context"]["extensions"], told["result"]["extensions"]
    numbers = within[f"{VIDEO}/length"], within[f"{VIDEO}/completion-threshold"], beyond[f"{VIDEO}/progress"]
    assert all(len(str(number).partition(".")[2]) <= 3 for number in numbers)
    assert 0 < within[f"{VIDEO}/completion-threshold"] <= beyond[f"{VIDEO}/progress"] <= 1
    session = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert re.fullmatch(session, within[f"{VIDEO}/session-id"])


def test_played_segments_are_what_was_credited_leg_by_leg(world: World) -> None:
    """A player that jumps to the end claims everything, and gets what the server's time allows."""
    state = watch_to_prompt(world, world.start(LONG))
    watch_to_the_end(world, state)
    (statement,) = statements(world)
    segments = [
        tuple(map(float, part.split("[.]")))
        for part in statement["result"]["extensions"][f"{VIDEO}/played-segments"].split("[,]")
    ]
    legs = [leg.facts.furthest_ms / 1000 for leg in world.legs(state.live.watch_id)]
    assert segments[0][0] == 0
    assert segments[-1][1] == legs[-1]
    assert all(start < end for start, end in segments)
    assert all(before[1] == after[0] for before, after in pairwise(segments))
    assert {end for _, end in segments} == set(legs) - {0}


def test_time_without_watching_is_no_duration(world: World) -> None:
    state = play(world, world.start(SHORT), 2_000)
    pause(world.context, by(LEARNER), state.token, 2_000)
    world.clock.advance(3_600_000)
    watch_to_the_end(world, world.start(SHORT))
    (statement,) = statements(world)
    read = accepted(statement)
    assert 20 <= read.result.duration.total_seconds() <= 40
    assert "0[.]2[,]2[.]" in statement["result"]["extensions"][f"{VIDEO}/played-segments"]


def test_exporting_again_gives_the_same_before_and_after_archiving_and_when_the_legs_are_gone(world: World) -> None:
    state = watch_to_the_end(world, world.start(SHORT))
    first = statements(world)
    archive = MemoryArchive()
    archive_watch(world.archive_context(MemorySigner(ES256), archive), world.store.outbox[-1])
    assert statements(world, archive) == first
    world.store.items.pop(leg_key(state.live.watch_id, 1))
    assert statements(world, archive) == first
    UUID(first[0]["id"], version=5)
    assert first[0]["context"]["registration"].replace("-", "") == state.live.watch_id


def test_only_what_is_complete_is_told_page_by_page(world: World) -> None:
    watch_to_the_end(world, world.start(LONG))
    watch_to_the_end(world, world.start(SHORT, take_over=True))
    play(world, world.start(FAST, take_over=True), 5_000)
    api = build_api(StatementsContext(world.store, MemoryArchive()), origin_secret)

    def get(path: str) -> Answer:
        return send(api, request("GET", path, who=claims(LEARNER, "learner")))

    path, found, pages = "/v1/playback/statements?limit=1", [], 0
    while path:
        answer = get(path)
        assert answer.status == 200
        found += [accepted(statement) for statement in answer.body["statements"]]
        path, pages = answer.body["more"], pages + 1
    assert [str(s.object.id.root).rsplit("/", 1)[1] for s in found] == [LONG, SHORT]
    assert pages == 3
    assert get("/v1/playback/statements").body["more"] == ""


def test_a_learner_reads_their_own_and_an_auditor_anybodys(world: World) -> None:
    watch_to_the_end(world, world.start(SHORT))
    api = build_api(StatementsContext(world.store, MemoryArchive()), origin_secret)
    own, theirs = "/v1/playback/statements", f"/v1/playback/learners/{LEARNER}/statements"
    mine = send(api, request("GET", own, who=claims(LEARNER, "learner")))
    assert send(api, request("GET", own, who=claims(OTHER, "learner"))).body["statements"] == []
    assert send(api, request("GET", theirs, who=claims("auditor-1", "auditor"))).body == mine.body
    for role in ("learner", "editor", "reviewer", "finance", "records", "administrator"):
        assert send(api, request("GET", theirs, who=claims(LEARNER, role))).code == "WRONG_ROLE"


@pytest.mark.parametrize("query", ["after=x", "after=short%2300", "after=A%230001", "limit=0", "limit=21", "limit=x"])
def test_bad_pages(query: str) -> None:
    api = build_api(StatementsContext(MemoryStore(), MemoryArchive()), origin_secret)
    answer = send(api, request("GET", f"/v1/playback/statements?{query}", who=claims(LEARNER, "learner")))
    assert (answer.status, answer.code) == (400, "INVALID_REQUEST")
