"""Reading all anchors back: whether they are ours and follow each other, and what they say of a learner's watches."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from services.kit.clock import to_ms
from services.kit.days import ONE_DAY
from services.kit.signing import signature_problems
from services.playback.app.context import VerificationContext
from services.playback.app.evidence.packs import content_of
from services.playback.domain.anchors import ChainHead, anchor_of, link_problems
from services.playback.domain.ids import LearnerId, WatchId
from services.playback.domain.watch import day_of

LATE = ONE_DAY
"""By how much the newest anchor may lag behind the last whole day before that is worth a word."""

Jwks = Mapping[str, Any]


@dataclass
class AnchorReport:
    """What all anchors together say of some learner's watches, and what is wrong with the anchors themselves."""

    last_day: str | None = None
    heads: dict[WatchId, list[tuple[str, ChainHead]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_anchors(ctx: VerificationContext, learner_id: LearnerId) -> AnchorReport:
    """Reads every anchor there is: checks that all are ours and follow each other, and collects a learner's heads."""
    jwks = {"keys": ctx.signer.public_keys()}
    report, before = AnchorReport(), None
    for day in ctx.anchors.names():
        text = ctx.anchors.get(day) or b"{}"
        report.problems += _read(report, jwks, learner_id, before, day, text)
        before = (day, sha256(text).hexdigest())
        report.last_day = day
    if report.last_day and report.last_day < day_of(to_ms(ctx.clock.now() - ONE_DAY - LATE)):
        report.problems.append(f"the last anchor is of {report.last_day}")
    return report


def _read(
    report: AnchorReport, jwks: Jwks, learner_id: LearnerId, before: tuple[str, str] | None, day: str, text: bytes
) -> list[str]:
    try:
        signed = json.loads(text)
        problems, anchor = signature_problems(jwks, signed), anchor_of(content_of(signed))
    except (KeyError, TypeError, ValueError) as error:
        return [f"the anchor of {day} cannot be read: {error!r}"]
    for head in anchor.heads:
        if head.learner_id == learner_id:
            report.heads.setdefault(head.watch_id, []).append((day, head))
    return [*(f"the anchor of {day}: {problem}" for problem in problems), *link_problems(before, day, anchor)]
