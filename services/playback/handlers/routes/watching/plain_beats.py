"""The calls that carry a session's token, read and answered with the standard library alone.

What is exactly as a player sends it is answered here. Everything else, such as a body with another member, is left to
the routes in `beats`, which say what is wrong with it. Both answer byte for byte the same.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.kit.call import Call
from services.kit.clock import from_ms
from services.kit.identity import Role, principal_from
from services.kit.json_text import compact
from services.kit.media_types import JSON, media_type
from services.kit.origin import OriginSecret, check_origin
from services.kit.problems import Problem
from services.kit.refusals import refused
from services.playback.app.context import Context
from services.playback.app.watching.tokens import MAX_LENGTH as MAX_TOKEN_LENGTH
from services.playback.app.watching.watch import beat, confirm_prompt, pause
from services.playback.app.watching.watch_state import WatchState
from services.playback.domain.questions import ShownQuestion
from services.playback.domain.watch import Prompt

MAX_POSITION_MS = 24 * 3_600_000
"""No lecture is longer than a day."""
MAX_NONCE_LENGTH, MAX_CHOICE = 64, 99
MAX_BODY_LENGTH = MAX_TOKEN_LENGTH + 1024

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """A call: which bodies are exactly as a player sends them, and what is done with one."""

    is_plain: Callable[[Body], bool]
    take: Callable[[Context, Call, Body], WatchState]


def answer_plainly(event: Mapping[str, Any], ctx: Context, origin_secret: OriginSecret) -> dict[str, Any] | None:
    """The answer to a request of the HTTP API (payload format 2.0); None where it is not one that is known here."""
    found = _plain_request(event, origin_secret)
    if found is None:
        return None
    step, call, body = found
    try:
        state = step.take(ctx, call, body)
    except Exception as error:
        return refused(error)
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return {"statusCode": 200, "headers": headers, "body": compact(_told(state)), "isBase64Encoded": False}


def _plain_request(event: Mapping[str, Any], origin_secret: OriginSecret) -> tuple[Step, Call, Body] | None:
    context, headers, text = event["requestContext"], event["headers"], event.get("body") or ""
    step = _STEPS.get(f"{context['http']['method']} {context['http']['path']}")
    is_json = media_type(headers) == JSON and not event.get("isBase64Encoded")
    # What is not ASCII is no token; that some of it is no text either is the routes' matter.
    if step is None or not is_json or len(text) > MAX_BODY_LENGTH or not text.isascii():
        return None
    try:
        check_origin(event, origin_secret)
        caller = principal_from(event)
        caller.require(Role.LEARNER)
        body = json.loads(text)
    except (Problem, ValueError, RecursionError):
        return None
    if not isinstance(body, dict) or not step.is_plain(body):
        return None
    return step, Call(caller, str(context["requestId"])), body


def _beat(ctx: Context, call: Call, body: Body) -> WatchState:
    return beat(ctx, call, body["token"], body["position_ms"])


def _pause(ctx: Context, call: Call, body: Body) -> WatchState:
    return pause(ctx, call, body["token"], body["position_ms"])


def _confirm(ctx: Context, call: Call, body: Body) -> WatchState:
    return confirm_prompt(ctx, call, body["token"], body["nonce"], body.get("choice"))


def _has_position(body: Body) -> bool:
    is_whole = body.keys() == {"token", "position_ms"}
    return is_whole and _is_text(body["token"], MAX_TOKEN_LENGTH) and _is_number(body["position_ms"], MAX_POSITION_MS)


def _has_nonce(body: Body) -> bool:
    is_whole = {"token", "nonce"} <= body.keys() <= {"token", "nonce", "choice"}
    choice = body.get("choice")
    return (
        is_whole
        and _is_text(body["token"], MAX_TOKEN_LENGTH)
        and _is_text(body["nonce"], MAX_NONCE_LENGTH)
        and (choice is None or _is_number(choice, MAX_CHOICE))
    )


def _is_text(value: object, longest: int) -> bool:
    # Escaped, even a body of ASCII can hold what is none.
    return isinstance(value, str) and 0 < len(value) <= longest and value.isascii()


def _is_number(value: object, most: int) -> bool:
    return type(value) is int and 0 <= value <= most


_STEPS = {
    "POST /v1/playback/beats": Step(_has_position, _beat),
    "POST /v1/playback/pauses": Step(_has_position, _pause),
    "POST /v1/playback/confirmations": Step(_has_nonce, _confirm),
}


def _told(state: WatchState) -> dict[str, object]:
    """As `answers.WatchAnswer` tells it."""
    live = state.live
    return {
        "token": state.token,
        "session_id": live.session_id,
        "watch_id": live.watch_id,
        "course_id": live.course_id,
        "attempt": live.attempt,
        "content_version": live.content_version,
        "duration_ms": live.duration_ms,
        "furthest_ms": live.furthest_ms,
        "saved_at": _instant(live.refilled_at),
        "lease_expires_at": _instant(live.lease_until),
        "next_beat_ms": state.next_beat_ms,
        "gap_cap_ms": state.gap_cap_ms,
        "day_left_ms": state.day_left_ms,
        "max_rate": str(live.max_rate),
        "prompts": {"total": state.prompts_total, "confirmed": live.confirmed},
        "prompt": _prompt(state.prompt, state.question) if state.prompt else None,
        "completed": live.completed_at is not None,
        "completed_at": None if live.completed_at is None else _instant(live.completed_at),
    }


def _prompt(prompt: Prompt, question: ShownQuestion | None) -> dict[str, object]:
    return {
        "index": prompt.index,
        "nonce": prompt.nonce,
        "shown_at": _instant(prompt.shown_at),
        "question": {"text": question.text, "choices": question.choices} if question else None,
        "wrong_answers": prompt.wrong,
    }


def _instant(milliseconds: int) -> str:
    return from_ms(milliseconds).isoformat().replace("+00:00", "Z")
