"""Sending a picture of a certificate that waits for an administrator, by its learner."""

from dataclasses import dataclass, replace

from services.credits.app.allowances.use_allowance import use_allowance
from services.credits.app.certificates.items import read_holder
from services.credits.app.certificates.problems import CERTIFICATE_NOT_FOUND
from services.credits.app.context import PeopleContext
from services.credits.app.ledger.account import Account
from services.credits.app.pictures.items import kept_key, kept_of, sent_key
from services.credits.app.pictures.problems import CERTIFICATE_DECIDED, PICTURE_NOT_SENT, PICTURE_UNREADABLE
from services.credits.app.ports import PictureUpload
from services.credits.domain.certificates import Certificate
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.credits.domain.pictures import NotPicture, clean_jpeg
from services.kit.call import Call
from services.kit.store import Change, commit_retrying, required

A_DAY = 20
"""So many pictures may somebody begin to send in a day."""


@dataclass(frozen=True)
class PictureTicket:
    """A picture that may be sent now: its id, by which it is attached, and the form that sends it."""

    picture: str
    upload: PictureUpload


def begin_picture(ctx: PeopleContext, call: Call, credential: Credential) -> PictureTicket:
    """Lets the caller send one picture of a certificate that waits.

    Raises:
        Problem: CERTIFICATE_NOT_FOUND, CERTIFICATE_DECIDED, PERSON_ERASED, TOO_OFTEN.
        Conflict: others kept writing.
    """
    learner_id, picture = LearnerId(call.caller_id), ctx.ids.new()

    def plan() -> tuple[Change, None]:
        _, account = _waiting(ctx, learner_id, credential)
        account.require_person()
        return Change([use_allowance(ctx, learner_id, "picture", A_DAY)]), None

    commit_retrying(ctx.store, plan)
    return PictureTicket(picture, ctx.pictures.upload(sent_key(learner_id, credential, picture)))


def attach_picture(ctx: PeopleContext, call: Call, credential: Credential, picture: str) -> Certificate:
    """Attaches a picture that was sent to the certificate, in the place of an earlier one. Again changes nothing.

    The certificate has a new revision then: whoever has looked at it as it was before is told when they decide. What
    is kept is not what was sent but what is left of it under another key, which nobody can put anything at.

    Raises:
        Problem: CERTIFICATE_NOT_FOUND, CERTIFICATE_DECIDED, PICTURE_NOT_SENT, PICTURE_UNREADABLE, PERSON_ERASED.
        Conflict: others kept writing.
    """
    learner_id = LearnerId(call.caller_id)
    known, _ = _waiting(ctx, learner_id, credential)
    sent, kept = sent_key(learner_id, credential, picture), kept_key(learner_id, credential, picture)
    arrived = ctx.pictures.read(sent)
    if arrived is None and read_holder(ctx.store, learner_id, credential).value.picture == picture:
        return known
    try:
        content = clean_jpeg(required(arrived, PICTURE_NOT_SENT.problem()))
    except NotPicture:
        raise PICTURE_UNREADABLE.problem() from None
    certificate, earlier = commit_retrying(ctx.store, lambda: _attaching(ctx, learner_id, credential, picture))
    # After it is known to be wanted, or a decision that is followed up late would delete it.
    ctx.pictures.keep(kept, content)
    done = [sent, *([kept_key(learner_id, credential, earlier)] if earlier else [])]
    if read_holder(ctx.store, learner_id, credential).value.picture != picture:
        done.append(kept)
    ctx.pictures.delete(done)
    return certificate


def withdraw_picture(ctx: PeopleContext, call: Call, credential: Credential) -> Certificate:
    """Takes the picture back while nobody has decided, and deletes it. Again changes nothing.

    The certificate waits on, in its place; it has a new revision, as with another picture.

    Raises:
        Problem: CERTIFICATE_NOT_FOUND, CERTIFICATE_DECIDED.
        Conflict: others kept writing.
    """
    learner_id = LearnerId(call.caller_id)
    # Before the change: what is sent anew meanwhile stays.
    there = ctx.pictures.keys(kept_of(learner_id, credential))
    certificate = commit_retrying(ctx.store, lambda: _withdrawing(ctx, learner_id, credential))
    current = read_holder(ctx.store, learner_id, credential).value.picture
    stays = kept_key(learner_id, credential, current) if current else None
    ctx.pictures.delete([key for key in there if key != stays])
    return certificate


def _withdrawing(ctx: PeopleContext, learner_id: LearnerId, credential: Credential) -> tuple[Change, Certificate]:
    known, account = _waiting(ctx, learner_id, credential)
    holder = read_holder(ctx.store, learner_id, credential)
    if holder.value.picture is None:
        return Change(), known
    certificate = replace(known, revision=known.revision + 1, at=ctx.clock.now())
    without = holder.put(replace(holder.value, picture=None, picture_sent_at=None))
    return Change([account.put_certificate(certificate), account.put_head(), without]), certificate


def _attaching(
    ctx: PeopleContext, learner_id: LearnerId, credential: Credential, picture: str
) -> tuple[Change, tuple[Certificate, str | None]]:
    known, account = _waiting(ctx, learner_id, credential)
    holder = read_holder(ctx.store, learner_id, credential)
    if holder.value.picture == picture:
        return Change(), (known, None)
    now = ctx.clock.now()
    certificate = replace(known, revision=known.revision + 1, at=now)
    shown = holder.put(replace(holder.value, picture=picture, picture_sent_at=now))
    writes = [account.put_certificate(certificate), account.put_head(), shown]
    return Change(writes), (certificate, holder.value.picture)


def _waiting(ctx: PeopleContext, learner_id: LearnerId, credential: Credential) -> tuple[Certificate, Account]:
    account = Account(ctx, learner_id)
    known = required(account.certificates.get(credential), CERTIFICATE_NOT_FOUND.problem())
    if read_holder(ctx.store, learner_id, credential).value.waits_since is None:
        raise CERTIFICATE_DECIDED.problem()
    return known, account
