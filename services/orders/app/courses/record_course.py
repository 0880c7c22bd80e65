"""Keeping orders' own view of the catalogue's courses."""

from services.kit.events import Envelope
from services.kit.inbox import apply_once
from services.kit.store import put_newer
from services.orders.app.context import Context
from services.orders.app.courses.items import course_key
from services.orders.domain.course_offer import CourseOffer
from services.orders.domain.ids import CourseId
from services.orders.events.consumed import CoursePublished, CourseWithdrawn


def record_course(ctx: Context, event: Envelope) -> None:
    """Keeps what the newest publication or withdrawal says; an older one that arrives late changes nothing.

    Raises:
        ValueError: the event is neither, with a sequence (pydantic's ValidationError is one).
        Conflict: others kept writing.
    """
    published = CoursePublished.model_validate(event.data)
    offer = CourseOffer(
        course_id=CourseId(published.course_id),
        title=published.title,
        title_en=published.title_en,
        member_recommended=published.member_recommended,
        price_fen=published.price_fen,
        sequence=event.place,
        withdrawn=event.type == CourseWithdrawn.TYPE,
        member_price_fen=published.member_price_fen,
        member_library=published.member_library,
    )
    key = course_key(offer.course_id)
    apply_once(ctx.store, ctx.clock, event, lambda: put_newer(ctx.store, key, offer))
