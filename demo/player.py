"""An honest player: plays in real time, beats when told to, waits for prompts, goes on where credit is.

The same rules as the web client's: it never claims what it did not play, stops when too much play is unsaved, and
returns to the credited point when credit lags behind.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import httpx
import yaml

from demo.client import Answer, Client, Refused

COURSES = Path(__file__).parent / "courses"
RETRY_S = 0.3
RETRIES = 100
"""A request without an answer, or with a server's failure, is sent again as it was."""

ON_ITS_WAY = {"NOT_ENTITLED", "COURSE_NOT_FOUND"}
"""Refusals that pass when the other services' news arrives."""

RATE_MARGIN = 0.02
"""How far the position may be ahead of credit (clocks, the request's way) before the player seeks back, seconds."""


@dataclass(frozen=True)
class Moment:
    """What was claimed and what the server said to it. `at_s` is seconds since the session began."""

    at_s: float
    claimed_ms: int
    credited_ms: int
    event: str
    state: dict[str, Any]


Observer = Callable[[Moment], None]


class Timing(Protocol):
    """How time passes for a person who watches; the module `time` is as it does for all of us."""

    def monotonic(self) -> float:
        """Seconds since some moment."""

    def sleep(self, seconds: float, /) -> None:
        """Waits."""


def answers_of(course_id: str) -> dict[str, str]:
    """What somebody who has listened to a demo course answers to its questions."""
    course = yaml.safe_load((COURSES / course_id / "course.yaml").read_text(encoding="utf-8"))
    return {question["text"]: question["answer"] for question in course.get("questions", [])}


def human_pause() -> float:
    """Seconds a person takes to notice a prompt and press the button."""
    return random.uniform(1.2, 3.0)  # noqa: S311 (a person, not a secret)


class Player:
    """One device of one learner, on one course."""

    def __init__(
        self,
        client: Client,
        course_id: str,
        observe: Observer = lambda _: None,
        reaction: Callable[[], float] = human_pause,
        timing: Timing = time,
    ) -> None:
        self._client = client
        self._course_id = course_id
        self._observe = observe
        self._reaction = reaction
        self._time = timing
        self._begun = timing.monotonic()
        self._position_ms = 0.0
        self.state: dict[str, Any] = {}
        self._knows: Mapping[str, str] = {}

    def study(self, answers: Mapping[str, str]) -> None:
        """Learns the right answers by their questions; without them the person tries one choice after the other."""
        self._knows = answers

    def start(self, *, take_over: bool = False, new_attempt: bool = False, patience_s: float = 15.0) -> dict[str, Any]:
        """Takes the session; plays from the credited point. Raises Refused.

        A course that was just claimed takes a moment to arrive: tries again for `patience_s`.
        """
        body = {"course_id": self._course_id, "take_over": take_over, "new_attempt": new_attempt}
        key, last_try = uuid4().hex, time.monotonic() + patience_s
        while True:
            answer = _retrying(lambda: self._client.post("/v1/playback/sessions", body, key=key))
            if answer.code not in ON_ITS_WAY or time.monotonic() > last_try:
                break
            time.sleep(RETRY_S)
        self._begun = self._time.monotonic()
        self._accept(answer, "start", 0)
        self._position_ms = float(self.state["furthest_ms"])
        return self.state

    def watch(self, until: Callable[[dict[str, Any]], bool] = lambda _: False) -> dict[str, Any]:
        """Plays on until the watch is complete (or `until` says stop). Raises Refused."""
        while not self.state["completed"] and not until(self.state):
            if self.state["prompt"]:
                self.confirm()
            else:
                self._play(self._stretch_ms())
                self.beat()
        return self.state

    def beat(self) -> dict[str, Any]:
        """Reports the position."""
        position_ms = round(self._position_ms)
        body = {"token": self.state["token"], "position_ms": position_ms}
        self._accept(_retrying(lambda: self._client.post("/v1/playback/beats", body)), "beat", position_ms)
        # Only what is credited counts, so play goes on from there.
        if self._position_ms - self.state["furthest_ms"] > RATE_MARGIN * 1000:
            self._position_ms = float(self.state["furthest_ms"])
        return self.state

    def confirm(self) -> dict[str, Any]:
        """Reads the prompt like a person, and confirms it."""
        self._time.sleep(self._reaction())
        prompt = self.state["prompt"]
        body = {"token": self.state["token"], "nonce": prompt["nonce"], "choice": self._choice(prompt)}
        answer = _retrying(lambda: self._client.post("/v1/playback/confirmations", body))
        self._accept(answer, "confirm", self.state["furthest_ms"])
        return self.state

    def _choice(self, prompt: dict[str, Any]) -> int | None:
        question = prompt["question"]
        if question is None:
            return None
        known = self._knows.get(question["text"])
        return int(question["choices"].index(known) if known else prompt["wrong_answers"])

    def pause(self) -> dict[str, Any]:
        """Saves, and gives the session back."""
        position_ms = round(self._position_ms)
        body = {"token": self.state["token"], "position_ms": position_ms}
        self._accept(_retrying(lambda: self._client.post("/v1/playback/pauses", body)), "pause", position_ms)
        return self.state

    def _stretch_ms(self) -> float:
        """How far to play before the next beat: to the interval's end, the lecture's end, or the gap cap."""
        rate = float(self.state["max_rate"])
        left = self.state["duration_ms"] - self._position_ms
        return float(min(self.state["next_beat_ms"] * rate, self.state["gap_cap_ms"], max(left, rate * 100)))

    def _play(self, stretch_ms: float) -> None:
        begun, rate = self._time.monotonic(), float(self.state["max_rate"])
        self._time.sleep(stretch_ms / rate / 1000)
        played_ms = (self._time.monotonic() - begun) * 1000 * rate
        self._position_ms = min(self._position_ms + played_ms, float(self.state["duration_ms"]))

    def _accept(self, answer: Answer, event: str, claimed_ms: int) -> None:
        self.state = answer.accepted()
        at_s = self._time.monotonic() - self._begun
        self._observe(Moment(at_s, claimed_ms, self.state["furthest_ms"], event, self.state))


def _retrying(send: Callable[[], Answer]) -> Answer:
    """Sends until there is an answer that is not a failure on the server's side. Raises Refused, TransportError."""
    for _ in range(RETRIES):
        answer = _attempt(send)
        if answer is not None and answer.status < 500 and answer.code != "BUSY":
            return answer
        time.sleep(RETRY_S)
    raise Refused(send())


def _attempt(send: Callable[[], Answer]) -> Answer | None:
    try:
        return send()
    except httpx.TransportError:
        return None
