"""Proofs of the transparency log, as everybody gets them."""

from collections.abc import Callable

import httpx

TIMEOUT_SECONDS = 30


def proofs_at(url: str) -> Callable[[str], str | None]:
    """Reads proofs by hash from the system at an address. What it gives raises httpx.HTTPError."""
    http = httpx.Client(base_url=url.rstrip("/"), timeout=TIMEOUT_SECONDS)

    def read(digest: str) -> str | None:
        answer = http.get(f"/v1/playback/log/proofs/{digest}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        return answer.raise_for_status().text

    return read
