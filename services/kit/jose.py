"""JSON Web Signatures (RFC 7515) around a signer, and names of keys.

Our own, because what signs is KMS, which takes digests: of a JOSE library only this assembly would be left, and joserfc
takes as long to import as `cryptography` itself. This module imports neither, so that those who only name a signer, or
read what was signed, need not; keys and checks of signatures are in `signing`.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Protocol

from services.kit import base64url

Jwk = dict[str, str]
"""A public key (RFC 7517)."""


class Signer(Protocol):
    """Signs with an asymmetric key that never leaves its keeper."""

    def sign(self, message: bytes) -> bytes:
        """The newest key's signature of a message, as a JWS carries it: with ES256 the two numbers, not DER."""

    def public_keys(self) -> list[Jwk]:
        """The public keys, the signing one first, then the retired ones. `kid` is the RFC 7638 thumbprint."""


def flattened(signer: Signer, payload: bytes) -> dict[str, str]:
    """A JWS in flattened JSON form: `payload`, `protected` and `signature`."""
    key = signer.public_keys()[0]
    protected, text = _part({"alg": key["alg"], "kid": key["kid"]}), base64url.encode(payload)
    signature = signer.sign(f"{protected}.{text}".encode())
    return {"payload": text, "protected": protected, "signature": base64url.encode(signature)}


def compact_jwt(signer: Signer, claims: Mapping[str, Any], keys_url: str) -> str:
    """A JWT (RFC 7519) in compact form. Its `kid` is where its key can be read: its thumbprint under `keys_url`."""
    key = signer.public_keys()[0]
    header = {"alg": key["alg"], "kid": f"{keys_url}/{key['kid']}", "typ": "JWT"}
    signed = f"{_part(header)}.{_part(claims)}"
    return f"{signed}.{base64url.encode(signer.sign(signed.encode()))}"


def compact_text(signed: Mapping[str, str]) -> str:
    """A flattened JWS in compact form, which is one text however the JSON around it is written. Raises KeyError."""
    return ".".join(signed[part] for part in ("protected", "payload", "signature"))


def payload_of(signed: Mapping[str, str]) -> bytes:
    """What a flattened JWS carries; its signature is not checked here. Raises KeyError, ValueError."""
    return base64url.decode(signed["payload"])


def jwk(algorithm: str, **required: str) -> Jwk:
    """The key whose required members these are. Its `kid` is its thumbprint, so it names the key wherever it is."""
    thumbprint = base64url.encode(sha256(_json(required)).digest())
    return {**required, "kid": thumbprint, "alg": algorithm, "use": "sig"}


def _part(value: Mapping[str, Any]) -> str:
    return base64url.encode(_json(value))


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
