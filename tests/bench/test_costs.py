"""Calls and units of every kind of call, side by side in one run. Counts are asserted; times are only shown (-s)."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from tests.bench.meter import LEARNER, Call, Meter, metered
from tests.bench.model import counted
from tests.fakes.store import MemoryStore
from tests.gateway import LambdaContext, claims, request

COURSE, DURATION_MS = "fifty-minutes", 3_000_000
ROUNDS = 300
STEP_MS = 10_000


@dataclass(frozen=True)
class Cost:
    """What one call of the API asks of DynamoDB."""

    calls: tuple[str, ...]
    write_units: int


@pytest.fixture
def meter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Meter]:
    """Playback on moto's DynamoDB, every call counted."""
    with metered(monkeypatch) as running:
        yield running


def test_a_whole_watch_costs_one_write_per_beat_and_a_transaction_per_leg(meter: Meter) -> None:
    costs = watch_whole_course(meter)
    kinds = {kind: costs[kind] for kind in ("start", "beat", "prompt opened", "prompt confirmed", "completed")}
    assert all(len(set(found)) == 1 for found in kinds.values()), kinds
    cost = {kind: found[0] for kind, found in kinds.items()}
    assert cost["beat"] == Cost(("PutItem",), 1)
    for leg in ("prompt opened", "prompt confirmed"):
        assert cost[leg].calls == ("GetItem", "TransactWriteItems")
    assert cost["completed"].calls == ("GetItem", "GetItem", "TransactWriteItems")
    assert Counter(cost["start"].calls)["TransactWriteItems"] == 1
    assert len(cost["start"].calls) == 5
    assert len(costs["prompt opened"]) == len(costs["prompt confirmed"]) == 3
    show(f"50 minutes watched, {sum(map(len, costs.values()))} calls of the API:")
    for kind, found in kinds.items():
        show(f"  {kind:<17} ×{len(found):<4} {', '.join(found[0].calls)}: {found[0].write_units} write units each")
    # What the page of costs is reckoned from was counted on the wire, on another day.
    for kind, step in {"beat": "beat", "prompt opened": "prompt", "prompt confirmed": "confirm"}.items():
        assert counted()[step].write_units == cost[kind].write_units, f"{step}: make costs"
    total = sum(entry.write_units for found in costs.values() for entry in found)
    show(f"  write units per watched hour: {total * 3_600_000 / DURATION_MS:.0f}")


def test_time_of_a_beat_beside_a_bare_handler_and_a_start(meter: Meter, record_property: Callable[..., None]) -> None:
    """Without DynamoDB: what validation, the token and the rules take. Only ratios mean something; none is asserted."""
    times = {"bare handler": _per_call(_bare_handler()), "beat": _per_call(_beats(meter))}
    ratio = times["beat"] / times["bare handler"]
    record_property("beat_to_bare_handler", round(ratio, 2))
    show(f"beat / bare powertools handler: {ratio:.1f}")


def show(line: str) -> None:
    """A line for `pytest -s`."""
    sys.stdout.write(f"{line}\n")


def watch_whole_course(meter: Meter) -> dict[str, list[Cost]]:
    """Watches honestly, in the server's time; answers each call's cost by what the call was."""
    meter.entitle(COURSE, DURATION_MS)
    costs: dict[str, list[Cost]] = {}

    def send(path: str, body: dict[str, object]) -> dict[str, object]:
        with meter.counted() as calls:
            answer = meter.call(path, body)
        state: dict[str, object] = answer.body
        kind = _kind(path, state)
        costs.setdefault(kind, []).append(_cost(calls))
        return state

    state = send("/v1/playback/sessions", {"course_id": COURSE})
    while not state["completed"]:
        if state["prompt"]:
            nonce = state["prompt"]["nonce"]  # type: ignore[index]
            state = send("/v1/playback/confirmations", {"token": state["token"], "nonce": nonce})
        else:
            meter.clock.advance(STEP_MS)
            state = send("/v1/playback/beats", {"token": state["token"], "position_ms": DURATION_MS})
    return costs


def _kind(path: str, state: dict[str, object]) -> str:
    if path.endswith("sessions"):
        return "start"
    if state["completed"]:
        return "completed"
    if path.endswith("confirmations"):
        return "prompt confirmed"
    return "prompt opened" if state["prompt"] else "beat"


def _cost(calls: list[Call]) -> Cost:
    return Cost(tuple(call.operation for call in calls), sum(call.write_units for call in calls))


def _bare_handler() -> Callable[[], object]:
    app = APIGatewayHttpResolver()

    @app.post("/v1/playback/beats")
    def beat() -> dict[str, bool]:
        return {"ok": True}

    event = request("POST", "/v1/playback/beats", {"token": "x", "position_ms": 1}, who=claims(LEARNER, "learner"))
    return lambda: app.resolve(event, LambdaContext())  # type: ignore[arg-type]


def _beats(meter: Meter) -> Callable[[], object]:
    object.__setattr__(meter.context, "store", MemoryStore())
    meter.entitle(COURSE, DURATION_MS)
    token = [meter.start(COURSE)["token"]]

    def beat() -> object:
        answer = meter.call("/v1/playback/beats", {"token": token[0], "position_ms": 0})
        assert answer.status == 200
        token[0] = answer.body["token"]
        return answer

    return beat


def _per_call(call: Callable[[], object]) -> float:
    call()
    begun = time.perf_counter()
    for _ in range(ROUNDS):
        call()
    return (time.perf_counter() - begun) / ROUNDS
