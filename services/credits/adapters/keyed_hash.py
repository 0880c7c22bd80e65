"""Keyed hashes by a secret that is never rotated: what lies under them would be lost."""

import hmac
from collections.abc import Callable, Mapping

KEY = "key"


class KeyedHash:
    """HMAC-SHA-256, cut to 160 bits. `secret` loads the secret; the purpose keeps hashes of one text apart."""

    def __init__(self, secret: Callable[[bool], Mapping[str, str]]) -> None:
        self._secret = secret

    def of(self, purpose: str, text: str) -> str:
        """The text's hash, in hex."""
        key = self._secret(False)[KEY].encode()
        return hmac.new(key, f"{purpose}\n{text}".encode(), "sha256").hexdigest()[:40]
