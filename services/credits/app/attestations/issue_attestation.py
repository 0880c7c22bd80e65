"""Issuing certificates of completion: one for each award, when its learner asks for it, and the same one ever after."""

from services.credits.app.attestations.attestation_document import attestation_document
from services.credits.app.attestations.items import (
    AttestationPointer,
    PrintedName,
    StatusPlace,
    attestation_key,
    code_key,
    place_key,
    printed_name_key,
)
from services.credits.app.attestations.problems import (
    NAME_NOT_CONFIRMED,
    NOT_AN_AWARD,
    NOT_PRINTABLE,
    REAL_NAME_MISSING,
)
from services.credits.app.attestations.read_attestations import AttestationView, read_attestation, require_valid
from services.credits.app.certificates.items import read_holder
from services.credits.app.context import DocumentsContext
from services.credits.app.ledger.items import head_key, read_entries
from services.credits.app.ledger.sealed_records import sealed_record
from services.credits.app.ports import Unprintable
from services.credits.app.profiles.items import real_name
from services.credits.domain.attestations import Attestation, award_of
from services.credits.domain.ids import EntryId, LearnerId
from services.credits.domain.ledger import Entry, Head
from services.credits.domain.review import Standing, standing_of
from services.credits.domain.statements import statement_text
from services.kit.call import Call
from services.kit.days import civil_day
from services.kit.heads import digest_of
from services.kit.store import ABSENT, Change, Check, Put, commit_retrying, required


def issue_attestation(ctx: DocumentsContext, call: Call, entry_id: EntryId) -> AttestationView:
    """Issues the certificate of an award; the one that exists, if there is one.

    It is drawn before it is issued, so that what is issued can be printed. The head's version keeps an award from being
    reversed in between.

    Raises:
        Problem: NOT_AN_AWARD, AWARD_UNDER_REVIEW, AWARD_REVOKED, REAL_NAME_MISSING, NAME_NOT_CONFIRMED,
            NOT_PRINTABLE.
        Conflict: others kept writing.
    """

    learner_id = LearnerId(call.caller_id)

    def plan() -> tuple[Change, AttestationView]:
        head = ctx.store.get(head_key(learner_id), Head)
        entries = read_entries(ctx.store, learner_id)
        award = required(award_of(entries, entry_id), NOT_AN_AWARD.problem())
        known = ctx.store.get(attestation_key(learner_id, entry_id), Attestation)
        if known is not None:
            return Change(), AttestationView(known.value, award, standing_of(award, entries))
        require_valid(standing_of(award, entries))
        name = _confirmed_name(ctx, award)
        issued = AttestationView(_attestation(ctx, award), award, Standing.STANDS)
        _drawn(ctx, issued, name)
        unchanged = Check(head_key(learner_id), head.version if head else ABSENT)
        digest = digest_of(statement_text(issued.attestation, award).encode())
        logged = sealed_record(ctx, digest, call.correlation_id)
        return Change([*_writes(issued.attestation, name), unchanged], [logged]), issued

    return commit_retrying(ctx.store, plan)


def draw_attestation(ctx: DocumentsContext, learner_id: LearnerId, entry_id: EntryId) -> bytes:
    """The certificate as PDF, the same bytes each time. Raises as `read_attestation` does."""
    return _drawn(ctx, *read_attestation(ctx.store, learner_id, entry_id))


def _confirmed_name(ctx: DocumentsContext, award: Entry) -> str:
    """The name that was confirmed with the certificate's number. What the learner says since is not on a document."""
    if award.credential is None or real_name(ctx.store, award.learner_id) is None:
        raise REAL_NAME_MISSING.problem()
    holder = read_holder(ctx.store, award.learner_id, award.credential)
    return required(holder.value.name, NAME_NOT_CONFIRMED.problem())


def _attestation(ctx: DocumentsContext, award: Entry) -> Attestation:
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
        Put(code_key(attestation.code), AttestationPointer(learner_id, entry_id)),
        Put(place_key(attestation.status_list, attestation.status_index), StatusPlace(attestation.issued_at)),
        Put(printed_name_key(learner_id, entry_id), PrintedName(name)),
    ]


def _drawn(ctx: DocumentsContext, issued: AttestationView, name: str) -> bytes:
    data = attestation_document(issued.attestation, issued.award, name, ctx.public_url())
    try:
        return ctx.draw("attestation", data, issued.attestation.issued_at)
    except Unprintable as unprintable:
        raise NOT_PRINTABLE.problem(characters=unprintable.characters) from unprintable
