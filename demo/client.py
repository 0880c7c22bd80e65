"""A plain HTTP client of the product, as a browser or a script would be. Counts every answer."""

import json
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

TIMEOUT_S = 60.0
"""Many functions starting at once on a busy machine take their time."""
MAX_CONNECTIONS = 64
EARLY_S = 60.0
"""How long before its end an access token is renewed."""
TOTP = "SOFTWARE_TOKEN_MFA"
LOCAL_CODES = "/_local/codes"
"""Where the local system shows the codes of the demo's staff (local/codes.py)."""


@dataclass(frozen=True)
class Answer:
    """One answer. `body` is the parsed JSON, or the text where it is none."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the request was accepted."""
        return self.status < 300

    @property
    def code(self) -> str:
        """The refusal's stable code; the gateway's own refusals have none, then "" is returned."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""

    def accepted(self) -> Any:
        """The body. Raises Refused for a refusal."""
        if not self.ok:
            raise Refused(self)
        return self.body


class Refused(Exception):
    """The server refused a request that was expected to succeed."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status} {answer.code or answer.body}")
        self.answer = answer


class Traffic:
    """Counts the answers of all clients of one run by status, and keeps what failed on the server's side."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.by_status: Counter[int] = Counter()
        self.failures: list[str] = []

    def add(self, request: str, answer: Answer) -> None:
        """Counts one answer."""
        with self._lock:
            self.by_status[answer.status] += 1
            if answer.status >= 500:
                self.failures.append(f"{request}: {answer.status} {answer.body}")

    @property
    def total(self) -> int:
        """How many answers there were."""
        return sum(self.by_status.values())


@dataclass
class SignIn:
    """What renews an access token, and when that is due (monotonic seconds)."""

    refresh: str
    due_at: float
    lock: threading.Lock = field(default_factory=threading.Lock)


class Client:
    """One person's connection to the product. Safe to use from several threads."""

    def __init__(self, base_url: str, traffic: Traffic | None = None, token: str | None = None) -> None:
        limits = httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_CONNECTIONS)
        self._http = httpx.Client(base_url=base_url, timeout=TIMEOUT_S, limits=limits, trust_env=False)
        self.traffic = traffic or Traffic()
        self.token = token
        self._sign_in: SignIn | None = None

    def as_(self, token: str | None) -> "Client":
        """The same connection with another access token (None: signed out)."""
        other = object.__new__(Client)
        other._http, other.traffic, other.token, other._sign_in = self._http, self.traffic, token, None
        return other

    def sign_in(self, email: str, password: str, code: str | None = None) -> "Client":
        """Signs in as the web client does, and stays so: the user pool's address comes from /config.json.

        `code` is the second factor's, where one is asked for; by default what the local system shows. Raises Refused.
        """
        parameters = {"USERNAME": email, "PASSWORD": password}
        answer = self.cognito("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
        if answer.get("ChallengeName") == TOTP:
            shown = code or str(self.get(LOCAL_CODES).accepted().get(email))
            responses = {"USERNAME": email, "SOFTWARE_TOKEN_MFA_CODE": shown}
            answer = self.cognito(
                "RespondToAuthChallenge", ChallengeName=TOTP, Session=answer["Session"], ChallengeResponses=responses
            )
        return self.signed_in(answer["AuthenticationResult"])

    def signed_in(self, result: Mapping[str, Any]) -> "Client":
        """The same connection as whom the user pool gave these tokens."""
        other = self.as_(result["AccessToken"])
        other._sign_in = SignIn(result["RefreshToken"], _due_at(result))  # noqa: SLF001 (one of its own)
        return other

    def cognito(self, action: str, **request: Any) -> dict[str, Any]:
        """One action of the user pool, of those that need no AWS credentials. Raises Refused."""
        config = self.get("/config.json").accepted()
        headers = {
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": f"AWSCognitoIdentityProviderService.{action}",
        }
        body = json.dumps({"ClientId": config["userPoolClientId"], **request})
        answer = self.as_(None).send("POST", config["cognitoUrl"], content=body, headers=headers)
        accepted: dict[str, Any] = answer.accepted()
        return accepted

    def _renew(self, signed_in: SignIn) -> None:
        with signed_in.lock:
            if time.monotonic() > signed_in.due_at:
                parameters = {"REFRESH_TOKEN": signed_in.refresh}
                answer = self.as_(None).cognito(
                    "InitiateAuth", AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters
                )
                self.token = answer["AuthenticationResult"]["AccessToken"]
                signed_in.due_at = _due_at(answer["AuthenticationResult"])

    def get(self, path: str) -> Answer:
        """Reads."""
        return self.send("GET", path)

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        """Posts JSON. `key` is the Idempotency-Key; a fresh one by default, so repeat a request with its own key."""
        return self._with_body("POST", path, body, key)

    def put(self, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        """Puts JSON."""
        return self._with_body("PUT", path, body, key)

    def patch(self, path: str, body: Any = None) -> Answer:
        """Changes some members of what is there."""
        return self._with_body("PATCH", path, body, None)

    def _with_body(self, method: str, path: str, body: Any, key: str | None) -> Answer:
        headers = {"idempotency-key": key or uuid4().hex, "content-type": "application/json"}
        return self.send(method, path, content=None if body is None else json.dumps(body), headers=headers)

    def send(
        self,
        method: str,
        path: str,
        *,
        content: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Sends exactly this. Raises httpx.TransportError where there is no answer."""
        if self._sign_in and time.monotonic() > self._sign_in.due_at:
            self._renew(self._sign_in)
        identity = {"authorization": f"Bearer {self.token}"} if self.token else {}
        response = self._http.request(method, path, content=content, headers={**identity, **(headers or {})})
        answer = Answer(response.status_code, _parsed(response), response.headers)
        self.traffic.add(f"{method} {path}", answer)
        return answer

    def close(self) -> None:
        """Gives the connections back."""
        self._http.close()


def _due_at(result: Mapping[str, Any]) -> float:
    return time.monotonic() + float(result["ExpiresIn"]) - EARLY_S


def _parsed(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return response.text
