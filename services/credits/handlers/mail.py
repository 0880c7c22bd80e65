"""Notices by e-mail. A function of its own: it alone may send, and a post office that is closed delays nothing else."""

from functools import partial

from services.credits import bootstrap
from services.credits.app.context import MailContext
from services.credits.app.notices.mail_notice import mail_notice
from services.credits.events.published import NoticePosted
from services.kit.consumer import EventHandler, consumer


def event_handlers(ctx: MailContext) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {NoticePosted.TYPE: partial(mail_notice, ctx)}


handler = consumer(lambda: event_handlers(bootstrap.mail()))
