"""The header that only our own origin sends."""

from collections.abc import Callable, Mapping
from functools import cache

from services.kit.secrets import json_secret
from services.kit.settings import Settings


class HttpSettings(Settings):
    """Of functions that answer HTTP."""

    origin_secret_id: str


@cache
def origin_secret() -> Callable[[bool], Mapping[str, str]]:
    """The loader of the header's values."""
    return json_secret(HttpSettings.load().origin_secret_id)
