"""Issuing certificates of completion: one for each award, when its learner asks for it, and the same one ever after."""

from dataclasses import dataclass
from datetime import datetime

from services.credits.app.documents.attestation_document import attestation_document
from services.credits.app.documents.keys import ATTESTATIONS, attestation_key, code_key, place_key, printed_name_key
from services.credits.app.documents.problems import (
    ATTESTATION_NOT_FOUND,
    AWARD_REVOKED,
    AWARD_UNDER_REVIEW,
    NAME_ERASED,
    NOT_AN_AWARD,
    NOT_PRINTABLE,
    REAL_NAME_MISSING,
)
from services.credits.app.keys import head_key, learner_pk
from services.credits.app.ledger.account import read_entries
from services.credits.app.ports import Codes, Draw, RealNames, Unprintable
from services.credits.domain.attestations import Attestation, award_of
from services.credits.domain.ledger import Entry, Head
from services.credits.domain.review import Standing, standing_of
from services.kit.clock import Clock
from services.kit.days import civil_day
from services.kit.public_url import PublicUrl
from services.kit.store import ABSENT, Change, Check, Put, Store, commit_retrying


@dataclass(frozen=True)
class Pointer:
    """Which certificate a code stands for."""

    learner_id: str
    entry_id: str


@dataclass(frozen=True)
class Place:
    """A place in a status list that is taken."""

    taken_at: datetime


@dataclass(frozen=True)
class PrintedName:
    """The learner's real name as it was when the certificate was issued; None once the person was erased."""

    name: str | None


@dataclass(frozen=True)
class Issued:
    """A certificate with the award that it certifies, and whether the ledger still stands behind it."""

    attestation: Attestation
    award: Entry
    standing: Standing


@dataclass(frozen=True)
class Issuing:
    """What certificates are issued and drawn with."""

    store: Store
    clock: Clock
    codes: Codes
    names: RealNames
    draw: Draw
    public_url: PublicUrl


def issue_attestation(ctx: Issuing, learner_id: str, entry_id: str) -> Issued:
    """Issues the certificate of an award; the one that exists, if there is one.

    It is drawn before it is issued, so that what is issued can be printed. The head's version keeps an award from being
    reversed in between.

    Raises:
        Problem: NOT_AN_AWARD, AWARD_UNDER_REVIEW, AWARD_REVOKED, REAL_NAME_MISSING, NOT_PRINTABLE.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Issued]:
        head = ctx.store.get(head_key(learner_id), Head)
        entries = read_entries(ctx.store, learner_id)
        award = award_of(entries, entry_id)
        if award is None:
            raise NOT_AN_AWARD.problem()
        known = ctx.store.get(attestation_key(learner_id, entry_id), Attestation)
        if known is not None:
            return Change(), Issued(known.value, award, standing_of(award, entries))
        _require_valid(standing_of(award, entries))
        name = ctx.names.real_name(learner_id)
        if not name:
            raise REAL_NAME_MISSING.problem()
        issued = Issued(_attestation(ctx, award), award, Standing.STANDS)
        _drawn(ctx, issued, name)
        unchanged = Check(head_key(learner_id), head.version if head else ABSENT)
        return Change([*_writes(issued.attestation, name), unchanged]), issued

    return commit_retrying(ctx.store, plan)


def list_attestations(store: Store, learner_id: str) -> list[Issued]:
    """A learner's certificates, newest first."""
    entries = read_entries(store, learner_id)
    found = [item.value for item in store.query(learner_pk(learner_id), ATTESTATIONS, Attestation)]
    found.sort(key=lambda attestation: attestation.issued_at, reverse=True)
    return [_issued(entries, attestation) for attestation in found]


def read_attestation(store: Store, learner_id: str, entry_id: str) -> tuple[Issued, str]:
    """A learner's certificate that still holds, and the name on it.

    Raises:
        Problem: ATTESTATION_NOT_FOUND, AWARD_UNDER_REVIEW, AWARD_REVOKED, NAME_ERASED.
    """
    found = store.get(attestation_key(learner_id, entry_id), Attestation)
    if found is None:
        raise ATTESTATION_NOT_FOUND.problem()
    issued = _issued(read_entries(store, learner_id), found.value)
    _require_valid(issued.standing)
    name = printed_name(store, found.value)
    if name is None:
        raise NAME_ERASED.problem()
    return issued, name


def draw_attestation(ctx: Issuing, learner_id: str, entry_id: str) -> bytes:
    """The certificate as PDF, the same bytes each time. Raises as `read_attestation` does."""
    return _drawn(ctx, *read_attestation(ctx.store, learner_id, entry_id))


def find_attestation(store: Store, code: str) -> Issued | None:
    """The certificate with this code; None where there is none."""
    pointer = store.get(code_key(code), Pointer)
    if pointer is None:
        return None
    learner_id = pointer.value.learner_id
    found = store.get(attestation_key(learner_id, pointer.value.entry_id), Attestation)
    if found is None:
        raise LookupError(f"the code of entry {pointer.value.entry_id} leads nowhere")
    return _issued(read_entries(store, learner_id), found.value)


def printed_name(store: Store, attestation: Attestation) -> str | None:
    """The name on a certificate; None once the person was erased."""
    found = store.get(printed_name_key(attestation.learner_id, attestation.entry_id), PrintedName)
    return found.value.name if found else None


def _require_valid(found: Standing) -> None:
    if found is Standing.UNDER_REVIEW:
        raise AWARD_UNDER_REVIEW.problem()
    if found is Standing.VOID:
        raise AWARD_REVOKED.problem()


def _issued(entries: list[Entry], attestation: Attestation) -> Issued:
    award = award_of(entries, attestation.entry_id)
    if award is None:
        raise LookupError(f"entry {attestation.entry_id} is certified but not in the ledger")
    return Issued(attestation, award, standing_of(award, entries))


def _attestation(ctx: Issuing, award: Entry) -> Attestation:
    now = ctx.clock.now()
    return Attestation(
        code=ctx.codes.new(),
        learner_id=award.learner_id,
        entry_id=award.entry_id,
        entry_number=award.number,
        issued_at=now,
        status_list=civil_day(now),
        status_index=ctx.codes.place(),
    )


def _writes(attestation: Attestation, name: str) -> list[Put]:
    learner_id, entry_id = attestation.learner_id, attestation.entry_id
    return [
        Put(attestation_key(learner_id, entry_id), attestation),
        Put(code_key(attestation.code), Pointer(learner_id, entry_id)),
        Put(place_key(attestation.status_list, attestation.status_index), Place(attestation.issued_at)),
        Put(printed_name_key(learner_id, entry_id), PrintedName(name)),
    ]


def _drawn(ctx: Issuing, issued: Issued, name: str) -> bytes:
    data = attestation_document(issued.attestation, issued.award, name, ctx.public_url())
    try:
        return ctx.draw("attestation", data, issued.attestation.issued_at)
    except Unprintable as unprintable:
        raise NOT_PRINTABLE.problem(characters=unprintable.characters) from unprintable
