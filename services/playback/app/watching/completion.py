"""What others are told of a complete watch."""

from services.kit.clock import from_ms
from services.kit.events import Envelope
from services.playback.app.context import Context
from services.playback.domain.watch import Attempt
from services.playback.events.published import Evidence, WatchCompleted


def completion(ctx: Context, attempt: Attempt, now: int, correlation_id: str) -> Envelope:
    """The event, of the watch as its last leg leaves it."""
    data = WatchCompleted(
        watch_id=attempt.watch_id,
        learner_id=attempt.learner_id,
        course_id=attempt.course_id,
        content_version=attempt.content_version,
        attempt=attempt.number,
        started_at=from_ms(attempt.started_at),
        completed_at=from_ms(now),
        covered_ms=attempt.furthest_ms,
        prompts_confirmed=attempt.confirmed,
        entitlement_id=attempt.entitlement.id,
        basis=attempt.entitlement.basis,
        counts_against_member_quota=attempt.entitlement.counts_against_member_quota,
        membership_period_id=attempt.entitlement.membership_period_id,
        evidence=Evidence(legs=attempt.legs, key_id=ctx.keys.current_id(), head_mac=attempt.head_mac),
    )
    return ctx.events.make(data, subject=attempt.watch_id, correlation_id=correlation_id)
