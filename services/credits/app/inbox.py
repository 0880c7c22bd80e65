"""The learner's inbox: putting notices into it, listing them, noting what was read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.credits.app.keys import learner_pk
from services.credits.app.notice_keys import NOTICES, box_key, notice_key, noticed_key
from services.credits.domain.notices import Box, Notice, Told
from services.kit.store import ABSENT, Change, Put, Store, Stored, commit_retrying


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


def post_notice(store: Store, learner_id: str, event_id: str, at: datetime, told: Told) -> None:
    """Puts one notice into the inbox for an event, however often it is told of it.

    Raises:
        Conflict: others kept writing; the queue delivers the event again.
    """

    def plan() -> tuple[Change, None]:
        mark = noticed_key(learner_id, event_id)
        if store.get(mark, Noticed) is not None:
            return Change(), None
        box = _box(store, learner_id)
        number = box.value.last + 1
        notice = Notice(number, event_id, at, told)
        grown = Box(number, box.value.read_up_to, box.value.read_apart)
        return Change([_put(box, grown), Put(notice_key(learner_id, number), notice), Put(mark, Noticed(number))]), None

    commit_retrying(store, plan)


def read_notices(store: Store, learner_id: str, before: int | None, limit: int) -> NoticesPage:
    """At most `limit` notices, from the newest, or from the one before number `before`."""
    box = _box(store, learner_id).value
    after = notice_key(learner_id, before).sk if before else ""
    found = [stored.value for stored in store.page(learner_pk(learner_id), NOTICES, Notice, after, limit)]
    more = found[-1].number if len(found) == limit and found[-1].number > 1 else None
    return NoticesPage([(notice, box.is_read(notice.number)) for notice in found], box.unread, more)


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


def _box(store: Store, learner_id: str) -> Stored[Box]:
    key = box_key(learner_id)
    return store.get(key, Box) or Stored(key, Box(), ABSENT)


def _put(box: Stored[Box], value: Box) -> Put:
    return Put(box.key, value, after=box.version)
