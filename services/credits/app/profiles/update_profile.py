"""Reading and changing a learner's profile; a real name releases what was held for it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

from services.credits.app.awarding.settle_holds import first_releases
from services.credits.app.context import LedgerContext
from services.credits.app.ledger.account import Account, Cause
from services.credits.app.lookups.items import name_writes
from services.credits.app.profiles.items import ProfileChange, profile_change_key, profile_key
from services.credits.app.profiles.problems import BIRTHDAY_IMPLAUSIBLE, PERSON_ERASED, PROFILE_CHANGED
from services.credits.domain.ids import LearnerId
from services.credits.domain.profile import Profile, is_implausible
from services.credits.events.published import RealNameGiven
from services.kit.call import Call
from services.kit.days import civil_day
from services.kit.events import Envelope
from services.kit.store import Change, Put, Write, commit_retrying, read_or

Values = Mapping[str, str | date | None]
"""Fields by name; None empties one."""


@dataclass(frozen=True)
class ProfileView:
    """A profile with whether it is time to look at it again."""

    profile: Profile
    stale: bool


def read_profile(ctx: LedgerContext, learner_id: LearnerId) -> ProfileView:
    """The learner's own profile; an empty one where nothing was ever said."""
    return _view(ctx, read_or(ctx.store, profile_key(learner_id), Profile()).value)


def update_profile(ctx: LedgerContext, call: Call, revision: int, values: Values) -> ProfileView:
    """Changes the named fields of the revision that the learner looked at.

    The same again changes nothing, except that of an aged profile it says that it is still right.

    Raises:
        Problem: PERSON_ERASED, PROFILE_CHANGED, BIRTHDAY_IMPLAUSIBLE.
        Conflict: others kept writing.
    """

    learner_id = LearnerId(call.caller_id)

    def plan() -> tuple[Change, ProfileView]:
        stored = read_or(ctx.store, profile_key(learner_id), Profile())
        known = stored.value
        if known.erased_at is not None:
            raise PERSON_ERASED.problem()
        wanted = replace(known, **values)  # type: ignore[arg-type]  # validated at the edge
        if wanted == known and not ctx.profiles.is_stale(known, ctx.clock.now()):
            return Change(), _view(ctx, known)
        if wanted != known and revision != known.revision:
            raise PROFILE_CHANGED.problem(revision=known.revision)
        if is_implausible(wanted, civil_day(ctx.clock.now())):
            raise BIRTHDAY_IMPLAUSIBLE.problem()
        profile = replace(wanted, revision=known.revision + 1, updated_at=ctx.clock.now())
        change = ProfileChange(ctx.clock.now(), _touched(known, wanted))
        writes = [stored.put(profile), Put(profile_change_key(learner_id, profile.revision), change)]
        named = profile.real_name is not None and known.real_name is None
        more, events = _named(ctx, learner_id, call.correlation_id) if named else ([], [])
        found_by = name_writes(ctx.store, ctx.macs, learner_id, profile.real_name)
        return Change([*writes, *found_by, *more], events), _view(ctx, profile)

    return commit_retrying(ctx.store, plan)


def _named(ctx: LedgerContext, learner_id: LearnerId, correlation_id: str) -> tuple[list[Write], list[Envelope]]:
    """The first releases, and the event that releases the rest. The head is written whatever is held: a watch that is
    being entered for a learner without a name must see that there is one."""
    account = Account(ctx, learner_id)
    account.name()
    writes, events = account.post(first_releases(account), Cause(correlation_id))
    data = RealNameGiven(learner_id=learner_id, given_at=ctx.clock.now())
    told = ctx.events.make(data, subject=learner_id, correlation_id=correlation_id)
    return writes, [*events, told]


def _touched(known: Profile, wanted: Profile) -> list[str]:
    return [field.name for field in fields(Profile) if getattr(known, field.name) != getattr(wanted, field.name)]


def _view(ctx: LedgerContext, profile: Profile) -> ProfileView:
    return ProfileView(profile, ctx.profiles.is_stale(profile, ctx.clock.now()))
