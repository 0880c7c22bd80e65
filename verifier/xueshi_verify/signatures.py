"""The signature of a pack: a JWS of ES256, by a key of a published set."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from xueshi_verify.encoding import (
    Unreadable,
    base64url_bytes,
    base64url_text,
    is_canonical,
    json_object,
    text_of,
)
from xueshi_verify.problems import Problem
from xueshi_verify.shapes import is_id, is_object, is_text, require

ALGORITHM = "ES256"
NUMBER_BYTES = 32
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256."""
MAX_KEYS_BYTES = 64 * 1024
MAX_HEADER_BYTES = 4 * 1024
MAX_PACK_BYTES = 8 * 1024 * 1024

Jwk = Mapping[str, Any]


@dataclass(frozen=True)
class SignedPack:
    """A pack whose form is right; its signature is not checked. `payload` is the pack's JSON text."""

    algorithm: str
    key_id: str
    message: bytes
    payload: str
    signature: bytes

    @property
    def entry(self) -> bytes:
        """What the log has of it: the SHA-256 of its compact form."""
        return sha256(self.message + b"." + base64url_text(self.signature).encode()).digest()


def read_signed(value: Any) -> SignedPack:
    """The signed pack in a flattened JWS. Raises Unreadable."""
    require(value, {"payload": _is_ascii, "protected": _is_ascii, "signature": _is_ascii}, "the pack's file")
    header_text = text_of(base64url_bytes(value["protected"]), MAX_HEADER_BYTES, "encoding")
    header = json_object(header_text, "encoding")
    require(header, {"alg": is_id, "kid": is_id}, "the header", "encoding")
    if not is_canonical(header_text, header):
        raise Unreadable("encoding", "the header is not canonical")
    payload = text_of(base64url_bytes(value["payload"]), MAX_PACK_BYTES, "document")
    signature = base64url_bytes(value["signature"])
    if header["alg"] == ALGORITHM:
        _require_numbers(signature)
    message = f"{value['protected']}.{value['payload']}".encode()
    return SignedPack(header["alg"], header["kid"], message, payload, signature)


def _is_ascii(value: Any) -> bool:
    return isinstance(value, str) and value.isascii()


def _require_numbers(signature: bytes) -> None:
    if len(signature) != 2 * NUMBER_BYTES or not all(0 < number < ORDER for number in _numbers(signature)):
        raise Unreadable("encoding", "the signature is not two numbers of the group")


def _numbers(signature: bytes) -> tuple[int, int]:
    return int.from_bytes(signature[:NUMBER_BYTES], "big"), int.from_bytes(signature[NUMBER_BYTES:], "big")


def read_keys(content: bytes) -> list[Jwk]:
    """The keys of a JWK set, whatever they are for. Raises Unreadable."""
    found = json_object(text_of(content, MAX_KEYS_BYTES, "keys"), "keys")
    keys = found.get("keys")
    if not isinstance(keys, list) or not all(is_object(key) and is_text(key.get("kid")) for key in keys):
        raise Unreadable("keys", "not a set of keys with ids")
    if any("d" in key for key in keys):
        raise Unreadable("keys", "a private key is among them: it is nobody's any more")
    if len({key["kid"] for key in keys}) != len(keys):
        raise Unreadable("keys", "two keys have one id")
    return keys


def signature_problems(signed: SignedPack, keys: list[Jwk]) -> list[Problem]:
    """What is wrong with the signature. Raises Unreadable where the key that it names is broken."""
    if signed.algorithm != ALGORITHM:
        return [Problem("key_use", f"the header names {signed.algorithm[:20]!r}")]
    key = next((key for key in keys if key["kid"] == signed.key_id), None)
    if key is None:
        return [Problem("key_unknown", signed.key_id[:60])]
    use = {"kty": "EC", "crv": "P-256", "alg": ALGORITHM, "use": "sig"}
    if any(key.get(name) != value for name, value in use.items()):
        return [Problem("key_use", "the key is published for something else")]
    try:
        signature = utils.encode_dss_signature(*_numbers(signed.signature))
        _public_key(key).verify(signature, signed.message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return [Problem("signature")]
    return []


def _public_key(key: Jwk) -> ec.EllipticCurvePublicKey:
    raw = [_coordinate(key.get(name)) for name in ("x", "y")]
    required = f'{{"crv":"P-256","kty":"EC","x":"{key["x"]}","y":"{key["y"]}"}}'
    if base64url_text(sha256(required.encode()).digest()) != key["kid"]:
        raise Unreadable("keys", "a key's id is not its thumbprint")
    x, y = (int.from_bytes(part, "big") for part in raw)
    try:
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except ValueError:
        raise Unreadable("keys", "a key is no point of its curve") from None


def _coordinate(text: Any) -> bytes:
    raw = base64url_bytes(text, "keys") if _is_ascii(text) else b""
    if len(raw) != NUMBER_BYTES:
        raise Unreadable("keys", "a key's coordinate is not 32 bytes")
    return raw
