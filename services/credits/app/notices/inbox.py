"""The learner's inbox: putting notices into it, listing them, noting what was read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.credits.app.context import Context
from services.credits.app.ledger.items import learner_pk
from services.credits.app.notices.items import (
    NOTICES,
    NoticeMark,
    inbox_key,
    mail_settings_key,
    notice_key,
    notice_mark_key,
)
from services.credits.domain.ids import LearnerId
from services.credits.domain.notices import Inbox, MailSettings, Message, Notice, NoticeKind
from services.credits.events.published import NoticePosted
from services.kit.call import Call
from services.kit.events import Envelope
from services.kit.store import Change, Page, Put, Store, Stored, commit_retrying, read_or


@dataclass(frozen=True)
class InboxView:
    """The inbox, and a page of its notices, newest first."""

    inbox: Inbox
    notices: Page[Notice]


def post_notice(ctx: Context, learner_id: LearnerId, event: Envelope, at: datetime, told: Message) -> None:
    """Puts one notice into the inbox for an event, however often it is told of it, and publishes that it is there.

    Raises:
        Conflict: others kept writing; the queue delivers the event again.
    """
    store = ctx.store

    def plan() -> tuple[Change, None]:
        mark = notice_mark_key(learner_id, event.id)
        if store.get(mark, NoticeMark) is not None:
            return Change(), None
        inbox = _inbox(store, learner_id)
        number = inbox.value.last + 1
        notice = Notice(number, event.id, at, told)
        grown = inbox.put(replace(inbox.value, last=number))
        writes = [grown, Put(notice_key(learner_id, number), notice), Put(mark, NoticeMark(number))]
        return Change(writes, [_posted(ctx, learner_id, notice, event)]), None

    commit_retrying(store, plan)


def read_inbox(store: Store, learner_id: LearnerId, before: int | None, limit: int) -> InboxView:
    """The inbox with at most `limit` notices, from the newest, or from the one before number `before`."""
    inbox = _inbox(store, learner_id).value
    after = notice_key(learner_id, before).sk if before else None
    page = store.page(learner_pk(learner_id), NOTICES, Notice, after, limit)
    return InboxView(inbox, page.map(lambda stored: stored.value))


def count_unread(store: Store, learner_id: LearnerId) -> int:
    """How many notices the learner has not read."""
    return _inbox(store, learner_id).value.unread


def mark_read(ctx: Context, call: Call, numbers: Sequence[int], up_to: int) -> int:
    """Notes that the learner has read these notices and all up to one; returns how many are left.

    Raises:
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, int]:
        inbox = _inbox(ctx.store, LearnerId(call.caller_id))
        read = inbox.value.read(numbers, up_to)
        return Change([inbox.put(read)] if read != inbox.value else []), read.unread

    return commit_retrying(ctx.store, plan)


def read_mail_settings(store: Store, learner_id: LearnerId) -> MailSettings:
    """What the learner wants by e-mail; everything, unless they have said otherwise."""
    return read_or(store, mail_settings_key(learner_id), MailSettings()).value


def set_mail_settings(ctx: Context, call: Call, off: Iterable[NoticeKind]) -> MailSettings:
    """Says which kinds are not to come by e-mail; all others do.

    Raises:
        Conflict: others kept writing.
    """
    key = mail_settings_key(LearnerId(call.caller_id))
    kinds = tuple(sorted(set(off)))

    def plan() -> tuple[Change, MailSettings]:
        known = read_or(ctx.store, key, MailSettings())
        wanted = replace(known.value, off=kinds)
        return Change([known.put(wanted)] if wanted != known.value else []), wanted

    return commit_retrying(ctx.store, plan)


def _posted(ctx: Context, learner_id: LearnerId, notice: Notice, cause: Envelope) -> Envelope:
    data = NoticePosted(learner_id=learner_id, number=notice.number, kind=notice.told.kind)
    return ctx.events.make(
        data, subject=f"{learner_id}/{notice.number}", correlation_id=cause.correlation_id, causation_id=cause.id
    )


def _inbox(store: Store, learner_id: LearnerId) -> Stored[Inbox]:
    return read_or(store, inbox_key(learner_id), Inbox())
