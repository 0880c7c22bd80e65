"""Forgetting a person: what names them goes, the accounts stay under an opaque id that then leads to nobody.

This transaction empties the profile for good and publishes that it did; from it on nothing personal can be added.
The rest may be many items, so it follows on that event: `finish_erasure`.
"""

from datetime import datetime

from services.credits.app.access.recent_sign_in import require_recent_sign_in
from services.credits.app.context import LedgerContext
from services.credits.app.erasure.problems import OWN_ERASURE
from services.credits.app.ledger.account import Account
from services.credits.app.profiles.items import profile_key
from services.credits.domain.ids import LearnerId
from services.credits.domain.profile import Profile
from services.credits.events.published import PersonErased
from services.kit.call import Call
from services.kit.store import Change, commit_retrying, read_or

OWN_WISH = "asked for by the person, after a fresh sign-in"
"""The reason in the audit log where somebody deletes their own account."""


def erase_self(ctx: LedgerContext, call: Call) -> datetime:
    """Empties the caller's own profile for good and sets the rest going; returns when that was. Again changes nothing.

    Raises:
        Problem: SIGN_IN_RECENTLY.
        Conflict: others kept writing.
    """
    require_recent_sign_in(ctx.clock, call)
    return _erase(ctx, call, LearnerId(call.caller_id), OWN_WISH)


def erase_person(ctx: LedgerContext, call: Call, learner_id: LearnerId, reason: str) -> datetime:
    """Empties another's profile for good and sets the rest going; returns when that was. Again changes nothing.

    Raises:
        Problem: OWN_ERASURE.
        Conflict: others kept writing.
    """
    if call.caller_id == learner_id:
        raise OWN_ERASURE.problem()
    return _erase(ctx, call, learner_id, reason)


def _erase(ctx: LedgerContext, call: Call, learner_id: LearnerId, reason: str) -> datetime:
    def plan() -> tuple[Change, datetime]:
        stored = read_or(ctx.store, profile_key(learner_id), Profile())
        if stored.value.erased_at is not None:
            return Change(), stored.value.erased_at
        now = ctx.clock.now()
        empty = stored.put_bare(Profile(revision=stored.value.revision + 1, erased_at=now))
        audit = ctx.audit.entry(call.caller, "erase_person", learner_id, reason)
        data = PersonErased(learner_id=learner_id, erased_at=now)
        told = ctx.events.make(data, subject=learner_id, correlation_id=call.correlation_id)
        # With the head, so that nobody who read the profile before adds a name or a number after.
        return Change([empty, Account(ctx, learner_id).put_head(), audit], [told]), now

    return commit_retrying(ctx.store, plan)
