"""What is stored, and where. Items with rules of their own are the domain's; risk cases are with their subject."""

from datetime import timedelta

from services.kit.heads import part_of
from services.kit.kinds import ID_ONLY, stored
from services.kit.store import Key
from services.playback.domain.ids import CourseId, EntitlementId, LearnerId, WatchId

ATTEMPTS = "ATTEMPT#"
"""Sort-key prefix of a learner's attempts."""

GRANTS = "GRANT#"
"""Sort-key prefix of a learner's entitlements."""

MEMBERSHIPS = "MEMBERSHIP#"
"""Sort-key prefix of a learner's membership periods."""

LEGS = "LEG#"
"""Sort-key prefix of a watch's legs."""

NOTE_RETENTION = timedelta(days=90)
"""How long a day's heads may fail to be made without a chain being forgotten."""


@stored(shape=1, personal=ID_ONLY)
class AnchorNote:
    """That a watch got a leg on some day: where the day's heads, an anchor for its chain, find it."""

    learner_id: LearnerId
    course_id: CourseId
    number: int


def partition_of_learner(learner_id: LearnerId) -> str:
    """The partition of all that is a learner's."""
    return f"LEARNER#{learner_id}"


def partition_of_watch(watch_id: WatchId) -> str:
    """The partition of what is recorded of a watch."""
    return f"WATCH#{watch_id}"


def live_key(learner_id: LearnerId) -> Key:
    """The one live item of a learner."""
    return Key(partition_of_learner(learner_id), "LIVE")


def attempts_of(course_id: CourseId) -> str:
    """Sort-key prefix of a learner's attempts at a course."""
    return f"{ATTEMPTS}{course_id}#"


def attempt_key(learner_id: LearnerId, course_id: CourseId, number: int) -> Key:
    """One numbered attempt."""
    return Key(partition_of_learner(learner_id), f"{attempts_of(course_id)}{number:04}")


def grants_of(course_id: CourseId) -> str:
    """Sort-key prefix of a learner's entitlements to a course."""
    return f"{GRANTS}{course_id}#"


def grant_key(learner_id: LearnerId, course_id: CourseId, entitlement_id: EntitlementId) -> Key:
    """One entitlement, as orders granted it."""
    return Key(partition_of_learner(learner_id), f"{grants_of(course_id)}{entitlement_id}")


def membership_key(learner_id: LearnerId, period_id: EntitlementId) -> Key:
    """One period of a learner's membership."""
    return Key(partition_of_learner(learner_id), f"{MEMBERSHIPS}{period_id}")


def leg_key(watch_id: WatchId, number: int) -> Key:
    """One signed record of a watch."""
    return Key(partition_of_watch(watch_id), f"{LEGS}{number:06}")


def anchor_notes_pk(day: str, part: int) -> str:
    """The partition of a part of a day's notes (Asia/Shanghai, ISO). The first one is where all were before parts."""
    return f"GROWN#{day}#{part}" if part else f"GROWN#{day}"


def anchor_note_key(day: str, watch_id: WatchId) -> Key:
    """The note of a watch."""
    return Key(anchor_notes_pk(day, part_of(watch_id)), watch_id)


def course_key(course_id: CourseId) -> Key:
    """Playback's view of a course."""
    return Key(f"COURSE#{course_id}", "VIEW")


def questions_key(course_id: CourseId, content_version: str) -> Key:
    """The questions of one content version."""
    return Key(f"COURSE#{course_id}", f"QUESTIONS#{content_version}")
