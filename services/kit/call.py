"""Who asks for something, as one value: use cases take it in place of a row of strings."""

from dataclasses import dataclass
from typing import Any

from services.kit.idempotency import Request
from services.kit.identity import Principal


@dataclass(frozen=True)
class Call:
    """One request of somebody.

    `correlation_id` is the gateway's id of the request, which its events carry on. `idempotency_key` is the caller's
    name for this action, the same when they send it again; "" where the route asks for none.
    """

    caller: Principal
    correlation_id: str
    idempotency_key: str = ""

    @property
    def caller_id(self) -> str:
        """The caller's opaque id."""
        return self.caller.id

    def request(self, action: str, **content: Any) -> Request:
        """What is asked for, of which a retry gets the first answer; `content` holds JSON values."""
        return Request(self.caller_id, self.idempotency_key, action, content)
