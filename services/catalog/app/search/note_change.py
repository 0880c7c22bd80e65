"""Notes which courses changed, so that who keeps the catalogue in memory reads those again and no others."""

from services.catalog.app.context import Context
from services.catalog.app.search.items import CHANGES, Changes
from services.catalog.domain.ids import CourseId
from services.kit.store import Put


def note_change(ctx: Context, course_id: CourseId) -> Put:
    """The write that belongs into each transaction that changes a course's line."""
    known = ctx.store.get(CHANGES, Changes)
    return known.put(known.value.one_more(course_id)) if known else Put(CHANGES, Changes().one_more(course_id))
