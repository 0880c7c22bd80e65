"""Closing a batch of declared hours, which exports it: from then on its lines never change and its file is kept.

Closing is one conditional write, after which the ledgers are asked which of the batch's lines leave. The file and its
totals follow from these, so a crash in between leaves a batch that whoever asks next finishes, and no line that is
exported twice or not at all.
"""

from dataclasses import dataclass, replace
from hashlib import sha256

from services.credits.app.certificates.items import current_certificates
from services.credits.app.context import RecordsContext
from services.credits.app.declarations.batch_file import CSV, batch_csv
from services.credits.app.declarations.declare_hours import open_batch
from services.credits.app.declarations.items import BATCHES, LINES, Batch, BatchFile, batch_key, declaring_pk, lines_pk
from services.credits.app.declarations.problems import BATCH_EMPTY, BATCH_NOT_FOUND
from services.credits.app.declarations.settle_lines import any_stands, settle_lines
from services.credits.domain.credentials import Credential
from services.credits.domain.declarations import Line, batch_id, totals
from services.credits.domain.ids import LearnerId
from services.kit.call import Call
from services.kit.idempotency import answer_once
from services.kit.store import Change, Page, Put, Store, commit_retrying, required

LINK_SECONDS = 300
"""How long the file's address opens it."""


@dataclass(frozen=True)
class Holder:
    """Whose lines these are, by the number that the certifying body gave; None where the person was erased."""

    learner_id: LearnerId
    certificate_number: str | None


def close_batch(ctx: RecordsContext, call: Call, credential: Credential, reason: str) -> Batch:
    """Closes the credential's open batch and writes its file; finishes the one before instead, if that is not finished.

    What does not stand in its ledger by then does not leave: see `settle_lines`.

    Raises:
        Problem: BATCH_EMPTY, IDEMPOTENCY_KEY_REUSED.
        Conflict: others kept writing.
    """
    store = ctx.store

    def plan() -> tuple[Change, int]:
        batch = open_batch(store, credential)
        before = store.get(batch_key(credential, batch.number - 1), Batch)
        if before and before.value.file is None:
            return Change(), before.value.number
        if not any_stands(store, batch_lines(store, credential, batch.number)):
            raise BATCH_EMPTY.problem()
        closed = Batch(credential, batch.number, ctx.clock.now(), call.caller_id)
        audit = ctx.audit.entry(call.caller, "close_batch", batch_id(credential, batch.number), reason)
        return Change([batch.close(), Put(batch_key(credential, batch.number), closed), audit]), batch.number

    request = call.request("close_batch", credential=credential, reason=reason)
    number = answer_once(store, ctx.clock, request, int, plan)
    return finish_batch(ctx, credential, number)


def finish_batch(ctx: RecordsContext, credential: Credential, number: int) -> Batch:
    """Writes the file of a closed batch, unless it is written. Safe to repeat after a crash anywhere.

    Raises:
        Problem: BATCH_NOT_FOUND.
        Conflict: others kept writing.
    """

    def plan() -> tuple[Change, Batch]:
        stored = required(ctx.store.get(batch_key(credential, number), Batch), BATCH_NOT_FOUND.problem())
        if stored.value.file:
            return Change(), stored.value
        settle_lines(ctx, credential, number)
        finished = replace(stored.value, file=_write_file(ctx, stored.value))
        return Change([stored.put(finished)]), finished

    return commit_retrying(ctx.store, plan)


def list_batches(store: Store, credential: Credential) -> list[Batch]:
    """The closed batches of a credential, newest first."""
    return [stored.value for stored in store.query(declaring_pk(credential), BATCHES, Batch)][::-1]


def batch_lines(store: Store, credential: Credential, number: int) -> list[Line]:
    """Every line of a batch, the withdrawn ones too."""
    return [stored.value for stored in store.query(lines_pk(credential, number), LINES, Line)]


def file_link(ctx: RecordsContext, credential: Credential, number: int) -> tuple[str, str]:
    """An address that opens a batch's file for some minutes, and the file's SHA-256. Raises BATCH_NOT_FOUND."""
    batch = ctx.store.get(batch_key(credential, number), Batch)
    if batch is None or batch.value.file is None:
        raise BATCH_NOT_FOUND.problem()
    return ctx.objects.link(batch.value.file.key, LINK_SECONDS), batch.value.file.sha256


def read_holders(store: Store, credential: Credential, number: int, after: str, limit: int) -> Page[Holder]:
    """Whose lines a batch has, `limit` lines at a time: kept out of the file, so that an erasure leaves it whole.

    Raises:
        Problem: BATCH_NOT_FOUND.
    """
    if store.get(batch_key(credential, number), Batch) is None:
        raise BATCH_NOT_FOUND.problem()
    lines = store.page(lines_pk(credential, number), LINES, Line, f"{LINES}{after}" if after else "", limit)
    learners = sorted({stored.value.learner_id for stored in lines.items if not stored.value.withdrawn})
    last = lines.after.removeprefix(LINES) if lines.after else None
    return Page([_holder(store, learner_id, credential) for learner_id in learners], last)


def _holder(store: Store, learner_id: LearnerId, credential: Credential) -> Holder:
    certificate = current_certificates(store, learner_id).get(credential)
    return Holder(learner_id, certificate.number if certificate else None)


def _write_file(ctx: RecordsContext, batch: Batch) -> BatchFile:
    lines = batch_lines(ctx.store, batch.credential, batch.number)
    name = batch_id(batch.credential, batch.number)
    key = f"batches/{name}.csv"
    ctx.objects.put(key, batch_csv(name, lines), CSV)
    # What counts is what was kept: by this call or, with an earlier edition of this code, by one that died.
    kept = required(ctx.objects.get(key), LookupError(f"{key} was not kept"))
    return BatchFile(key, sha256(kept).hexdigest(), len(kept), totals(lines))
