"""The queue of courses, completed watches, confirmed certificates and reversals."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.award_hours import award_hours
from services.credits.app.certificates import release_holds
from services.credits.app.context import Context
from services.credits.app.declare_hours import take_back_reversed
from services.credits.app.record_course import record_course
from services.credits.events.consumed import CertificateConfirmed, CoursePublished, HoursReversed, WatchCompleted
from services.kit.consumer import EventHandler, consume


def event_handlers(ledger: Context) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {
        CoursePublished.TYPE: partial(record_course, ledger),
        WatchCompleted.TYPE: partial(award_hours, ledger),
        CertificateConfirmed.TYPE: partial(release_holds, ledger),
        HoursReversed.TYPE: partial(take_back_reversed, ledger.store, ledger.clock),
    }


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One batch of the queue."""
    return consume(event, context, event_handlers(bootstrap.ledger()))
