"""What staff see of a learner's hours, declarations and notices, each role as much as it may."""

from typing import Any

import pytest

from services.credits.app.declarations.declare_hours import declare_hours
from services.credits.handlers import http, records
from services.credits.handlers.notices import event_handlers
from tests.gateway import Answer, claims, origin_secret, request, send
from tests.unit.credits.world import AFP, LEARNER, World, completed, own_call

BASE = f"/v1/credits/learners/{LEARNER}"


@pytest.fixture
def w() -> World:
    """Somebody who has earned hours, declared them and was told of it."""
    world = World()
    world.name()
    world.register(AFP, number="AFP-2024-00817")
    world.confirm(AFP)
    world.publish(eligible=["AFP"])
    world.deliver(completed())
    declare_hours(world.ctx, own_call(LEARNER), AFP, world.certificates()[AFP].period_start)
    handlers = event_handlers(world.notices)
    for event in list(world.store.outbox):
        if event.type in handlers:
            handlers[event.type](event)
    return world


def ask(w: World, what: str, role: str) -> Answer:
    """A call over HTTP."""
    api = (
        (records.build_api(w.records, origin_secret))
        if what == "declarations"
        else http.build_api(w.ctx, origin_secret)
    )
    return send(api, request("GET", f"{BASE}/{what}", who=claims("staff-1", role)))


def body(w: World, what: str, role: str) -> Any:
    """What is answered."""
    answer = ask(w, what, role)
    assert answer.status == 200, answer.body
    return answer.body


@pytest.mark.parametrize(
    ("role", "number"),
    [("administrator", "AFP-2024-00817"), ("support", "*" * 10 + "0817"), ("reviewer", "*" * 10 + "0817")],
)
def test_the_account_is_the_learners_own_but_for_the_number(w: World, role: str, number: str) -> None:
    found = body(w, "account", role)
    own = send(
        http.build_api(w.ctx, origin_secret), request("GET", "/v1/credits/account", who=claims(LEARNER, "learner"))
    ).body
    assert found["certificates"][0]["certificate"].pop("number") == number
    own["certificates"][0]["certificate"].pop("number")
    assert found == own


@pytest.mark.parametrize("role", ["administrator", "support", "reviewer", "records"])
def test_declarations(w: World, role: str) -> None:
    assert [one["number"] for one in body(w, "declarations", role)["declarations"]] == [1]


def test_notices_stay_unread_though_staff_look_at_them(w: World) -> None:
    before = w.state()
    found = body(w, "notices", "support")
    assert (found["unread"], [one["read"] for one in found["notices"]]) == (2, [False, False])
    assert w.state() == before


@pytest.mark.parametrize(
    ("what", "roles"),
    [
        ("account", ["learner", "finance", "editor", "auditor", "records", "moderator"]),
        ("declarations", ["learner", "finance", "editor", "auditor", "moderator"]),
        ("notices", ["learner", "finance", "editor", "auditor", "records", "moderator", "reviewer"]),
        ("timeline", ["learner", "finance", "editor", "auditor", "records", "moderator"]),
    ],
)
def test_nobody_else_sees_them(w: World, what: str, roles: list[str]) -> None:
    for role in roles:
        assert ask(w, what, role).code == "WRONG_ROLE", role
