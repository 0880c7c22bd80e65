"""Handing packs out."""

import json
from typing import Any

from services.kit.call import Call
from services.kit.identity import Role
from services.kit.store import required
from services.playback.app.context import EvidenceContext
from services.playback.app.evidence.packs import content_of
from services.playback.app.evidence.problems import EVIDENCE_NOT_FOUND
from services.playback.domain.ids import WatchId


def read_evidence(ctx: EvidenceContext, call: Call, watch_id: WatchId) -> dict[str, Any]:
    """A signed pack, for the learner it is about and for auditors.

    Raises:
        Problem: EVIDENCE_NOT_FOUND; the same to whom it does not concern, so that ids cannot be tried out.
    """
    text = required(ctx.packs.get(watch_id), EVIDENCE_NOT_FOUND.problem())
    signed: dict[str, Any] = json.loads(text)
    if Role.AUDITOR not in call.caller.roles and content_of(signed)["watch"]["learner_id"] != call.caller_id:
        raise EVIDENCE_NOT_FOUND.problem()
    return signed
