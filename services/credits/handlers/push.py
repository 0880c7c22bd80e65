"""Notices on devices. A function of its own: a push service that is slow or closed delays nothing else."""

from functools import partial

from services.credits import bootstrap
from services.credits.app.context import PushContext
from services.credits.app.push.push_notice import push_notice
from services.credits.events.published import NoticePosted
from services.kit.consumer import EventHandler, consumer


def event_handlers(ctx: PushContext) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {NoticePosted.TYPE: partial(push_notice, ctx)}


handler = consumer(lambda: event_handlers(bootstrap.push()))
