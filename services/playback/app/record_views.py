"""Keeping playback's own views of courses and entitlements, from other services' events."""

from collections.abc import Callable, Sequence

from services.kit.clock import Clock, to_ms
from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import ABSENT, Change, Key, Put, Store
from services.playback.app.context import course_key, grant_key, questions_key
from services.playback.domain.course import Course
from services.playback.domain.entitlement import Entitlement
from services.playback.domain.questions import Question, QuestionSet
from services.playback.events.consumed import CoursePublished, CourseWithdrawn, EntitlementGranted


def record_course(store: Store, clock: Clock, event: Envelope) -> None:
    """Remembers what is published now; news older than what is known changes nothing.

    A withdrawn course stays: who has it may begin and finish. It only leaves the members' library.
    """
    data = CoursePublished.model_validate(event.data)
    course = Course(
        course_id=data.course_id,
        content_version=data.content_version,
        duration_ms=data.duration_ms,
        max_rate=data.max_rate,
        media_url=data.media_path,
        sequence=_sequence(event),
        in_library=data.member_library and event.type != CourseWithdrawn.TYPE,
        questions=len(data.questions),
    )
    _record(store, clock, event, course_key(data.course_id), course, lambda: _questions(store, data))


def record_entitlement(store: Store, clock: Clock, event: Envelope) -> None:
    """Adds an entitlement to the learner's set; older news of the same one, or of one taken away, changes nothing."""
    data = EntitlementGranted.model_validate(event.data)
    entitlement = Entitlement(
        id=data.entitlement_id,
        basis=data.basis,
        counts_against_member_quota=data.counts_against_member_quota,
        sequence=_sequence(event),
        valid_until=to_ms(data.valid_until) if data.valid_until else None,
    )
    _record(store, clock, event, grant_key(data.learner_id, data.course_id, data.entitlement_id), entitlement)


def _questions(store: Store, data: CoursePublished) -> list[Put]:
    """The version's questions. A version keeps its questions; an answer that was wrong may be put right."""
    if not data.questions:
        return []
    key = questions_key(data.course_id, data.content_version)
    known = store.get(key, QuestionSet)
    news = QuestionSet(tuple(Question(q.text, tuple(q.choices), q.answer) for q in data.questions))
    return [Put(key, news, after=known.version if known else ABSENT)]


def _sequence(event: Envelope) -> int:
    if event.sequence is None:
        raise ValueError(f"{event.type} is a state event and must have a sequence")
    return event.sequence


def _record(
    store: Store,
    clock: Clock,
    event: Envelope,
    key: Key,
    view: Course | Entitlement,
    beside: Callable[[], Sequence[Put]] = list,
) -> None:
    def plan() -> Change:
        known = store.get(key, type(view))
        if known and _outlasts(known.value, view):
            return Change()
        return Change([Put(key, view, after=known.version if known else ABSENT), *beside()])

    apply_once(store, clock, event, plan)


def _outlasts(known: Course | Entitlement, news: Course | Entitlement) -> bool:
    revoked = isinstance(known, Entitlement) and known.revoked_at is not None
    return revoked or known.sequence >= news.sequence
