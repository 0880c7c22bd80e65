"""The RSA keys that open media: in playback's secret with their private halves, at the distribution with the public.

CloudFormation can make up random text but no key pair, so the first is made by every deployment (`ops.deploy`) that
finds none. The secret's members `private_key` and `key_pair_id` are what cookies are signed with; while one key takes
another's place it has a `next_` or a `previous_` one too, which the distribution trusts as well (`ops.rotate`).
"""

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from infra.stages import Stage
from ops.aws import Clients
from ops.json_secret import read_secret, replace_secret

KEY_BITS = 2048
"""What CloudFront takes."""
SIGNS, NEXT, PREVIOUS = "private_key", "next_private_key", "previous_private_key"
ID, PREVIOUS_ID = "key_pair_id", "previous_key_pair_id"
PLACES = ("", "2")
"""What the names of the edge stack's parameters and outputs end in: two keys have a place there."""


def secret_name(where: Stage) -> str:
    """Of the secret that has the private halves."""
    return f"{where.prefix}-media-key"


def ensure_key(clients: Clients, where: Stage) -> Mapping[str, str]:
    """The secret's members; makes the key if it has none."""
    secrets = clients("secretsmanager")
    found = read_secret(secrets, secret_name(where))
    if found.members[SIGNS].startswith("-----BEGIN"):
        return found.members
    made = {**found.members, SIGNS: new_key()}
    replace_secret(secrets, found, made)
    return made


def note_id(clients: Clients, where: Stage, told: Mapping[str, str], said: Mapping[str, str]) -> None:
    """Notes the id that the distribution gave the key that signs. Takes the edge stack's parameters and outputs."""
    secrets = clients("secretsmanager")
    found = read_secret(secrets, secret_name(where))
    id_ = id_of(found.members[SIGNS], told, said)
    if found.members[ID] != id_:
        replace_secret(secrets, found, {**found.members, ID: id_})


def id_of(private: str, told: Mapping[str, str], said: Mapping[str, str]) -> str:
    """The id that the distribution gave a key. Raises KeyError where it has no place there."""
    place = {told[parameter(place)].strip(): place for place in PLACES}[public_half(private).strip()]
    return said[f"MediaKeyPairId{place}"]


def key_parameters(members: Mapping[str, str], told: Mapping[str, str]) -> dict[str, str]:
    """The edge stack's parameters for these keys. One that has a place stays there: CloudFront changes none."""
    wanted = [public_half(members[name]) for name in (SIGNS, NEXT, PREVIOUS) if name in members]
    placed = {name: told.get(name, "") for name in map(parameter, PLACES)}
    there = {name: pem for name, pem in placed.items() if pem.strip() in map(str.strip, wanted)}
    free = (name for name in placed if name not in there)
    new = {next(free): pem for pem in wanted if pem.strip() not in map(str.strip, there.values())}
    return dict.fromkeys(placed, "") | there | new


def parameter(place: str) -> str:
    """The name of the edge stack's parameter for the key in that place."""
    return f"MediaPublicKey{place}"


def new_key() -> str:
    """A private key, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_half(private: str) -> str:
    """As CloudFront takes it, PEM."""
    key = load_pem_private_key(private.encode(), password=None)
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
