"""The RSA key that opens media, made where there is none.

CloudFormation can make up random text but no key pair, so this is a step of every deployment (`ops.deploy`), between
the playback stack (which has the secret) and the edge stack (which takes the public half as a parameter). The id that
the distribution gave the key is then noted beside it.
"""

import json
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from infra.stages import Stage

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEY_BITS = 2048
"""What CloudFront takes."""


def ensure_key(client: "SecretsManagerClient", where: Stage, key_pair_id: str | None = None) -> rsa.RSAPublicKey:
    """The key's public half. Makes the key if the secret has none; notes its id at the distribution if given."""
    name = f"{where.prefix}-media-key"
    secret = json.loads(client.get_secret_value(SecretId=name)["SecretString"])
    wanted = dict(secret)
    if not secret["private_key"].startswith("-----BEGIN"):
        wanted["private_key"] = _new_key()
    if key_pair_id:
        wanted["key_pair_id"] = key_pair_id
    if wanted != secret:
        client.put_secret_value(SecretId=name, SecretString=json.dumps(wanted))
    private = load_pem_private_key(wanted["private_key"].encode(), password=None)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise TypeError(f"{name} holds a key that is not RSA")
    return private.public_key()


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def pem(key: rsa.RSAPublicKey) -> str:
    """As CloudFront takes it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
