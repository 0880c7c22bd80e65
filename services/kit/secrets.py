"""Secrets Manager, cached by the function."""

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from aws_lambda_powertools.utilities import parameters

MAX_AGE_SECONDS = 300
"""How long a function may go on with the secret it read: the pace of a rotation."""

MIN_AGE_SECONDS = 10
"""How soon it is read anew at most, whatever is asked: forged key ids and headers must not cost a call each."""


def json_secret(secret_id: str) -> Callable[[bool], Mapping[str, str]]:
    """A loader of one JSON secret; called with True it reads anew, unless it just did."""
    read_at = -float("inf")

    def load(fresh: bool) -> Mapping[str, str]:
        nonlocal read_at
        anew = fresh and monotonic() - read_at >= MIN_AGE_SECONDS
        if anew:
            read_at = monotonic()
        secret: Any = parameters.get_secret(secret_id, transform="json", max_age=MAX_AGE_SECONDS, force_fetch=anew)
        return {str(name): str(value) for name, value in secret.items()}

    return load
