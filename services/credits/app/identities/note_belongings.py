"""Notes that somebody was given a course: such an account is never left without a way in."""

from services.credits.app.context import Context
from services.credits.app.identities.items import Belongings, belongings_key
from services.credits.events.consumed import EntitlementGranted
from services.kit.events import Envelope
from services.kit.store import put_once


def note_belongings(ctx: Context, event: Envelope) -> None:
    """Notes it, once and for good.

    Raises:
        ValueError: the event names no learner.
        Conflict: two events at once; the queue delivers this one again.
    """
    person_id = EntitlementGranted.model_validate(event.data).learner_id
    ctx.store.commit(put_once(ctx.store, belongings_key(person_id), Belongings(ctx.clock.now())))
