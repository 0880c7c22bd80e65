"""Keys, packs and statements of the test vectors; `docs.vectors` puts them together.

The keys follow from texts in this file, so anybody can sign with them: they exist for the vectors only.
Signatures are deterministic (ECDSA as RFC 6979 says, Ed25519), so the same code makes the same bytes.
The packs are written out here, not made by playback: a vector stays what it is when the service changes.
"""

import hmac
import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from services.kit import base64url
from services.kit.jose import Jwk, flattened
from services.kit.signing import public_jwk, raw_signature
from services.kit.tlog.notes import COSIGNATURE, SIGNATURE, VerifierKey

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256."""

Json = dict[str, Any]
Signed = dict[str, str]

STARTED_AT = 1_790_000_000_000
"""When the watch of the vectors began, milliseconds since 1970: 22:13:20 on 21 September 2026 in Shanghai."""
LAST_INSTANT_MS = 253_402_271_999_999
"""The last one of the year 9999 in Shanghai, milliseconds since 1970."""
COSIGNED_AT = 1_790_003_600
"""When the witnesses cosigned, seconds since 1970: an hour later."""


def seed(name: str) -> bytes:
    """32 bytes that anybody can make."""
    return sha256(f"xueshi evidence vectors: {name}".encode()).digest()


class PackKey:
    """A key that signs packs (ES256)."""

    def __init__(self, name: str) -> None:
        self._key = ec.derive_private_key(int.from_bytes(seed(name), "big") % (ORDER - 1) + 1, ec.SECP256R1())

    def sign(self, message: bytes) -> bytes:
        """The two numbers, 64 bytes."""
        return raw_signature(self._key.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True)))

    def public_keys(self) -> list[Jwk]:
        """Its public half."""
        return [public_jwk(self._key.public_key())]


class NoteKey:
    """A key of a log or a witness (Ed25519)."""

    def __init__(self, name: str, use: int) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed(name))
        self.key = VerifierKey(name, use, self._key.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The signature of a message."""
        return self._key.sign(message)


NEW, OLD, FOREIGN = PackKey("pack key"), PackKey("retired pack key"), PackKey("nobody's pack key")
LOG, OTHER_LOG = NoteKey("vectors.example/log", SIGNATURE), NoteKey("other.example/log", SIGNATURE)
WITNESSES = [NoteKey(f"w{number}.example", COSIGNATURE) for number in (1, 2, 3)]
STRANGERS = [NoteKey(f"stranger{number}.example", COSIGNATURE) for number in (1, 2)]
NOTHING: Json = {"prompt_index": None, "response_ms": None, "choice": None}
POLICY: Json = {
    "id": "2026-01",
    "effective_from": "2026-01-01",
    "source": "the vectors' own",
    "prompts_per_50_minutes": 3,
    "prompts_minimum": 2,
    "beat_interval_ms": 10_000,
    "gap_cap_ms": 30_000,
    "lease_ms": 60_000,
    "daily_cap_ms": 36_000_000,
    "tail_tolerance_ms": 2_000,
}
PINS: Json = {
    "attempt": 1,
    "duration_ms": 75_000,
    "max_rate": "1.0",
    "policy_id": "2026-01",
    "prompt_key_id": "vectors-1",
    "questions": 1,
    "entitlement_id": "an-entitlement",
}
Step = tuple[int, str, str, int, Json]
"""Time since the start, session, kind, how much is credited, and what else the leg says."""
STEPS: tuple[Step, ...] = (
    (0, "s1", "started", 0, {}),
    (20_000, "s1", "prompt_opened", 20_000, {"prompt_index": 0}),
    (23_000, "s1", "answered_wrong", 20_000, {"prompt_index": 0, "response_ms": 3_000, "choice": 2}),
    (25_500, "s1", "prompt_confirmed", 20_000, {"prompt_index": 0, "response_ms": 2_500, "choice": 1}),
    (45_500, "s1", "paused", 40_000, {}),
    (600_000, "s2", "started", 40_000, {}),
    (610_000, "s2", "prompt_opened", 50_000, {"prompt_index": 1}),
    (620_000, "s2", "taken_over", 50_000, {"prompt_index": 1}),
    (621_000, "s3", "started", 50_000, {"prompt_index": 1}),
    (624_000, "s3", "prompt_confirmed", 50_000, {"prompt_index": 1, "response_ms": 3_000}),
    (649_000, "s3", "completed", 75_000, {}),
)


def a_pack(title: str = "genuine") -> Json:
    """A pack that agrees with itself; the title makes its watch another one."""
    watch: Json = {
        "watch_id": f"watch-{title}",
        "learner_id": "0f3c2a9e-3a4c-4f43-9f0e-2f0a1b2c3d4e",
        "course_id": "asset-allocation",
        "number": 1,
        "content_version": "v1",
        "duration_ms": 75_000,
        "max_rate": "1.0",
        "started_at": STARTED_AT,
        "completed_at": STARTED_AT + STEPS[-1][0],
        "furthest_ms": 75_000,
        "confirmed": 2,
        "basis": "purchase",
    }
    legs = [a_leg(watch, number, step) for number, step in enumerate(STEPS, start=1)]
    prompts = [
        {
            "index": 0,
            "position_ms": 20_000,
            "confirmed_at": STARTED_AT + 25_500,
            "response_ms": 2_500,
            "wrong_answers": 1,
        },
        {
            "index": 1,
            "position_ms": 50_000,
            "confirmed_at": STARTED_AT + 624_000,
            "response_ms": 3_000,
            "wrong_answers": 0,
        },
    ]
    pack = {"format": "xueshi.evidence/1", "watch": watch, "policy": dict(POLICY), "prompts": prompts, "legs": legs}
    return linked(pack)


def of_steps(title: str, steps: Sequence[Step]) -> Json:
    """A pack whose legs are these; the rest of it follows from them."""
    pack = a_pack(title)
    watch, legs = pack["watch"], [a_leg(pack["watch"], number, step) for number, step in enumerate(steps, start=1)]
    opened = {leg["prompt_index"]: leg["furthest_ms"] for leg in legs if leg["kind"] == "prompt_opened"}
    confirmed = [leg for leg in legs if leg["kind"] == "prompt_confirmed"]
    pack["legs"] = legs
    pack["prompts"] = [
        {
            "index": leg["prompt_index"],
            "position_ms": opened[leg["prompt_index"]],
            "confirmed_at": leg["at"],
            "response_ms": leg["response_ms"],
            "wrong_answers": 0,
        }
        for leg in confirmed
    ]
    last = {"completed_at": legs[-1]["at"], "furthest_ms": legs[-1]["furthest_ms"]}
    watch.update(last, duration_ms=last["furthest_ms"], confirmed=len(confirmed))
    return linked(pack)


def a_leg(watch: Json, number: int, step: Step) -> Json:
    """A leg without its MACs."""
    after_ms, session, kind, furthest_ms, more = step
    same = {name: watch[name] for name in ("watch_id", "learner_id", "course_id", "content_version")}
    told = {
        "session_id": session,
        "number": number,
        "kind": kind,
        "at": STARTED_AT + after_ms,
        "furthest_ms": furthest_ms,
    }
    return {**same, **told, **NOTHING, **more, "key_id": "vectors-1"}


def linked(pack: Json) -> Json:
    """The pack with its legs' MACs and its head made anew. Nobody without the MAC key can check the MACs themselves."""
    previous = ""
    for leg in pack["legs"]:
        leg["previous_mac"] = previous
        told = {name: value for name, value in leg.items() if name != "mac" and (name != "choice" or value is not None)}
        previous = leg["mac"] = base64url.encode(hmac.digest(seed("legs"), canonical(told), "sha256"))
    pack["head"] = {"legs": len(pack["legs"]), "mac": previous}
    return pack


def canonical(value: Json) -> bytes:
    """JSON as packs have it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def a_statement(**changes: Any) -> str:
    """What a certificate states."""
    statement = {
        "format": "xueshi.certificate/1",
        "code": "0123456789ABCDEFGHJKMNPQRSTV",
        "issued_at": "2026-09-21T14:26:40.000+00:00",
        "course_id": "asset-allocation",
        "content_version": "v1",
        "title": "资产配置",
        "completed_at": "2026-09-21T14:24:09.000+00:00",
        "hours": "1.5",
        "category": "elective",
        "credential": "AFP",
        "period_start": "2025-01-01",
        "period_end": "2026-12-31",
        "entry_id": "entry-1",
        "entry_number": 7,
        "entry_mac": base64url.encode(seed("an entry's MAC")),
    }
    return canonical({**statement, **changes}).decode()


def signed(pack: Json, key: PackKey = NEW) -> Signed:
    """A pack's flattened JWS."""
    return flattened(key, canonical(pack))


Spoil = Callable[[Json], None]


def _foreign_leg(pack: Json) -> None:
    pack["legs"][4]["course_id"] = "another-course"


def _other_pins(pack: Json) -> None:
    pack["legs"][0]["pins"] = {**PINS, "duration_ms": 74_000}


def _missing_leg(pack: Json) -> None:
    del pack["legs"][7]


def _too_fast(pack: Json) -> None:
    pack["legs"][10]["at"] = pack["watch"]["completed_at"] = STARTED_AT + 624_000
    pack["policy"]["gap_cap_ms"] = 20_000


def _window(pack: Json) -> None:
    """Each leg by itself is within a cap, all together are not."""
    pack["policy"]["gap_cap_ms"] = 12_000
    pack["legs"][1]["at"] -= 12_000
    pack["legs"][2]["response_ms"] += 12_000
    pack["legs"][4]["at"] -= 12_000


def _goes_back(pack: Json) -> None:
    pack["legs"][4]["at"] = STARTED_AT + 25_000


def _while_asked(pack: Json) -> None:
    pack["legs"][9]["furthest_ms"] = 51_000


def _other_session(pack: Json) -> None:
    pack["legs"][6]["session_id"] = "s1"


def _response(pack: Json) -> None:
    pack["legs"][3]["response_ms"] = pack["prompts"][0]["response_ms"] = 2_499


def _prompt_summary(pack: Json) -> None:
    pack["prompts"][0]["wrong_answers"] = 0


def _prompt_missing(pack: Json) -> None:
    pack["policy"]["prompts_minimum"] = 3


def _count(pack: Json) -> None:
    pack["watch"]["confirmed"] = 3


def _head(pack: Json) -> None:
    pack["head"]["legs"] = 12


def _short(pack: Json) -> None:
    pack["watch"]["duration_ms"] = 77_001


def _other_end(pack: Json) -> None:
    pack["watch"]["completed_at"] += 1


def _other_start(pack: Json) -> None:
    pack["watch"]["started_at"] += 1


def _day(pack: Json) -> None:
    pack["policy"]["daily_cap_ms"] = 74_999


def _policy_later(pack: Json) -> None:
    pack["policy"]["effective_from"] = "2026-09-22"


def _after_the_end(pack: Json) -> None:
    pack["legs"][4]["kind"] = "completed"


def _after_the_pause(pack: Json) -> None:
    late = {**pack["legs"][4], "kind": "expired", "at": STARTED_AT + 60_000, "furthest_ms": 41_000}
    pack["legs"].insert(5, late)
    for number, leg in enumerate(pack["legs"], start=1):
        leg["number"] = number
    for leg in pack["legs"][6:-1]:
        leg["furthest_ms"] += 1_000
    pack["prompts"][1]["position_ms"] += 1_000


SELF_DISAGREEING: tuple[tuple[str, str, Spoil, tuple[str, ...]], ...] = (
    ("leg-of-another-course", "leg 5 names another course than the watch", _foreign_leg, ("leg_foreign",)),
    ("pins-of-another-length", "the start pins another length than the watch has", _other_pins, ("leg_pins",)),
    ("leg-numbers-with-a-gap", "the takeover is left out", _missing_leg, ("legs_order",)),
    (
        "credit-faster-than-time",
        "the last leg credits 25 s at once, the cap is 20 s",
        _too_fast,
        ("rules_unknown", "too_fast"),
    ),
    (
        "credit-faster-in-a-window",
        "no leg by itself credits too much, several together do",
        _window,
        ("rules_unknown", "too_fast"),
    ),
    ("leg-goes-back-in-time", "leg 5 is earlier than leg 4", _goes_back, ("goes_back",)),
    ("credit-while-a-prompt-is-open", "the second confirmation credits a second", _while_asked, ("credit_closed",)),
    (
        "credit-after-a-pause",
        "a second is credited to a session that was given back",
        _after_the_pause,
        ("credit_closed",),
    ),
    ("leg-of-a-session-that-ended", "leg 7 is of the first session", _other_session, ("session",)),
    ("response-time-differs", "the legs' times say 2,500 ms", _response, ("answers",)),
    ("prompts-differ-from-legs", "the summary hides a wrong answer", _prompt_summary, ("prompts",)),
    (
        "too-few-prompts",
        "the policy asks for three prompts, two are confirmed",
        _prompt_missing,
        ("prompts_missing", "rules_unknown"),
    ),
    ("confirmed-count-differs", "the watch says that three prompts were confirmed", _count, ("totals",)),
    ("head-differs", "the head counts twelve legs", _head, ("head",)),
    ("lecture-not-covered", "more than the tail is missing", _short, ("not_covered",)),
    ("completion-time-differs", "the watch ends a millisecond after its last leg", _other_end, ("totals",)),
    ("start-time-differs", "the watch begins a millisecond after its first leg", _other_start, ("totals",)),
    ("more-than-a-day-allows", "a millisecond more than the policy's day", _day, ("day_cap", "rules_unknown")),
    ("policy-of-a-later-day", "the policy was not in force yet", _policy_later, ("policy_date", "rules_unknown")),
    ("completed-twice", "leg 5 is a completion, and the watch goes on", _after_the_end, ("completion",)),
)


def _longest(pack: Json) -> None:
    pack["watch"]["basis"] = "\U0001f4dc" * 10_000
    for leg in pack["legs"]:
        leg["session_id"] = leg["session_id"].replace("s", "\U0001f4dc" * 255)


def _long_id(pack: Json) -> None:
    pack["legs"][0]["key_id"] = "k" * 257


def _long_text(pack: Json) -> None:
    pack["watch"]["basis"] = "b" * 10_001


def _negative(pack: Json) -> None:
    pack["legs"][3]["response_ms"] = -1


def _no_legs(pack: Json) -> None:
    pack["head"]["legs"] = 0


def _no_position(pack: Json) -> None:
    pack["prompts"][0]["position_ms"] = None


def _fraction(pack: Json) -> None:
    pack["watch"]["duration_ms"] = 75_000.0


def _early(late_ms: int) -> Spoil:
    def spoil(pack: Json) -> None:
        pack.update(moved(pack["watch"]["watch_id"].removeprefix("watch-"), COSIGNED_AT * 1000 + late_ms))

    return spoil


def _no_rules(pack: Json) -> None:
    pack.update(of_steps("rules-of-its-own", ((0, "s1", "started", 0, {}), (0, "s1", "completed", 75_000, {}))))
    pack["policy"].update(gap_cap_ms=75_000, prompts_minimum=0, prompts_per_50_minutes=0)


def _other_id(pack: Json) -> None:
    pack["policy"]["id"] = "2026-02"


def _other_source(pack: Json) -> None:
    pack["policy"]["source"] = "in other words"


PACK_RULES: tuple[tuple[str, str, Spoil, tuple[str, ...]], ...] = (
    ("rules-of-its-own", "its gap cap is the lecture, and it asks for no prompts", _no_rules, ("rules_unknown",)),
    ("rules-under-another-id", "published figures, but not under this id", _other_id, ("rules_unknown",)),
    ("rules-in-other-words", "published rules whose source is written in other words", _other_source, ()),
)
SHAPES: tuple[tuple[str, str, Spoil, tuple[str, ...]], ...] = (
    ("longest-texts", "ids of 256 characters and a text of 10,000, each of two UTF-16 units", _longest, ()),
    ("id-too-long", "an id of 257 characters", _long_id, ("document",)),
    ("text-too-long", "a text of 10,001 characters", _long_text, ("document",)),
    ("response-negative", "an answer before its question", _negative, ("document",)),
    ("head-of-no-legs", "a head that counts no leg", _no_legs, ("document",)),
    ("prompt-without-a-position", "a confirmed prompt that opened nowhere", _no_position, ("document",)),
    ("number-with-a-fraction", "75000.0 is another number than 75000", _fraction, ("document",)),
    ("cosigned-within-five-minutes", "completed 300.000 s after the cosignatures", _early(300_000), ()),
    ("cosigned-early", "completed 300.001 s after the cosignatures", _early(300_001), ("cosigned_early",)),
)


def spoiled(name: str, spoil: Spoil) -> Json:
    """A pack that says one thing that it also denies; its MACs are right."""
    pack = a_pack(name)
    spoil(pack)
    head = pack["head"]["legs"]
    linked(pack)
    if spoil in (_head, _no_legs):
        pack["head"]["legs"] = head
    return pack


def pinned() -> Json:
    """Its starts say what the watch is pinned to, and other legs that they pin nothing."""
    pack = a_pack("pinned")
    for leg in pack["legs"]:
        leg["pins"] = dict(PINS) if leg["kind"] == "started" else None
    return linked(pack)


def older() -> Json:
    """From before there were questions: no choices, no wrong answers."""
    pack = a_pack("older")
    del pack["legs"][2]
    pack["legs"][2]["response_ms"] = pack["prompts"][0]["response_ms"] = 5_500
    for number, leg in enumerate(pack["legs"], start=1):
        leg["number"] = number
        del leg["choice"]
    for prompt in pack["prompts"]:
        del prompt["wrong_answers"]
    return linked(pack)


def moved(title: str, completed_at: int) -> Json:
    """Completed at another instant, everything else as long before it."""
    pack = a_pack(title)
    by_ms = completed_at - pack["watch"]["completed_at"]
    for place in (*pack["legs"], pack["watch"], *pack["prompts"]):
        for name in {"at", "started_at", "completed_at", "confirmed_at"} & place.keys():
            place[name] += by_ms
    return linked(pack)


FIRST_PROMPT: Json = {"prompt_index": 0}
PAUSED_AND_CREDITED: tuple[Step, ...] = (
    (0, "s1", "started", 0, {}),
    (20_000, "s1", "prompt_opened", 20_000, FIRST_PROMPT),
    (21_000, "s1", "paused", 20_000, FIRST_PROMPT),
    (81_000, "s1", "expired", 55_000, FIRST_PROMPT),
    (90_000, "s2", "started", 55_000, FIRST_PROMPT),
    (91_000, "s2", "prompt_confirmed", 55_000, {"prompt_index": 0, "response_ms": 1_000}),
    (92_000, "s2", "prompt_opened", 56_000, {"prompt_index": 1}),
    (93_000, "s2", "prompt_confirmed", 56_000, {"prompt_index": 1, "response_ms": 1_000}),
    (112_000, "s2", "completed", 75_000, {}),
)
"""35 s are credited to a session that was given back with a prompt on its screen: more than one gap cap."""


def half_a_character() -> bytes:
    """A text with half of a surrogate pair, which UTF-8 cannot write and JSON can."""
    return canonical(a_pack("half")).replace(b'"basis":"purchase"', b'"basis":"\\ud800"')


def newer() -> Json:
    """With a member that the format does not have."""
    pack = a_pack("newer")
    pack["watch"]["mood"] = "attentive"
    return pack


def for_another_learner() -> Json:
    """The genuine pack, but for the learner."""
    pack = a_pack()
    for place in (pack["watch"], *pack["legs"]):
        place["learner_id"] = "77777777-3a4c-4f43-9f0e-2f0a1b2c3d4e"
    return linked(pack)
