"""The RSA key that opens media: `python -m ops.media_key` makes it where there is none, and prints its public half.

CloudFormation can make up random text but no key pair, so this is a step of every first deployment, between the
playback stack (which has the secret) and the edge stack (which takes the public half as a parameter). With
`--key-pair-id ID` it then notes the id that the distribution gave the key.
"""

import argparse
import json
import sys
from typing import TYPE_CHECKING

import boto3
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

SECRET = "xueshi-media-key"  # noqa: S105 (its name)
KEY_BITS = 2048
"""What CloudFront takes."""


def ensure_key(client: "SecretsManagerClient", key_pair_id: str | None = None) -> rsa.RSAPublicKey:
    """The key's public half. Makes the key if the secret has none; notes its id at the distribution if given."""
    secret = json.loads(client.get_secret_value(SecretId=SECRET)["SecretString"])
    wanted = dict(secret)
    if not secret["private_key"].startswith("-----BEGIN"):
        wanted["private_key"] = _new_key()
    if key_pair_id:
        wanted["key_pair_id"] = key_pair_id
    if wanted != secret:
        client.put_secret_value(SecretId=SECRET, SecretString=json.dumps(wanted))
    private = load_pem_private_key(wanted["private_key"].encode(), password=None)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise TypeError(f"{SECRET} holds a key that is not RSA")
    return private.public_key()


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def main() -> int:
    """Prints the public key, PEM."""
    parser = argparse.ArgumentParser(prog="python -m ops.media_key", description=__doc__)
    parser.add_argument("--key-pair-id", help="the key's id at the distribution (output MediaKeyPairId of XueshiEdge)")
    public = ensure_key(boto3.client("secretsmanager"), parser.parse_args().key_pair_id)
    sys.stdout.write(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
