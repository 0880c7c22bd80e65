"""Who asks for something, as one value: use cases take it in place of a row of strings."""

from dataclasses import dataclass

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
