"""A learner's profile: personal data, kept apart from the ledger, which knows people by opaque ids only."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.kit.kinds import Emptied, stored

FIELDS = ("username", "nickname", "real_name", "birthday", "employer", "email")
"""What a complete profile has: 用户名、昵称、实名、生日、工作单位、邮箱."""

EARLIEST_BIRTHDAY = date(1900, 1, 1)
"""Of anybody alive."""

UNPRINTABLE = (
    r"\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200c\u200e\u200f"
    r"\u202a-\u202e\u2060-\u206f\ue000-\uf8ff\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e001f\U000f0000-\U0010ffff"
)
"""What cannot be seen, as a class of a regular expression has it: listed, since the categories that interpreters know
grow. Joiners and tags are not among it: emoji are made with them."""

EMAIL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9-]+\.)+[A-Za-z]{2,24}"


@stored(shape=1, personal=Emptied("username", "nickname", "real_name", "birthday", "employer", "email", "id_number"))
class Profile:
    """What is known of a learner as a person; `revision` counts the changes, 0 where nothing was ever said.

    `id_number` is the mainland's identity number, which may be given but need not; a profile is complete without it.
    `updated_at` is when the learner last said that this is right; `erased_at` when the person was forgotten, for good.
    """

    revision: int = 0
    updated_at: datetime | None = None
    username: str | None = None
    nickname: str | None = None
    real_name: str | None = None
    birthday: date | None = None
    employer: str | None = None
    email: str | None = None
    id_number: str | None = None
    erased_at: datetime | None = None

    @property
    def missing(self) -> list[str]:
        """The fields that a complete profile would have."""
        return [name for name in FIELDS if getattr(self, name) is None]


@dataclass(frozen=True)
class ProfilePolicy:
    """When a learner is reminded that a profile may have aged."""

    stale_after: timedelta

    def is_stale(self, profile: Profile, now: datetime) -> bool:
        """Whether there is a profile, and nobody has said for long that it is right."""
        return profile.updated_at is not None and now - profile.updated_at >= self.stale_after


def clean_text(text: str) -> str:
    """Without spaces around it, in the composed form. Raises ValueError for what is unprintable, or nothing left."""
    cleaned = unicodedata.normalize("NFC", text).strip()
    if not cleaned:
        raise ValueError("nothing but spaces")
    if re.search(rf"[{UNPRINTABLE}\ud800-\udfff]", cleaned):
        raise ValueError("a character that cannot be printed")
    return cleaned


def clean_email(text: str) -> str:
    """An address that mail can be sent to. Raises ValueError for what has not that form."""
    email = clean_text(text)
    local = email.rpartition("@")[0]
    if len(email) > 254 or len(local) > 64 or not re.fullmatch(EMAIL, email):
        raise ValueError("not the form of an e-mail address")
    return email


def born_on(id_number: str) -> date:
    """The birthday that an identity number holds. Raises ValueError where the calendar has no such day."""
    return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))


def is_implausible(profile: Profile, today: date) -> bool:
    """Whether a birthday is to come, or another than the identity number holds."""
    said = profile.birthday
    numbered = born_on(profile.id_number) if profile.id_number else None
    known = [birthday for birthday in (said, numbered) if birthday]
    return len(set(known)) > 1 or any(birthday > today for birthday in known)
