"""The main job from end to end: publish, claim, watch, earn."""

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from demo.client import Client
from demo.player import Moment
from services.kit.keyring import KeyRing
from services.playback.domain.legs import Leg, verify_legs
from tests.flows.world import World

pytestmark = pytest.mark.system


@pytest.mark.usefixtures("nothing_fails")
def test_a_member_claims_watches_and_finds_the_hours(world: World) -> None:
    course_id = world.publish(duration_s=10, max_rate="1.0", hours="1.5", eligible_credentials=["AFP", "CFP"])
    learner = world.member("AFP", "CFP")
    page = world.public.get(f"/v1/catalog/courses/{course_id}").accepted()
    assert (page["hours"], page["media"]["duration_ms"]) == ("1.5", 10_000)
    assert _state(learner, course_id) == "claimable"

    entitlement_id = world.claim(learner, course_id)
    assert _state(learner, course_id) == "owned"

    moments: list[Moment] = []
    player = world.player(learner, course_id, moments.append)
    player.start()
    final = player.watch()
    assert final["completed"]
    assert final["prompts"] == {"total": 2, "confirmed": 2}
    credited = [moment.credited_ms for moment in moments]
    assert credited == sorted(credited)
    assert all(moment.credited_ms <= moment.at_s * 1000 + 1 for moment in moments)

    world.settle()
    awards = world.awards(learner)
    assert sorted((award["credential"], award["hours"]) for award in awards) == [("AFP", "1.5"), ("CFP", "1.5")]
    assert {award["course_id"] for award in awards} == {course_id}
    (completion,) = world.events("playback", "playback.watch_completed", final["watch_id"])
    assert completion["data"]["entitlement_id"] == entitlement_id
    assert completion["data"]["counts_against_member_quota"] is False
    assert _chain_is_whole(world, completion)


def test_watching_goes_on_where_it_was_left_on_another_device(world: World) -> None:
    course_id = world.publish(duration_s=10)
    learner = world.member()
    world.claim(learner, course_id)
    phone = world.player(learner, course_id)
    phone.start()
    phone.watch(until=lambda state: state["furthest_ms"] > 4_000)
    saved_ms = phone.state["furthest_ms"]

    desktop = world.player(learner, course_id)
    refused = learner.post("/v1/playback/sessions", {"course_id": course_id, "take_over": False})
    assert (refused.status, refused.code, refused.body["saved"]["furthest_ms"]) == (409, "TAKEOVER_REQUIRED", saved_ms)
    assert desktop.start(take_over=True)["furthest_ms"] == saved_ms
    beat = {"token": phone.state["token"], "position_ms": saved_ms + 1000}
    stopped = learner.post("/v1/playback/beats", beat)
    assert (stopped.status, stopped.code) == (409, "LEASE_SUPERSEDED")
    assert stopped.body["saved"]["furthest_ms"] >= saved_ms
    assert desktop.watch()["completed"]


def test_what_cannot_be_claimed_says_why(world: World) -> None:
    for_sale = world.publish(member_recommended=False)
    recommended = world.publish()
    member, visitor = world.member(), world.learner()
    refusals = {
        "not recommended": member.post("/v1/orders/claims", {"course_id": for_sale}),
        "no member": visitor.post("/v1/orders/claims", {"course_id": recommended}),
        "unknown": member.post("/v1/orders/claims", {"course_id": "no-such-course"}),
    }
    world.claim(member, recommended)
    refusals["again"] = member.post("/v1/orders/claims", {"course_id": recommended})
    assert all(400 <= answer.status < 500 and answer.code for answer in refusals.values()), refusals
    codes = [answer.code for answer in refusals.values()]
    assert len(set(codes)) == len(codes)
    refused = visitor.post("/v1/playback/sessions", {"course_id": recommended, "take_over": False})
    assert (refused.status, refused.code) == (403, "NOT_ENTITLED")


def _state(learner: Client, course_id: str) -> str:
    return str(learner.get(f"/v1/orders/courses/{course_id}/state").accepted()["state"])


def _chain_is_whole(world: World, completion: dict[str, Any]) -> bool:
    data = completion["data"]
    stored = world.items(world.system.table("playback"))
    of_watch = (item for item in stored if item.pk == f"WATCH#{data['watch_id']}")
    legs = sorted((item for item in of_watch if item.sk.startswith("LEG#")), key=lambda item: item.sk)
    chain = [TypeAdapter(Leg).validate_python(item.body, strict=False) for item in legs]
    ring = world.system.client("secretsmanager").get_secret_value(SecretId="xueshi-playback-keyring")["SecretString"]
    keys = KeyRing(lambda _: json.loads(ring))
    evidence = data["evidence"]
    head = (evidence["legs"], evidence["head_mac"])
    assert {leg.facts.learner_id for leg in chain} == {data["learner_id"]}
    return not verify_legs(data["watch_id"], chain, head, lambda key_id, message: keys.mac(key_id, "leg", message))
