"""Attacks on sessions: one live playback per learner, one version of it, and only for who may watch."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from demo import cheater as attacks
from demo.cheater import Cheater
from demo.client import Answer, Client
from demo.people import learner_id_of
from services.playback.app.items import live_key
from services.playback.domain.ids import LearnerId
from services.playback.domain.policy import policy
from tests.flows.buying import buy, refund
from tests.flows.world import World, eventually
from tests.security.attacks.conftest import Stage
from tests.security.attacks.script import attack_refused, no_gain, nothing_stored, refused

pytestmark = pytest.mark.system

PARALLEL = 8
SESSIONS = "/v1/playback/sessions"
LONGER_AND_LONGER_S = (6, 12, 24, 48)
"""How long an entitlement is valid: on a busy machine the first may have ended when it arrives."""


def test_parallel_courses(stage: Stage) -> None:
    first = stage.script()
    began = time.monotonic()
    first.claim_all()
    begun_ms = first.state["furthest_ms"]
    second = stage.script(stage.other, first.client)
    with nothing_stored(stage.world, first):
        refused([first.claim_all()], "LEASE_SUPERSEDED")
    second.claim_all()
    first.start()
    first.claim_all()
    both_ms = first.state["furthest_ms"] - begun_ms + second.state["furthest_ms"]
    assert both_ms <= (time.monotonic() - began) * 1000


def test_parallel_tabs(stage: Stage) -> None:
    script = stage.script()
    with no_gain(script):
        first_token = script.state["token"]
        refused([script.start(take_over=False)], "TAKEOVER_REQUIRED")
        assert script.start().ok
        with nothing_stored(stage.world, script):
            stale = script.client.post(attacks.BEATS, {"token": first_token, "position_ms": 1_200_000})
            refused([stale], "LEASE_SUPERSEDED")
            assert stale.body["saved"]["furthest_ms"] == script.state["furthest_ms"]


def test_daily_cap(stage: Stage) -> None:
    """Nobody can wait ten hours here, so the live session says that all but a second of them were watched today."""
    script = stage.script()
    left_ms = 1_000
    watched_today(stage.world, script, left_ms)
    assert script.start().ok
    before_ms = script.state["furthest_ms"]
    assert script.state["day_left_ms"] == left_ms
    eventually(lambda: script.claim_all().ok and script.state["day_left_ms"] == 0)
    assert script.state["furthest_ms"] - before_ms == left_ms
    other = stage.script(stage.other, script.client)
    time.sleep(1)  # as long as it takes to be credited a second on any other day
    other.claim_all()
    assert (other.state["furthest_ms"], other.state["day_left_ms"], other.state["completed"]) == (0, 0, False)


def watched_today(world: World, script: Cheater, left_ms: int) -> None:
    """Makes the day's total what leaves so much of the cap; nothing else of the live session changes."""
    key, table = live_key(LearnerId(learner_id_of(script.client))), world.system.table("playback")
    dynamodb, place = world.system.client("dynamodb"), {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
    item = dynamodb.get_item(TableName=table, Key=place, ConsistentRead=True)["Item"]
    live = json.loads(item["body"]["S"])
    live["day_total_ms"] = policy(live["policy_id"]).daily_cap_ms - left_ms
    dynamodb.put_item(TableName=table, Item={**item, "body": {"S": json.dumps(live)}})


def test_lease_ping_pong(stage: Stage) -> None:
    script = stage.script()
    with no_gain(script):
        for _ in range(10):
            assert script.start().ok
            script.claim_all()


def test_two_devices_racing_on_one_token(stage: Stage) -> None:
    script = stage.script()
    with no_gain(script):
        answers = attacks.parallel_beats(script)
        assert [answer.ok for answer in answers].count(True) == 1
        refused([answer for answer in answers if not answer.ok], "TOKEN_STALE", "BUSY")


def test_beat_replay(stage: Stage) -> None:
    script = stage.script()
    body = {"token": script.state["token"], "position_ms": 1_200_000}
    first = script.client.post(attacks.BEATS, body)
    with nothing_stored(stage.world, script):
        again = [script.client.post(attacks.BEATS, body) for _ in range(5)]
    # The same request is answered again; what it claimed is not credited again.
    assert {answer.body["furthest_ms"] for answer in again} == {first.body["furthest_ms"]}
    assert {answer.body["token"] for answer in again} == {first.body["token"]}


def test_sequence_gap(stage: Stage) -> None:
    script = stage.script()
    old = [script.state["token"]]
    for _ in range(3):
        script.claim_all()
        old.append(script.state["token"])

    def out_of_order(script: Cheater) -> list[Answer]:
        return [script.beat_with(token=token) for token in (old[0], old[2], old[1])]

    attack_refused(stage.world, script, out_of_order, "TOKEN_STALE")


def test_token_theft(stage: Stage) -> None:
    victim, thief = stage.script(), stage.script()
    with nothing_stored(stage.world, victim):
        attack_refused(stage.world, thief, attacks.stolen_tokens(lambda: victim.state), "TOKEN_INVALID")
        signed_out = stage.world.public.post(attacks.BEATS, {"token": victim.state["token"], "position_ms": 1})
        assert signed_out.status == 401


def test_token_of_another_course(stage: Stage) -> None:
    script = stage.script()
    first_token = script.state["token"]
    second = stage.script(stage.other, script.client)

    def spliced(script: Cheater) -> list[Answer]:
        parts = zip(first_token.split("."), script.state["token"].split("."), strict=True)
        (key_id, _), (payload, _), (_, mac) = parts
        return [script.beat_with(token=f"{key_id}.{payload}.{mac}")]

    attack_refused(stage.world, second, spliced, "TOKEN_INVALID")
    attack_refused(stage.world, second, lambda one: [one.beat_with(token=first_token)], "LEASE_SUPERSEDED")


def test_edited_token(stage: Stage) -> None:
    attack_refused(stage.world, stage.script(), attacks.edited_tokens, "TOKEN_INVALID")


def test_user_id_in_the_body(stage: Stage) -> None:
    victim, script = stage.script(), stage.script()
    named = learner_id_of(victim.client)

    def naming(script: Cheater) -> list[Answer]:
        fields = ("learner_id", "user_id", "sub", "owner")
        start = {"course_id": stage.long, "take_over": True}
        starts = [script.client.post(SESSIONS, {**start, name: named}) for name in fields]
        return [*(script.beat_with(**{name: named}) for name in fields), *starts]

    with nothing_stored(stage.world, victim):
        attack_refused(stage.world, script, naming, "INVALID_REQUEST")


def test_unentitled_watch(stage: Stage) -> None:
    script = stage.script()

    def starting(script: Cheater) -> list[Answer]:
        return [script.client.post(SESSIONS, {"course_id": stage.other, "take_over": True}) for _ in range(3)]

    attack_refused(stage.world, script, starting, "NOT_ENTITLED")


def test_expired_watch(stage: Stage) -> None:
    world, learner = stage.world, stage.world.learner()
    script = Cheater(learner, stage.long)
    valid_s = next(seconds for seconds in LONGER_AND_LONGER_S if _started_in_time(world, script, seconds))
    eventually(lambda: not script.claim_all().ok)
    with nothing_stored(world, script):
        refused([script.claim_all()], "ENTITLEMENT_ENDED")
        refused([script.start()], "ENTITLEMENT_ENDED")
    assert script.state["furthest_ms"] <= valid_s * 1_000


def _started_in_time(world: World, script: Cheater, seconds: int) -> bool:
    """Whether an entitlement for so long came early enough for the script to start."""
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    entitle(world, script.client, script.course_id, until)
    eventually(lambda: script.start().ok or datetime.now(UTC) > until)
    return bool(script.state)


def test_refunded_watch(stage: Stage) -> None:
    world, learner = stage.world, stage.world.learner()
    order_id = buy(world, learner, stage.long)
    script = Cheater(learner, stage.long)
    script.start()
    script.claim_all()
    assert refund(world, learner, order_id)["status"] == "done"
    with nothing_stored(world, script):
        refused([script.claim_all(), script.beat_with(position_ms=1), script.start()], "ENTITLEMENT_REVOKED")


def test_parallel_claims_are_one(stage: Stage) -> None:
    learner = stage.world.claimant()
    with ThreadPoolExecutor(PARALLEL) as pool:
        body = {"course_id": stage.long}
        answers = list(pool.map(lambda _: learner.post("/v1/orders/claims", body), range(PARALLEL)))
    assert [answer.ok for answer in answers].count(True) == 1
    refused([answer for answer in answers if not answer.ok], "ALREADY_CLAIMED", "BUSY")
    assert len(stage.world.entitlements(learner)) == 1


def test_a_call_that_says_done(stage: Stage) -> None:
    script = stage.script()
    with no_gain(script), nothing_stored(stage.world, script):
        assert {answer.status for answer in attacks.no_completion_call(script)} <= {403, 404}


def test_parallel_starts_with_one_key_are_one_session(stage: Stage) -> None:
    script, key = stage.script(), uuid4().hex
    body = {"course_id": stage.long, "take_over": True}
    with ThreadPoolExecutor(PARALLEL) as pool:
        answers = list(pool.map(lambda _: script.client.post(SESSIONS, body, key=key), range(PARALLEL)))
    started = [answer for answer in answers if answer.ok]
    assert started
    assert len({answer.body["token"] for answer in started}) == 1
    refused([*(answer for answer in answers if not answer.ok), script.claim_all()], "BUSY", "LEASE_SUPERSEDED")


def test_of_parallel_starts_exactly_one_is_live(stage: Stage) -> None:
    script = stage.script()
    with ThreadPoolExecutor(PARALLEL) as pool:
        body = {"course_id": stage.long, "take_over": True}
        answers = list(pool.map(lambda _: script.client.post(SESSIONS, body), range(PARALLEL)))
        started = [answer.body["token"] for answer in answers if answer.ok]
        refused([answer for answer in answers if not answer.ok] or [script.claim_all()])
        beats = list(
            pool.map(lambda token: script.client.post(attacks.BEATS, {"token": token, "position_ms": 1}), started)
        )
    assert [beat.ok for beat in beats].count(True) == 1
    refused([beat for beat in beats if not beat.ok] or [script.claim_all()], "LEASE_SUPERSEDED", "TOKEN_STALE")


def test_parallel_repeats_of_one_beat_are_credited_once(stage: Stage) -> None:
    script = stage.script()
    with no_gain(script):
        body = {"token": script.state["token"], "position_ms": 1_200_000}
        with ThreadPoolExecutor(PARALLEL) as pool:
            answers = list(pool.map(lambda _: script.client.post(attacks.BEATS, body), range(PARALLEL)))
        taken = [answer.body for answer in answers if answer.ok]
        refused([answer for answer in answers if not answer.ok] or [script.beat_with(token="x")])
        assert len({(state["token"], state["furthest_ms"]) for state in taken}) == 1
        script.state = taken[0]


def entitle(world: World, learner: Client, course_id: str, valid_until: datetime) -> None:
    """An entitlement that ends, as orders' relay would publish it."""
    entitlement_id = uuid4().hex
    data = {
        "entitlement_id": entitlement_id,
        "learner_id": learner_id_of(learner),
        "course_id": course_id,
        "basis": "purchase",
        "counts_against_member_quota": False,
        "valid_from": datetime.now(UTC).isoformat(),
        "valid_until": valid_until.isoformat(),
    }
    world.publish_event(world.envelope("orders", "orders.entitlement_granted.v1", data, entitlement_id, sequence=1))
