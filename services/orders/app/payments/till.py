"""What the use cases of paying share."""

from collections.abc import Callable
from dataclasses import dataclass

from services.orders.app.context import Context
from services.orders.domain.payment import PaymentProvider, ProviderName

Provider = Callable[[ProviderName], PaymentProvider | None]
"""The provider of a name; None where we have no account there."""


@dataclass(frozen=True)
class Till:
    """Where money comes in and goes out: the service's context, and the providers."""

    context: Context
    provider: Provider
