"""ES256 signatures: by KMS where deployed, by a key in memory where tests run."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

COORDINATE_BYTES = 32


def b64(raw: bytes) -> str:
    """base64url without padding, as JOSE writes it."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def public_jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """The JWK of a P-256 key; its `kid` is the RFC 7638 thumbprint, so it names the key wherever it is published."""
    numbers = key.public_numbers()
    coordinates = {name: b64(getattr(numbers, name).to_bytes(COORDINATE_BYTES, "big")) for name in ("x", "y")}
    required = {"crv": "P-256", "kty": "EC", **coordinates}
    thumbprint = sha256(json.dumps(required, sort_keys=True, separators=(",", ":")).encode()).digest()
    return {**required, "kid": b64(thumbprint), "alg": "ES256", "use": "sig"}


def jws(payload: bytes, kid: str, sign_digest: Callable[[bytes], bytes]) -> dict[str, str]:
    """A flattened JWS (RFC 7515). `sign_digest` answers DER, as KMS does; JOSE wants the two numbers raw."""
    protected = b64(json.dumps({"alg": "ES256", "kid": kid}, separators=(",", ":")).encode())
    digest = sha256(f"{protected}.{b64(payload)}".encode()).digest()
    numbers = utils.decode_dss_signature(sign_digest(digest))
    raw = b"".join(number.to_bytes(COORDINATE_BYTES, "big") for number in numbers)
    return {"payload": b64(payload), "protected": protected, "signature": b64(raw)}


def signature_problems(jwks: dict[str, Any], signed: dict[str, Any]) -> list[str]:
    """What is wrong with a flattened JWS, by these public keys; empty where it is genuine.

    Raises:
        KeyError, TypeError, ValueError: one of the two is not what it should be.
    """
    header = json.loads(_raw(signed["protected"]))
    if header.get("alg") != "ES256":
        return [f"signed with {header.get('alg')}, not ES256"]
    jwk = next((key for key in jwks["keys"] if key["kid"] == header.get("kid")), None)
    if jwk is None:
        return [f"the key {header.get('kid')} is not among the published ones"]
    signature = _raw(signed["signature"])
    halves = signature[:COORDINATE_BYTES], signature[COORDINATE_BYTES:]
    r, s = (int.from_bytes(half, "big") for half in halves)
    try:
        message = f"{signed['protected']}.{signed['payload']}".encode()
        _public_key(jwk).verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return ["the signature is wrong: it was changed, or is not ours"]
    return []


def _public_key(jwk: dict[str, str]) -> ec.EllipticCurvePublicKey:
    x, y = (int.from_bytes(_raw(jwk[name]), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def _raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class KmsSigner:
    """Signs with the first of some KMS keys (ECC_NIST_P256, SIGN_VERIFY); the others are retired but published."""

    def __init__(self, client: "KMSClient", key_ids: Sequence[str]) -> None:
        self._client = client
        self._key_ids = key_ids

    @cached_property
    def _jwks(self) -> list[dict[str, str]]:
        return [self._jwk(key_id) for key_id in self._key_ids]

    def _jwk(self, key_id: str) -> dict[str, str]:
        key = load_der_public_key(self._client.get_public_key(KeyId=key_id)["PublicKey"])
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise TypeError(f"{key_id} is not an elliptic-curve key")
        return public_jwk(key)

    def sign(self, payload: bytes) -> dict[str, str]:
        """A flattened JWS, signed by the first key."""
        return jws(payload, self._jwks[0]["kid"], self._sign_digest)

    def public_keys(self) -> list[dict[str, str]]:
        """All keys as JWKs, the signing one first."""
        return self._jwks

    def _sign_digest(self, digest: bytes) -> bytes:
        answer = self._client.sign(
            KeyId=self._key_ids[0], Message=digest, MessageType="DIGEST", SigningAlgorithm="ECDSA_SHA_256"
        )
        signature: bytes = answer["Signature"]
        return signature


class MemorySigner:
    """Signs with keys made on the spot."""

    def __init__(self) -> None:
        self._keys = [ec.generate_private_key(ec.SECP256R1())]

    def rotate(self) -> None:
        """A new key signs; the old one stays published."""
        self._keys.insert(0, ec.generate_private_key(ec.SECP256R1()))

    def sign(self, payload: bytes) -> dict[str, str]:
        """A flattened JWS, signed by the newest key."""
        algorithm = ec.ECDSA(utils.Prehashed(SHA256()))
        return jws(payload, self.public_keys()[0]["kid"], lambda digest: self._keys[0].sign(digest, algorithm))

    def public_keys(self) -> list[dict[str, str]]:
        """All keys as JWKs, the newest first."""
        return [public_jwk(key.public_key()) for key in self._keys]
