"""Notices: what a learner is told has happened, and how far they have read. Structured; texts are made when read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from services.credits.domain.balances import Shortfall
from services.credits.domain.credentials import Credential
from services.credits.domain.declarations import Outcome
from services.credits.domain.ids import EntryId
from services.credits.domain.ledger import Entry, Kind, Reason
from services.kit.kinds import ID_ONLY, stored


class NoticeKind(StrEnum):
    """What kinds of notices there are."""

    AWARD = "award"
    HOLD = "hold"
    RELEASE = "release"
    REVERSAL = "reversal"
    DECLARATION = "declaration"
    DEADLINE = "deadline"


@dataclass(frozen=True)
class Part:
    """What became of a watch for some certificates, in one way."""

    kind: Kind
    reason: Reason
    credentials: tuple[Credential, ...]


@dataclass(frozen=True)
class HoursMessage:
    """What became of a watch, or of a grant: of all certificates that one change of the ledger touched.

    `parts` say it, what matters most first; `kind`, `entry_id`, `credential`, `hours` and `reason` are of that one, and
    `title` is the lecture's. A notice from before there were parts tells of one entry.
    """

    kind: Literal[NoticeKind.AWARD, NoticeKind.HOLD, NoticeKind.RELEASE, NoticeKind.REVERSAL]
    entry_id: EntryId
    credential: Credential | None
    hours: Decimal
    title: str
    reason: Reason
    title_en: str | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class AnswerMessage:
    """What the certifying body answered to a declared entry."""

    entry_id: EntryId
    credential: Credential
    hours: Decimal
    title: str
    outcome: Outcome
    title_en: str | None = None
    kind: Literal[NoticeKind.DECLARATION] = NoticeKind.DECLARATION


@dataclass(frozen=True)
class DeadlineMessage:
    """That a certificate's period ends soon, or a year of it, whose first day is `year_start`.

    `missing` is what was missing then; None in a notice from before it was kept, of which three sums are known: of the
    period, of its compulsory hours and of its last year, each None where the requirement was not known.
    """

    credential: Credential
    deadline: date
    days_left: int
    remaining: Decimal | None
    compulsory_remaining: Decimal | None
    year_remaining: Decimal | None
    missing: tuple[Shortfall, ...] | None = None
    year_start: date | None = None
    entry_id: None = None
    kind: Literal[NoticeKind.DEADLINE] = NoticeKind.DEADLINE


@dataclass(frozen=True)
class CertificateMessage:
    """What an administrator decided on a certificate. Why one was returned lies with it: it may name somebody.

    Of the kinds that there are: a confirmation lets go what was held for it, after a return that is still held.
    """

    credential: Credential
    confirmed: bool
    kind: Literal[NoticeKind.RELEASE, NoticeKind.HOLD]
    entry_id: None = None

    @classmethod
    def of(cls, credential: Credential, *, confirmed: bool) -> "CertificateMessage":
        """The message of a decision."""
        return cls(credential, confirmed, NoticeKind.RELEASE if confirmed else NoticeKind.HOLD)


Message = HoursMessage | AnswerMessage | DeadlineMessage | CertificateMessage
"""What one notice tells."""


@stored(shape=2, personal=ID_ONLY)
class Notice:
    """One notice, never changed. `number` counts a learner's notices from 1; `event_id` names what it follows from."""

    number: int
    event_id: str
    at: datetime
    told: Message


@stored(shape=1, personal=ID_ONLY)
class MailSettings:
    """Which kinds of notices a learner does not want by e-mail too; the inbox always has them."""

    off: tuple[NoticeKind, ...] = ()


class MailOutcome(StrEnum):
    """What became of the e-mail of a notice."""

    SENT = "sent"
    NOT_WANTED = "not_wanted"
    NO_ADDRESS = "no_address"


@stored(shape=1, personal=ID_ONLY)
class Inbox:
    """A learner's inbox: the last notice's number, and which were read: all up to one number, and some apart."""

    last: int = 0
    read_up_to: int = 0
    read_apart: tuple[int, ...] = ()

    @property
    def unread(self) -> int:
        """How many notices were not read."""
        return self.last - self.read_up_to - len(self.read_apart)

    def is_read(self, number: int) -> bool:
        """Whether a notice was read."""
        return number <= self.read_up_to or number in self.read_apart

    def read(self, numbers: Iterable[int], up_to: int) -> "Inbox":
        """The box after reading these, and all up to one; numbers that it has not do not matter."""
        mark = max(self.read_up_to, min(up_to, self.last))
        apart = {number for number in (*self.read_apart, *numbers) if mark < number <= self.last}
        while mark + 1 in apart:
            mark += 1
            apart.remove(mark)
        return replace(self, read_up_to=mark, read_apart=tuple(sorted(apart)))


_TOLD_KINDS: dict[Kind, Literal[NoticeKind.AWARD, NoticeKind.HOLD, NoticeKind.RELEASE, NoticeKind.REVERSAL]] = {
    Kind.AWARD: NoticeKind.AWARD,
    Kind.GRANT: NoticeKind.AWARD,
    Kind.HOLD: NoticeKind.HOLD,
    Kind.RELEASE: NoticeKind.RELEASE,
    Kind.REVERSAL: NoticeKind.REVERSAL,
}


_WEIGHT = (Kind.REVERSAL, Kind.AWARD, Kind.GRANT, Kind.HOLD, Kind.RELEASE, Kind.DECLINED)
"""What of a watch matters most, first; what waits for a certificate that nobody may have comes last of all."""


def teller_of(made: Sequence[Entry]) -> Entry:
    """Which of the entries that were made together of one watch is told, for all of them: the first that is published.

    Raises StopIteration where none is.
    """
    return next(entry for entry in made if entry.kind in _TOLD_KINDS)


def message_of(made: Sequence[Entry]) -> HoursMessage:
    """What the entries are told as that were made together of one watch: what is last of each certificate."""
    last = {entry.credential: entry for entry in made}
    entries = sorted(last.values(), key=lambda e: (e.reason is Reason.NO_CERTIFICATE, _WEIGHT.index(e.kind)))
    main, watch = entries[0], entries[0].completion
    return HoursMessage(
        kind=_TOLD_KINDS.get(main.kind) or _TOLD_KINDS[teller_of(made).kind],
        entry_id=main.entry_id,
        credential=main.credential,
        hours=watch.hours,
        title=watch.title,
        title_en=watch.title_en,
        reason=main.reason,
        parts=_parts(entries),
    )


def _parts(entries: Iterable[Entry]) -> tuple[Part, ...]:
    alike: dict[tuple[Kind, Reason], list[Credential]] = {}
    for entry in entries:
        named = [entry.credential] if entry.credential else []
        alike.setdefault((entry.kind, entry.reason), []).extend(named)
    return tuple(Part(kind, reason, tuple(named)) for (kind, reason), named in alike.items())
