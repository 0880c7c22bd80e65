"""Takes a course off the catalogue: state, event and audit record in one transaction. Publishing brings it back."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.catalog.app.context import Context
from services.catalog.app.courses.items import listing_key
from services.catalog.app.courses.read_courses import read_publication
from services.catalog.app.problems import COURSE_NOT_FOUND
from services.catalog.app.publishing.publish_course import announcement
from services.catalog.app.search.items import note_change
from services.catalog.domain.ids import CourseId
from services.catalog.domain.publication import Listing
from services.catalog.events.published import CourseWithdrawn
from services.kit.call import Call
from services.kit.store import Change, commit_retrying, required

AUDIT_ACTION = "catalog.course_withdrawn"


@dataclass(frozen=True)
class Withdrawal:
    """Since when the course is withdrawn, the number of that state, and whether this call did it."""

    number: int
    withdrawn_at: datetime
    changed: bool


def withdraw_course(ctx: Context, call: Call, course_id: CourseId, reason: str) -> Withdrawal:
    """Withdraws the course; one that is withdrawn stays as it is.

    Raises:
        Problem: COURSE_NOT_FOUND.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Withdrawal]:
        line = required(ctx.store.get(listing_key(course_id), Listing), COURSE_NOT_FOUND.problem())
        if line.value.withdrawn_at:
            return Change(), Withdrawal(line.version, line.value.withdrawn_at, changed=False)
        done = Withdrawal(line.version + 1, ctx.clock.now(), changed=True)
        writes = [
            line.put(replace(line.value, withdrawn_at=done.withdrawn_at)),
            note_change(ctx, course_id),
            ctx.audit.entry(call.caller, AUDIT_ACTION, course_id, reason),
        ]
        state = announcement(read_publication(ctx, course_id, line.value.publication)).model_dump()
        data = CourseWithdrawn(withdrawn_at=done.withdrawn_at, **state)
        told = ctx.events.make(data, subject=course_id, sequence=done.number, correlation_id=call.correlation_id)
        return Change(writes, [told]), done

    return commit_retrying(ctx.store, plan)
