"""RS256 signatures, which every reader of Open Badges must support: by KMS where deployed, in memory in tests."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

KEY_BITS = 3072
SIGNATURES_KEPT = 256
"""PKCS #1 v1.5 gives the same claims the same signature, so what was asked for lately needs no call of KMS."""


def b64(raw: bytes) -> str:
    """base64url without padding, as JOSE writes it."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def public_jwk(key: rsa.RSAPublicKey) -> dict[str, str]:
    """The JWK of an RSA key; its `kid` is the RFC 7638 thumbprint, so it names the key wherever it is published."""
    numbers = key.public_numbers()
    required = {"e": _unsigned(numbers.e), "kty": "RSA", "n": _unsigned(numbers.n)}
    return {**required, "kid": b64(sha256(_json(required)).digest()), "alg": "RS256", "use": "sig"}


def jwt(claims: Mapping[str, Any], kid: str, sign_digest: Callable[[bytes], bytes]) -> str:
    """A compact JWT (RFC 7519); `kid` is where its key can be read."""
    signed = f"{b64(_json({'alg': 'RS256', 'kid': kid, 'typ': 'JWT'}))}.{b64(_json(claims))}"
    return f"{signed}.{b64(sign_digest(sha256(signed.encode()).digest()))}"


class KmsClient(Protocol):
    """The part of boto3's KMS client that is used."""

    def sign(self, **request: Any) -> Any:
        """Signs a digest."""

    def get_public_key(self, **request: Any) -> Any:
        """Answers a public key, DER."""


class KmsSigner:
    """Signs with the first of some KMS keys (RSA, SIGN_VERIFY); the others are retired but published."""

    def __init__(self, client: KmsClient, key_ids: Sequence[str]) -> None:
        self._client = client
        self._key_ids = key_ids
        self._sign_digest = lru_cache(SIGNATURES_KEPT)(self._ask_to_sign)

    def sign(self, claims: Mapping[str, Any], keys_url: str) -> str:
        """A compact JWT, signed by the first key."""
        return jwt(claims, f"{keys_url}/{self._jwks[0]['kid']}", self._sign_digest)

    def public_keys(self) -> list[dict[str, str]]:
        """All keys as JWKs, the signing one first."""
        return self._jwks

    @cached_property
    def _jwks(self) -> list[dict[str, str]]:
        return [self._jwk(key_id) for key_id in self._key_ids]

    def _jwk(self, key_id: str) -> dict[str, str]:
        key = load_der_public_key(self._client.get_public_key(KeyId=key_id)["PublicKey"])
        if not isinstance(key, rsa.RSAPublicKey):
            raise TypeError(f"{key_id} is not an RSA key")
        return public_jwk(key)

    def _ask_to_sign(self, digest: bytes) -> bytes:
        answer = self._client.sign(
            KeyId=self._key_ids[0],
            Message=digest,
            MessageType="DIGEST",
            SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256",
        )
        signature: bytes = answer["Signature"]
        return signature


class MemorySigner:
    """Signs with keys made on the spot."""

    def __init__(self) -> None:
        self._keys = [_new_key()]

    def rotate(self) -> None:
        """A new key signs; the old one stays published."""
        self._keys.insert(0, _new_key())

    def sign(self, claims: Mapping[str, Any], keys_url: str) -> str:
        """A compact JWT, signed by the newest key."""
        algorithm = utils.Prehashed(SHA256())
        kid = f"{keys_url}/{self.public_keys()[0]['kid']}"
        return jwt(claims, kid, lambda digest: self._keys[0].sign(digest, padding.PKCS1v15(), algorithm))

    def public_keys(self) -> list[dict[str, str]]:
        """All keys as JWKs, the newest first."""
        return [public_jwk(key.public_key()) for key in self._keys]


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


def _unsigned(number: int) -> str:
    return b64(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
