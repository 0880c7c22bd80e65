"""The signed record of a watch: one append-only chain of legs, each bound to the one before."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from services.kit import base64url
from services.kit.kinds import ID_ONLY, stored
from services.playback.domain.ids import CourseId, EntitlementId, LearnerId, SessionId, WatchId
from services.playback.domain.watch import Attempt, LegKind, Live

Mac = Callable[[str, bytes], bytes]
"""(key id, message) -> MAC."""

CAME_LATER = ("choice", "pins")
"""Facts that legs of earlier releases lack."""

FIRST = ""
"""What the first leg names as the MAC before it."""


@dataclass(frozen=True)
class Pins:
    """What a watch is pinned to for good, beside its version, and what the session that starts rests on.

    `prompt_key_id` names the key that its prompts were drawn with; `max_rate` is a decimal number.
    """

    attempt: int
    duration_ms: int
    max_rate: str
    policy_id: str
    prompt_key_id: str
    questions: int
    entitlement_id: EntitlementId


def pins_of(watch: Live | Attempt, entitlement_id: EntitlementId) -> Pins:
    """The pins of a watch, for a session that rests on this."""
    return Pins(
        attempt=watch.attempt if isinstance(watch, Live) else watch.number,
        duration_ms=watch.duration_ms,
        max_rate=str(watch.max_rate),
        policy_id=watch.policy_id,
        prompt_key_id=watch.key_id,
        questions=watch.questions,
        entitlement_id=entitlement_id,
    )


@dataclass(frozen=True)
class LegFacts:
    """What a leg says. `response_ms` is how long an opened prompt waited for its confirmation or for a wrong answer;
    `choice` is the answer that was given, as the index in the question's own order. A start says the `pins`.
    """

    watch_id: WatchId
    learner_id: LearnerId
    course_id: CourseId
    content_version: str
    session_id: SessionId
    number: int
    kind: LegKind
    at: int
    furthest_ms: int
    prompt_index: int | None = None
    response_ms: int | None = None
    choice: int | None = None
    pins: Pins | None = None


@stored(shape=1, personal=ID_ONLY)
class Leg:
    """A leg as stored: the facts, the MAC of the leg before, and a MAC over all of that."""

    facts: LegFacts
    key_id: str
    previous_mac: str
    mac: str


def sign_leg(facts: LegFacts, key_id: str, previous_mac: str, mac: Mac) -> Leg:
    """Appends to a chain whose last MAC is `previous_mac`."""
    return Leg(facts, key_id, previous_mac, _leg_mac(facts, key_id, previous_mac, mac))


def _leg_mac(facts: LegFacts, key_id: str, previous_mac: str, mac: Mac) -> str:
    told = asdict(facts)
    # They came later: the MAC of a leg without one stays what it was.
    for name in CAME_LATER:
        if told[name] is None:
            del told[name]
    signed = {**told, "key_id": key_id, "previous_mac": previous_mac}
    message = json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return base64url.encode(mac(key_id, message))


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a chain: the number of the leg it was found at, and what."""

    number: int
    problem: str


def verify_legs(watch_id: WatchId, legs: Sequence[Leg], head: tuple[int, str], mac: Mac) -> list[Finding]:
    """Checks a chain in stored order against its head (number of legs, last MAC), which is kept apart.

    Finds every changed, missing, reordered, cut-off or foreign leg; an empty list means the chain is whole.
    """
    findings = []
    previous = FIRST
    for number, leg in enumerate(legs, start=1):
        findings += [Finding(number, problem) for problem in _leg_problems(watch_id, number, previous, leg, mac)]
        previous = leg.mac
    if (len(legs), previous) != head:
        findings.append(
            Finding(len(legs) + 1, f"the head names {head[0]} legs, and another last MAC or number is here")
        )
    return findings


def _leg_problems(watch_id: WatchId, number: int, previous: str, leg: Leg, mac: Mac) -> list[str]:
    checks = {
        f"belongs to watch {leg.facts.watch_id}": leg.facts.watch_id != watch_id,
        f"is numbered {leg.facts.number}: one is missing or out of order": leg.facts.number != number,
        "does not follow the leg before it": leg.previous_mac != previous,
        "was changed: its MAC is wrong": _leg_mac(leg.facts, leg.key_id, leg.previous_mac, mac) != leg.mac,
    }
    return [problem for problem, found in checks.items() if found]
