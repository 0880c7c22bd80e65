"""The routes of declaring: shapes, roles, and refusals that change nothing."""

from typing import Any

import pytest

from services.credits.domain.review import Standing
from services.credits.handlers.records import build_api
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.credits.test_declarations import a_world
from tests.unit.credits.world import LEARNER, OTHER, World

LEARNING, OTHERS = claims(LEARNER, "learner"), claims(OTHER, "learner")
OFFICER = claims("officer-1", "records")
DECLARE = {"credential": "AFP", "period_start": "2025-01-01"}
CLOSE = {"credential": "AFP", "reason": "monthly"}
KEY = "0123456789abcdef"


@pytest.fixture
def world() -> World:
    return a_world(2)


def call(world: World, method: str, path: str, body: Any = None, who: dict[str, str] = OFFICER) -> Answer:
    event = request(method, f"/v1/credits{path}", body, who=who, idempotency_key=KEY)
    return send(build_api(world.records, origin_secret), event)


def test_the_whole_way(world: World) -> None:
    declared = call(world, "POST", "/declarations", DECLARE, LEARNING)
    assert declared.status == 200
    first = declared.body["declarations"][0]
    assert (first["state"], first["batch_id"], first["hours"], first["times_declared"]) == (
        "declared",
        "AFP-000001",
        "1.25",
        1,
    )
    closed = call(world, "POST", "/batches", CLOSE)
    assert (closed.status, closed.body["batch_id"]) == (200, "AFP-000001")
    file = closed.body["file"]
    assert (file["rows"], file["declared_hours"], file["counter_hours"], file["net_hours"]) == (2, "2.5", "0", "2.5")
    assert call(world, "GET", "/batches/AFP").body == {"batches": [closed.body]}
    link = call(world, "GET", "/batches/AFP/1/file").body
    assert link["url"].startswith("memory://batches/AFP-000001.csv")
    assert link["sha256"] == file["sha256"]
    holders = call(world, "GET", "/batches/AFP/1/holders?limit=1").body
    assert holders["holders"] == [{"learner_id": LEARNER, "certificate_number": "N-001"}]
    assert call(world, "GET", f"/batches/AFP/1/holders?after={holders['after']}").body["after"] is None
    text = f"line_id,result,reason\n{holders['after']},denied,=1+1\n"
    done = call(world, "POST", "/batches/AFP/1/results", {"csv": text, "reason": "letter"})
    assert done.body == {"added": 1, "accepted": 0, "denied": 1, "unanswered": 1}
    seen = call(world, "GET", "/declarations", who=LEARNING).body["declarations"]
    assert sorted((d["state"], d["reason"]) for d in seen) == [("denied", "=1+1"), ("exported", "")]
    assert all(d["text"] and d["text_en"] for d in seen)
    first = call(world, "GET", "/declarations?limit=1", who=LEARNING).body
    second = call(world, "GET", f"/declarations?limit=1&after={first['after']}", who=LEARNING).body
    assert (first["declarations"] + second["declarations"], second["after"]) == (seen, None)


def test_what_may_be_declared_is_what_declaring_would_declare(world: World) -> None:
    def declarable() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = call(world, "GET", "/declarations", who=LEARNING).body["declarable"]
        return found

    of = {"credential": "AFP", "period_start": "2025-01-01"}
    assert declarable() == [{**of, "entries": 2, "hours": "2.5"}]
    world.grant("1.5")
    assert declarable() == [{**of, "entries": 3, "hours": "4"}]
    world.review(1, Standing.UNDER_REVIEW)
    assert declarable() == [{**of, "entries": 2, "hours": "2.75"}]
    call(world, "POST", "/declarations", DECLARE, LEARNING)
    assert declarable() == []
    world.review(1, Standing.STANDS)
    assert declarable() == [{**of, "entries": 1, "hours": "1.25"}]
    call(world, "POST", "/batches", CLOSE)
    line = call(world, "GET", "/batches/AFP/1/holders?limit=1").body["after"]
    done = call(
        world,
        "POST",
        "/batches/AFP/1/results",
        {"csv": f"line_id,result,reason\n{line},denied,late\n", "reason": "letter"},
    )
    assert done.status == 200, done.body
    assert [one["entries"] for one in declarable()] == [2], "what was denied, too"
    call(world, "POST", "/declarations", DECLARE, LEARNING)
    assert declarable() == []


def test_a_learner_sees_and_declares_only_their_own(world: World) -> None:
    call(world, "POST", "/declarations", DECLARE, LEARNING)
    assert call(world, "GET", "/declarations", who=OTHERS).body == {"declarations": [], "after": None, "declarable": []}
    answer = call(world, "POST", "/declarations", DECLARE, OTHERS)
    assert (answer.status, answer.code) == (409, "NOTHING_TO_DECLARE")


ROUTES = [
    ("GET", "/declarations", None, "learner"),
    ("POST", "/declarations", DECLARE, "learner"),
    ("POST", "/batches", CLOSE, "records"),
    ("GET", "/batches/AFP", None, "records"),
    ("GET", "/batches/AFP/1/file", None, "records"),
    ("GET", "/batches/AFP/1/holders", None, "records"),
    ("POST", "/batches/AFP/1/results", {"csv": "x", "reason": "x"}, "records"),
]


@pytest.mark.parametrize(("method", "path", "body", "allowed"), ROUTES)
def test_only_the_right_role(world: World, method: str, path: str, body: Any, allowed: str) -> None:
    before = world.state()
    roles = {"learner", "editor", "reviewer", "finance", "auditor", "records", "administrator"} - {allowed}
    for role in roles:
        answer = call(world, method, path, body, claims("somebody", role))
        assert (answer.status, answer.code) == (403, "WRONG_ROLE")
    assert world.state() == before


RESULTS = {"csv": "line_id,result\n", "reason": "letter"}
BAD = [
    ("/declarations", LEARNING, [None, [], {}, {**DECLARE, "credential": "X"}, {**DECLARE, "period_start": 20250101}]),
    ("/declarations", LEARNING, [{**DECLARE, "period_start": "2025-02-30"}, {**DECLARE, "learner_id": OTHER}]),
    ("/batches", OFFICER, [None, {}, {**CLOSE, "credential": None}, {**CLOSE, "reason": " "}, {**CLOSE, "number": 1}]),
    ("/batches/AFP/1/results", OFFICER, [None, {}, {**RESULTS, "csv": ""}, {**RESULTS, "csv": 1}, {"csv": "x"}]),
    ("/batches/AFP/1/results", OFFICER, [{**RESULTS, "csv": "x" * 900_001}, {**RESULTS, "reason": "x" * 501}]),
    ("/batches/XYZ/1/results", OFFICER, [RESULTS]),
    ("/batches/AFP/0/results", OFFICER, [RESULTS]),
    ("/batches/AFP/-1/results", OFFICER, [RESULTS]),
    ("/batches/AFP/1e3/results", OFFICER, [RESULTS]),
    ("/batches/AFP/9999999/results", OFFICER, [RESULTS]),
]


@pytest.mark.parametrize(("path", "who", "bodies"), BAD)
def test_bad_bodies_and_addresses(world: World, path: str, who: dict[str, str], bodies: list[Any]) -> None:
    before = world.state()
    for body in bodies:
        answer = call(world, "POST", path, body, who)
        assert (answer.status, answer.code) == (400, "INVALID_REQUEST"), body
    assert world.state() == before


@pytest.mark.parametrize("path", ["/batches/AFP/1/file", "/batches/AFP/1/holders"])
def test_an_open_batch_is_not_handed_out(world: World, path: str) -> None:
    call(world, "POST", "/declarations", DECLARE, LEARNING)
    answer = call(world, "GET", path)
    assert (answer.status, answer.code) == (404, "BATCH_NOT_FOUND")


def test_closing_needs_an_idempotency_key(world: World) -> None:
    event = request("POST", "/v1/credits/batches", CLOSE, who=OFFICER)
    assert send(build_api(world.records, origin_secret), event).code == "IDEMPOTENCY_KEY_REQUIRED"


def test_results_that_are_wrong(world: World) -> None:
    call(world, "POST", "/declarations", DECLARE, LEARNING)
    call(world, "POST", "/batches", CLOSE)
    before = world.state()
    answer = call(world, "POST", "/batches/AFP/1/results", {**RESULTS, "csv": "line_id,result\nx,y\n"})
    assert (answer.status, answer.code) == (422, "RESULTS_INVALID")
    assert answer.body["errors"][0]["line"] == 2
    assert world.state() == before
