"""Certificates that wait for an administrator: one list, whoever has waited longest first.

The list only says where to look: whether a certificate waits is decided by what is known of it and its holder, so an
item that older code left standing is passed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from services.credits.app.certificates.items import CertificateHolder
from services.credits.app.certificates.read_claim import CertificateClaim, read_claim
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.kit.kinds import ID_ONLY, stored
from services.kit.store import Key, Page, Put, Store, Stored, Write
from services.kit.store.pages import merged
from services.kit.store.shards import shard_of, shards_of

QUEUE = "CERTIFICATES_WAITING"


@stored(shape=1, personal=ID_ONLY)
class WaitingCertificate:
    """That a certificate waits, and since when. It goes with the decision."""

    learner_id: LearnerId
    credential: Credential
    since: datetime


@dataclass(frozen=True)
class WaitingClaim:
    """What whoever decides looks at. `since` is when the learner asked for it."""

    learner_id: LearnerId
    since: datetime
    claim: CertificateClaim


def waiting_key(waiting: WaitingCertificate) -> Key:
    """Its place in the list."""
    place = f"{waiting.since.isoformat()}#{waiting.learner_id}#{waiting.credential}"
    return Key(shard_of(QUEUE, waiting.learner_id), place)


def asked(
    learner_id: LearnerId, credential: Credential, holder: Stored[CertificateHolder], proof: str | None, now: datetime
) -> list[Write]:
    """The writes after which a certificate waits with this proof; one that does already keeps its place."""
    known = holder.value
    asks = replace(known, proof=proof, waits_since=known.waits_since or now, returned=None, returned_at=None)
    waiting = WaitingCertificate(learner_id, credential, known.waits_since or now)
    listed = [Put(waiting_key(waiting), waiting)] if known.waits_since is None else []
    return [*listed, *([holder.put(asks)] if asks != known else [])]


def decided(holder: CertificateHolder) -> CertificateHolder:
    """What is known of its holder once a certificate waits no more: the picture has served its purpose."""
    return replace(holder, waits_since=None, picture=None, picture_sent_at=None)


def taken_out(store: Store, learner_id: LearnerId, credential: Credential, holder: CertificateHolder) -> list[Write]:
    """The write that takes a certificate out of the list; none where it is not in it."""
    if holder.waits_since is None:
        return []
    key = waiting_key(WaitingCertificate(learner_id, credential, holder.waits_since))
    found = store.get(key, WaitingCertificate)
    return [found.remove()] if found else []


def read_waiting(store: Store, after: str | None, limit: int) -> Page[WaitingClaim]:
    """A page of what waits. `after` is that of the earlier page, None for the first one."""
    listed = merged(store, shards_of(QUEUE), "", WaitingCertificate, after, limit + 1)
    found = list(islice(_still_waiting(store, listed), limit + 1))
    claims = [claim for _, claim in found[:limit]]
    return Page(claims, found[limit - 1][0] if len(found) > limit else None)


def _still_waiting(store: Store, listed: Iterator[Stored[WaitingCertificate]]) -> Iterator[tuple[str, WaitingClaim]]:
    for found in listed:
        waiting = found.value
        claim = read_claim(store, waiting.learner_id, waiting.credential)
        if claim.holder.waits_since == waiting.since and not claim.certificate.confirmed:
            yield found.key.sk, WaitingClaim(waiting.learner_id, waiting.since, claim)
