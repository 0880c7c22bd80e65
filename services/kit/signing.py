"""Signing keys in KMS, and checks of what they signed.

ES256 and RS256, by what kind of key it is. Apart from `jose` because it imports `cryptography`.
"""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key

from services.kit import base64url
from services.kit.jose import Jwk, jwk

ES256 = "ES256"
RS256 = "RS256"
KMS_NAMES = {ES256: "ECDSA_SHA_256", RS256: "RSASSA_PKCS1_V1_5_SHA_256"}
COORDINATE_BYTES = 32
SIGNATURES_KEPT = 256
"""What was asked for lately needs no call of KMS: the same message keeps its signature."""


class KmsClient(Protocol):
    """The part of boto3's KMS client that is used."""

    def sign(self, **request: Any) -> Any:
        """Signs a digest, or a message."""

    def get_public_key(self, **request: Any) -> Any:
        """Returns a public key, DER."""


def public_jwk(key: object) -> Jwk:
    """The JWK of an RSA key or one on P-256. Raises TypeError for any other."""
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        return jwk(RS256, kty="RSA", e=_text(numbers.e), n=_text(numbers.n))
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        point = key.public_numbers()
        return jwk(ES256, kty="EC", crv="P-256", x=_text(point.x, COORDINATE_BYTES), y=_text(point.y, COORDINATE_BYTES))
    raise TypeError(f"{type(key).__name__} is not a key that we sign with")


class KmsSigner:
    """Signs with the first of some KMS keys (SIGN_VERIFY); the others are published, to check what they have signed.

    A key that is named twice is one.
    """

    def __init__(self, client: KmsClient, key_ids: Sequence[str]) -> None:
        self._client = client
        self._key_ids = list(dict.fromkeys(key_ids))
        self._sign_digest = lru_cache(SIGNATURES_KEPT)(self._ask_to_sign)

    def sign(self, message: bytes) -> bytes:
        """The first key's signature."""
        return self._sign_digest(sha256(message).digest())

    def public_keys(self) -> list[Jwk]:
        """All keys as JWKs, the signing one first."""
        return self._jwks

    @cached_property
    def _jwks(self) -> list[Jwk]:
        answers = [self._client.get_public_key(KeyId=key_id) for key_id in self._key_ids]
        return [public_jwk(load_der_public_key(answer["PublicKey"])) for answer in answers]

    def _ask_to_sign(self, digest: bytes) -> bytes:
        algorithm = self._jwks[0]["alg"]
        answer = self._client.sign(
            KeyId=self._key_ids[0], Message=digest, MessageType="DIGEST", SigningAlgorithm=KMS_NAMES[algorithm]
        )
        signature: bytes = answer["Signature"]
        return raw_signature(signature) if algorithm == ES256 else signature


class KmsEd25519:
    """Signs with one KMS key (ECC_NIST_EDWARDS25519), whole messages of at most 4 KB."""

    def __init__(self, client: KmsClient, key_id: str) -> None:
        self._client = client
        self._key_id = key_id

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes; the same each time."""
        answer = self._client.sign(
            KeyId=self._key_id, Message=message, MessageType="RAW", SigningAlgorithm="ED25519_SHA_512"
        )
        signature: bytes = answer["Signature"]
        return signature

    @cached_property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        key = load_der_public_key(self._client.get_public_key(KeyId=self._key_id)["PublicKey"])
        if not isinstance(key, ed25519.Ed25519PublicKey):
            raise TypeError(f"{self._key_id} is not of Ed25519")
        return key.public_bytes_raw()


def raw_signature(der: bytes) -> bytes:
    """The two numbers of an ECDSA signature (DER) one after the other, as a JWS carries them."""
    return b"".join(number.to_bytes(COORDINATE_BYTES, "big") for number in utils.decode_dss_signature(der))


def _text(number: int, length: int = 0) -> str:
    return base64url.encode(number.to_bytes(length or (number.bit_length() + 7) // 8, "big"))
