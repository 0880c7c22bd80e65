"""JOSE: what we write is read by another library, and what is not exactly that is refused."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from jwt import PyJWK, api_jws, api_jwt

from services.kit import base64url
from services.kit.jose import Signer, compact_jwt, flattened, jwk, payload_of
from services.kit.signing import ES256, RS256, KmsSigner, public_jwk
from tests.fakes.signing import MemorySigner

KEYS_URL = "https://xueshi.example/keys"


class FakeKms:
    """Signs digests as KMS does, and counts. (moto hashes a digest once more.)"""

    def __init__(self, algorithm: str) -> None:
        self.algorithm = algorithm
        self.signed = 0
        self.keys = {name: self._key() for name in ("signing", "retired")}

    def _key(self) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
        if self.algorithm == RS256:
            return rsa.generate_private_key(65537, 2048)
        return ec.generate_private_key(ec.SECP256R1())

    def sign(self, **request: Any) -> dict[str, bytes]:
        """Of a digest: with a key on a curve DER, as KMS returns it."""
        assert request["MessageType"] == "DIGEST"
        self.signed += 1
        key, hashed = self.keys[request["KeyId"]], utils.Prehashed(SHA256())
        if isinstance(key, rsa.RSAPrivateKey):
            assert request["SigningAlgorithm"] == "RSASSA_PKCS1_V1_5_SHA_256"
            return {"Signature": key.sign(request["Message"], padding.PKCS1v15(), hashed)}
        assert request["SigningAlgorithm"] == "ECDSA_SHA_256"
        return {"Signature": key.sign(request["Message"], ec.ECDSA(hashed))}

    def get_public_key(self, **request: Any) -> dict[str, bytes]:
        """DER."""
        public = self.keys[request["KeyId"]].public_key()
        return {"PublicKey": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)}


@pytest.fixture(params=[(kind, algorithm) for kind in ("kms", "memory") for algorithm in (ES256, RS256)], ids="-".join)
def signer(request: pytest.FixtureRequest) -> Signer:
    kind, algorithm = request.param
    return MemorySigner(algorithm) if kind == "memory" else KmsSigner(FakeKms(algorithm), ["signing", "retired"])


def test_bytes_have_one_text_which_reads_back() -> None:
    for length in range(8):
        raw = bytes(range(256 - length, 256))
        text = base64url.encode(raw)
        assert not set(text) & set("+/=")
        assert base64url.decode(text) == raw


@pytest.mark.parametrize("text", ["_w==", "/w", "+_8", "_x", "_w\n", "_ w", "A", "。", "_w.", "__9"])
def test_what_is_not_base64url_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - binascii's errors are subclasses with words of their own
        base64url.decode(text)


def test_another_library_reads_both_forms(signer: Signer) -> None:
    key = signer.public_keys()[0]
    signed = flattened(signer, '{"钥":1}'.encode())
    text = ".".join(signed[part] for part in ("protected", "payload", "signature"))
    assert api_jws.decode(text, PyJWK(key), algorithms=[key["alg"]]) == payload_of(signed) == '{"钥":1}'.encode()
    token = compact_jwt(signer, {"sub": "somebody"}, KEYS_URL)
    assert api_jws.get_unverified_header(token) == {"alg": key["alg"], "kid": f"{KEYS_URL}/{key['kid']}", "typ": "JWT"}
    assert api_jwt.decode(token, PyJWK(key), algorithms=[key["alg"]]) == {"sub": "somebody"}


def test_a_thumbprint_is_the_one_of_the_rfc() -> None:
    # RFC 7638, section 3.1
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn"
        "64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1"
        "n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    key = jwk(RS256, kty="RSA", n=modulus, e="AQAB")
    assert key["kid"] == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@pytest.mark.parametrize("algorithm", [ES256, RS256])
def test_kms_is_asked_once_for_each_message(algorithm: str) -> None:
    kms = FakeKms(algorithm)
    signer = KmsSigner(kms, ["signing", "retired"])
    assert len({compact_jwt(signer, {"sub": "somebody"}, KEYS_URL) for _ in range(3)}) == 1
    assert kms.signed == 1
    compact_jwt(signer, {"sub": "somebody else"}, KEYS_URL)
    assert (kms.signed, len(signer.public_keys())) == (2, 2)


def test_only_keys_that_we_sign_with_are_published() -> None:
    curve = ec.generate_private_key(ec.SECP384R1()).public_key()
    with pytest.raises(TypeError):
        public_jwk(load_der_public_key(curve.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)))
