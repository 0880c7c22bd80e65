"""The check of signed cookies that the CDN makes before media leaves it."""

import json
import time
from base64 import b64decode
from collections.abc import Mapping
from fnmatch import fnmatchcase

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1

_BASE64 = str.maketrans("-_~", "+=/")


def opens(keys: Mapping[str, rsa.RSAPublicKey], cookies: Mapping[str, str], url: str) -> bool:
    """Whether the cookies hold a policy for this URL, not yet over, signed by one of the keys (by key-pair id)."""
    try:
        key = keys[cookies["CloudFront-Key-Pair-Id"]]
        policy, signature = (_raw(cookies[f"CloudFront-{part}"]) for part in ("Policy", "Signature"))
        key.verify(signature, policy, padding.PKCS1v15(), SHA1())  # noqa: S303 (what CloudFront verifies)
        (statement,) = json.loads(policy)["Statement"]
        until = int(statement["Condition"]["DateLessThan"]["AWS:EpochTime"])
        return time.time() < until and _matches(url, statement["Resource"])
    except (KeyError, ValueError, TypeError, InvalidSignature):
        return False


def _matches(url: str, resource: str) -> bool:
    # In a policy * and ? are the only wildcards; a bracket means itself.
    return fnmatchcase(url.split("?", 1)[0], resource.replace("[", "[[]"))


def _raw(text: str) -> bytes:
    return b64decode(text.translate(_BASE64), validate=True)
