"""Keeps our own view of what each course version gives."""

from services.credits.app.context import LedgerContext
from services.credits.app.courses.course_seals import sealed_course
from services.credits.app.courses.items import PublishedVersion, course_key, published_key
from services.credits.domain.courses import CourseVersion
from services.credits.events.consumed import CoursePublished
from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import Change, put_newer


def record_course(ctx: LedgerContext, event: Envelope) -> None:
    """Records a publication, unless a newer one of the same content version is known.

    Other content versions stay: somebody may be watching them.

    Raises:
        ValueError: the event is not a publication we can read.
    """
    data = CoursePublished.model_validate(event.data)
    course = CourseVersion(
        course_id=data.course_id,
        content_version=data.content_version,
        content_id=data.content_id,
        title=data.title,
        title_en=data.title_en,
        hours=data.hours,
        category=data.category,
        eligible=data.eligible_credentials,
        sequence=event.place,
    )
    key = course_key(course.course_id, course.content_version)
    sealed = sealed_course(ctx.macs, course)
    published = PublishedVersion(course.content_version, course.sequence)

    def plan() -> Change:
        version = put_newer(ctx.store, key, sealed)
        newest = put_newer(ctx.store, published_key(course.course_id), published)
        return Change([*version.writes, *newest.writes])

    apply_once(ctx.store, ctx.clock, event, plan)
