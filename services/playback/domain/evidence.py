"""The evidence pack of a completed watch: everything an outsider needs to judge it.

The pack is plain data. Its signature is put around it by the signer. How it is judged, without our keys and without
trusting our services, docs/evidence-format.md says, and `verifier/` does.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from services.playback.domain.legs import CAME_LATER, Leg, LegFacts, Pins
from services.playback.domain.policy import WatchPolicy
from services.playback.domain.watch import Attempt, LegKind

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
