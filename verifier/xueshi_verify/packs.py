"""What an evidence pack says, compared with everything else that it says."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from xueshi_verify.encoding import Unreadable, base64url_bytes, is_canonical, json_object
from xueshi_verify.problems import Problem
from xueshi_verify.shapes import (
    Is,
    is_count,
    is_day,
    is_id,
    is_list,
    is_object,
    is_positive,
    is_text,
    maybe,
    one_of,
    require,
)

FORMAT = "xueshi.evidence/1"
ENDS = ("paused", "taken_over", "expired", "revoked", "completed")
KINDS = ("started", "prompt_opened", "answered_wrong", "prompt_confirmed", *ENDS)
ANSWERS = ("prompt_confirmed", "answered_wrong")
SHOWING = ("started", "prompt_opened", "answered_wrong")
"""After these a prompt is on the screen, if one is open."""
MAX_LEGS = 100_000
MAC_BYTES = 32
FIFTY_MINUTES_MS = 3_000_000
LAST_INSTANT_MS = 253_402_271_999_999
"""The end of the year 9999 in Shanghai."""
RATE = re.compile(r"(1|2)(?:\.([0-9]{1,2}))?")

Json = dict[str, Any]


def is_instant(value: Any) -> bool:
    """Milliseconds since 1970."""
    return is_count(value) and value <= LAST_INSTANT_MS


def is_rate(value: Any) -> bool:
    """A decimal text from 1 to 2."""
    return isinstance(value, str) and RATE.fullmatch(value) is not None and 100 <= hundredths(value) <= 200


def is_mac(value: Any) -> bool:
    """base64url of 32 bytes."""
    try:
        return isinstance(value, str) and value.isascii() and len(base64url_bytes(value)) == MAC_BYTES
    except Unreadable:
        return False


PACK: dict[str, Is] = {
    "format": one_of(FORMAT),
    "watch": is_object,
    "policy": is_object,
    "prompts": is_list,
    "legs": is_list,
    "head": is_object,
}
WATCH: dict[str, Is] = {
    "watch_id": is_id,
    "learner_id": is_id,
    "course_id": is_id,
    "content_version": is_id,
    "basis": is_text,
    "number": is_positive,
    "duration_ms": is_positive,
    "max_rate": is_rate,
    "started_at": is_instant,
    "completed_at": is_instant,
    "furthest_ms": is_count,
    "confirmed": is_count,
}
POLICY: dict[str, Is] = {
    "id": is_id,
    "effective_from": is_day,
    "source": is_text,
    "prompts_per_50_minutes": is_count,
    "prompts_minimum": is_count,
    "beat_interval_ms": is_count,
    "gap_cap_ms": is_count,
    "lease_ms": is_count,
    "daily_cap_ms": is_count,
    "tail_tolerance_ms": is_count,
}
PROMPT: dict[str, Is] = {
    "index": is_count,
    "position_ms": is_count,
    "confirmed_at": is_instant,
    "response_ms": is_count,
    "wrong_answers": is_count,
}
LEG: dict[str, Is] = {
    "watch_id": is_id,
    "learner_id": is_id,
    "course_id": is_id,
    "content_version": is_id,
    "session_id": is_id,
    "number": is_positive,
    "kind": one_of(*KINDS),
    "at": is_instant,
    "furthest_ms": is_count,
    "prompt_index": maybe(is_count),
    "response_ms": maybe(is_count),
    "choice": maybe(is_count),
    "pins": maybe(is_object),
    "key_id": is_id,
    "previous_mac": lambda value: value == "" or is_mac(value),
    "mac": is_mac,
}
PINS: dict[str, Is] = {
    "attempt": is_positive,
    "duration_ms": is_positive,
    "max_rate": is_rate,
    "policy_id": is_id,
    "prompt_key_id": is_id,
    "questions": is_count,
    "entitlement_id": is_text,
}
HEAD: dict[str, Is] = {"legs": is_positive, "mac": is_mac}
CAME_LATER = frozenset({"choice", "pins"})


def read_pack(text: str) -> Json:
    """The pack in a payload. Raises Unreadable."""
    pack = json_object(text, "document")
    require(pack, PACK, "the pack")
    require(pack["watch"], WATCH, "the watch")
    require(pack["policy"], POLICY, "the policy")
    require(pack["head"], HEAD, "the head")
    if not 1 <= len(pack["legs"]) <= MAX_LEGS:
        raise Unreadable("document", f"not 1 to {MAX_LEGS} legs")
    for prompt in pack["prompts"]:
        require(prompt, PROMPT, "a prompt", absent=frozenset({"wrong_answers"}))
    for leg in pack["legs"]:
        require(leg, LEG, "a leg", absent=CAME_LATER)
        if leg.get("pins") is not None:
            require(leg["pins"], PINS, "the pins")
    if not is_canonical(text, pack):
        raise Unreadable("encoding", "the pack is not canonical JSON")
    return pack


def pack_problems(pack: Json) -> list[Problem]:
    """Where the pack disagrees with itself; it has the form of one."""
    parts = (_chain, _pins, _rules, _sessions, _credit, _days, _answers, _prompts, _completion)
    return [problem for part in parts for problem in part(pack)]


def hundredths(rate: str) -> int:
    """A decimal text in hundredths."""
    whole, _, part = rate.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))


def day_of(at: int) -> str:
    """The civil day of an instant in Asia/Shanghai, where no clock is put forward."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at, hours=8)).date().isoformat()


def _chain(pack: Json) -> Iterator[Problem]:
    """One leg after the other, all of this watch, up to the head."""
    watch, previous = pack["watch"], ""
    for number, leg in enumerate(pack["legs"], start=1):
        if leg["number"] != number or leg["previous_mac"] != previous:
            yield Problem("legs_order", f"leg {number}")
        if any(leg[name] != watch[name] for name in ("watch_id", "learner_id", "course_id", "content_version")):
            yield Problem("leg_foreign", f"leg {number}")
        previous = leg["mac"]
    if pack["head"] != {"legs": len(pack["legs"]), "mac": previous}:
        yield Problem("head")


def _pins(pack: Json) -> Iterator[Problem]:
    """What each start pinned is what the watch and the policy are, and the same each time."""
    watch, first = pack["watch"], None
    named = {"attempt": watch["number"], "policy_id": pack["policy"]["id"]}
    same = {**named, "duration_ms": watch["duration_ms"], "max_rate": watch["max_rate"]}
    for leg in pack["legs"]:
        pins = leg.get("pins")
        if pins is None:
            continue
        lasting = {name: value for name, value in pins.items() if name != "entitlement_id"}
        first = first or lasting
        if leg["kind"] != "started" or lasting != first or not same.items() <= pins.items():
            yield Problem("leg_pins", f"leg {leg['number']}")


@cache
def published_rules() -> list[Json]:
    """All rules that were ever in force, as they were when this version was made."""
    rules: list[Json] = json_object(Path(__file__).with_name("rules.json").read_text("utf-8"), "document")["rules"]
    return rules


def _rules(pack: Json) -> Iterator[Problem]:
    """The rules that the pack is judged by are published ones; only the words of their source may change."""
    policy = pack["policy"]
    same_id = next((rules for rules in published_rules() if rules["id"] == policy["id"]), {})
    others = [f"{name} {value}" for name, value in policy.items() if name != "source" and same_id.get(name) != value]
    if others:
        yield Problem("rules_unknown", ", ".join(others))


def _sessions(pack: Json) -> Iterator[Problem]:
    """Each leg is of the session that started last; after its end nothing happens in it."""
    first = pack["legs"][0]
    if first["kind"] != "started" or first["furthest_ms"] != 0:
        yield Problem("session", "leg 1 is no start from 0")
    session = first["session_id"]
    ended = False
    for leg in pack["legs"]:
        if leg["kind"] == "started":
            session, ended = leg["session_id"], False
        elif leg["session_id"] != session or (ended and leg["kind"] not in ("expired", "revoked")):
            yield Problem("session", f"leg {leg['number']}")
        ended = ended or leg["kind"] in ENDS


def _credit(pack: Json) -> Iterator[Problem]:
    """Credit costs time: a bucket of one gap cap, filled by the time between legs, in hundredths of milliseconds."""
    rate = hundredths(pack["watch"]["max_rate"])
    most = bucket = pack["policy"]["gap_cap_ms"] * rate
    is_asking = is_over = False
    for earlier, later in pairwise(pack["legs"]):
        gained, elapsed = later["furthest_ms"] - earlier["furthest_ms"], later["at"] - earlier["at"]
        where = f"leg {later['number']}"
        if gained < 0 or elapsed < 0:
            yield Problem("goes_back", where)
        kind, begins = earlier["kind"], later["kind"] == "started"
        is_asking = kind == "prompt_opened" or (is_asking and kind != "prompt_confirmed")
        is_over = kind in ENDS or (is_over and kind != "started")
        waits = is_asking and not begins
        if gained > 0 and (waits or is_over or begins):
            yield Problem("credit_closed", where)
        earned = 0 if waits else max(0, elapsed) * rate
        bucket = min(most, bucket + earned - max(0, gained) * 100)
        if bucket < 0:
            yield Problem("too_fast", where)
            bucket = 0


def _days(pack: Json) -> Iterator[Problem]:
    """What was surely credited on one day, between legs of that day."""
    credited: Counter[str] = Counter()
    for earlier, later in pairwise(pack["legs"]):
        if day_of(earlier["at"]) == day_of(later["at"]):
            credited[day_of(later["at"])] += max(0, later["furthest_ms"] - earlier["furthest_ms"])
    for day, credit in credited.items():
        if credit > pack["policy"]["daily_cap_ms"]:
            yield Problem("day_cap", day)


def _answers(pack: Json) -> Iterator[Problem]:
    """Prompts open one after the other, and each answer follows what showed its prompt."""
    expected: int | None = None
    confirmed = 0
    for before, leg in zip([None, *pack["legs"]], pack["legs"], strict=False):
        if leg["kind"] == "prompt_opened":
            is_right = expected is None
            expected = confirmed
        else:
            is_right = leg["kind"] not in ANSWERS or (before is not None and _is_answer(before, leg))
        if not is_right or leg["prompt_index"] != expected or not _tells_only_answers(leg):
            yield Problem("answers", f"leg {leg['number']}")
        if leg["kind"] == "prompt_confirmed":
            expected, confirmed = None, confirmed + 1


def _is_answer(before: Json, leg: Json) -> bool:
    shown = before["kind"] in SHOWING and before["session_id"] == leg["session_id"]
    asked = "answered_wrong" in (before["kind"], leg["kind"])
    chosen = leg.get("choice") is not None or not asked
    return shown and chosen and leg["response_ms"] == leg["at"] - before["at"] and leg["prompt_index"] is not None


def _tells_only_answers(leg: Json) -> bool:
    return leg["kind"] in ANSWERS or (leg["response_ms"] is None and leg.get("choice") is None)


def _prompts(pack: Json) -> Iterator[Problem]:
    """The summary is what the legs say, and as many are confirmed as the rules ask."""
    if [{"wrong_answers": 0, **prompt} for prompt in pack["prompts"]] != _summary(pack["legs"]):
        yield Problem("prompts")
    needed = prompts_needed(pack)
    confirmed = [leg["prompt_index"] for leg in pack["legs"] if leg["kind"] == "prompt_confirmed"]
    if len(confirmed) != needed or confirmed != list(range(needed)):
        yield Problem("prompts_missing", f"{len(confirmed)} of {needed}")


def prompts_needed(pack: Json) -> int:
    """How many prompts the pack's rules ask for."""
    policy, duration_ms = pack["policy"], pack["watch"]["duration_ms"]
    by_length: int = -(-policy["prompts_per_50_minutes"] * duration_ms // FIFTY_MINUTES_MS)
    needed: int = max(policy["prompts_minimum"], by_length)
    return needed


def _summary(legs: Sequence[Json]) -> list[Json]:
    opened = {leg["prompt_index"]: leg["furthest_ms"] for leg in legs if leg["kind"] == "prompt_opened"}
    wrong = Counter(leg["prompt_index"] for leg in legs if leg["kind"] == "answered_wrong")
    return [
        {
            "index": leg["prompt_index"],
            "position_ms": opened.get(leg["prompt_index"]),
            "confirmed_at": leg["at"],
            "response_ms": leg["response_ms"],
            "wrong_answers": wrong[leg["prompt_index"]],
        }
        for leg in legs
        if leg["kind"] == "prompt_confirmed"
    ]


def _completion(pack: Json) -> Iterator[Problem]:
    """The watch is what its first and last leg say, covers the lecture, and ends once."""
    watch, policy, legs = pack["watch"], pack["policy"], pack["legs"]
    if [leg["number"] for leg in legs if leg["kind"] == "completed"] != [legs[-1]["number"]]:
        yield Problem("completion")
    confirmed = sum(leg["kind"] == "prompt_confirmed" for leg in legs)
    said = (watch["started_at"], watch["completed_at"], watch["furthest_ms"], watch["confirmed"])
    if said != (legs[0]["at"], legs[-1]["at"], legs[-1]["furthest_ms"], confirmed):
        yield Problem("totals")
    if not watch["duration_ms"] - policy["tail_tolerance_ms"] <= watch["furthest_ms"] <= watch["duration_ms"]:
        yield Problem("not_covered", f"{watch['furthest_ms']} of {watch['duration_ms']} ms")
    if day_of(watch["started_at"]) < policy["effective_from"]:
        yield Problem("policy_date", policy["effective_from"])
