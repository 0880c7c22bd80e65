"""Keyed MACs with rotation by key id."""

import hmac
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256


class UnknownKey(Exception):
    """No such key id in the ring."""


class KeyRing:
    """HMAC-SHA-256 keys by id. The secret is {"current": "k2", "k1": "...", "k2": "..."}.

    A rotation first adds the new key to the secret, and makes it current only once every function has read it
    (`secrets.MAX_AGE_SECONDS`), so a new key verifies everywhere before it signs anywhere.
    Each purpose has a subkey of its own, so a MAC made for one is worthless for another.
    """

    def __init__(self, load: Callable[[bool], Mapping[str, str]]) -> None:
        self._load = load
        # A secret is worth a handful of subkeys, and each call of a learner needs most of them.
        self._subkey = lru_cache(maxsize=64)(_subkey)

    def current_id(self) -> str:
        """The id of the key that signs now."""
        return self._load(False)["current"]

    def ids(self) -> list[str]:
        """The ids of all keys, those that no longer sign too."""
        return [id_ for id_ in self._load(False) if id_ != "current"]

    def mac(self, key_id: str, purpose: str, message: bytes) -> bytes:
        """The 32-byte MAC of a message. Raises UnknownKey."""
        return hmac.digest(self._subkey(self._secret(key_id), purpose), message, sha256)

    def verify(self, key_id: str, purpose: str, message: bytes, mac: bytes) -> bool:
        """Whether the MAC is right, in constant time. Raises UnknownKey."""
        return hmac.compare_digest(self.mac(key_id, purpose, message), mac)

    def _secret(self, key_id: str) -> str:
        for fresh in (False, True):
            ring = self._load(fresh)
            if key_id in ring and key_id != "current":
                return ring[key_id]
        raise UnknownKey(key_id)


def _subkey(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode(), sha256)
