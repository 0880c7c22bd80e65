"""The nightly comparison of ledgers on the running system: with the function's own keys, tables and permissions."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from demo.people import learner_id_of
from services.credits.app.ledger.items import Posting, posting_key
from services.credits.domain.ids import LearnerId
from services.kit.days import civil_day
from services.kit.store.codec import encode
from tests.flows.buying import put_item
from tests.flows.world import World

pytestmark = pytest.mark.system


def test_the_nightly_check_verifies_what_grew_and_counts_a_ledger_that_differs(world: World) -> None:
    learner = world.member("AFP")
    learner_id, now = learner_id_of(learner), datetime.now(UTC)
    grant_hours(world, learner_id)
    (entry,) = world.timeline(learner)
    function = world.system.function("credits", "check")
    schedules = world.system.client("scheduler").list_schedules()["Schedules"]
    assert [one for one in schedules if one["Target"]["Arn"].endswith(f":{function}")]
    assert run(world, function)["faults"] == 0

    # The entry is said to be of a day that is over; the signed entry itself says today.
    yesterday = now - timedelta(days=1)
    posting = Posting(LearnerId(learner_id), entry["number"], entry["number"], yesterday)
    key = posting_key(posting)
    table = world.system.table("credits")
    put_item(world, "credits", key, encode(posting))
    try:
        assert run(world, function) == {"ledgers": 1, "faults": 1}
    finally:
        place = {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
        world.system.client("dynamodb").delete_item(TableName=table, Key=place)
    assert run(world, function)["faults"] == 0


def grant_hours(world: World, learner_id: str) -> None:
    """Hours earned elsewhere, which need no watching."""
    body = {
        "credential": "AFP",
        "hours": "1.5",
        "category": "elective",
        "title": "线下讲座",
        "earned_on": f"{civil_day(datetime.now(UTC))}",
        "reason": "flow",
    }
    world.admin.post(f"/v1/credits/learners/{learner_id}/grants", body).accepted()


def run(world: World, function: str) -> dict[str, Any]:
    """The function as its schedule calls it."""
    answer = world.system.client("lambda").invoke(FunctionName=function, Payload=b"{}")
    said = answer["Payload"].read()
    assert "FunctionError" not in answer, said
    found: dict[str, Any] = json.loads(said)
    return found
