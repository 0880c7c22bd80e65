"""Keeping playback's own view of courses, from the catalogue's events."""

from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Change, Put, Write, put_newer
from services.playback.app.context import Context
from services.playback.app.items import course_key, questions_key
from services.playback.app.watching.seals import sealed_course
from services.playback.domain.course import Course
from services.playback.domain.questions import Question, QuestionSet
from services.playback.events.consumed import CoursePublished, CourseWithdrawn


def record_course(ctx: Context, event: Envelope) -> None:
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
        sequence=event.place,
        in_library=data.member_library and event.type != CourseWithdrawn.TYPE,
        questions=len(data.questions),
    )
    sealed = sealed_course(ctx.keys, course)
    apply_once(ctx.store, ctx.clock, event, lambda: _plan(ctx, sealed, data))


def _plan(ctx: Context, course: Course, data: CoursePublished) -> Change:
    recorded = put_newer(ctx.store, course_key(course.course_id), course).writes
    return Change([*recorded, *_questions(ctx, data)] if recorded else [])


def _questions(ctx: Context, data: CoursePublished) -> list[Write]:
    """The version's questions. A version keeps its questions; an answer that was wrong may be put right."""
    if not data.questions:
        return []
    key = questions_key(data.course_id, data.content_version)
    known = ctx.store.get(key, QuestionSet)
    news = QuestionSet(tuple(Question(q.text, tuple(q.choices), q.answer) for q in data.questions))
    return [known.put(news) if known else Put(key, news)]
