"""The learner's inbox: putting notices into it, listing them, noting what was read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.credits.app.keys import learner_pk
from services.credits.app.notices.keys import NOTICES, box_key, mail_settings_key, notice_key, noticed_key
from services.credits.domain.notices import Box, MailSettings, Notice, NoticeKind, Told
from services.credits.events.published import NoticePosted
from services.kit.clock import Clock
from services.kit.events import Envelope, EventFactory
from services.kit.store import ABSENT, Change, Put, Store, Stored, commit_retrying


@dataclass(frozen=True)
class Telling:
    """What telling learners works with."""

    store: Store
    clock: Clock
    events: EventFactory


@dataclass(frozen=True)
class Noticed:
    """As which notice an event was told."""

    number: int


@dataclass(frozen=True)
class NoticesPage:
    """Some notices, newest first, each with whether it was read; `before` is where the next page begins."""

    notices: list[tuple[Notice, bool]]
    unread: int
    before: int | None


def post_notice(ctx: Telling, learner_id: str, event: Envelope, at: datetime, told: Told) -> None:
    """Puts one notice into the inbox for an event, however often it is told of it, and publishes that it is there.

    Raises:
        Conflict: others kept writing; the queue delivers the event again.
    """
    store = ctx.store

    def plan() -> tuple[Change, None]:
        mark = noticed_key(learner_id, event.id)
        if store.get(mark, Noticed) is not None:
            return Change(), None
        box = _box(store, learner_id)
        number = box.value.last + 1
        notice = Notice(number, event.id, at, told)
        grown = Box(number, box.value.read_up_to, box.value.read_apart)
        writes = [_put(box, grown), Put(notice_key(learner_id, number), notice), Put(mark, Noticed(number))]
        return Change(writes, [_posted(ctx, learner_id, notice, event)]), None

    commit_retrying(store, plan)


def read_notices(store: Store, learner_id: str, before: int | None, limit: int) -> NoticesPage:
    """At most `limit` notices, from the newest, or from the one before number `before`."""
    box = _box(store, learner_id).value
    after = notice_key(learner_id, before).sk if before else ""
    page = store.page(learner_pk(learner_id), NOTICES, Notice, after, limit).map(lambda stored: stored.value)
    more = page.items[-1].number if page.after else None
    return NoticesPage([(notice, box.is_read(notice.number)) for notice in page.items], box.unread, more)


def count_unread(store: Store, learner_id: str) -> int:
    """How many notices the learner has not read."""
    return _box(store, learner_id).value.unread


def mark_read(store: Store, learner_id: str, numbers: Iterable[int], up_to: int) -> int:
    """Notes that the learner has read these notices and all up to one; answers how many are left.

    Raises:
        Conflict: others kept writing.
    """
    wanted = list(numbers)

    def plan() -> tuple[Change, int]:
        box = _box(store, learner_id)
        read = box.value.read(wanted, up_to)
        return Change([_put(box, read)] if read != box.value else []), read.unread

    return commit_retrying(store, plan)


def read_mail_settings(store: Store, learner_id: str) -> MailSettings:
    """What the learner wants by e-mail; everything, unless they have said otherwise."""
    found = store.get(mail_settings_key(learner_id), MailSettings)
    return found.value if found else MailSettings()


def set_mail_settings(store: Store, learner_id: str, off: Iterable[NoticeKind]) -> MailSettings:
    """Says which kinds are not to come by e-mail; all others do.

    Raises:
        Conflict: others kept writing.
    """
    wanted = MailSettings(tuple(sorted(set(off))))

    def plan() -> tuple[Change, MailSettings]:
        key = mail_settings_key(learner_id)
        known = store.get(key, MailSettings)
        if known is not None and known.value == wanted:
            return Change(), wanted
        return Change([Put(key, wanted, after=known.version if known else ABSENT)]), wanted

    return commit_retrying(store, plan)


def _posted(ctx: Telling, learner_id: str, notice: Notice, cause: Envelope) -> Envelope:
    data = NoticePosted(learner_id=learner_id, number=notice.number, kind=notice.told.kind)
    return ctx.events.make(
        data.TYPE,
        data,
        subject=f"{learner_id}/{notice.number}",
        correlation_id=cause.correlation_id,
        causation_id=cause.id,
    )


def _box(store: Store, learner_id: str) -> Stored[Box]:
    key = box_key(learner_id)
    return store.get(key, Box) or Stored(key, Box(), ABSENT)


def _put(box: Stored[Box], value: Box) -> Put:
    return Put(box.key, value, after=box.version)
