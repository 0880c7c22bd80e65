"""What follows once a person's profile is empty: what else names them goes, and the user."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.credits.app.access.items import SIGN_INS, SignIn, access_pk, sign_in_expiry
from services.credits.app.attestations.items import PRINTED_NAMES, PrintedName
from services.credits.app.certificates.items import CERTIFICATES, HOLDERS, CertificateHolder, credential_of
from services.credits.app.certificates.waiting import taken_out
from services.credits.app.context import ErasureContext
from services.credits.app.declarations.declare_hours import end_declarations
from services.credits.app.identities.items import holder_key, read_identities
from services.credits.app.ledger.items import learner_pk, read_entries
from services.credits.app.lookups.items import removed_handles
from services.credits.app.pictures.delete_pictures import delete_pictures_of
from services.credits.app.profiles.items import person_pk, profile_key
from services.credits.app.push.devices import devices_removed
from services.credits.domain.certificates import Certificate
from services.credits.domain.declarations import Ending
from services.credits.domain.identities import IdentityHolder
from services.credits.domain.ids import LearnerId
from services.credits.domain.profile import Profile
from services.credits.events.consumed import AboutLearner
from services.kit.events import Envelope
from services.kit.store import Change, Put, Store, Write, read_or

ITEMS_PER_TRANSACTION = 90
ERASED_NUMBER = "ERASED"
"""Stands for a certificate's number: the certifying body knows by it whose it is."""


class NotErased(Exception):
    """An event says that a person was erased who was not: it is dead-lettered."""


def finish_erasure(ctx: ErasureContext, event: Envelope) -> None:
    """Erases what else names the person, and the user that leads to them. Safe to repeat after a crash anywhere.

    Raises:
        ValueError: the event names no learner.
        NotErased: the profile still stands: the event is forged.
        Conflict: others kept writing; the queue delivers the event again.
    """
    learner_id = AboutLearner.model_validate(event.data).learner_id
    if read_or(ctx.store, profile_key(learner_id), Profile()).value.erased_at is None:
        raise NotErased(learner_id)
    # First, so that nobody can sign in again; a token that is out still works for some minutes.
    ctx.users.delete(learner_id)
    delete_pictures_of(ctx.pictures, learner_id)
    writes = [
        *_numbers(ctx.store, learner_id),
        *_names(ctx.store, learner_id),
        *_browsers(ctx.store, learner_id),
        *_identities(ctx.store, learner_id),
        *devices_removed(ctx.store, learner_id),
        *removed_handles(ctx.store, learner_id),
    ]
    for some in _chunks(writes):
        ctx.store.commit(Change(some))
    entries = read_entries(ctx.store, learner_id)
    end_declarations(ctx, learner_id, {entry.number for entry in entries}, Ending.ERASED)


def _numbers(store: Store, learner_id: LearnerId) -> Iterator[Put]:
    """Certificates' numbers; their dates stay, since the ledger's periods rest on them."""
    for stored in store.query(learner_pk(learner_id), CERTIFICATES, Certificate):
        if stored.value.number != ERASED_NUMBER:
            yield stored.put_bare(replace(stored.value, number=ERASED_NUMBER))


def _names(store: Store, learner_id: LearnerId) -> Iterator[Write]:
    """Names on certificates of completion, and those that were confirmed; nobody is to look at the others any more."""
    for holder in store.query(person_pk(learner_id), HOLDERS, CertificateHolder):
        if holder.value != CertificateHolder():
            yield holder.put_bare(CertificateHolder())
            yield from taken_out(store, learner_id, credential_of(holder.key), holder.value)
    for stored in store.query(person_pk(learner_id), PRINTED_NAMES, PrintedName):
        if stored.value.name is not None:
            yield stored.put_bare(PrintedName(None))


def _browsers(store: Store, learner_id: LearnerId) -> Iterator[Put]:
    """What browsers said of themselves at sign-ins, which went with the user."""
    for stored in store.query(access_pk(learner_id), SIGN_INS, SignIn):
        if stored.value.agent or stored.value.token:
            yield stored.put_bare(replace(stored.value, agent="", token=""), sign_in_expiry(stored.value.begun_at))


def _identities(store: Store, learner_id: LearnerId) -> Iterator[Write]:
    """What the person signed in with, and that it is theirs: with the same number a new account may begin."""
    stored = read_identities(store, learner_id)
    for identity in stored.value.held().values():
        holder = store.get(holder_key(identity.hashed), IdentityHolder)
        if holder and holder.value.person_id == learner_id:
            yield holder.remove()
    if stored.version:
        yield stored.remove()


def _chunks(writes: Sequence[Write]) -> Iterator[Sequence[Write]]:
    for start in range(0, len(writes), ITEMS_PER_TRANSACTION):
        yield writes[start : start + ITEMS_PER_TRANSACTION]
