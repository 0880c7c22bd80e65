"""What use cases work with: what every function has, and for those that need more a context with that."""

from dataclasses import dataclass

from services.credits.app.ports import (
    Codes,
    Directory,
    Draw,
    Fingerprints,
    Messages,
    Pictures,
    Post,
    Pusher,
    PushKey,
    RecoveryCodes,
    Seal,
    SignInCodes,
    Ticket,
    UserPool,
    Users,
    WeChat,
)
from services.credits.domain.ledger import Macs
from services.credits.domain.profile import ProfilePolicy
from services.credits.domain.rules import RuleBook
from services.kit.audit import AuditLog
from services.kit.clock import Clock
from services.kit.event_factory import EventFactory
from services.kit.ids import Ids
from services.kit.jose import Signer
from services.kit.objects import Objects
from services.kit.public_url import PublicUrl
from services.kit.store import Store


@dataclass(frozen=True)
class Context:
    """The ports that every function has. There is no key among them: nothing here can add an entry."""

    store: Store
    clock: Clock
    ids: Ids
    events: EventFactory
    audit: AuditLog


@dataclass(frozen=True)
class RulesContext(Context):
    """With what certificates ask for."""

    rules: RuleBook


@dataclass(frozen=True)
class LedgerContext(RulesContext):
    """With the keys of the ledger: only who holds these adds entries, or can tell whether they are ours."""

    macs: Macs
    profiles: ProfilePolicy


@dataclass(frozen=True)
class RecordsContext(RulesContext):
    """With the archive of what was handed out."""

    objects: Objects


@dataclass(frozen=True)
class DocumentsContext(RulesContext):
    """With what issues and draws documents."""

    codes: Codes
    draw: Draw
    public_url: PublicUrl


@dataclass(frozen=True)
class BadgesContext(Context):
    """With the key that signs credentials."""

    signer: Signer
    public_url: PublicUrl


@dataclass(frozen=True)
class MailContext(Context):
    """With the post office."""

    post: Post
    public_url: PublicUrl


@dataclass(frozen=True)
class DevicesContext(Context):
    """With who we are to push services."""

    push_key: PushKey


@dataclass(frozen=True)
class PushContext(Context):
    """With what tells devices."""

    pusher: Pusher


@dataclass(frozen=True)
class ErasureContext(Context):
    """With the users, who can be deleted, and the pictures that they sent."""

    users: Users
    pictures: Pictures


@dataclass(frozen=True)
class PeopleContext(LedgerContext):
    """With who has an account, and the pictures of certificates."""

    directory: Directory
    pictures: Pictures


@dataclass(frozen=True)
class AccessContext(Context):
    """With the user pool, as who administers it."""

    pool: UserPool
    seal: Seal
    codes: RecoveryCodes
    fingerprints: Fingerprints
    ticket: Ticket
    wechat: WeChat | None


@dataclass(frozen=True)
class CodesContext(Context):
    """With what sends codes. It knows of no account."""

    codes: SignInCodes
    fingerprints: Fingerprints
    post: Post
    messages: Messages | None
    countries: tuple[str, ...]


Ports = tuple[Store, Clock, Ids, EventFactory, AuditLog]
"""What every context begins with."""


def ports(store: Store, clock: Clock, ids: Ids) -> Ports:
    """What every context begins with, made of these."""
    return store, clock, ids, EventFactory("credits", clock, ids), AuditLog(clock, ids)
