"""What playback publishes. The schemas beside this file are generated from these models."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, Field

from services.kit.events import EventData
from services.playback.domain.ids import CourseId, EntitlementId, LearnerId, WatchId


class Evidence(EventData):
    """The head of the watch's chain of signed records at completion."""

    legs: int
    key_id: str
    head_mac: str


class WatchCompleted(EventData):
    """A fact: a learner has watched the whole of one content version, every prompt confirmed."""

    TYPE: ClassVar = "playback.watch_completed.v1"

    watch_id: WatchId
    learner_id: LearnerId
    course_id: CourseId
    content_version: str
    attempt: int = Field(description="number of the watch of this course by this learner, from 1")
    started_at: datetime
    completed_at: datetime = Field(description="the server's time of completion: the instant that counts")
    covered_ms: int = Field(description="credited prefix of the lecture, milliseconds")
    prompts_confirmed: int
    entitlement_id: EntitlementId
    basis: str = Field(description="claim, purchase or membership")
    counts_against_member_quota: bool
    membership_period_id: EntitlementId | None = Field(
        default=None, description="of basis membership: the period whose quota it counts against; else null"
    )
    evidence: Evidence


class EntitlementRevocationDecided(EventData):
    """A fact: whether an entitlement was taken back, or a watch had been completed on it before.

    Of a period of membership the same, under the period's id.
    """

    TYPE: ClassVar = "playback.entitlement_revocation_decided.v1"

    revocation_id: str = Field(description="of the request that this answers")
    learner_id: LearnerId
    entitlement_id: EntitlementId
    outcome: Literal["revoked", "already_completed"]
    watch_id: WatchId | None = Field(description="of already_completed: the watch; null: it was taken back")
    completed_watch_ids: list[WatchId] = Field(
        default=[], description="every watch completed on it before; of revoked: it was to be taken back all the same"
    )


class Signal(EventData):
    """One thing noticed: what was measured, and the threshold that it passed."""

    kind: str = Field(
        description="constant_reactions, impossible_reaction, round_the_clock, no_rest, frequent_takeovers, "
        "guessed_answers, media_not_opened, accounts_on_device, accounts_on_address, devices_of_account or "
        "addresses_of_account; more may come"
    )
    measured: int
    threshold: int
    unit: str = Field(description="of both: per_mille, ms, hours, minutes, times, accounts or places")


class RiskSignalled(EventData):
    """A fact: a completed watch is worth a reviewer's look. It changes nothing by itself."""

    TYPE: ClassVar = "playback.risk_signalled.v1"

    watch_id: WatchId
    learner_id: LearnerId
    course_id: CourseId
    completed_at: datetime
    policy_id: str = Field(description="the edition of the thresholds")
    signals: list[Signal] = Field(min_length=1)


PUBLISHED: dict[str, type[BaseModel]] = {
    WatchCompleted.TYPE: WatchCompleted,
    EntitlementRevocationDecided.TYPE: EntitlementRevocationDecided,
    RiskSignalled.TYPE: RiskSignalled,
}
