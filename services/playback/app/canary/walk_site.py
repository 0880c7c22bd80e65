"""The canary's walk: what a learner does first, done every few minutes through the address that people use.

It begins a lecture and leaves it at its first second, so no walk brings it nearer to the end: it earns no hours. The
account watches on a membership and claims nothing, so that nothing is paid and no course counts it as a learner.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from services.kit.clock import Clock, to_ms
from services.kit.ids import Ids

SIGN_IN = "AWSCognitoIdentityProviderService.InitiateAuth"
PAGE_MARK = 'id="app"'
"""Of the client's page, whatever its files are called."""


@dataclass(frozen=True)
class SiteAnswer:
    """What the site answered."""

    status: int
    text: str


class Site(Protocol):
    """The site as a browser reaches it."""

    def ask(self, method: str, address: str, headers: Mapping[str, str], body: str | None) -> SiteAnswer:
        """One request; `address` is a path of the site, or another origin's. Raises OSError: there is no answer."""


@dataclass(frozen=True)
class CanaryContext:
    """Of walking. `account` answers the account's e-mail and password, and the course that it begins."""

    site: Site
    account: Callable[[], Mapping[str, str]]
    clock: Clock
    ids: Ids


class StepFailed(Exception):
    """The walk came no further than this step, and why."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason


def walk_site(ctx: CanaryContext) -> int:
    """Home page, sign-in, catalogue, and the first second of a lecture; returns how long it took, ms.

    Raises:
        StepFailed: a step was not answered as it should be.
    """
    begun = to_ms(ctx.clock.now())
    account = ctx.account()
    if not account.keys() >= {"email", "password", "course_id"}:
        raise StepFailed("account", "there is none: python -m ops.canary")
    walk = _Walk(ctx)
    if PAGE_MARK not in walk.ask("home", "GET", "/"):
        raise StepFailed("home", "the client's page is not there")
    config = walk.told("config", "GET", "/config.json")
    token = walk.sign_in(config, account)
    walk.told("catalogue", "GET", f"/v1/catalog/courses/{account['course_id']}")
    walk.watch(account["course_id"], token)
    return to_ms(ctx.clock.now()) - begun


class _Walk:
    def __init__(self, ctx: CanaryContext) -> None:
        self._ctx = ctx

    def sign_in(self, config: Mapping[str, Any], account: Mapping[str, str]) -> str:
        """As the client does it, at the user pool; the access token."""
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": SIGN_IN}
        body = {
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": config["userPoolClientId"],
            "AuthParameters": {"USERNAME": account["email"], "PASSWORD": account["password"]},
        }
        told = self.told("sign-in", "POST", config["cognitoUrl"], headers, body)
        return str(told["AuthenticationResult"]["AccessToken"])

    def watch(self, course_id: str, access_token: str) -> None:
        """Begins, is beaten once, and pauses, all at the first second."""
        headers = {"authorization": f"Bearer {access_token}", "content-type": "application/json"}
        key = {"idempotency-key": self._ctx.ids.new()}
        start = {"course_id": course_id, "take_over": True}
        state = self.told("start", "POST", "/v1/playback/sessions", headers | key, start)
        for step, path in (("beat", "beats"), ("pause", "pauses")):
            state = self.told(
                step, "POST", f"/v1/playback/{path}", headers, {"token": state["token"], "position_ms": 0}
            )
        if state["furthest_ms"] != 0:
            raise StepFailed("pause", "the walk was credited")

    def told(
        self,
        step: str,
        method: str,
        address: str,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> dict[str, Any]:
        """The JSON of an answer."""
        text = self.ask(step, method, address, headers or {}, None if body is None else json.dumps(body))
        try:
            told = json.loads(text)
        except ValueError as error:
            raise StepFailed(step, "the answer is no JSON") from error
        if not isinstance(told, dict):
            raise StepFailed(step, "the answer is no object")
        return told

    def ask(
        self, step: str, method: str, address: str, headers: Mapping[str, str] | None = None, body: str | None = None
    ) -> str:
        """The text of an answer that is a success."""
        try:
            answer = self._ctx.site.ask(method, address, headers or {}, body)
        except OSError as error:
            raise StepFailed(step, f"no answer: {error}") from error
        if not 200 <= answer.status < 300:
            raise StepFailed(step, f"answered {answer.status}")
        return answer.text
