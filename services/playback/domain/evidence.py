"""The evidence pack of a completed watch: everything an outsider needs to judge it, and how to judge it.

The pack is plain data. Its signature is put around it by the signer; whether the watching it records was possible at
all is checked here, by the auditor, without our keys and without trusting our services.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from services.playback.domain.legs import CAME_LATER, FIRST, Leg, LegFacts, Pins
from services.playback.domain.policy import WatchPolicy
from services.playback.domain.risk import guessing, risk_policy_in_force
from services.playback.domain.watch import Attempt, LegKind, day_of

FORMAT = "xueshi.evidence/1"

_WATCH_FIELDS = (
    "watch_id",
    "learner_id",
    "course_id",
    "number",
    "content_version",
    "duration_ms",
    "max_rate",
    "started_at",
    "completed_at",
    "furthest_ms",
    "confirmed",
)


_FACTS = tuple(field.name for field in fields(LegFacts))
_ANSWERS = (LegKind.PROMPT_CONFIRMED, LegKind.ANSWERED_WRONG)
_SHOWING = (LegKind.PROMPT_OPENED, LegKind.ANSWERED_WRONG, LegKind.STARTED)
"""Legs after which a prompt is on the screen; a start shows one that was open."""


def evidence_pack(attempt: Attempt, legs: Sequence[Leg], policy: WatchPolicy) -> dict[str, Any]:
    """The pack as JSON values: watch, policy in force, prompts with response times, all signed legs, head.

    Times are milliseconds (instants since 1970). Only the opaque learner id names the learner.
    """
    watch = {name: getattr(attempt, name) for name in _WATCH_FIELDS}
    return {
        "format": FORMAT,
        "watch": {**watch, "max_rate": str(attempt.max_rate), "basis": attempt.entitlement.basis},
        "policy": {**asdict(policy), "effective_from": policy.effective_from.isoformat()},
        "prompts": _prompts(legs),
        "legs": [{**asdict(leg.facts), **_seal(leg)} for leg in legs],
        "head": {"legs": attempt.legs, "mac": attempt.head_mac},
    }


def _seal(leg: Leg) -> dict[str, str]:
    return {"key_id": leg.key_id, "previous_mac": leg.previous_mac, "mac": leg.mac}


def legs_of(pack: dict[str, Any]) -> list[Leg]:
    """The pack's legs, to be checked like those of the table."""
    return [
        Leg(
            _facts_of(leg),
            leg["key_id"],
            leg["previous_mac"],
            leg["mac"],
        )
        for leg in pack["legs"]
    ]


def _facts_of(leg: dict[str, Any]) -> LegFacts:
    """Packs of earlier releases lack what came later."""
    told = {name: leg[name] for name in _FACTS if name not in CAME_LATER or name in leg}
    pins = told.get("pins")
    return LegFacts(**{**told, "kind": LegKind(leg["kind"]), "pins": pins and Pins(**pins)})


def _prompts(legs: Sequence[Leg]) -> list[dict[str, int | None]]:
    positions = {
        leg.facts.prompt_index: leg.facts.furthest_ms for leg in legs if leg.facts.kind is LegKind.PROMPT_OPENED
    }
    wrong = Counter(leg.facts.prompt_index for leg in legs if leg.facts.kind is LegKind.ANSWERED_WRONG)
    return [
        {
            "index": leg.facts.prompt_index,
            "position_ms": positions.get(leg.facts.prompt_index),
            "confirmed_at": leg.facts.at,
            "response_ms": leg.facts.response_ms,
            "wrong_answers": wrong[leg.facts.prompt_index],
        }
        for leg in legs
        if leg.facts.kind is LegKind.PROMPT_CONFIRMED
    ]


def doubts(pack: dict[str, Any]) -> list[str]:
    """Why the pack's watching cannot have happened as the rules ask; empty where nothing speaks against it.

    Raises:
        LookupError, TypeError, ValueError, OverflowError: this is not an evidence pack.
    """
    if pack["format"] != FORMAT:
        raise ValueError(f"unknown format {pack['format']}")
    return [
        *_chain_doubts(pack),
        *_pin_doubts(pack),
        *_time_doubts(pack),
        *_answer_doubts(pack),
        *_completeness_doubts(pack),
    ]


def _chain_doubts(pack: dict[str, Any]) -> list[str]:
    found, previous = [], FIRST
    for number, leg in enumerate(pack["legs"], start=1):
        if leg["number"] != number or leg["previous_mac"] != previous:
            found.append(f"leg {number} does not follow the leg before it")
        if leg["watch_id"] != pack["watch"]["watch_id"] or leg["learner_id"] != pack["watch"]["learner_id"]:
            found.append(f"leg {number} belongs to another watch")
        previous = leg["mac"]
    if pack["head"] != {"legs": len(pack["legs"]), "mac": previous}:
        found.append("the last leg is not the one that the head names")
    return found


def _pin_doubts(pack: dict[str, Any]) -> list[str]:
    """What the pack says of the watch is what each signed start says, and every leg is of one course and version."""
    watch, policy = pack["watch"], pack["policy"]
    said = (watch["number"], watch["duration_ms"], watch["max_rate"], policy["id"])
    found = []
    for facts in (leg.facts for leg in legs_of(pack)):
        if (facts.course_id, facts.content_version) != (watch["course_id"], watch["content_version"]):
            found.append(f"leg {facts.number} is of another course or version")
        pins = facts.pins
        if pins and (pins.attempt, pins.duration_ms, pins.max_rate, pins.policy_id) != said:
            found.append(f"leg {facts.number} was started with another number, duration, rate or policy")
    return found


def _time_doubts(pack: dict[str, Any]) -> list[str]:
    """Credit never shrinks, and costs server time: elapsed time and one gap cap in all, at the highest rate. While a
    prompt is open there is none.
    """
    rate, found, legs = Decimal(pack["watch"]["max_rate"]), [], pack["legs"]
    bucket_ms = pack["policy"]["gap_cap_ms"] * rate
    for earlier, later in pairwise(legs):
        gained, elapsed = later["furthest_ms"] - earlier["furthest_ms"], later["at"] - earlier["at"]
        if gained < 0 or elapsed < 0:
            found.append(f"leg {later['number']} goes back")
        if gained > elapsed * rate + bucket_ms:
            found.append(f"leg {later['number']} credits {gained} ms after {elapsed} ms")
        if gained and earlier["prompt_index"] is not None and earlier["kind"] != LegKind.PROMPT_CONFIRMED:
            found.append(f"leg {later['number']} credits {gained} ms while a prompt is open")
    if legs and legs[-1]["furthest_ms"] > (legs[-1]["at"] - legs[0]["at"]) * rate + bucket_ms:
        found.append("the whole watch took less time than it credits")
    return found


def _answer_doubts(pack: dict[str, Any]) -> list[str]:
    """An answer follows the leg that showed its prompt, and no more are wrong than of somebody who listened."""
    legs = legs_of(pack)
    facts = [leg.facts for leg in legs]
    found = [
        f"leg {leg.number} does not answer what was asked"
        for before, leg in zip([None, *facts], facts, strict=False)
        if leg.kind in _ANSWERS and (before is None or not _answers(before, leg))
    ]
    # Packs from before there were questions do not count wrong answers.
    if [{"wrong_answers": 0, **prompt} for prompt in pack["prompts"]] != _prompts(legs):
        found.append("the prompts are not what the legs say")
    policy = risk_policy_in_force(date.fromisoformat(day_of(pack["watch"]["completed_at"])))
    if signal := guessing([facts], policy):
        found.append(f"{signal.measured} answers are wrong: so many are guessed")
    return found


def _answers(before: LegFacts, leg: LegFacts) -> bool:
    """Whether a prompt was on the screen from the one leg to the answer: that long, in one session, without credit."""
    shown = before.kind in _SHOWING and (before.session_id, before.prompt_index) == (leg.session_id, leg.prompt_index)
    chosen = leg.choice is not None or LegKind.ANSWERED_WRONG not in (before.kind, leg.kind)
    return shown and chosen and leg.furthest_ms == before.furthest_ms and leg.response_ms == leg.at - before.at


def _completeness_doubts(pack: dict[str, Any]) -> list[str]:
    watch, policy = pack["watch"], pack["policy"]
    needed = max(policy["prompts_minimum"], -(-policy["prompts_per_50_minutes"] * watch["duration_ms"] // 3_000_000))
    confirmed = [prompt["index"] for prompt in pack["prompts"]]
    last = pack["legs"][-1] if pack["legs"] else {}
    checks = {
        "the lecture is not covered": watch["furthest_ms"] < watch["duration_ms"] - policy["tail_tolerance_ms"],
        f"prompts {confirmed} are confirmed, of {needed}": confirmed != list(range(needed)),
        "the last leg is not the completion": last.get("kind") != LegKind.COMPLETED,
        "the completion is not the watch's": last.get("at") != watch["completed_at"],
        "the completion covers something else": last.get("furthest_ms") != watch["furthest_ms"],
    }
    return [problem for problem, found in checks.items() if found]
