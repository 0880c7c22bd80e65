"""The functions that a player calls, as the gateway finds them."""

from typing import Any

from services.playback.app.context import Context
from services.playback.handlers import beat, http
from services.playback.handlers.routes.watching.plain_beats import answer_plainly
from tests.gateway import origin_secret

BEATS = {f"/v1/playback/{name}" for name in ("beats", "pauses", "confirmations")}


class PlayerFunctions:
    """All of them on one context."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._http, self._beat = (function.build_api(context, origin_secret) for function in (http, beat))
        self.problems = (*self._http.problems, *self._beat.problems)

    def handle(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answers one request of the HTTP API (payload format 2.0)."""
        if event["requestContext"]["http"]["path"] not in BEATS:
            return dict(self._http.handle(event, context))
        plain = answer_plainly(event, self._context, origin_secret)
        return plain or self._beat.handle(event, context)
