"""The session's rotating token: the live item itself, sealed for one learner."""

from services.kit import base64url
from services.kit.keyring import KeyRing, UnknownKey
from services.kit.store import NewerShape, Stored
from services.kit.store.codec import decode
from services.playback.app.items import live_key
from services.playback.app.watching.problems import TOKEN_INVALID
from services.playback.domain.ids import LearnerId
from services.playback.domain.watch import Live

PURPOSE = "token"
MAX_LENGTH = 4096
_FORM = '{{"version":{},"live":{}}}'


def seal(keys: KeyRing, learner_id: LearnerId, live: Stored[Live]) -> str:
    """The token of a live item, with all that is in its body; the same item gives the same token."""
    key_id = keys.current_id()
    payload = base64url.encode(_FORM.format(live.version, live.body).encode())
    return f"{key_id}.{payload}.{base64url.encode(keys.mac(key_id, PURPOSE, _bound(learner_id, payload)))}"


def unseal(keys: KeyRing, learner_id: LearnerId, token: str) -> Stored[Live]:
    """The live item as it was when the token was made.

    Raises:
        Problem: TOKEN_INVALID unless we sealed it, for this learner.
        NewerShape: newer code did, and this code cannot read it.
    """
    key_id, _, rest = token.partition(".")
    payload, _, mac = rest.partition(".")
    try:
        genuine = keys.verify(key_id, PURPOSE, _bound(learner_id, payload), base64url.decode(mac))
    except (UnknownKey, ValueError):
        genuine = False
    if not genuine:
        raise TOKEN_INVALID.problem()
    version, _, rest = base64url.decode(payload).decode().removeprefix('{"version":').partition(',"live":')
    body = rest.removesuffix("}")
    try:
        return Stored(live_key(learner_id), decode(body, Live), int(version), body)
    except ValueError as error:
        raise NewerShape("the live item in a token") from error


def _bound(learner_id: LearnerId, payload: str) -> bytes:
    return f"{learner_id}|{payload}".encode()
