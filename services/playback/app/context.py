"""What every use case works with, and where things are kept."""

from dataclasses import dataclass, field

from services.kit.clock import Clock, to_ms
from services.kit.events import EventFactory
from services.kit.ids import Ids
from services.kit.keyring import KeyRing
from services.kit.store import Key, Store
from services.playback.domain.policy import WatchPolicy
from services.playback.domain.prompts import prompt_positions
from services.playback.domain.questions import Asked, QuestionSet, asked
from services.playback.domain.watch import Attempt, Live

LEG_PURPOSE = "leg"
PROMPT_PURPOSE = "prompt"
QUESTION_PURPOSE = "question"
"""What the keys are used for; each has a subkey of its own. The token's purpose is beside its code."""


@dataclass(frozen=True)
class Context:
    """The ports."""

    store: Store
    keys: KeyRing
    clock: Clock
    ids: Ids
    events: EventFactory
    _questions: dict[Key, QuestionSet] = field(default_factory=dict)
    """What was read before: a version's questions never change, so a beat at an open prompt reads nothing. An answer
    that was put right counts once the function starts anew.
    """

    def now(self) -> int:
        """The server's time, milliseconds since 1970."""
        return to_ms(self.clock.now())

    def leg_mac(self, key_id: str, message: bytes) -> bytes:
        """The MAC of a leg."""
        return self.keys.mac(key_id, LEG_PURPOSE, message)

    def prompts_of(self, watch: Live | Attempt, policy: WatchPolicy) -> tuple[int, ...]:
        """The positions (ms) of a watch's prompts, by the key that was pinned when it began."""

        def draw(message: bytes) -> bytes:
            return self.keys.mac(watch.key_id, PROMPT_PURPOSE, message)

        return prompt_positions(watch.watch_id, watch.duration_ms, policy, draw)

    def asked(self, live: Live) -> Asked | None:
        """What the open prompt asks, by the key that was pinned when the watch began; None where it only waits."""
        if live.prompt is None or not live.questions:
            return None

        def draw(message: bytes) -> bytes:
            return self.keys.mac(live.key_id, QUESTION_PURPOSE, message)

        questions = self._question_set(questions_key(live.course_id, live.content_version))
        return asked(live.watch_id, live.prompt.index, questions.questions, draw)

    def _question_set(self, key: Key) -> QuestionSet:
        if key not in self._questions:
            stored = self.store.get(key, QuestionSet)
            if stored is None:
                raise LookupError(f"{key} is missing though its version has questions")
            self._questions[key] = stored.value
        return self._questions[key]


def live_key(learner_id: str) -> Key:
    """The one live item of a learner."""
    return Key(f"LEARNER#{learner_id}", "LIVE")


def attempts_of(course_id: str | None) -> str:
    """Sort-key prefix of a learner's attempts at a course, or at every course."""
    return "ATTEMPT#" if course_id is None else f"ATTEMPT#{course_id}#"


def attempt_key(learner_id: str, course_id: str, number: int) -> Key:
    """One numbered attempt."""
    return Key(f"LEARNER#{learner_id}", f"{attempts_of(course_id)}{number:04}")


def grants_of(course_id: str) -> str:
    """Sort-key prefix of a learner's entitlements to a course."""
    return f"GRANT#{course_id}#"


def grant_key(learner_id: str, course_id: str, entitlement_id: str) -> Key:
    """One entitlement, as orders granted it."""
    return Key(f"LEARNER#{learner_id}", f"{grants_of(course_id)}{entitlement_id}")


MEMBERSHIPS = "MEMBERSHIP#"
"""Sort-key prefix of a learner's membership periods."""


def membership_key(learner_id: str, period_id: str) -> Key:
    """One period of a learner's membership."""
    return Key(f"LEARNER#{learner_id}", f"{MEMBERSHIPS}{period_id}")


def leg_key(watch_id: str, number: int) -> Key:
    """One signed record of a watch."""
    return Key(f"WATCH#{watch_id}", f"LEG#{number:06}")


def grown_key(day: str, watch_id: str) -> Key:
    """A watch that got a leg on a day (Asia/Shanghai, ISO)."""
    return Key(f"GROWN#{day}", watch_id)


def risk_cases_of(period: str) -> tuple[str, str]:
    """Partition and sort-key prefix of a month's or a day's cases (2026-11 or 2026-11-24, Asia/Shanghai)."""
    return f"RISK#{period[:7]}", period


def risk_case_key(day: str, watch_id: str) -> Key:
    """What is worth a reviewer's look about a watch completed on a day."""
    return Key(risk_cases_of(day)[0], f"{day}#{watch_id}")


def risk_place_key(watch_id: str) -> Key:
    """Where a watch's case is."""
    return Key(leg_key(watch_id, 0).pk, "RISK")


def course_key(course_id: str) -> Key:
    """Playback's view of a course."""
    return Key(f"COURSE#{course_id}", "VIEW")


def questions_key(course_id: str, content_version: str) -> Key:
    """The questions of one content version."""
    return Key(f"COURSE#{course_id}", f"QUESTIONS#{content_version}")
