"""Idempotency-Key: an action's answer is kept in the transaction that acted, so a retry gets it again."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, TypeVar

from services.kit.clock import Clock
from services.kit.kinds import Kept, stored
from services.kit.problems import IDEMPOTENCY_KEY_REUSED, Problem
from services.kit.store import Change, Conflict, Key, Put, Store, commit_retrying
from services.kit.store.codec import decode, encode

T = TypeVar("T")

ANSWER_RETENTION = timedelta(days=30)
"""How long a retry gets the first answer; far longer than any client goes on retrying."""


@dataclass(frozen=True)
class Request:
    """One action as its caller sent it: who, under which key, and what (`content` holds JSON values)."""

    caller_id: str
    key: str
    action: str
    content: dict[str, Any]


@stored(shape=1, personal=Kept("text", because="a retry gets the first answer", until="30 days after it"))
class Answer:
    """What was answered, as the text of the result, and to what."""

    fingerprint: str
    text: str


def answer_once(store: Store, clock: Clock, request: Request, kind: type[T], plan: Callable[[], tuple[Change, T]]) -> T:
    """Commits what `plan` decides, once per caller and key; a retry gets the first result, of type `kind`.

    A refusal keeps nothing, so the same key may be sent again after it. Costs one read, and one write in the change.
    A refusal costs another read: it may be of what the same request, sent side by side, has just done.

    Raises:
        Problem: IDEMPOTENCY_KEY_REUSED where the key was used for something else; whatever `plan` refuses.
        Conflict: others kept writing.
    """
    key = Key(f"CALLER#{request.caller_id}", f"ANSWER#{request.key}")
    fingerprint = _fingerprint(request)

    def known() -> tuple[Change, T] | None:
        answer = store.get(key, Answer)
        if answer is None:
            return None
        if answer.value.fingerprint != fingerprint:
            raise IDEMPOTENCY_KEY_REUSED.problem()
        return Change(), decode(answer.value.text, kind)

    def planned() -> tuple[Change, T]:
        answered = known()
        if answered is not None:
            return answered
        change, result = plan()
        expires_at = int((clock.now() + ANSWER_RETENTION).timestamp())
        answer = Put(key, Answer(fingerprint, encode(result)), expires_at=expires_at)
        return Change([*change.writes, answer], change.events), result

    try:
        return commit_retrying(store, planned)
    except (Problem, Conflict):
        answered = known()
        if answered is None:
            raise
        return answered[1]


def _fingerprint(request: Request) -> str:
    text = json.dumps([request.action, request.content], ensure_ascii=True, sort_keys=True)
    return sha256(text.encode()).hexdigest()
