"""What somebody signs in with besides e-mail and password: a phone number, WeChat. Who holds which, and when that is
doubted."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.credits.domain.ids import LearnerId
from services.kit.kinds import ID_ONLY, REMOVED, stored

FROZEN = timedelta(days=90)
"""How long carriers in mainland China keep a number that was given up before somebody else gets it, at least: whoever
proved it less than that ago still has it."""


class IdentityKind(StrEnum):
    """Of identities. Each account has at most one of a kind."""

    PHONE = "phone"
    WECHAT = "wechat"
    EMAIL = "email"


@dataclass(frozen=True)
class Identity:
    """One that was proven.

    Members:
        subject: the number in E.164, or WeChat's unionid.
        hashed: a keyed hash of it, under which its holder lies.
        proven_at: when it was proven last: at each sign-in with it.
    """

    subject: str
    hashed: str
    bound_at: datetime
    proven_at: datetime


@stored(shape=1, personal=REMOVED)
class Identities:
    """Those of one person; the e-mail address is the user pool's."""

    phone: Identity | None = None
    wechat: Identity | None = None

    def of(self, kind: IdentityKind) -> Identity | None:
        """The one of a kind."""
        return {IdentityKind.PHONE: self.phone, IdentityKind.WECHAT: self.wechat}.get(kind)

    def with_one(self, kind: IdentityKind, identity: Identity | None) -> "Identities":
        """With another one of a kind, or none."""
        return replace(self, **{kind.value: identity})

    def held(self) -> dict[IdentityKind, Identity]:
        """All there are."""
        return {kind: found for kind in (IdentityKind.PHONE, IdentityKind.WECHAT) if (found := self.of(kind))}


@stored(shape=1, personal=ID_ONLY)
class IdentityHolder:
    """Whose an identity is, under a keyed hash of it. It goes with the person: a number is somebody else's one day."""

    person_id: LearnerId


def in_doubt(kind: IdentityKind, identity: Identity, now: datetime) -> bool:
    """Whether a number may have been given to somebody else since it was proven."""
    return kind is IdentityKind.PHONE and now - identity.proven_at >= FROZEN


class JoinOutcome(StrEnum):
    """What comes of two accounts that are one person's. Hours, orders and evidence never move: identities do."""

    HERE = "here"
    """The other one has nothing: its identity comes to this account."""
    THERE = "there"
    """This one has nothing: its identities go to the other, which the person goes on with."""
    REFUSED = "refused"
    """Both have something: neither may become a place that nobody can reach."""


def joining(*, own: bool, others: bool) -> JoinOutcome:
    """What comes of it, by whether each has anything."""
    if own and others:
        return JoinOutcome.REFUSED
    return JoinOutcome.THERE if others else JoinOutcome.HERE
