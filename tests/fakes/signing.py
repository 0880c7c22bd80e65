"""The fake of the keys in KMS, held to the same tests."""

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from services.kit.jose import Jwk
from services.kit.signing import RS256, public_jwk, raw_signature

RSA_BITS = 3072


class MemorySigner:
    """Signs with keys made on the spot."""

    def __init__(self, algorithm: str) -> None:
        self._algorithm = algorithm
        self._keys = [_new_key(algorithm)]

    def rotate(self) -> None:
        """A new key signs; the old one stays published."""
        self._keys.insert(0, _new_key(self._algorithm))

    def sign(self, message: bytes) -> bytes:
        """The newest key's signature."""
        key = self._keys[0]
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(message, padding.PKCS1v15(), SHA256())
        return raw_signature(key.sign(message, ec.ECDSA(SHA256())))

    def public_keys(self) -> list[Jwk]:
        """All keys as JWKs, the newest first."""
        return [public_jwk(key.public_key()) for key in self._keys]


def _new_key(algorithm: str) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    if algorithm == RS256:
        return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    return ec.generate_private_key(ec.SECP256R1())
