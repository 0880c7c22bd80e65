"""Sends a notice by e-mail too, unless the learner has switched that off or given no address.

The address is the profile's at the moment of sending, and is kept nowhere else. What was sent is noted after it was
sent, so a function that dies in between sends twice: rather that than never.
"""

from services.credits.app.context import MailContext
from services.credits.app.metrics import MAILS
from services.credits.app.notices.inbox import read_mail_settings
from services.credits.app.notices.items import MailRecord, mail_record_key, notice_key
from services.credits.app.profiles.items import profile_key
from services.credits.app.texts.notices import mail_of
from services.credits.domain.ids import LearnerId
from services.credits.domain.notices import MailOutcome, Notice
from services.credits.domain.profile import Profile
from services.credits.events.consumed import AboutNotice
from services.kit.events import Envelope
from services.kit.observability import count
from services.kit.store import Change, Conflict, Put, read_or


class UnknownNotice(Exception):
    """The event names a notice that is not there: forged, so it is dead-lettered."""


def mail_notice(ctx: MailContext, event: Envelope) -> None:
    """Sends the notice that an event tells of, if that was not done yet.

    Raises:
        UnknownNotice: see there.
        ValueError: the event names no notice.
        Exception: the mail could not be handed over; the queue delivers the event again.
    """
    about = AboutNotice.model_validate(event.data)
    mark = mail_record_key(about.learner_id, about.number)
    if ctx.store.get(mark, MailRecord) is not None:
        return
    notice = ctx.store.get(notice_key(about.learner_id, about.number), Notice)
    if notice is None:
        raise UnknownNotice(f"{about.learner_id}/{about.number}")
    outcome = _mail(ctx, about.learner_id, notice.value)
    try:
        ctx.store.commit(Change([Put(mark, MailRecord(outcome, ctx.clock.now()))]))
    except Conflict:
        return  # delivered twice at once: the other call has noted it
    count(MAILS, kind=notice.value.told.kind, outcome=outcome)


def _mail(ctx: MailContext, learner_id: LearnerId, notice: Notice) -> MailOutcome:
    if notice.told.kind in read_mail_settings(ctx.store, learner_id).off:
        return MailOutcome.NOT_WANTED
    address = read_or(ctx.store, profile_key(learner_id), Profile()).value.email
    if address is None:
        return MailOutcome.NO_ADDRESS
    subject, text = mail_of(notice.told, ctx.public_url())
    ctx.post.send(address, subject, text)
    return MailOutcome.SENT
