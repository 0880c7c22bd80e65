"""Push: a device that a learner wants to be told on, and which servers may be asked to tell it."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase

from services.credits.domain.notices import NoticeKind
from services.kit.kinds import ID_ONLY, REMOVED, stored

SERVICES = (
    "https://fcm.googleapis.com",  # Chrome
    "https://*.notify.windows.com",  # Edge
    "https://*.push.services.mozilla.com",  # Firefox
    "https://*.push.apple.com",  # Safari
)
"""The browsers' own push services. An endpoint is an address that a stranger gives us to call: no other is called."""
MOST_DEVICES = 10
"""Of one learner; the one that was added first goes when there are more."""


class Language(StrEnum):
    """What a device is told in."""

    CHINESE = "zh"
    ENGLISH = "en"


@stored(shape=1, personal=REMOVED)
class Device:
    """A browser's subscription: where it is pushed to, and the keys that only it can read with (RFC 8291)."""

    endpoint: str
    p256dh: str
    auth: str
    language: Language
    added_at: datetime


@stored(shape=1, personal=ID_ONLY)
class PushSettings:
    """Which kinds of notices a learner does not want on their devices; the inbox always has them."""

    off: tuple[NoticeKind, ...] = ()


@dataclass(frozen=True)
class Push:
    """What a device shows, of its lock screen too: whoever looks at it may not be the learner."""

    title: str
    body: str
    path: str
    tag: str


class Delivery(StrEnum):
    """What a push service said."""

    SENT = "sent"
    GONE = "gone"
    FAILED = "failed"


_PLAIN = re.compile(r"(https://[a-z0-9-]+(?:\.[a-z0-9-]+)+)/[!-~]*")
"""A host by its name and a path: without a name and password, a port, or what programs read in different ways."""


def is_of_push_service(endpoint: str) -> bool:
    """Whether the address is of one of the push services."""
    plain = _PLAIN.fullmatch(endpoint)
    return plain is not None and any(fnmatchcase(plain[1], pattern) for pattern in SERVICES)
