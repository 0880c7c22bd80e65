"""Who a learner is, as much of it as the caller may see; each look is in the audit log."""

from dataclasses import dataclass
from datetime import datetime

from services.credits.app.access.items import SIGN_INS, SecondFactor, SignIn, access_pk, second_factor_key
from services.credits.app.context import PeopleContext
from services.credits.app.ledger.items import head_key
from services.credits.app.lookups.problems import LEARNER_NOT_FOUND
from services.credits.app.lookups.sight import Sight, shown_email, shown_name, shown_phone, sight_of
from services.credits.app.profiles.items import profile_key
from services.credits.domain.ids import LearnerId
from services.credits.domain.ledger import Head
from services.credits.domain.profile import Profile
from services.kit.call import Call
from services.kit.store import Change


@dataclass(frozen=True)
class KnownSignIn:
    """A sign-in of the last week: `ended_at` is None while it is under way."""

    begun_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    agent: str


@dataclass(frozen=True)
class Access:
    """How somebody signs in. `second_factor_since` is None where there is none."""

    second_factor_since: datetime | None
    recovery_codes: int
    sign_ins: list[KnownSignIn]


@dataclass(frozen=True)
class Person:
    """Who somebody is. `access` is None for who may not see it."""

    learner_id: LearnerId
    name: str | None
    email: str | None
    phone: str | None
    account_since: datetime | None
    profile_missing: list[str]
    erased_at: datetime | None
    access: Access | None


def read_person(ctx: PeopleContext, call: Call, learner_id: LearnerId) -> Person:
    """Somebody of whom there is an account, a profile or a ledger.

    Raises:
        Problem: LEARNER_NOT_FOUND.
    """
    account = next(iter(ctx.directory.by_id(learner_id, 1)), None)
    stored = ctx.store.get(profile_key(learner_id), Profile)
    if not account and not stored and not ctx.store.get(head_key(learner_id), Head):
        raise LEARNER_NOT_FOUND.problem()
    ctx.store.commit(Change([ctx.audit.entry(call.caller, "read_person", learner_id, "opened the learner's page")]))
    profile, sight = stored.value if stored else Profile(), sight_of(call.caller.roles)
    return Person(
        learner_id,
        shown_name(profile.real_name, sight),
        shown_email(account.email if account else None, sight),
        shown_phone(account.phone if account else None, sight),
        account.created_at if account else None,
        profile.missing,
        profile.erased_at,
        None if sight is Sight.NOTHING else _access(ctx, learner_id),
    )


def _access(ctx: PeopleContext, learner_id: LearnerId) -> Access:
    factor = ctx.store.get(second_factor_key(learner_id), SecondFactor)
    left = factor.value.codes if factor else []
    sign_ins = [
        KnownSignIn(one.value.begun_at, one.value.seen_at, one.value.ended_at, one.value.agent)
        for one in ctx.store.query(access_pk(learner_id), SIGN_INS, SignIn)
    ]
    since = factor.value.set_up_at if factor and left else None
    return Access(since, len(left), sorted(sign_ins, key=lambda one: one.seen_at, reverse=True))
