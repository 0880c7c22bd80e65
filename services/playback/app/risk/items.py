"""Cases as they are stored, by the day of completion, and where accounts are used."""

from dataclasses import dataclass
from enum import StrEnum

from services.kit.kinds import ID_ONLY, Kept, stored
from services.kit.store import Key
from services.playback.app.items import partition_of_learner, partition_of_watch
from services.playback.domain.ids import CourseId, LearnerId, WatchId
from services.playback.domain.risk import Figure, PlaceKind, RiskSignal


class CaseStatus(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    REVIEWED = "reviewed"


@dataclass(frozen=True)
class Review:
    """What a reviewer found, and when (milliseconds since 1970)."""

    at: int
    reviewer: str
    reason: str


@stored(
    shape=1,
    personal=(ID_ONLY, Kept("reviewer", "reason", because="staff answer for what they found", until="the table goes")),
)
class RiskCase:
    """A completed watch with signals or figures. `reactions` are the reaction times (ms) that were judged together."""

    watch_id: WatchId
    learner_id: LearnerId
    course_id: CourseId
    completed_at: int
    policy_id: str
    signals: tuple[RiskSignal, ...]
    reactions: tuple[int, ...]
    review: Review | None = None
    figures: tuple[Figure, ...] = ()

    @property
    def status(self) -> CaseStatus:
        """Whether somebody has looked at it."""
        return CaseStatus.OPEN if self.review is None else CaseStatus.REVIEWED


@stored(shape=1, personal=ID_ONLY)
class RiskCasePlace:
    """On which day's list (Asia/Shanghai, ISO) a watch's case is."""

    day: str


def cases_partition(period: str) -> str:
    """The partition of a month's or a day's cases (2026-11 or 2026-11-24, Asia/Shanghai)."""
    return f"RISK#{period[:7]}"


def case_key(day: str, watch_id: WatchId) -> Key:
    """What is worth a reviewer's look about a watch completed on a day."""
    return Key(cases_partition(day), f"{day}#{watch_id}")


def case_place_key(watch_id: WatchId) -> Key:
    """Where a watch's case is."""
    return Key(partition_of_watch(watch_id), "RISK")


@dataclass(frozen=True)
class Place:
    """A device or an address, and the last day (Asia/Shanghai, ISO) on which a session began there."""

    kind: PlaceKind
    digest: str
    day: str


@stored(
    shape=1,
    personal=(
        ID_ONLY,
        Kept(
            "places",
            because="reviewers have to see whether an account is shared; hashes that only our key can make",
            until="60 days after the last session there",
        ),
    ),
)
class AccountPlaces:
    """Where a learner's sessions began lately, the newest last."""

    places: tuple[Place, ...]


@stored(shape=1, personal=ID_ONLY)
class PlaceUse:
    """That an account is used at a place: the last day (Asia/Shanghai, ISO). Its key names both."""

    day: str


def account_places_key(learner_id: LearnerId) -> Key:
    """Where a learner's sessions began."""
    return Key(partition_of_learner(learner_id), "PLACES")


def place_partition(place: Place) -> str:
    """The partition of the accounts that are used at a place."""
    return f"PLACE#{place.kind}#{place.digest}"


def place_use_key(place: Place, learner_id: LearnerId) -> Key:
    """That an account is used at a place."""
    return Key(place_partition(place), learner_id)
