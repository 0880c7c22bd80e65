"""The session's rotating token: the live state itself, sealed for one learner."""

from dataclasses import dataclass

from services.kit import base64url
from services.kit.keyring import KeyRing, UnknownKey
from services.kit.store.codec import decode, encode
from services.playback.app.watching.problems import TOKEN_INVALID
from services.playback.domain.ids import LearnerId
from services.playback.domain.watch import Live

PURPOSE = "token"
MAX_LENGTH = 4096


@dataclass(frozen=True)
class TokenState:
    """What a token says: this state was stored at this version."""

    version: int
    live: Live


def seal(keys: KeyRing, learner_id: LearnerId, live: Live, version: int) -> str:
    """The token of a stored live state; the same state gives the same token."""
    key_id = keys.current_id()
    payload = base64url.encode(encode(TokenState(version, live)).encode())
    return f"{key_id}.{payload}.{base64url.encode(_mac(keys, key_id, learner_id, payload))}"


def unseal(keys: KeyRing, learner_id: LearnerId, token: str) -> TokenState:
    """What the token says. Raises TOKEN_INVALID unless we sealed it, for this learner."""
    key_id, _, rest = token.partition(".")
    payload, _, mac = rest.partition(".")
    try:
        genuine = keys.verify(key_id, PURPOSE, _bound(learner_id, payload), base64url.decode(mac))
    except (UnknownKey, ValueError):
        genuine = False
    if not genuine:
        raise TOKEN_INVALID.problem()
    return decode(base64url.decode(payload).decode(), TokenState)


def _mac(keys: KeyRing, key_id: str, learner_id: LearnerId, payload: str) -> bytes:
    return keys.mac(key_id, PURPOSE, _bound(learner_id, payload))


def _bound(learner_id: LearnerId, payload: str) -> bytes:
    return f"{learner_id}|{payload}".encode()
