"""The canary's walk: through the real functions, and what each step says when it fails."""

import json
from collections.abc import Mapping
from contextlib import closing
from typing import Any, cast

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.edge import listen
from local.serve import serving
from services.kit.ids import RandomIds
from services.playback import bootstrap
from services.playback.adapters.http_site import HttpSite
from services.playback.app.canary.walk_site import CanaryContext, SiteAnswer, StepFailed, walk_site
from services.playback.app.items import attempt_key
from services.playback.domain.ids import CourseId
from services.playback.domain.watch import Attempt
from services.playback.handlers import canary
from tests.emitted import emitted
from tests.gateway import claims, request, send
from tests.unit.playback.functions import PlayerFunctions
from tests.unit.playback.world import LEARNER, World, a_world

COURSE = CourseId("of-the-library")
ACCOUNT = {"email": "canary@example.com", "password": "secret", "course_id": COURSE}


class InProcess:
    """The site, with the player's functions behind it; `broken` answers otherwise."""

    def __init__(self, world: World) -> None:
        self._functions = PlayerFunctions(world.context)
        self.broken: dict[str, SiteAnswer | OSError] = {}

    def ask(self, method: str, address: str, headers: Mapping[str, str], body: str | None) -> SiteAnswer:
        broken = self.broken.get(address)
        if isinstance(broken, OSError):
            raise broken
        return broken or self._answer(method, address, headers, body)

    def _answer(self, method: str, address: str, headers: Mapping[str, str], body: str | None) -> SiteAnswer:
        pages: dict[str, Any] = {
            "/config.json": {"userPoolClientId": "client", "cognitoUrl": "/cognito/"},
            "/cognito/": {"AuthenticationResult": {"AccessToken": "token"}},
            f"/v1/catalog/courses/{COURSE}": {"course_id": COURSE},
        }
        if address == "/":
            return SiteAnswer(200, '<div id="app"></div>')
        if address in pages:
            return SiteAnswer(200, json.dumps(pages[address]))
        assert headers["authorization"] == "Bearer token"
        sent = {"idempotency_key": headers["idempotency-key"]} if "idempotency-key" in headers else {}
        event = request(method, address, body, who=claims(LEARNER), **sent)
        answer = send(self._functions, event)
        return SiteAnswer(answer.status, json.dumps(answer.body))


@pytest.fixture
def world() -> World:
    world = a_world()
    world.publish(COURSE, in_library=True, duration_ms=600_000)
    world.membership(opens_library=True)
    return world


@pytest.fixture
def site(world: World) -> InProcess:
    return InProcess(world)


def context(world: World, site: InProcess, account: Mapping[str, str] = ACCOUNT) -> CanaryContext:
    return CanaryContext(site, lambda: account, world.clock, RandomIds())


def test_walks_bring_it_no_nearer_to_hours_and_tell_nobody(world: World, site: InProcess) -> None:
    told = len(world.store.outbox)
    for _ in range(5):
        walk_site(context(world, site))
        world.clock.advance(300_000)
    stored = world.store.get(attempt_key(LEARNER, COURSE, 1), Attempt)
    assert stored is not None
    assert (stored.value.furthest_ms, stored.value.completed_at) == (0, None)
    assert world.store.get(attempt_key(LEARNER, COURSE, 2), Attempt) is None
    assert world.store.outbox[told:] == []


def test_its_time_or_the_step_that_failed_is_told(
    world: World, site: InProcess, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "canary", lambda: context(world, site))
    assert canary.handler({}, cast("Any", None)) == {"failed": ""}
    told = emitted(capsys)
    assert len(told["CanaryTime"]) == 1
    assert "CanaryFailures" not in told
    site.broken["/"] = SiteAnswer(503, "")
    assert canary.handler({}, cast("Any", None)) == {"failed": "home"}
    told = emitted(capsys)
    assert told["CanaryFailures"] == [1]
    assert "CanaryTime" not in told


def test_the_site_is_asked_over_http_and_refusals_are_answers() -> None:
    async def answer(request: Request) -> Response:
        body = (await request.body()).decode()
        status = 404 if request.url.path == "/lost" else 200
        return Response(f"{request.method} {request.headers['x-mark']} {body}", status)

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    with closing(listen(0)) as listener, serving(app, listener, "site") as origin:
        asked = HttpSite(lambda: origin)
        assert asked.ask("POST", "/page", {"x-mark": "m"}, "content") == SiteAnswer(200, "POST m content")
        assert asked.ask("GET", f"{origin}/lost", {"x-mark": "m"}, None).status == 404
    with pytest.raises(OSError, match="refused"):
        asked.ask("GET", "/", {}, None)


@pytest.mark.parametrize(
    ("address", "answer", "step"),
    [
        ("/", SiteAnswer(200, "<html>"), "home"),
        ("/", OSError("refused"), "home"),
        ("/config.json", SiteAnswer(200, "<html>"), "config"),
        ("/cognito/", SiteAnswer(400, ""), "sign-in"),
        (f"/v1/catalog/courses/{COURSE}", SiteAnswer(503, ""), "catalogue"),
        ("/v1/playback/sessions", SiteAnswer(403, ""), "start"),
        ("/v1/playback/beats", SiteAnswer(500, ""), "beat"),
        ("/v1/playback/pauses", SiteAnswer(200, '{"token": "t", "furthest_ms": 5}'), "pause"),
    ],
)
def test_a_step_that_fails_is_named(
    address: str, answer: SiteAnswer | OSError, step: str, world: World, site: InProcess
) -> None:
    site.broken[address] = answer
    with pytest.raises(StepFailed) as failed:
        walk_site(context(world, site))
    assert failed.value.step == step


def test_without_an_account_it_says_what_to_do(world: World, site: InProcess) -> None:
    with pytest.raises(StepFailed, match=r"ops\.canary"):
        walk_site(context(world, site, {"unset": "made up"}))
