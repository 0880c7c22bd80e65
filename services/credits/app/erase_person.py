"""Forgetting a person: what names them goes, the accounts stay under an opaque id that then leads to nobody.

The first transaction empties the profile for good and publishes that it did; from it on nothing personal can be added.
The rest may be many items, so it follows on that event, as often as it is delivered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.credits.app.context import Context
from services.credits.app.declarations.declare_hours import end_declarations
from services.credits.app.documents.attestations import PrintedName
from services.credits.app.documents.keys import PRINTED_NAMES
from services.credits.app.keys import CERTIFICATES, learner_pk, profile_key
from services.credits.app.ledger.account import Account, read_entries
from services.credits.app.ports import Users
from services.credits.app.problems import OWN_ERASURE
from services.credits.domain.certificates import Certificate
from services.credits.domain.declarations import Ending
from services.credits.domain.profile import Profile
from services.credits.events.consumed import AboutLearner
from services.credits.events.published import PersonErased
from services.kit.clock import Clock
from services.kit.events import Envelope
from services.kit.identity import Principal
from services.kit.store import ABSENT, Change, Put, Store, commit_retrying

ITEMS_PER_TRANSACTION = 90
ERASED_NUMBER = "ERASED"
"""Stands for a certificate's number: the certifying body knows by it whose it is."""


@dataclass(frozen=True)
class Erasing:
    """What the rest of an erasure works with."""

    store: Store
    clock: Clock
    users: Users


def erase_person(ctx: Context, administrator: Principal, learner_id: str, reason: str, correlation_id: str) -> datetime:
    """Empties a person's profile for good and sets the rest going; answers when that was. Again changes nothing.

    Raises:
        Problem: OWN_ERASURE.
        Conflict: others kept writing.
    """
    if administrator.id == learner_id:
        raise OWN_ERASURE.problem()

    def plan() -> tuple[Change, datetime]:
        stored = ctx.store.get(profile_key(learner_id), Profile)
        if stored is not None and stored.value.erased_at is not None:
            return Change(), stored.value.erased_at
        now = ctx.clock.now()
        revision = stored.value.revision + 1 if stored else 1
        empty = Put(
            profile_key(learner_id),
            Profile(revision=revision, erased_at=now),
            after=stored.version if stored else ABSENT,
        )
        audit = ctx.audit.entry(administrator, "erase_person", learner_id, reason)
        data = PersonErased(learner_id=learner_id, erased_at=now)
        told = ctx.events.make(data.TYPE, data, subject=learner_id, correlation_id=correlation_id)
        # With the head, so that nobody who read the profile before adds a name or a number after.
        return Change([empty, Account(ctx, learner_id).put_head(), audit], [told]), now

    return commit_retrying(ctx.store, plan)


def finish_erasure(ctx: Erasing, event: Envelope) -> None:
    """Erases what else names the person, and the user that leads to them. Safe to repeat after a crash anywhere.

    Raises:
        ValueError: the event names no learner.
        NotErased: the profile still stands: the event is forged.
        Conflict: others kept writing; the queue delivers the event again.
    """
    learner_id = AboutLearner.model_validate(event.data).learner_id
    profile = ctx.store.get(profile_key(learner_id), Profile)
    if profile is None or profile.value.erased_at is None:
        raise NotErased(learner_id)
    # First, so that nobody can sign in again; a token that is out still works for at most an hour.
    ctx.users.delete(learner_id)
    puts = [*_numbers(ctx.store, learner_id), *_names(ctx.store, learner_id)]
    for some in _chunks(puts):
        ctx.store.commit(Change(some))
    entries = read_entries(ctx.store, learner_id)
    end_declarations(ctx.store, ctx.clock, learner_id, {entry.number for entry in entries}, Ending.ERASED)


class NotErased(Exception):
    """An event says that a person was erased who was not: it is dead-lettered."""


def _numbers(store: Store, learner_id: str) -> Iterator[Put]:
    """Certificates' numbers; their dates stay, since the ledger's periods rest on them."""
    for stored in store.query(learner_pk(learner_id), CERTIFICATES, Certificate):
        if stored.value.number != ERASED_NUMBER:
            yield Put(stored.key, replace(stored.value, number=ERASED_NUMBER), after=stored.version)


def _names(store: Store, learner_id: str) -> Iterator[Put]:
    """Names on certificates of completion."""
    for stored in store.query(profile_key(learner_id).pk, PRINTED_NAMES, PrintedName):
        if stored.value.name is not None:
            yield Put(stored.key, PrintedName(None), after=stored.version)


def _chunks(puts: Sequence[Put]) -> Iterator[Sequence[Put]]:
    for start in range(0, len(puts), ITEMS_PER_TRANSACTION):
        yield puts[start : start + ITEMS_PER_TRANSACTION]
