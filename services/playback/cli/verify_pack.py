"""Checks an evidence pack offline: `python -m services.playback.cli.verify_pack PACK.json JWKS.json`.

For auditors: needs the pack, a saved copy of the published keys, and nothing else: no network, no key of ours.
Exit status 0: genuine, and nothing speaks against it; 1: not genuine, or there are doubts; 2: unreadable.
"""

import argparse
import json
import sys
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from services.playback.domain.evidence import doubts


def verify(signed: dict[str, Any], jwks: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The pack, and what is wrong with it or with its signature.

    Raises:
        KeyError, TypeError, ValueError: one of the two is not what it should be.
    """
    header = json.loads(_raw(signed["protected"]))
    pack = json.loads(_raw(signed["payload"]))
    return pack, [*_signature_problems(signed, header, jwks), *doubts(pack)]


def _signature_problems(signed: dict[str, Any], header: dict[str, Any], jwks: dict[str, Any]) -> list[str]:
    if header.get("alg") != "ES256":
        return [f"signed with {header.get('alg')}, not ES256"]
    jwk = next((key for key in jwks["keys"] if key["kid"] == header.get("kid")), None)
    if jwk is None:
        return [f"the key {header.get('kid')} is not among the published ones"]
    signature = _raw(signed["signature"])
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    try:
        message = f"{signed['protected']}.{signed['payload']}".encode()
        _public_key(jwk).verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return ["the signature is wrong: the pack was changed, or is not ours"]
    return []


def _public_key(jwk: dict[str, str]) -> ec.EllipticCurvePublicKey:
    x, y = (int.from_bytes(_raw(jwk[name]), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def _raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def main() -> int:
    """Reads the two files, prints what the pack says and what is wrong."""
    parser = argparse.ArgumentParser(description="Check an evidence pack offline.")
    parser.add_argument("pack", type=Path, help="the downloaded evidence pack")
    parser.add_argument("jwks", type=Path, help="a saved copy of /v1/playback/jwks")
    arguments = parser.parse_args()
    try:
        pack, problems = verify(json.loads(arguments.pack.read_text()), json.loads(arguments.jwks.read_text()))
    except (OSError, KeyError, TypeError, ValueError) as error:
        sys.stderr.write(f"unreadable: {error!r}\n")
        return 2
    watch = pack["watch"]
    sys.stdout.write(f"watch {watch['watch_id']} of course {watch['course_id']} ({watch['content_version']})\n")
    sys.stdout.write(f"{watch['furthest_ms']} of {watch['duration_ms']} ms, {watch['confirmed']} prompts confirmed\n")
    for problem in problems:
        sys.stdout.write(f"PROBLEM: {problem}\n")
    sys.stdout.write("not accepted\n" if problems else "genuine: signature, chain, times and prompts agree\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
