"""What follows once a person is forgotten. A function of its own: it alone may delete a user."""

from functools import partial

from services.credits import bootstrap
from services.credits.app.context import ErasureContext
from services.credits.app.erasure.finish_erasure import finish_erasure
from services.credits.events.published import PersonErased
from services.kit.consumer import EventHandler, consumer


def event_handlers(ctx: ErasureContext) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {PersonErased.TYPE: partial(finish_erasure, ctx)}


handler = consumer(lambda: event_handlers(bootstrap.erasure()))
