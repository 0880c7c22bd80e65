"""Letting a live session fetch its lecture, for a few minutes at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from services.kit.clock import Clock, from_ms, to_ms
from services.kit.keyring import KeyRing
from services.kit.store import Store
from services.playback.app.context import attempt_key, live_key
from services.playback.app.problems import ENTITLEMENT_ENDED, ENTITLEMENT_REVOKED, LEASE_EXPIRED, LEASE_SUPERSEDED
from services.playback.app.saved import saved_part
from services.playback.app.tokens import unseal
from services.playback.domain.watch import Attempt, Live

VALIDITY = timedelta(minutes=5)
"""How long a learner who loses the lease or the entitlement can still fetch what was granted."""


class MediaSigner(Protocol):
    """Signs what the distribution lets through."""

    def cookies(self, folder: str, until: datetime) -> dict[str, str]:
        """The cookies that open every file under the path `folder` until then."""


@dataclass(frozen=True)
class MediaGrant:
    """Cookies for one content version's folder."""

    folder: str
    expires_at: datetime
    cookies: dict[str, str]


def grant_media(
    store: Store, keys: KeyRing, clock: Clock, signer: MediaSigner, learner_id: str, token: str
) -> MediaGrant:
    """Opens the lecture's files to the live session that the token is of; any of its tokens will do.

    Raises:
        Problem: TOKEN_INVALID, LEASE_SUPERSEDED, LEASE_EXPIRED, ENTITLEMENT_ENDED, ENTITLEMENT_REVOKED.
    """
    live = _live(store, learner_id, unseal(keys, learner_id, token).live, to_ms(clock.now()))
    attempt = store.get(attempt_key(learner_id, live.course_id, live.attempt), Attempt)
    if attempt is None:
        raise LookupError(f"watch {live.watch_id} is live without an attempt")
    folder = attempt.value.media_url.rpartition("/")[0]
    until = clock.now() + VALIDITY
    if live.entitled_until is not None:
        until = min(until, from_ms(live.entitled_until))
    return MediaGrant(folder, until, signer.cookies(folder, until))


def _live(store: Store, learner_id: str, claimed: Live, now: int) -> Live:
    stored = store.get(live_key(learner_id), Live)
    if stored is None or stored.value.session_id != claimed.session_id:
        raise LEASE_SUPERSEDED.problem(saved=saved_part(claimed))
    live = stored.value
    if live.revoked_at is not None:
        raise ENTITLEMENT_REVOKED.problem(saved=saved_part(live))
    if not live.has_lease(now):
        raise LEASE_EXPIRED.problem(saved=saved_part(live))
    if not live.is_entitled(now):
        raise ENTITLEMENT_ENDED.problem(saved=saved_part(live))
    return live
