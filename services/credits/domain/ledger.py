"""The ledger: one append-only chain of entries per learner, each carrying a MAC over itself and its predecessor's MAC.

Nothing is edited or deleted. A hold ends by a `release` entry, and what the watch then gives is an entry of its own; an
award that a reviewer looks into is held by a `hold` entry that names it, stands again once that hold is released, and
is taken back for good by a `reversal`. A `grant` is an administrator's, and is reviewed and taken back like an award.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from services.credits.domain.credentials import Category, Credential
from services.credits.domain.ids import CourseId, EntryId, LearnerId, MembershipPeriodId, WatchId
from services.credits.domain.periods import Period
from services.kit.kinds import ID_ONLY, Kept, stored

PURPOSE = "ledger"
"""Of the MACs on entries."""

HEAD_PURPOSE = "ledger-head"
"""Of the MAC on the head."""


class Kind(StrEnum):
    """What an entry does to the account."""

    AWARD = "award"
    GRANT = "grant"
    HOLD = "hold"
    RELEASE = "release"
    REVERSAL = "reversal"
    DECLINED = "declined"


COUNTED = frozenset({Kind.AWARD, Kind.GRANT})
"""What brings hours into a period: a completed watch, or an administrator, for learning that was not watched here."""


class Reason(StrEnum):
    """Why; a stable code, shown to the learner with a text."""

    COMPLETED = "COMPLETED"
    ADMINISTRATIVE_GRANT = "ADMINISTRATIVE_GRANT"
    NO_CERTIFICATE = "NO_CERTIFICATE"
    CERTIFICATE_NOT_CONFIRMED = "CERTIFICATE_NOT_CONFIRMED"
    CERTIFICATE_EXPIRED = "CERTIFICATE_EXPIRED"
    MEMBER_QUOTA_EXCEEDED = "MEMBER_QUOTA_EXCEEDED"
    PROFILE_INCOMPLETE = "PROFILE_INCOMPLETE"
    CERTIFICATE_CONFIRMED = "CERTIFICATE_CONFIRMED"
    CERTIFICATE_RENEWED = "CERTIFICATE_RENEWED"
    REAL_NAME_GIVEN = "REAL_NAME_GIVEN"
    MEMBER_QUOTA_FREED = "MEMBER_QUOTA_FREED"
    NO_ELIGIBLE_CREDENTIAL = "NO_ELIGIBLE_CREDENTIAL"
    CREDENTIAL_NOT_ELIGIBLE = "CREDENTIAL_NOT_ELIGIBLE"
    BEFORE_FIRST_PERIOD = "BEFORE_FIRST_PERIOD"
    ALREADY_AWARDED_IN_PERIOD = "ALREADY_AWARDED_IN_PERIOD"
    UNDER_REVIEW = "UNDER_REVIEW"
    REVIEW_CLEARED = "REVIEW_CLEARED"
    REVIEW_VOIDED = "REVIEW_VOIDED"
    REFUNDED = "REFUNDED"


@dataclass(frozen=True)
class Completion:
    """A completed watch, with what the course version that was watched says of itself.

    Of an administrative grant it is what was learned elsewhere: the ids are "", and `completed_at` is the day's start.
    `membership_period_id` names the membership period whose quota the watch counts against, if it does.
    """

    watch_id: WatchId
    course_id: CourseId
    content_id: str
    content_version: str
    title: str
    hours: Decimal
    category: Category
    completed_at: datetime
    membership_period_id: MembershipPeriodId | None = None
    title_en: str | None = None


@dataclass(frozen=True)
class Draft:
    """An entry before it has its place in the chain.

    `hours` is what the entry moves: into the period (award, grant), into or out of what is held (hold, release), out of
    the period for good (reversal), 0 (declined). `settles` is the number of the entry that this one acts on: of a
    release the hold it ends, of a reversal the award, of a reviewer's hold the award. `credential` is None where the
    course serves none. `note` and `actor` are a reviewer's or administrator's words, which the learner reads, and their
    opaque id.
    """

    kind: Kind
    reason: Reason
    hours: Decimal
    completion: Completion
    credential: Credential | None = None
    period: Period | None = None
    settles: int | None = None
    note: str | None = None
    actor: str | None = None


@stored(
    shape=1,
    personal=(
        ID_ONLY,
        Kept("note", because="staff's words under the entry's MAC; no name belongs into them", until="the table goes"),
    ),
)
class Entry:
    """A draft in its place: `number` counts from 1 without gaps; MACs are hexadecimal, the first `prev_mac` is ""."""

    number: int
    entry_id: EntryId
    learner_id: LearnerId
    at: datetime
    kind: Kind
    reason: Reason
    hours: Decimal
    completion: Completion
    key_id: str
    prev_mac: str
    mac: str
    credential: Credential | None = None
    period: Period | None = None
    settles: int | None = None
    note: str | None = None
    actor: str | None = None


@stored(shape=1, personal=ID_ONLY)
class Head:
    """Where the chain ends, stored apart so that a cut tail is found. `seal` is a MAC over the other fields."""

    learner_id: LearnerId
    count: int
    last_mac: str
    key_id: str
    seal: str


class BrokenHead(Exception):
    """The head's seal does not fit: an operator runs verify_chain."""


class Macs(Protocol):
    """Keyed MACs by key id and purpose; `services.kit.keyring.KeyRing` is one."""

    def current_id(self) -> str:
        """The key that signs now."""

    def ids(self) -> list[str]:
        """All keys, those that no longer sign too."""

    def mac(self, key_id: str, purpose: str, message: bytes) -> bytes:
        """The MAC of a message."""

    def verify(self, key_id: str, purpose: str, message: bytes, mac: bytes) -> bool:
        """Whether a MAC is right, in constant time."""


def extend(
    head: Head, drafts: Sequence[Draft], entry_ids: Iterable[EntryId], at: datetime, macs: Macs
) -> tuple[Head, list[Entry]]:
    """Puts drafts at the end of the chain; answers the new head and the entries.

    Raises:
        BrokenHead: nothing is added to a head that somebody changed, which would seal what they did.
    """
    if not is_genuine(head, macs):
        raise BrokenHead(head.learner_id)
    key_id = macs.current_id()
    entries: list[Entry] = []
    count, last_mac = head.count, head.last_mac
    for draft, entry_id in zip(drafts, entry_ids, strict=True):
        count += 1
        unsigned = Entry(
            number=count,
            entry_id=entry_id,
            learner_id=head.learner_id,
            at=at,
            key_id=key_id,
            prev_mac=last_mac,
            mac="",
            **vars(draft),
        )
        last_mac = macs.mac(key_id, PURPOSE, signed_bytes(unsigned)).hex()
        entries.append(replace(unsigned, mac=last_mac))
    return sealed(head.learner_id, count, last_mac, macs), entries


def empty_head(learner_id: LearnerId, macs: Macs) -> Head:
    """The head of a chain without entries."""
    return sealed(learner_id, 0, "", macs)


def sealed(learner_id: LearnerId, count: int, last_mac: str, macs: Macs) -> Head:
    """A head with its seal."""
    key_id = macs.current_id()
    head = Head(learner_id, count, last_mac, key_id, seal="")
    return replace(head, seal=macs.mac(key_id, HEAD_PURPOSE, signed_bytes(head)).hex())


class HasSeal(Protocol):
    """A stored value with a MAC over all of it."""

    @property
    def seal(self) -> str:
        """The MAC, in hexadecimal."""


def signed_bytes(record: Entry | HasSeal) -> bytes:
    """What a MAC covers: every field except the MAC itself.

    Canonical JSON: sorted names, no spaces; absent fields are left out, so a field added later changes no old MAC.
    It is absent everywhere for a release: code that does not know it would find the MACs of those that have it wrong.
    """
    content = _plain(record)
    content.pop("mac" if isinstance(record, Entry) else "seal")
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def is_genuine(record: Entry | Head, macs: Macs) -> bool:
    """Whether we made it: its MAC or seal is right. Raises UnknownKey."""
    purpose, given = (PURPOSE, record.mac) if isinstance(record, Entry) else (HEAD_PURPOSE, record.seal)
    try:
        return macs.verify(record.key_id, purpose, signed_bytes(record), bytes.fromhex(given))
    except ValueError:
        return False


def _plain(record: Any) -> dict[str, Any]:
    values = ((field.name, getattr(record, field.name)) for field in fields(record))
    return {name: _scalar(value) for name, value in values if value is not None}


def _scalar(value: Any) -> Any:
    if isinstance(value, Completion | Period):
        return _plain(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value
