"""Secrets that are JSON, cached by the function."""

import json
from collections.abc import Callable, Mapping
from time import monotonic

from services.kit.kept import Kept

MAX_AGE_SECONDS = 300
"""How long a function may go on with the secret it read: the pace of a rotation."""

MIN_AGE_SECONDS = 10
"""How soon it is read anew at most, whatever is asked: forged key ids and headers must not cost a call each."""


def json_secret(read: Callable[[], str]) -> Callable[[bool], Mapping[str, str]]:
    """A loader of one JSON secret; called with True it reads anew, unless it just did.

    Args:
        read: reads the secret's text as it is now, such as `direct.values.secret` makes it.
    """
    kept, asked_at = Kept(lambda: _parsed(read()), MAX_AGE_SECONDS), -float("inf")

    def load(fresh: bool) -> Mapping[str, str]:
        nonlocal asked_at
        if not fresh or monotonic() - asked_at < MIN_AGE_SECONDS:
            return kept.get()
        asked_at = monotonic()
        return kept.read_anew()

    return load


def _parsed(text: str) -> Mapping[str, str]:
    return {str(name): str(value) for name, value in json.loads(text).items()}
