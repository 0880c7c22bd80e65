"""What a learner does from the first search to the hours, as Locust sends it: `make load` starts it.

It runs in an environment of its own and knows nothing of this repository. LOAD_PLAN names a file with the accounts, the
courses and the right answers; at the end LOAD_RESULT is written: how often each step was done, and what failed.
"""

import json
import os
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

from locust import HttpUser, events, task
from locust.exception import StopUser

PLAN: dict[str, Any] = json.loads(Path(os.environ["LOAD_PLAN"]).read_text("utf-8"))
ACCOUNTS: list[dict[str, str]] = list(PLAN["accounts"])
STEPS: Counter[str] = Counter()
FAILURES: list[str] = []
TRIES, WAIT_S, PAYING_S = 60, 1.0, 5.0
ON_ITS_WAY = {"NOT_ENTITLED", "COURSE_NOT_FOUND"}
"""Refusals that pass when the other services' news arrives."""


class Failed(Exception):
    """A journey that does not go on."""


class Learner(HttpUser):  # type: ignore[misc]
    """One learner with one journey."""

    def on_start(self) -> None:
        """Signs in, as the client does."""
        self.account = ACCOUNTS.pop()
        body = {
            "ClientId": PLAN["client_id"],
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": self.account["email"], "PASSWORD": self.account["password"]},
        }
        headers = {
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
        }
        answer = self.client.post("/cognito/", data=json.dumps(body), headers=headers, name="sign-in")
        self.token = answer.json()["AuthenticationResult"]["AccessToken"]

    @task  # type: ignore[untyped-decorator]
    def journey(self) -> None:
        """All of it, once."""
        try:
            self.look()
            self.buy(PLAN["bought"])
            self.claim(PLAN["watched"])
            self.watch(PLAN["watched"])
            self.hours()
        except Exception as error:  # a journey that fails is told, and the others go on
            FAILURES.append(f"{self.account['email']}: {error!r}")
        STEPS["journey"] += 1
        if STEPS["journey"] == len(PLAN["accounts"]):
            self.environment.runner.quit()
        raise StopUser

    def look(self) -> None:
        """Searches, and opens a course's page."""
        course = PLAN["watched"]
        self.ask("search", "GET", "/v1/catalog/search?q=风险", public=True)
        STEPS["search"] += 1
        page = self.ask("course page", "GET", f"/v1/catalog/courses/{course}", public=True)
        self.ask("course page", "GET", f"/v1/catalog/courses/{course}/reviews", public=True)
        self.ask("course page", "GET", f"/v1/orders/courses/{course}/state")
        self.ask("course page", "GET", f"/v1/playback/progress/{course}")
        version = page["media"]["content_version"]
        self.ask("course page", "GET", f"/v1/credits/courses/{course}/advice?content_version={version}")
        STEPS["course page"] += 1

    def buy(self, course: str) -> None:
        """Orders and pays, and waits as the page does."""
        due = self.ask("purchase", "POST", "/v1/orders/quotes", {"course_ids": [course]})["amount_fen"]
        wanted = {"course_ids": [course], "expected_fen": due}
        order = self.ask("purchase", "POST", "/v1/orders/orders", wanted)
        way = f"/v1/orders/orders/{order['order_id']}/payments/wechat_native"
        payment = self.ask("purchase", "PUT", way)
        self.client.post(f"{payment['qr_content']}/pay", name="the payer's own phone")
        for _ in range(TRIES):
            time.sleep(PAYING_S)
            state = self.ask("purchase", "GET", f"/v1/orders/payments/{payment['number']}")["state"]
            if state == "paid":
                STEPS["purchase"] += 1
                return
        raise Failed("the payment did not arrive")

    def claim(self, course: str) -> None:
        """Takes a course as a member."""
        self.ask("claim", "POST", "/v1/orders/claims", {"course_id": course})
        STEPS["claim"] += 1
        time.sleep(2 * WAIT_S)

    def watch(self, course: str) -> None:
        """Watches to the end, in real time."""
        state = self.take_session(course)
        STEPS["start"] += 1
        self.ask("media", "POST", "/v1/playback/media-grants", {"token": state["token"]})
        STEPS["media"] += 1
        begun = time.monotonic()
        while not state["completed"]:
            kind = "confirm" if state["prompt"] else "beat"
            state = self.confirm(state) if state["prompt"] else self.beat(state, begun)
            STEPS["completion" if state["completed"] else "prompt" if kind == "beat" and state["prompt"] else kind] += 1

    def take_session(self, course: str) -> Any:
        """Takes the session, once the claim has arrived."""
        for _ in range(TRIES):
            answer = self.send("start", "POST", "/v1/playback/sessions", {"course_id": course})
            if answer.ok:
                return answer.json()
            if answer.json().get("code") not in ON_ITS_WAY:
                raise Failed(answer.text)
            time.sleep(WAIT_S)
        raise Failed("the claim did not arrive")

    def beat(self, state: Any, begun: float) -> Any:
        """Plays to the next beat; says what can have been played by then."""
        time.sleep(state["next_beat_ms"] / 1000)
        played = int((time.monotonic() - begun) * 1000)
        position = min(state["duration_ms"], max(played, state["furthest_ms"]))
        return self.ask("beat", "POST", "/v1/playback/beats", {"token": state["token"], "position_ms": position})

    def confirm(self, state: Any) -> Any:
        """Answers the prompt rightly."""
        prompt = state["prompt"]
        body = {"token": state["token"], "nonce": prompt["nonce"]}
        if prompt["question"]:
            right = PLAN["answers"][prompt["question"]["text"]]
            body["choice"] = prompt["question"]["choices"].index(right)
        return self.ask("confirm", "POST", "/v1/playback/confirmations", body)

    def hours(self) -> None:
        """Looks at what was earned."""
        for path in ("account", "timeline", "notices/unread", "attestations"):
            self.ask("hours page", "GET", f"/v1/credits/{path}")
        STEPS["hours page"] += 1

    def ask(self, step: str, method: str, path: str, body: Any = None, *, public: bool = False) -> Any:
        """What is answered. Raises Failed for a refusal."""
        answer = self.send(step, method, path, body, public=public)
        if not answer.ok:
            raise Failed(f"{path}: {answer.status_code} {answer.text}")
        return answer.json()

    def send(self, step: str, method: str, path: str, body: Any = None, *, public: bool = False) -> Any:
        """The answer, a refusal too. The same request again where the server failed."""
        headers = {"idempotency-key": uuid.uuid4().hex, "content-type": "application/json"}
        if not public:
            headers["authorization"] = f"Bearer {self.token}"
        content = None if body is None else json.dumps(body)
        for _ in range(TRIES):
            STEPS["requests"] += 1
            answer = self.client.request(method, path, data=content, headers=headers, name=step)
            if answer.status_code and answer.status_code < 500:
                break
            time.sleep(WAIT_S)
        return answer


@events.quitting.add_listener  # type: ignore[untyped-decorator]
def write_result(environment: Any, **_: Any) -> None:
    """What was done."""
    times = {
        name: {"count": entry.num_requests, "p50": entry.get_response_time_percentile(0.5) or 0,
               "p95": entry.get_response_time_percentile(0.95) or 0}
        for (name, _method), entry in environment.stats.entries.items()
    }  # fmt: skip
    result = {"steps": STEPS, "failures": FAILURES, "times": times}
    Path(os.environ["LOAD_RESULT"]).write_text(json.dumps(result), "utf-8")
