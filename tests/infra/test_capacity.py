"""Limits and alarms that follow from the pace of beats and from what a stage is built for."""

import tomllib

from infra.capacity import POLICIES, capacity
from services.playback.domain.policy import policy_in_force
from tests.templates import SERVICES, of_type, service_template, templates


def test_the_pace_is_the_newest_editions() -> None:
    data = tomllib.loads(POLICIES.read_text())
    newest = max(edition["effective_from"] for edition in data["policy"])
    assert capacity().pace_ms == policy_in_force(newest).beat_interval_ms


def test_a_stage_lets_its_watchers_through_and_tells_before_it_refuses() -> None:
    beats = capacity().watchers_at_once * 1000 / capacity().pace_ms
    for service in SERVICES:
        template = service_template(service)
        (stage,) = of_type(template, "AWS::ApiGatewayV2::Stage").values()
        throttle = stage["DefaultRouteSettings"]
        alarms = {found["AlarmName"]: found for found in of_type(template, "AWS::CloudWatch::Alarm").values()}
        alarm = alarms[f"xueshi-{service}-api-crowd"]
        assert beats * 60 <= alarm["Threshold"] < 60 * throttle["ThrottlingRateLimit"]
        assert throttle["ThrottlingBurstLimit"] >= throttle["ThrottlingRateLimit"]


def test_the_firewall_lets_a_training_room_watch() -> None:
    (firewall,) = of_type(templates()["XueshiEdge"], "AWS::WAFv2::WebACL").values()
    (rate,) = (rule for rule in firewall["Rules"] if rule["Name"] == "rate")
    files, beats = 300_000 // capacity().segment_ms, 300_000 // capacity().pace_ms
    assert rate["Statement"]["RateBasedStatement"]["Limit"] >= capacity().watchers_at_one_address * (files + beats)
