"""Notices by e-mail. A function of its own: it alone may send, and a post office that is closed delays nothing else."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.context import MailContext
from services.credits.app.notices.mail_notice import mail_notice
from services.credits.events.published import NoticePosted
from services.kit.consumer import EventHandler, consume


def event_handlers(ctx: MailContext) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {NoticePosted.TYPE: partial(mail_notice, ctx)}


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One batch of the queue."""
    return consume(event, context, event_handlers(bootstrap.mail()))
