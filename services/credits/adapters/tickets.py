"""What shows the user pool that somebody was proven here; infra/triggers/challenge.py reads it.

A ticket is for one person and one challenge, which the pool asks once: it never leaves this function, and a copy of it
opens nothing.
"""

import hmac
from collections.abc import Callable, Mapping

from services.credits.domain.ids import LearnerId
from services.kit.clock import Clock

LIVES_S = 60
CURRENT = "current"


class Tickets:
    """Makes them with the secret's current key."""

    def __init__(self, secret: Callable[[bool], Mapping[str, str]], clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    def __call__(self, person_id: LearnerId, nonce: str) -> str:
        """A ticket for a person and what the pool said this one time."""
        until = int(self._clock.now().timestamp()) + LIVES_S
        key = self._secret(False)[CURRENT].encode()
        return f"{until}.{hmac.new(key, f'{person_id}.{nonce}.{until}'.encode(), 'sha256').hexdigest()}"
