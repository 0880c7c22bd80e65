"""Functions that answer HTTP are called by our own origin only: it sends a header that nobody else knows."""

from collections.abc import Callable, Mapping
from hmac import compare_digest
from typing import Any

from services.kit.problems import FORBIDDEN_ORIGIN

ORIGIN_HEADER = "x-origin-verify"

OriginSecret = Callable[[bool], Mapping[str, str]]
"""Loads the values that the header may have; told true, it reads them anew."""


def check_origin(event: Mapping[str, Any], secret: OriginSecret) -> None:
    """Refuses a request that did not come through our origin. Raises FORBIDDEN_ORIGIN."""
    sent = event["headers"].get(ORIGIN_HEADER, "").encode("utf-8", "surrogatepass")
    for fresh in (False, True):
        if sent and any(compare_digest(sent, known.encode()) for known in secret(fresh).values()):
            return
    raise FORBIDDEN_ORIGIN.problem()
