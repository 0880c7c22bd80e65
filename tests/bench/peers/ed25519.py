"""A signature made and checked, as a token that anybody can check would need."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key()
BODY = b"x" * 600


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Signs and checks."""
    PUBLIC.verify(KEY.sign(BODY), BODY)
    return {"checked": True}
