"""The site over HTTP, as the canary asks it."""

from collections.abc import Callable, Mapping
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import Request, urlopen

from services.playback.app.canary.walk_site import SiteAnswer

PATIENCE_S = 10.0
"""What a learner waits for, and longer than any of our functions may take."""
MOST_BYTES = 1_000_000


class HttpSite:
    """Asks over HTTP."""

    def __init__(self, origin: Callable[[], str]) -> None:
        """`origin` answers the address that people use."""
        self._origin = origin

    def ask(self, method: str, address: str, headers: Mapping[str, str], body: str | None) -> SiteAnswer:
        """One request; `address` is a path of the site, or another origin's. Raises OSError: there is no answer."""
        url = urljoin(self._origin(), address)
        data = None if body is None else body.encode()
        request = Request(url, data, dict(headers), method=method)  # noqa: S310 (our own origin, or the user pool's)
        try:
            with urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310
                return SiteAnswer(answer.status, answer.read(MOST_BYTES).decode())
        except HTTPError as refused:
            return SiteAnswer(refused.code, "")
