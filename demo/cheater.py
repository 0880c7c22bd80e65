"""What scripts that watch for people try, and what comes of it.

Each attack is measured the same way: a claim of the whole lecture just before and just after it takes all that the
server is willing to credit, so nothing an attack may have gained stays hidden. Real time always passes, and a script
that lets it pass is credited like anybody else; what counts is how much is credited beyond it.
"""

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from demo.client import Answer, Client
from demo.player import Moment, Observer

BEATS = "/v1/playback/beats"
FLOOD = 60
PARALLEL = 4
HURRY_S = 1.0
PROMPT_WITHIN_S = 180.0
"""Far more than the first prompt of any course that scripts attack takes, on a slow machine too."""


@dataclass(frozen=True)
class Result:
    """What came of an attack; `elapsed_ms` is real time around it."""

    name: str
    answers: Counter[tuple[int, str]]
    elapsed_ms: int
    credited_ms: int

    @property
    def beyond_ms(self) -> int:
        """Credited beyond the time that really passed."""
        return max(0, self.credited_ms - self.elapsed_ms)


@dataclass
class Cheater:
    """A script with an account of its own."""

    client: Client
    course_id: str
    observe: Observer = lambda _: None
    begun: float = field(default_factory=time.monotonic)
    state: dict[str, Any] = field(default_factory=dict)
    stubborn_s: float = 12.0
    """How long it goes on beating at an open prompt."""

    def start(self, *, take_over: bool = True) -> Answer:
        """Starts a session anew."""
        body = {"course_id": self.course_id, "take_over": take_over}
        return self._note(self.client.post("/v1/playback/sessions", body), 0, "start")

    def claim(self, position_ms: int) -> Answer:
        """A beat that claims to be at a position."""
        body = {"token": self.state["token"], "position_ms": position_ms}
        return self._note(self.client.post(BEATS, body), position_ms, "beat")

    def claim_all(self) -> Answer:
        """A beat that claims the whole lecture."""
        return self.claim(self.state["duration_ms"])

    def send(self, body: str) -> Answer:
        """Any text as a beat."""
        return self.client.send("POST", BEATS, content=body, headers={"content-type": "application/json"})

    def beat_with(self, **fields: Any) -> Answer:
        """A beat with other or additional fields."""
        beat = {"token": self.state["token"], "position_ms": self.state["duration_ms"], **fields}
        return self.send(json.dumps(beat))

    def _note(self, answer: Answer, claimed_ms: int, event: str) -> Answer:
        if answer.ok:
            self.state = answer.body
            at_s = time.monotonic() - self.begun
            self.observe(Moment(at_s, claimed_ms, self.state["furthest_ms"], event, self.state))
        return answer


Attack = Callable[[Cheater], Sequence[Answer]]


def run_attack(cheater: Cheater, name: str, attack: Attack) -> Result:
    """Runs one attack between two claims of everything."""
    begun = time.monotonic()
    cheater.claim_all()
    before_ms = cheater.state["furthest_ms"]
    answers = attack(cheater)
    cheater.claim_all()
    credited_ms = cheater.state["furthest_ms"] - before_ms
    elapsed_ms = round((time.monotonic() - begun) * 1000)
    return Result(name, Counter((a.status, a.code) for a in answers), elapsed_ms, credited_ms)


def jump_to_the_end(cheater: Cheater) -> list[Answer]:
    """Claims the end at once."""
    return [cheater.claim_all()]


def flood_of_beats(cheater: Cheater) -> list[Answer]:
    """Many beats in a second, each a little further, as a fast-forward would look."""
    step = cheater.state["duration_ms"] // FLOOD
    return [cheater.claim(number * step) for number in range(1, FLOOD + 1)]


def parallel_beats(cheater: Cheater) -> list[Answer]:
    """The same token from many connections at the same moment, each with another position."""
    token, duration_ms = cheater.state["token"], cheater.state["duration_ms"]

    def send(number: int) -> Answer:
        return cheater.client.post(BEATS, {"token": token, "position_ms": duration_ms - number})

    with ThreadPoolExecutor(PARALLEL) as pool:
        answers = list(pool.map(send, range(PARALLEL)))
    cheater.state = next((a.body for a in answers if a.ok), cheater.state)
    return answers


def spoofed_positions(cheater: Cheater) -> list[Answer]:
    """Positions that no player is at."""
    token = json.dumps(cheater.state["token"])
    positions = ["-1", "1e999", "NaN", "Infinity", "null", '"75000"', "75000.5", "true", "9" * 400, "[75000]"]
    return [cheater.send(f'{{"token": {token}, "position_ms": {position}}}') for position in positions]


def spoofed_fields(cheater: Cheater) -> list[Answer]:
    """Tells the server what only the server may know: duration, rate, time, completion, somebody else."""
    fields: list[dict[str, Any]] = [
        {"duration_ms": 1},
        {"max_rate": 16},
        {"watched_at": "2020-01-01T00:00:00Z"},
        {"completed": True},
        {"learner_id": uuid4().hex},
        {"prompts": {"total": 0, "confirmed": 0}},
    ]
    return [cheater.beat_with(**extra) for extra in fields]


def replayed_tokens(cheater: Cheater) -> list[Answer]:
    """Uses a token again after it was used."""
    old = cheater.state["token"]
    cheater.claim_all()
    duration_ms = cheater.state["duration_ms"]
    return [cheater.client.post(BEATS, {"token": old, "position_ms": duration_ms - n}) for n in range(1, 11)]


def edited_tokens(cheater: Cheater) -> list[Answer]:
    """Changes what the token says, or its signature."""
    key_id, payload, mac = cheater.state["token"].split(".")
    sealed = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    sealed["live"]["furthest_ms"] = sealed["live"]["duration_ms"]
    edited = urlsafe_b64encode(json.dumps(sealed, separators=(",", ":")).encode()).decode().rstrip("=")
    tokens = [f"{key_id}.{edited}.{mac}", f"{key_id}.{payload}.", f"k0.{payload}.{mac}", f"{payload}.{mac}", mac]
    return [cheater.beat_with(token=token) for token in tokens]


def no_completion_call(cheater: Cheater) -> list[Answer]:
    """Looks for a call that simply says "done"."""
    paths = ["completions", "complete", f"courses/{cheater.course_id}/completion", "awards"]
    return [cheater.client.post(f"/v1/playback/{path}", {"course_id": cheater.course_id}) for path in paths]


def parallel_sessions(cheater: Cheater) -> list[Answer]:
    """A second tab beside the first: refused; and if it takes over, the first one is stopped."""
    first = cheater.state["token"]
    refused = cheater.start(take_over=False)
    taken = cheater.start(take_over=True)
    return [refused, taken, cheater.client.post(BEATS, {"token": first, "position_ms": cheater.state["duration_ms"]})]


def restart_farming(cheater: Cheater) -> list[Answer]:
    """Starts again and again: a fresh session might bring a fresh allowance."""
    return [answer for _ in range(6) for answer in (cheater.start(), cheater.claim_all())]


def sixteen_times_the_speed(cheater: Cheater) -> list[Answer]:
    """Plays at sixteen times the speed for a while."""
    position, answers = cheater.state["furthest_ms"], []
    for _ in range(4):
        time.sleep(HURRY_S / 4)
        position += round(16 * HURRY_S / 4 * 1000)
        answers.append(cheater.claim(min(position, cheater.state["duration_ms"])))
    return answers


def prompt_skipped(cheater: Cheater) -> list[Answer]:
    """Goes on beating as if the open prompt were not there."""
    end, answers = time.monotonic() + cheater.stubborn_s, []
    while time.monotonic() < end:
        time.sleep(HURRY_S)
        answers.append(cheater.claim_all())
    return answers


def prompt_guessed(cheater: Cheater) -> list[Answer]:
    """Confirms with made-up nonces."""
    token = cheater.state["token"]
    return [cheater.client.post("/v1/playback/confirmations", {"token": token, "nonce": uuid4().hex}) for _ in range(5)]


def prompt_redrawn(cheater: Cheater) -> list[Answer]:
    """Starts again in the hope that the prompt is gone or elsewhere."""
    return [answer for _ in range(3) for answer in (cheater.start(), cheater.claim_all())]


BEFORE_THE_PROMPT: dict[str, Attack] = {
    "jump to the end": jump_to_the_end,
    "flood of beats": flood_of_beats,
    "one token, four connections": parallel_beats,
    "sixteen times the speed": sixteen_times_the_speed,
    "spoofed positions": spoofed_positions,
    "spoofed duration, rate, time, learner": spoofed_fields,
    "replayed tokens": replayed_tokens,
    "edited tokens": edited_tokens,
    "a call that says “done”": no_completion_call,
    "parallel session": parallel_sessions,
    "farming by restarts": restart_farming,
}
AT_THE_PROMPT: dict[str, Attack] = {
    "prompt ignored, beats go on": prompt_skipped,
    "prompt confirmed with guessed nonces": prompt_guessed,
    "prompt redrawn by restarts": prompt_redrawn,
}


def stolen_tokens(victim: Callable[[], dict[str, Any]]) -> Attack:
    """Uses the newest session token of another learner, who is watching right now."""

    def attack(cheater: Cheater) -> list[Answer]:
        return [cheater.beat_with(token=victim()["token"]) for _ in range(3)]

    return attack


def wait_for_prompt(cheater: Cheater) -> None:
    """Lets time pass, claiming everything all the while, until a prompt opens.

    A session that ended meanwhile (its lease ran out while the machine did something else) is started again.

    Raises:
        TimeoutError: no prompt opens.
    """
    last_try = time.monotonic() + PROMPT_WITHIN_S
    while not cheater.state["prompt"] and not cheater.state["completed"]:
        if time.monotonic() > last_try:
            raise TimeoutError(f"no prompt within {PROMPT_WITHIN_S:.0f} s: {cheater.state}")
        time.sleep(HURRY_S)
        if not cheater.claim_all().ok:
            cheater.start()


def cheat(cheater: Cheater, victim: Callable[[], dict[str, Any]], report: Callable[[Result], None]) -> list[Result]:
    """Every attack, one after the other; answers what came of each."""
    cheater.start()
    results = []
    first: dict[str, Attack] = {**BEFORE_THE_PROMPT, "another learner's token": stolen_tokens(victim)}
    for stage in (first, AT_THE_PROMPT):
        if stage is AT_THE_PROMPT:
            wait_for_prompt(cheater)
        for name, attack in stage.items():
            results.append(run_attack(cheater, name, attack))
            report(results[-1])
    return results
