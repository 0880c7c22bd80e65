"""What somebody signs in with, as they are shown it."""

from dataclasses import dataclass
from datetime import datetime

from services.credits.app.context import AccessContext
from services.credits.app.identities.items import read_identities
from services.credits.domain.identities import Identities, IdentityKind
from services.credits.domain.ids import LearnerId
from services.credits.domain.phones import hidden_number
from services.kit.call import Call


@dataclass(frozen=True)
class IdentityView:
    """One of them. `shown` is what of it can be seen: an address, a number with all but some digits hidden, or ""."""

    kind: IdentityKind
    shown: str
    proven_at: datetime | None = None


def list_identities(ctx: AccessContext, call: Call) -> list[IdentityView]:
    """The caller's."""
    person_id = LearnerId(call.caller_id)
    email = ctx.pool.standing(person_id).email
    views = [IdentityView(IdentityKind.EMAIL, email)] if email else []
    for kind, found in read_identities(ctx.store, person_id).value.held().items():
        shown = hidden_number(found.subject) if kind is IdentityKind.PHONE else ""
        views.append(IdentityView(kind, shown, found.proven_at))
    return views


def count_identities(identities: Identities, email: str | None) -> int:
    """How many ways to sign in an account has."""
    return len(identities.held()) + bool(email)
