"""What reviewers see of cases, and their review with its reason."""

from dataclasses import replace
from typing import Any

from services.kit.call import Call
from services.kit.clock import to_ms
from services.kit.idempotency import answer_once
from services.kit.store import Change, Page, Stored, required
from services.kit.store.pages import page_of
from services.playback.app.context import RiskContext
from services.playback.app.evidence.packs import kept_pack
from services.playback.app.risk.items import (
    CaseStatus,
    Review,
    RiskCase,
    RiskCasePlace,
    case_key,
    case_place_key,
    cases_partition,
)
from services.playback.app.risk.problems import OWN_RISK_CASE, RISK_CASE_NOT_FOUND, RISK_CASE_REVIEWED
from services.playback.domain.ids import WatchId


def list_cases(
    ctx: RiskContext, period: str, status: CaseStatus | None, after: str | None, limit: int
) -> Page[RiskCase]:
    """At most `limit` cases of a month or a day (Asia/Shanghai: 2026-11 or 2026-11-24), from the one after `after`.

    Cases of another status are read and passed over: a month's list is read once at most.
    """
    partitions = [(cases_partition(period), period)]
    return page_of(ctx.store, partitions, RiskCase, after, limit, lambda case: status in (None, case.status))


def read_case(ctx: RiskContext, watch_id: WatchId) -> tuple[RiskCase, dict[str, Any]]:
    """A case, and the evidence pack of its watch. Raises RISK_CASE_NOT_FOUND."""
    case = _case(ctx, watch_id).value
    pack = required(kept_pack(ctx.packs, watch_id), LookupError(f"watch {watch_id} has a case and no pack"))
    return case, pack


def review_case(ctx: RiskContext, call: Call, watch_id: WatchId, reason: str) -> RiskCase:
    """Marks a case as reviewed, with the reason in the audit log. It holds, releases or voids nothing by itself.

    Raises:
        Problem: RISK_CASE_NOT_FOUND, RISK_CASE_REVIEWED, OWN_RISK_CASE, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, RiskCase]:
        stored = _case(ctx, watch_id)
        if stored.value.learner_id == call.caller_id:
            raise OWN_RISK_CASE.problem()
        if stored.value.review is not None:
            raise RISK_CASE_REVIEWED.problem()
        reviewed = replace(stored.value, review=Review(to_ms(ctx.clock.now()), call.caller_id, reason))
        entry = ctx.audit.entry(call.caller, "review_risk_case", watch_id, reason)
        return Change([stored.put(reviewed), entry]), reviewed

    request = call.request("review_risk_case", watch_id=watch_id, reason=reason)
    return answer_once(ctx.store, ctx.clock, request, RiskCase, plan)


def _case(ctx: RiskContext, watch_id: WatchId) -> Stored[RiskCase]:
    place = ctx.store.get(case_place_key(watch_id), RiskCasePlace)
    stored = ctx.store.get(case_key(place.value.day, watch_id), RiskCase) if place else None
    if stored is None:
        raise RISK_CASE_NOT_FOUND.problem()
    return stored
