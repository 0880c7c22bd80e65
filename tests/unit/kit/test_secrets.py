"""Secrets and keys: cached, rotated by id, never reread because a stranger says so."""

import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest

from services.kit import kept, secrets
from services.kit.direct.values import secret
from services.kit.keyring import KeyRing, UnknownKey
from services.kit.secrets import json_secret
from tests.fakes.aws_endpoint import aws_of_functions


class Ring:
    """A secret that changes, as a function sees it: stale until it is read anew."""

    def __init__(self, **keys: str) -> None:
        self.stored = keys
        self._seen = keys

    def load(self, fresh: bool) -> Mapping[str, str]:
        """As `json_secret`'s loader."""
        if fresh:
            self._seen = self.stored
        return self._seen


def test_macs_differ_by_key_purpose_and_message() -> None:
    ring = KeyRing(Ring(current="k1", k1="a" * 64, k2="b" * 64).load)
    macs = {
        ring.mac(key, purpose, text) for key in ("k1", "k2") for purpose in ("leg", "token") for text in (b"x", b"y")
    }
    assert len(macs) == 8
    assert all(len(mac) == 32 for mac in macs)


def test_verification() -> None:
    ring = KeyRing(Ring(current="k1", k1="a" * 64).load)
    mac = ring.mac("k1", "leg", b"x")
    assert ring.verify("k1", "leg", b"x", mac)
    assert not ring.verify("k1", "token", b"x", mac)
    assert not ring.verify("k1", "leg", b"y", mac)
    assert not ring.verify("k1", "leg", b"x", mac[:-1])


def test_a_new_key_verifies_everywhere_before_it_signs() -> None:
    stale, fresh = Ring(current="k1", k1="a" * 64), Ring(current="k1", k1="a" * 64)
    for ring in (stale, fresh):
        ring.stored = {"current": "k1", "k1": "a" * 64, "k2": "b" * 64}
    assert KeyRing(stale.load).current_id() == "k1"
    fresh.stored = {**fresh.stored, "current": "k2"}
    fresh.load(True)
    signer = KeyRing(fresh.load)
    assert signer.current_id() == "k2"
    # The other function has not read the secret since, and reads it because of the key id.
    assert KeyRing(stale.load).verify("k2", "leg", b"x", signer.mac("k2", "leg", b"x"))


def test_old_keys_still_verify() -> None:
    old = KeyRing(Ring(current="k1", k1="a" * 64).load).mac("k1", "leg", b"x")
    assert KeyRing(Ring(current="k2", k1="a" * 64, k2="b" * 64).load).verify("k1", "leg", b"x", old)


@pytest.mark.parametrize("key_id", ["k9", "", "current"])
def test_unknown_keys(key_id: str) -> None:
    with pytest.raises(UnknownKey):
        KeyRing(Ring(current="k1", k1="a" * 64).load).mac(key_id, "leg", b"x")


def test_a_secret_is_cached_and_reread_on_demand(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    client = boto3.client("secretsmanager")
    client.create_secret(Name="rotated", SecretString=json.dumps({"current": "k1", "number": 1}))
    with aws_of_functions(monkeypatch, secretsmanager=client):
        check_rereading(client, monkeypatch)


def check_rereading(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads it while time passes and it changes."""
    now = 1000.0
    for module in (kept, secrets):
        monkeypatch.setattr(module, "monotonic", lambda: now)
    load = json_secret(secret("rotated"))
    assert load(False) == {"current": "k1", "number": "1"}
    client.put_secret_value(SecretId="rotated", SecretString=json.dumps({"current": "k2"}))
    assert load(False)["current"] == "k1"
    assert load(True) == {"current": "k2"}
    client.put_secret_value(SecretId="rotated", SecretString=json.dumps({"current": "k3"}))
    now += secrets.MIN_AGE_SECONDS - 1
    assert load(True) == {"current": "k2"}
    now += 1
    assert load(True) == {"current": "k3"}
