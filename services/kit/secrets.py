"""Secrets Manager, cached by the function."""

import json
from collections.abc import Callable, Mapping
from time import monotonic

from services.kit.aws import Kept, client

MAX_AGE_SECONDS = 300
"""How long a function may go on with the secret it read: the pace of a rotation."""

MIN_AGE_SECONDS = 10
"""How soon it is read anew at most, whatever is asked: forged key ids and headers must not cost a call each."""


def json_secret(secret_id: str) -> Callable[[bool], Mapping[str, str]]:
    """A loader of one JSON secret; called with True it reads anew, unless it just did."""

    def read() -> Mapping[str, str]:
        secret = json.loads(client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"])
        return {str(name): str(value) for name, value in secret.items()}

    kept, asked_at = Kept(read, MAX_AGE_SECONDS), -float("inf")

    def load(fresh: bool) -> Mapping[str, str]:
        nonlocal asked_at
        if not fresh or monotonic() - asked_at < MIN_AGE_SECONDS:
            return kept.get()
        asked_at = monotonic()
        return kept.read_anew()

    return load
