"""CloudFront's signed cookies, with a custom policy for one folder."""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_pem_private_key

_COOKIE_ALPHABET = bytes.maketrans(b"+=/", b"-_~")


class CookieSigner:
    """Signs with the private half of a key in the distribution's key group.

    The secret is {"key_pair_id": "K...", "private_key": "<PEM>"}: rotated by adding a public key to the group, then
    changing the secret.
    """

    def __init__(self, load: Callable[[bool], Mapping[str, str]]) -> None:
        self._load = load

    def cookies(self, folder: str, until: datetime) -> dict[str, str]:
        """The three cookies that open `folder` on whatever host the distribution answers to."""
        secret = self._load(False)
        resource = f"http*://*{folder}/*"
        condition = {"DateLessThan": {"AWS:EpochTime": int(until.timestamp())}}
        statement = {"Statement": [{"Resource": resource, "Condition": condition}]}
        policy = json.dumps(statement, separators=(",", ":")).encode()
        return {
            "CloudFront-Policy": _cookie_text(policy),
            "CloudFront-Signature": _cookie_text(_signature(secret["private_key"], policy)),
            "CloudFront-Key-Pair-Id": secret["key_pair_id"],
        }


def _signature(pem: str, policy: bytes) -> bytes:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("CloudFront's cookies are signed with RSA")
    # CloudFront verifies SHA-1 for cookies; a policy is our own text, so collisions gain nothing.
    return key.sign(policy, padding.PKCS1v15(), SHA1())  # noqa: S303


def _cookie_text(raw: bytes) -> str:
    return b64encode(raw).translate(_COOKIE_ALPHABET).decode()
